import { describe, expect, it } from "vitest";
import { daysOf, funnelData, isEmpty, isTurned, prospectBehind } from "./funnel";
import { emptyFunnel, fullFunnel } from "./sample";

describe("the period", () => {
  it("is counted back from today", () => {
    expect(daysOf("90", "2026-11-24", {})).toEqual({ from: "2026-08-26", to: "2026-11-24" });
    expect(daysOf("year", "2026-11-24", {})).toEqual({ from: "2026-01-01", to: "2026-11-24" });
  });
  it("can be the person's own, and falls back where a day is missing", () => {
    expect(daysOf("own", "2026-11-24", { from: "2026-10-01" })).toEqual({ from: "2026-10-01", to: "2026-11-24" });
  });
});

describe("a period that ends before it begins", () => {
  it("is not asked for", () => {
    expect(isTurned({ from: "2026-11-24", to: "2026-10-01" })).toBe(true);
    expect(isTurned({ from: "2026-11-24", to: "2026-11-24" })).toBe(false);
  });
});

describe("the funnel's data", () => {
  it("has words for reasons and leaves out what nobody compares", () => {
    const data = funnelData(fullFunnel.funnel, (reason) => `w:${reason}`, false);
    expect(data.leaks.opportunity[0]?.reasons[0]).toEqual({ label: "w:price", count: 2 });
    expect(data.stages.lead.before).toBeNull();
    expect(funnelData(fullFunnel.funnel, String, true).stages.lead.before).toBe(290);
  });
  it("knows when there is nothing", () => {
    expect(isEmpty(emptyFunnel)).toBe(true);
    expect(isEmpty(fullFunnel)).toBe(false);
  });
  it("finds the prospect behind a passage", () => {
    expect(prospectBehind(fullFunnel).get("g1")).toBe("p1");
  });
});
