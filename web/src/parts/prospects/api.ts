import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { type Findings, criteria } from "~/kit/QualificationDots";
import { notifyProblem } from "~/kit/notify";

type Schemas = components["schemas"];
export type Prospect = Schemas["ProspectView"];
export type ProspectRecord = Schemas["ProspectRecordView"];
export type BoardColumn = Schemas["ColumnView"];
export type TimelineEntry = Schemas["TimelineEntryView"];
export type Quote = Schemas["QuoteView"];
export type QuoteRecord = Schemas["QuoteRecordView"];
export type Opportunity = Schemas["OpportunityView"];
export type TodayItem = Schemas["TodayItem"];
export type Task = Schemas["TaskView"];

export const steps = ["to_qualify", "first_meeting", "demo_proposal", "negotiation", "closing"] as const;
export type Step = (typeof steps)[number];

/** On the board: neither resting nor closed. */
export function isActive(prospect: Pick<Prospect, "state">): boolean {
  return prospect.state === "to_qualify" || prospect.state === "in_conversation";
}

/** Neither won, lost nor disqualified. */
export function isOpen(prospect: Pick<Prospect, "state">): boolean {
  return isActive(prospect) || prospect.state === "nurture";
}

const ended = ["won", "lost", "disqualified", "undone"];

/** Nothing is asked or planned for it any more. */
export function isClosed(prospect: Pick<Prospect, "state">): boolean {
  return ended.includes(prospect.state);
}

export function isStep(text: string): text is Step {
  return (steps as readonly string[]).includes(text);
}

/** A change to sales records: what it touches is asked for anew, a refusal is told in the corner. */
export function useChange<Vars, Answer>(change: (vars: Vars) => Promise<Answer>) {
  const client = useQueryClient();
  const words = useI18n();
  return useMutation({
    mutationFn: change,
    onError: (error) => notifyProblem(error, words),
    onSettled: () =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => ["prospect", "opportunity", "quote", "task", "work"].includes(String(queryKey[0])),
      }),
  });
}

/** The next working morning at nine, as the fields of a form (`2026-11-25`, `09:00`). */
export function nextWorkingMorning(now: Date): { date: string; time: string } {
  const day = new Date(now);
  do day.setDate(day.getDate() + 1);
  while (day.getDay() === 0 || day.getDay() === 6);
  const two = (n: number) => String(n).padStart(2, "0");
  return { date: `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`, time: "09:00" };
}

/** The moment of a date and time as the person reads the clock. */
export function momentOf(date: string, time: string): string {
  return new Date(`${date}T${time || "09:00"}`).toISOString();
}

/** The five aspects as the dots read them; a contradiction counts as known, its words stand on the record. */
export function findingsOf(prospect: Prospect): Findings {
  const level = (aspect: string) => prospect.levels.find((one) => one.aspect === aspect)?.level;
  return Object.fromEntries(
    criteria.map((one) => {
      const found = level(one);
      return [one, found === "indicated" || found === "confirmed" || found === "contradicted" ? found : "unknown"];
    }),
  ) as Findings;
}
