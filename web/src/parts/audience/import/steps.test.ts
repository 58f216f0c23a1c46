import { describe, expect, it } from "vitest";
import { ApiProblem } from "~/api/problem";
import { type Preview, type Trial, newDraft, withRow } from "./draft";
import { countryOptions, factText, meaningsOf } from "./meanings";
import { choicesOf, furthest, nextStep, openStep, stepBefore, stepOfProblem } from "./steps";

const none = { values: 0, matching: 0, differences: 0 };

describe("the way through the steps", () => {
  it("passes what needs no choice, in both directions", () => {
    expect(nextStep("ground", none)).toBe("check");
    expect(nextStep("ground", { ...none, matching: 2 })).toBe("matching");
    expect(nextStep("matching", { ...none, matching: 2 })).toBe("check");
    expect(nextStep("check", none)).toBe("check");
    expect(stepBefore("check", none)).toBe("ground");
    expect(stepBefore("check", { ...none, values: 1 })).toBe("values");
    expect(stepBefore("columns", none)).toBe("columns");
  });

  it("goes no further than what is known", () => {
    const ground = {
      basis: "existing_customer",
      source: "order",
      source_detail: "",
      evidence_url: "",
      obtained_on: "2026-01-01",
    };
    expect(furthest(newDraft, { 0: "phone" })).toBe("columns");
    expect(furthest(newDraft, { 0: "email" })).toBe("ground");
    expect(furthest({ ...newDraft, ground }, { 0: "email" })).toBe("check");
    expect(openStep("check", "ground")).toBe("ground");
    expect(openStep("matching", "check")).toBe("matching");
    expect(openStep("nonsense", "check")).toBe("columns");
    expect(openStep(undefined, "check")).toBe("columns");
  });

  it("knows where a refusal can be mended", () => {
    const refused = (field: string) => new ApiProblem(422, "invalid", "", "", {}, [{ field, code: "x", detail: "" }]);
    expect(stepOfProblem(refused("ground.source"))).toBe("ground");
    expect(stepOfProblem(refused("default_country"))).toBe("ground");
    expect(stepOfProblem(refused("mapping.2"))).toBe("columns");
    expect(stepOfProblem(refused("rows.0.action"))).toBeNull();
    expect(stepOfProblem(new Error("offline"))).toBeNull();
    expect(stepOfProblem(null)).toBeNull();
  });
});

describe("what there is to choose", () => {
  const preview = { mapping: [], sample: [], warnings: [] } as unknown as Preview;
  const trial = (written_n: number, kept_n: number) => ({ written_n, kept_n }) as Trial;

  it("counts differences, and keeps a choice about them in reach", () => {
    expect(choicesOf(newDraft, preview, {}, null)).toEqual(none);
    expect(choicesOf(newDraft, preview, {}, trial(2, 3)).differences).toBe(5);
    expect(choicesOf({ ...newDraft, policy: "keep" }, preview, {}, trial(0, 0)).differences).toBe(1);
    expect(choicesOf(withRow(newDraft, 4, { action: "overwrite" }), preview, {}, trial(0, 0)).differences).toBe(1);
    expect(choicesOf(withRow(newDraft, 4, { action: "new" }), preview, {}, trial(0, 0)).differences).toBe(0);
  });
});

describe("meanings", () => {
  it("names countries and languages in the language of the page, neighbours first", () => {
    expect(countryOptions("nl").slice(0, 2)).toEqual([
      { value: "NL", label: "Nederland" },
      { value: "BE", label: "België" },
    ]);
    expect(meaningsOf("language", "en").map((each) => each.label)).toEqual(["Dutch", "English", "German", "French"]);
    expect(meaningsOf("city", "en")).toEqual([]);
  });

  it("reads facts as people do", () => {
    expect(factText("country", "BE", "en")).toBe("Belgium");
    expect(factText("revenue", "123456700", "nl")).toBe("1.234.567");
    expect(factText("title", "Inkoper", "nl")).toBe("Inkoper");
  });
});
