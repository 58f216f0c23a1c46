import { describe, expect, it } from "vitest";
import { leadsNeeded, planData } from "./planner";
import { samplePlan } from "./sample";

describe("the plan's data", () => {
  it("shows the months in the chosen measure", () => {
    const view = samplePlan();
    expect(planData(view, "revenue").months.months[0]).toEqual({
      month: "2026-01",
      plan: 2_500_000,
      actual: 2_000_000,
    });
    expect(planData(view, "leads").months.months[0]?.plan).toBe(900);
    expect(planData(view, "leads").months.months[11]?.actual).toBeNull();
  });
  it("marks the step that breaks first, and none that this page does not know", () => {
    const view = samplePlan();
    expect(planData(view, "revenue").breaks_first).toEqual({ step: "leads", month: "2026-03" });
    const newer = { ...view, picture: { ...view.picture, breaks_first: { step: "calls", month: null } } };
    expect(planData(newer, "revenue").breaks_first).toBeNull();
  });
});

describe("the leads that a plan needs", () => {
  const view = samplePlan();
  const months = view.months.map((month, at) => ({ ...month, plan: { ...month.plan, leads: at === 3 ? 5000 : 100 } }));
  it("are those of its busiest month, also late in the year", () => {
    expect(leadsNeeded({ ...view, months }, 2026)).toBe(5000);
    expect(leadsNeeded({ ...view, months }, 2025)).toBe(5000);
  });
  it("are none when the year is over", () => {
    expect(leadsNeeded({ ...view, months }, 2027)).toBe(0);
  });
});
