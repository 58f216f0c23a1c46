import type { components } from "~/api/schema";

type Summary = components["schemas"]["AudienceSummary"];

export interface WaterfallStep {
  /** `contacts`, a reason of the gate, or `may_be_mailed`. */
  id: string;
  kind: "all" | "drop" | "rest";
  /** People in this step. */
  n: number;
  /** Where the bar begins, in people from the left. */
  from: number;
}

/** From everybody to who may be mailed: each reason takes its people off the right end of what was left. */
export function waterfall(summary: Summary): WaterfallStep[] {
  const steps: WaterfallStep[] = [{ id: "contacts", kind: "all", n: summary.contacts_n, from: 0 }];
  let left = summary.contacts_n;
  for (const { block, contacts_n } of summary.blocked) {
    // Erased people are not counted among the contacts, so they take nobody away.
    if (contacts_n === 0 || block === "erased") continue;
    left -= contacts_n;
    steps.push({ id: block, kind: "drop", n: contacts_n, from: left });
  }
  steps.push({ id: "may_be_mailed", kind: "rest", n: summary.may_be_mailed_n, from: 0 });
  return steps;
}
