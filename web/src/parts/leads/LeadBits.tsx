import { Tooltip } from "@mantine/core";
import type { components } from "~/api/schema";
import { type Translate, useI18n } from "~/i18n";
import { StatusDot } from "~/kit/chips";
import type { Meaning } from "~/theme/theme";
import classes from "./Leads.module.css";

/** Where a lead can stand, as the server names it. */
export const leadStates = ["new", "approached", "paused", "resting", "promoted", "blocked"] as const;

export type LeadRow = components["schemas"]["LeadRowView"];
export type LeadView = components["schemas"]["LeadView"];

const stateMeaning: Record<string, Meaning> = {
  new: "lead",
  approached: "lead",
  paused: "nurture",
  resting: "nurture",
  promoted: "prospect",
  blocked: "danger",
};

/** What somebody in a list is called, also without a name. */
export function nameOf(row: { is_erased: boolean; name: string; email?: string | null }, t: Translate): string {
  return row.is_erased ? t("leads.erased") : row.name || row.email || t("leads.nameless");
}

/** Where a lead stands, in a word with its colour. */
export function StateMark({ state }: { state: string }) {
  const { t, known } = useI18n();
  const key = known(`leads.state.${state}`);
  return (
    <StatusDot meaning={stateMeaning[state]} hollow={state === "new"} label={key === undefined ? state : t(key)} />
  );
}

interface FitScoreProps {
  score: number | null;
  known: number;
  /** Where no header says what the number is. */
  isNamed?: boolean;
}

/** Fit over what is known, with how much that is; a dash when nothing is known. */
export function FitScore({ score, known, isNamed = false }: FitScoreProps) {
  const { t } = useI18n();
  const label = score === null ? t("leads.fit.unknown") : t("leads.fit.known", { known });
  return (
    <Tooltip label={label} multiline maw={260} withArrow>
      <span className={classes.fit}>
        {isNamed && `${t("leads.column.fit")} `}
        {score === null ? "–" : score}
        {score !== null && known < 100 && (
          <span className={classes.coverage}> {t("leads.fit.coverage", { known })}</span>
        )}
      </span>
    </Tooltip>
  );
}
