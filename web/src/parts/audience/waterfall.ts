import type { components } from "~/api/schema";

/** What of the summary the picture shows. */
type Summary = Pick<components["schemas"]["AudienceSummary"], "contacts_n" | "fits_n" | "fit_unknown_n" | "channels">;

export interface WaterfallStep {
  /** `contacts`, a reason of the gate, or `may_be_mailed`. */
  id: string;
  kind: "all" | "drop" | "rest";
  /** People in this step. */
  n: number;
  /** Where the bar begins, in people from the left. */
  from: number;
}

/**
 * From everybody to who may be mailed: who does not fit and then each reason takes its people off the right end of what
 * was left.
 */
export function waterfall(summary: Summary): WaterfallStep[] {
  const steps: WaterfallStep[] = [{ id: "contacts", kind: "all", n: summary.contacts_n, from: 0 }];
  let left = summary.contacts_n;
  const drop = (id: string, n: number) => {
    if (n === 0) return;
    left -= n;
    steps.push({ id, kind: "drop", n, from: left });
  };
  drop("misfit", summary.contacts_n - summary.fits_n - summary.fit_unknown_n);
  const mail = summary.channels.find((each) => each.channel === "mail");
  for (const { block, contacts_n } of mail?.blocked ?? []) drop(block, contacts_n);
  steps.push({ id: "may_be_mailed", kind: "rest", n: mail?.lawful_n ?? 0, from: 0 });
  return steps;
}
