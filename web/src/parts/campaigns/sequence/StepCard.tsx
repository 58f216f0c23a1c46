import { ActionIcon } from "@mantine/core";
import type { ApiProblem } from "~/api/problem";
import { useI18n } from "~/i18n";
import { NumberField } from "~/kit/fields";
import { Icon } from "~/kit/icons";
import classes from "../Campaigns.module.css";
import { MailFields } from "./MailFields";
import { TaskFields } from "./TaskFields";
import { type StepDraft, dayOf, isFirstMail, isFixed, mailNumber, mayMove } from "./steps";

interface StepCardProps {
  steps: readonly StepDraft[];
  index: number;
  hasPeople: boolean;
  /** Only to be read: choosing it shows its mail. */
  isRead: boolean;
  /** Its mail stands in the preview. */
  isShown: boolean;
  problem: ApiProblem | null;
  onShow: () => void;
  onChange: (part: Partial<StepDraft>) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

/** One step: a wait is a link in the path, a mail or task a card on it. */
export function StepCard(props: StepCardProps) {
  const { steps, index, isRead, isShown, problem, onShow, onChange } = props;
  const { t } = useI18n();
  const step = steps[index];
  if (step === undefined) return null;
  const field = (name: string) => `steps.${index}.${name}`;
  if (step.kind === "wait")
    return (
      <li className={classes.wait}>
        <Icon name="clock" size={16} />
        <NumberField
          label={t("campaigns.step.wait.days")}
          name={field("wait_days")}
          value={step.wait_days ?? null}
          onChange={(wait_days) => onChange({ wait_days })}
          min={1}
          max={365}
          problem={problem}
        />
        <StepMenu {...props} />
      </li>
    );
  return (
    <li
      className={`${classes.step} ${isShown ? classes.stepShown : ""}`}
      tabIndex={isRead ? 0 : undefined}
      onFocus={onShow}
    >
      <div className={classes.stepHead}>
        <Icon name={step.kind === "mail" ? "mail" : "task"} size={16} />
        <strong>
          {step.kind === "mail"
            ? t("campaigns.step.mail", { number: mailNumber(steps, index) })
            : t("campaigns.step.task")}
        </strong>
        <span className={classes.muted}>{t("campaigns.step.day", { day: dayOf(steps, index) })}</span>
        <StepMenu {...props} />
      </div>
      {step.kind === "mail" ? (
        <MailFields
          step={step}
          isFirst={isFirstMail(steps, index)}
          subjectName={field("subject")}
          bodyName={field("body")}
          problem={problem}
          onChange={onChange}
        />
      ) : (
        <TaskFields step={step} field={field} problem={problem} onChange={onChange} />
      )}
    </li>
  );
}

function StepMenu({ steps, index, hasPeople, isRead, onMove, onRemove }: StepCardProps) {
  const { t } = useI18n();
  const step = steps[index];
  if (step === undefined || isRead || isFixed(step, hasPeople)) return null;
  return (
    <span className={classes.stepMenu}>
      {([-1, 1] as const).map((by) => (
        <ActionIcon
          key={by}
          variant="subtle"
          color="gray"
          aria-label={t(by === -1 ? "campaigns.step.up" : "campaigns.step.down", { number: index + 1 })}
          disabled={!mayMove(steps, index, by, hasPeople)}
          onClick={() => onMove(by)}
        >
          <Icon name={by === -1 ? "up" : "down"} size={16} />
        </ActionIcon>
      ))}
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t("campaigns.step.remove", { number: index + 1 })}
        disabled={steps.length === 1}
        onClick={onRemove}
      >
        <Icon name="trash" size={16} />
      </ActionIcon>
    </span>
  );
}
