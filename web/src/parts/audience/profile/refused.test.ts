import { describe, expect, test } from "vitest";
import { type Draft, type Offered, type Values, draftOf } from "./draft";
import { refusalsOf, stillRefused } from "./refused";

const empty = draftOf({ version: 0, wishes: [], buyers: { department: null, seats: [] } });

/** The draft with something typed in a card. */
function typed(draft: Draft, criterion: Offered, values: Partial<Values>, side: "want" | "never" = "want"): Draft {
  const block = draft.blocks[criterion];
  return {
    ...draft,
    blocks: { ...draft.blocks, [criterion]: { ...block, [side]: { ...block[side], ...values } } },
  };
}

const error = (field: string) => ({ field, code: "x", detail: `wrong: ${field}` });
const where = (refusals: readonly { criterion: string; side: string; key: string }[]) =>
  refusals.map(({ criterion, side, key }) => `${criterion}.${side}.${key}`);

describe("what was refused of a profile", () => {
  const sent = typed(typed(empty, "industry", { codes2025: "abc", codes2008: "10" }), "size", { min: 100, max: 10 });
  const refusals = refusalsOf(sent, [error("wishes.0.codes"), error("wishes.1.sizes")]);

  test("stands only at the field that is wrong", () => {
    expect(where(refusals)).toEqual(["industry.want.codes2025", "size.want.max"]);
    expect(refusals[0]?.problem.detail).toBe("wrong: wishes.0.codes");
  });

  test("is gone where somebody changes it, and stays elsewhere", () => {
    const better = typed(sent, "industry", { codes2025: "10, 49" });
    expect(where(stillRefused(refusals, sent, better))).toEqual(["size.want.max"]);
    expect(where(stillRefused(refusals, sent, typed(sent, "size", { min: 5 })))).toEqual(["industry.want.codes2025"]);
    expect(stillRefused(refusals, sent, typed(better, "size", { max: 200 }))).toEqual([]);
  });

  test("stays with its field while the order of the wishes changes", () => {
    const more = typed(empty, "country", { countries: "Nergens" }, "never");
    const found = refusalsOf(more, [error("wishes.0.countries")]);
    const now = typed(typed(more, "industry", { words: "bouw" }), "country", { countries: "NL" });
    expect(where(stillRefused(found, more, now))).toEqual(["country.never.countries"]);
  });

  test("stands at every code when each can be read, and nowhere when the page has no such field", () => {
    const codes = typed(empty, "industry", { codes2025: "62.01, 10", codes2008: "6201Z" });
    expect(where(refusalsOf(codes, [error("wishes.0.codes")]))).toEqual([
      "industry.want.codes2025",
      "industry.want.codes2008",
    ]);
    expect(refusalsOf(codes, [error("wishes.7.words"), error("wishes.0.weight"), error("buyers.seats")])).toEqual([]);
  });
});
