import type { components } from "~/api/schema";
import type { PlanData, PlanMeasure, PlanRatio, PlanStep } from "~/pictures/PlanPicture";
import { planSteps } from "~/pictures/PlanPicture";

export type PlanView = components["schemas"]["PlanView"];
export type Definition = components["schemas"]["PlanDefinitionBody"];
export type Mending = NonNullable<PlanView["mending"]>;

export const measures = ["revenue", "customers", "prospects", "leads"] as const satisfies readonly PlanMeasure[];

const amount = (counts: PlanView["months"][number]["plan"], measure: PlanMeasure): number =>
  measure === "revenue" ? counts.revenue_cents : counts[measure];

/**
 * Leads that the plan asks of its busiest month, past or not: what was not done then is still to be done. A year that is
 * over asks nothing any more.
 */
export function leadsNeeded({ year, months }: PlanView, thisYear: number): number {
  return year < thisYear ? 0 : Math.max(0, ...months.map(({ plan }) => plan.leads));
}

/** What the picture draws, with the months in the chosen measure. */
export function planData({ picture, months }: PlanView, measure: PlanMeasure): PlanData {
  const ratio = ({ value, k, n, source }: PlanView["picture"]["ratios"]["lead_prospect"]): PlanRatio => ({
    value,
    k,
    n,
    source: source === "typed" || source === "own" ? source : "default",
  });
  const broken = picture.breaks_first ?? null;
  const step = planSteps.find((each): each is PlanStep => each === broken?.step);
  return {
    ...picture,
    ratios: {
      opportunity_customer: ratio(picture.ratios.opportunity_customer),
      prospect_opportunity: ratio(picture.ratios.prospect_opportunity),
      lead_prospect: ratio(picture.ratios.lead_prospect),
    },
    months: {
      measure,
      months: months.map((month) => ({
        month: month.period,
        plan: amount(month.plan, measure),
        actual: month.actual == null ? null : amount(month.actual, measure),
      })),
    },
    breaks_first: broken === null || step === undefined ? null : { step, month: broken.month ?? null },
  };
}

/** Nothing typed: the plan counts with own history. */
export const noRatios = { opportunity_customer: null, prospect_opportunity: null, lead_prospect: null };
export const noLags = { lead_prospect: null, prospect_opportunity: null, opportunity_customer: null };
