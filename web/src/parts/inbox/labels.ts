import { type Intent, intents } from "~/kit/chips";
import { dayFromNow } from "~/parts/leads/days";

/** What keys 1 to 4 always mean: a hand that knows them never stops a mail that it meant to answer. */
const firstFour = ["interested", "not_now", "not_interested", "other"] as const satisfies readonly Intent[];

/** The rest of the meanings, as they stand in the menu. */
const groups = [
  ["interest", ["interested", "question", "meeting_request", "quote_request"]],
  ["refusal", ["not_now", "not_interested", "using_competitor"]],
  ["person", ["referral", "wrong_person", "left_company"]],
  ["rights", ["unsubscribe", "data_request"]],
  ["machine", ["out_of_office", "auto", "other"]],
] as const satisfies readonly (readonly [string, readonly Intent[]])[];

/** The labels that say until when. */
export type Dated = "not_now" | "out_of_office";

/** What stays true of these when the person is a prospect: the other labels then only inform sales. */
const alwaysMean: readonly Intent[] = ["unsubscribe", "data_request"];

/** Whether a day belongs to it. For a prospect only "later" has one: sales is then reminded. */
export function asksDay(label: Intent, isProspect: boolean): label is Dated {
  return label === "not_now" || (label === "out_of_office" && !isProspect);
}

/** The label of a stored mail, when it is one that a person can give. */
export function guessOf(label: string | null | undefined): Intent | undefined {
  return intents.find((each) => each === label);
}

/** The five in front, each with its key: the four of every day, and what Kiem thinks or else the opt-out. */
export function inFront(guess: Intent | undefined): Intent[] {
  const isExtra = guess !== undefined && !firstFour.some((each) => each === guess);
  return [...firstFour, isExtra ? guess : "unsubscribe"];
}

/** All others, in groups. */
export function inMenu(guess: Intent | undefined) {
  const shown = inFront(guess);
  return groups
    .map(([group, labels]) => ({ group, labels: labels.filter((label: Intent) => !shown.includes(label)) }))
    .filter(({ labels }) => labels.length > 0);
}

/** What happens when this is chosen. */
export function meansOf(label: Intent, isProspect: boolean) {
  return isProspect && !alwaysMean.includes(label)
    ? ("inbox.look.means.prospect" as const)
    : (`inbox.look.means.${label}` as const);
}

/** How sure a reading is, in a word. */
export function surenessOf(percent: number): "certain" | "likely" | "perhaps" | "guess" {
  if (percent >= 90) return "certain";
  if (percent >= 65) return "likely";
  return percent >= 40 ? "perhaps" : "guess";
}

const usualDays: Record<Dated, number> = { not_now: 90, out_of_office: 7 };

/** The day to begin with: the one that the mail speaks of, when it is still to come. */
export function dayOf(label: Dated, said: string | null | undefined, now = new Date()): string {
  return said != null && said >= dayFromNow(1, now) ? said : dayFromNow(usualDays[label], now);
}

/** The words that decided, each once however it was written, and no more than fit a line. */
export function decisive(words: readonly string[]): string[] {
  const seen = new Set<string>();
  const isNew = (word: string) => !seen.has(word.toLowerCase()) && seen.add(word.toLowerCase());
  return words.filter(isNew).slice(0, 4);
}
