import { Button, Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { isProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { notifyDone } from "~/kit/notify";
import { ErrorState } from "~/kit/states";
import { type Campaign, useSaveCampaign } from "../calls";
import classes from "../Campaigns.module.css";
import { Preview } from "./Preview";
import { StepCard } from "./StepCard";
import { type StepDraft, bodyOf, draftsOf, isFirstMail, move, newStep, stepKinds, stepsMax } from "./steps";

interface SequenceProps {
  campaign: Campaign;
  steps: readonly StepDraft[];
  onSteps: (steps: readonly StepDraft[]) => void;
  dirty: boolean;
  hasPeople: boolean;
}

/** The steps from top to bottom, and beside them how the chosen mail reads for a real lead. */
export function Sequence({ campaign, steps, onSteps, dirty, hasPeople }: SequenceProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const save = useSaveCampaign(campaign.id);
  const mayWork = useMay("work_campaigns");
  const [chosen, setChosen] = useState<string | null>(null);
  const mails = steps.filter((step) => step.kind === "mail");
  const shown = mails.find((step) => step.key === chosen) ?? mails[0];
  const change = (key: string, part: Partial<StepDraft>) =>
    onSteps(steps.map((step) => (step.key === key ? { ...step, ...part } : step)));
  const saveNow = () =>
    save.mutate(bodyOf(campaign, steps), {
      onSuccess: () => {
        // New steps have their ids now.
        const fresh = client.getQueryData<Campaign>(keys.one("campaign", campaign.id));
        if (fresh !== undefined) onSteps(draftsOf(fresh.steps));
        notifyDone(t("campaigns.saved"));
      },
    });
  useActions(
    dirty
      ? [
          {
            id: "campaigns.save",
            label: "campaigns.save",
            section: "do",
            shortcut: "mod+s",
            whileTyping: true,
            perform: saveNow,
          },
        ]
      : [],
  );
  const problem = isProblem(save.error) ? save.error : null;
  return (
    <div className={classes.editor}>
      <fieldset className={classes.path} disabled={!mayWork}>
        {mayWork && hasPeople && (
          <p className={classes.note}>
            <Icon name="info" size={16} /> {t("campaigns.steps.fixed")}
          </p>
        )}
        <ol className={classes.steps}>
          {steps.map((step, index) => (
            <StepCard
              key={step.key}
              steps={steps}
              index={index}
              hasPeople={hasPeople}
              isRead={!mayWork}
              isShown={step.key === shown?.key}
              problem={problem}
              onShow={() => setChosen(step.key)}
              onChange={(part) => change(step.key, part)}
              onMove={(by) => onSteps(move(steps, index, by))}
              onRemove={() => onSteps(steps.filter((each) => each.key !== step.key))}
            />
          ))}
        </ol>
        {mayWork && (
          <AddStep
            disabled={steps.length >= stepsMax}
            onAdd={(kind) => {
              const step = newStep(kind);
              onSteps([...steps, step]);
              if (kind === "mail") setChosen(step.key);
            }}
          />
        )}
        {save.error !== null && <ErrorState error={save.error} />}
        {mayWork && (
          <div className={classes.saveBar}>
            <Button onClick={saveNow} disabled={!dirty} loading={save.isPending}>
              {t("campaigns.save")}
            </Button>
            <span className={classes.muted} role="status">
              {t(dirty ? "campaigns.unsaved" : "campaigns.all_saved")}
            </span>
            {dirty && (
              <Button variant="default" onClick={() => onSteps(draftsOf(campaign.steps))}>
                {t("campaigns.discard")}
              </Button>
            )}
          </div>
        )}
      </fieldset>
      <Preview
        campaignId={campaign.id}
        step={shown}
        isFirst={shown !== undefined && isFirstMail(steps, steps.indexOf(shown))}
        hasPeople={hasPeople}
      />
    </div>
  );
}

function AddStep({ disabled, onAdd }: { disabled: boolean; onAdd: (kind: StepDraft["kind"]) => void }) {
  const { t } = useI18n();
  const icons = { mail: "mail", wait: "clock", task: "task" } as const;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" leftSection={<Icon name="plus" size={16} />} disabled={disabled}>
          {t("campaigns.step.add")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {stepKinds.map((kind) => (
          <Menu.Item key={kind} leftSection={<Icon name={icons[kind]} size={16} />} onClick={() => onAdd(kind)}>
            {t(`campaigns.step.${kind}.add`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
