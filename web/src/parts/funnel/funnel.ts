import type { components } from "~/api/schema";
import type { FunnelData, LeakKind } from "~/pictures/FunnelPicture";
import { leakKinds } from "~/pictures/FunnelPicture";

export type FunnelView = components["schemas"]["FunnelView"];

export const periods = ["30", "90", "365", "year", "own"] as const;
export type PeriodChoice = (typeof periods)[number];

/** The days of a choice, both counted; `today` as `2026-11-24`. */
export function daysOf(choice: PeriodChoice, today: string, own: { from?: string; to?: string }) {
  if (choice === "own") return { from: own.from ?? before(today, 90), to: own.to ?? today };
  if (choice === "year") return { from: `${today.slice(0, 4)}-01-01`, to: today };
  return { from: before(today, Number(choice)), to: today };
}

export interface Days {
  from: string;
  to: string;
}

/** The last day lies before the first: nothing to ask for. */
export function isTurned({ from, to }: Days): boolean {
  return from > to;
}

function before(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}

/** What the picture draws, with the reasons in words; without the period before when nobody asked for it. */
export function funnelData(
  view: FunnelView["funnel"],
  word: (reason: string) => string,
  isCompared: boolean,
): FunnelData {
  type Band = FunnelView["funnel"]["stages"]["lead"];
  const band = ({ count, plan, before: earlier }: Band) => ({
    count,
    plan: plan ?? null,
    before: isCompared ? (earlier ?? null) : null,
  });
  const step = ({ k, n, median_days }: FunnelView["funnel"]["steps"]["customer"]) => ({
    k,
    n,
    median_days: median_days ?? null,
  });
  const leaks = (list: FunnelView["funnel"]["leaks"]["lead"]) =>
    list.flatMap(({ kind, count, reasons }) => {
      const known = leakKinds.find((each): each is LeakKind => each === kind);
      if (known === undefined) return [];
      return [
        { kind: known, count, reasons: reasons.map(({ label, count: n }) => ({ label: word(label), count: n })) },
      ];
    });
  const { stages, steps } = view;
  return {
    stages: {
      lead: band(stages.lead),
      prospect: band(stages.prospect),
      opportunity: band(stages.opportunity),
      customer: band(stages.customer),
    },
    steps: {
      prospect: step(steps.prospect),
      opportunity: step(steps.opportunity),
      customer: step(steps.customer),
    },
    leaks: {
      lead: leaks(view.leaks.lead),
      prospect: leaks(view.leaks.prospect),
      opportunity: leaks(view.leaks.opportunity),
    },
  };
}

/** Whether there is anything to draw at all. */
export function isEmpty({ lead_prospect: { leads, prospects }, funnel: { stages } }: FunnelView): boolean {
  const open = Object.values(prospects).reduce((sum, n) => sum + n, 0);
  return leads.never_approached + leads.approached + open + stages.lead.count + stages.prospect.count === 0;
}

/** The prospect behind a passage: pictures know the passage, pages open the prospect. */
export function prospectBehind(view: FunnelView): Map<string, string> {
  const gates = [...Object.values(view.lead_prospect.gates), ...Object.values(view.prospect_opportunity.gates)];
  return new Map(gates.flatMap((gate) => gate.latest.map((one) => [one.id, one.prospect_id] as const)));
}
