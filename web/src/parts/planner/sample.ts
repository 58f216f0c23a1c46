import { plans } from "~/gallery/data";
import { type PlanView, noLags, noRatios } from "./planner";

/** A plan half way through its year, for the tests and the browser tests. */
export function samplePlan(): PlanView {
  const counts = (leads: number, revenue_cents: number) => ({
    revenue_cents,
    customers: Math.round(revenue_cents / 1_200_000),
    opportunities: 7,
    prospects: 22,
    leads,
    mails: leads * 3,
  });
  const months = Array.from({ length: 12 }, (_, index) => ({
    period: `2026-${String(index + 1).padStart(2, "0")}`,
    working_days: 21,
    plan: counts(900, 2_500_000),
    actual: index < 6 ? counts(700, 2_000_000) : null,
    overdue_leads: 0,
  }));
  const { small } = plans;
  return {
    year: 2026,
    definition: { goal_cents: 30_000_000, deal_cents: 1_200_000, first_month: 1, ratios: noRatios, lag_days: noLags },
    updated_at: "2026-06-01T09:00:00Z",
    picture: {
      ...small,
      ratios: { ...small.ratios },
      months: { measure: "revenue", months: [] },
      breaks_first: { step: "leads", month: "2026-03" },
    },
    mails: { p50: 33_000, p80: 49_000 },
    lag_days: { lead_prospect: 14, prospect_opportunity: 30, opportunity_customer: 45 },
    mails_per_day_possible: 120,
    mending: { key: "more_leads", missing: 1200, leads: 1200, per_day: 10, available: 0 },
    months,
    quarters: [1, 2, 3, 4].map((quarter) => ({
      period: `2026-Q${quarter}`,
      working_days: 63,
      plan: counts(2700, 7_500_000),
      actual: quarter <= 2 ? counts(2100, 6_000_000) : null,
      overdue_leads: 0,
    })),
  };
}
