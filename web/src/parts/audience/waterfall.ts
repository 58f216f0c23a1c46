import type { Summary as Whole } from "./useReach";

/** What of the summary the picture shows. */
type Summary = Pick<Whole, "contacts_n" | "fits_n" | "fit_unknown_n" | "channels">;

/** How somebody is reached, in the order in which it is offered. */
export const channels = ["mail", "phone", "post"] as const;
export type Channel = (typeof channels)[number];

/** What the end of the picture is called: who is left may be reached by the channel. */
export const restOf = { mail: "may_be_mailed", phone: "phone", post: "post" } as const satisfies Record<
  Channel,
  string
>;

export interface WaterfallStep {
  /** `contacts`, a reason of the gate, or the rest of the channel. */
  id: string;
  kind: "all" | "drop" | "rest";
  /** People in this step. */
  n: number;
  /** Where the bar begins, in people from the left. */
  from: number;
}

/** How many may be reached by a channel today. */
export function lawfulBy(summary: Pick<Whole, "channels">, channel: Channel): number {
  return summary.channels.find((each) => each.channel === channel)?.lawful_n ?? 0;
}

/**
 * From everybody to who may be reached by a channel: who does not fit and then each reason takes its people off the right
 * end of what was left.
 */
export function waterfall(summary: Summary, channel: Channel): WaterfallStep[] {
  const steps: WaterfallStep[] = [{ id: "contacts", kind: "all", n: summary.contacts_n, from: 0 }];
  let left = summary.contacts_n;
  const drop = (id: string, n: number) => {
    if (n === 0) return;
    left -= n;
    steps.push({ id, kind: "drop", n, from: left });
  };
  drop("misfit", summary.contacts_n - summary.fits_n - summary.fit_unknown_n);
  const reach = summary.channels.find((each) => each.channel === channel);
  for (const { block, contacts_n } of reach?.blocked ?? []) drop(block, contacts_n);
  steps.push({ id: restOf[channel], kind: "rest", n: lawfulBy(summary, channel), from: 0 });
  return steps;
}
