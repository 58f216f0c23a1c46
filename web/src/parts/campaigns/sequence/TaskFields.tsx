import type { ApiProblem } from "~/api/problem";
import { useI18n } from "~/i18n";
import { AreaField, SelectField } from "~/kit/fields";
import classes from "../Campaigns.module.css";
import { type StepDraft, channelOf, doubtOf, taskChannels } from "./steps";

interface TaskFieldsProps {
  step: StepDraft;
  /** Path of a field in what is sent. */
  field: (name: string) => string;
  problem: ApiProblem | null;
  onChange: (part: Partial<StepDraft>) => void;
}

/** What a colleague is asked to do, and whether it reaches the lead: then the gate is asked for each of them. */
export function TaskFields({ step, field, problem, onChange }: TaskFieldsProps) {
  const { t } = useI18n();
  const channel = channelOf(step);
  const doubt = doubtOf(step);
  return (
    <div className={classes.taskFields}>
      <AreaField
        label={t("campaigns.step.task.text")}
        hint={t("campaigns.step.task.hint")}
        name={field("task")}
        value={step.task ?? ""}
        onChange={(task) => onChange({ task })}
        problem={problem}
      />
      <div>
        <SelectField
          label={t("campaigns.step.task.channel")}
          hint={t(channel === undefined ? "campaigns.step.task.channel.unasked" : "campaigns.step.task.channel.asked")}
          name={field("task_channel")}
          value={channel ?? "none"}
          onChange={(next) => onChange({ task_channel: next === "none" ? null : next })}
          options={(["none", ...taskChannels] as const).map((value) => ({
            value,
            label: t(`campaigns.step.task.channel.${value}`),
          }))}
          problem={problem}
        />
        <p className={classes.doubt} role="status">
          {doubt !== undefined && t(`campaigns.step.task.channel.doubt.${doubt}`)}
        </p>
      </div>
    </div>
  );
}
