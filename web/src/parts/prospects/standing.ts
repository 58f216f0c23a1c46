import type { MessageKey, Translate } from "~/i18n";
import type { Meaning } from "~/theme/theme";
import { type Prospect, isActive, isStep } from "./api";

/** What the list can be narrowed to, with the states that the server knows. */
export const standings = {
  active: "to_qualify,in_conversation",
  nurture: "nurture",
  disqualified: "disqualified",
  lost: "lost",
  won: "won",
} as const;
export type Standing = keyof typeof standings;

const everything = Object.values(standings).join(",");

/** The states to ask for; all of them when the list is not narrowed. */
export function statesOf(standing: string | undefined): string {
  return standing !== undefined && standing in standings ? standings[standing as Standing] : everything;
}

interface Words {
  t: Translate;
  known: (key: string) => MessageKey | undefined;
}

/** Where a pursuit stands, in words: its step, or how it ended. */
export function standingWord({ state, step }: Prospect, { t, known }: Words): string {
  if (isActive({ state })) return isStep(step) ? t(`prospects.step.${step}`) : step;
  const key = known(`prospects.state.${state}`);
  return key === undefined ? state : t(key);
}

/** Why it ended: the reason that was chosen, in words; what was typed when none fitted. */
export function endReason(prospect: Prospect, { t, known }: Words): string | undefined {
  const { state, close_reason: reason, close_note: note } = prospect;
  if (reason == null || (state !== "lost" && state !== "disqualified")) return undefined;
  const key = known(`prospects.${state === "lost" ? "loss" : "disqualify"}.${reason}`);
  if (key !== undefined) return t(key);
  return note == null || note === "" ? t("kit.reason.other") : note;
}

const meanings: Record<string, Meaning> = {
  nurture: "nurture",
  disqualified: "danger",
  lost: "danger",
  won: "customer",
};

export function standingMeaning(prospect: Prospect): Meaning {
  return meanings[prospect.state] ?? (prospect.has_opportunity ? "opportunity" : "prospect");
}
