import { describe, expect, it } from "vitest";
import {
  type Draft,
  type Preview,
  type Trial,
  byRow,
  daysToOrder,
  draftFrom,
  examples,
  hasCompany,
  isGrounded,
  isMatched,
  mapped,
  mappingOf,
  newDraft,
  orderOf,
  remember,
  rowsIn,
  textOf,
  unsureDays,
  withPolicy,
  withRow,
  withWord,
} from "./draft";

const preview = {
  mapping: [
    { column: 0, field: "company_name", confidence_percent: 98, why: "own_name" },
    { column: 2, field: "founded_on", confidence_percent: 98, why: "own_name" },
  ],
  sample: [
    { row_number: 2, cells: ["Jansen", " ", "01-02-2024"] },
    { row_number: 3, cells: ["Zoë", "x", "2019"] },
    { row_number: 4, cells: ["Jansen", "x"] },
  ],
  warnings: ["date_ambiguous"],
} as unknown as Preview;

const trial = (more: Partial<Trial> = {}) =>
  ({ ambiguous: [], values: [], facts: [], created_n: 4, matched_n: 3, repeated_n: 2, ...more }) as Trial;

const row = (row_number: number) => ({ row_number, name: "Jansen", candidates: [] });

describe("what the columns mean", () => {
  it("is the proposal until somebody chooses, and a choice stands", () => {
    expect(mappingOf(newDraft, preview)).toEqual({ 0: "company_name", 2: "founded_on" });
    expect(mappingOf({ ...newDraft, mapping: { 1: "email" } }, preview)).toEqual({ 1: "email" });
  });

  it("moves a field that is chosen for another column", () => {
    expect(mapped({ 0: "email", 1: "phone" }, 1, "email")).toEqual({ 1: "email" });
    expect(mapped({ 0: "phone", 1: "city" }, 1, "phone")).toEqual({ 0: "phone", 1: "phone" });
    expect(mapped({ 0: "email", 1: "phone" }, 1, "")).toEqual({ 0: "email" });
    expect(mapped({ 0: "do_not_mail" }, 1, "do_not_mail")).toEqual({ 0: "do_not_mail", 1: "do_not_mail" });
  });

  it("needs something that names a company", () => {
    expect(hasCompany({ 0: "full_name", 1: "phone" })).toBe(false);
    expect(hasCompany({ 0: "email" })).toBe(true);
  });

  it("shows cells with accents first, and none twice", () => {
    expect(examples(preview, 0)).toEqual(["Zoë", "Jansen"]);
    expect(examples(preview, 1)).toEqual(["x"]);
  });
});

describe("the ground", () => {
  const ground = {
    basis: "existing_customer",
    source: "order",
    source_detail: "",
    evidence_url: "",
    obtained_on: "2026-01-01",
  };
  it("is whole with basis, source and day, and with proof where the basis needs it", () => {
    expect(isGrounded(ground)).toBe(true);
    expect(isGrounded({ ...ground, source: " " })).toBe(false);
    expect(isGrounded({ ...ground, obtained_on: "" })).toBe(false);
    expect(isGrounded({ ...ground, basis: "consent" })).toBe(false);
    expect(isGrounded({ ...ground, basis: "consent", source_detail: "form" })).toBe(true);
    const designated = { ...ground, basis: "designated_address", source_detail: "sales@: for offers" };
    expect(isGrounded(designated)).toBe(false);
    expect(isGrounded({ ...designated, evidence_url: "https://noord.example/contact" })).toBe(true);
  });
});

describe("days", () => {
  it("are unsure only when both readings are days and differ", () => {
    expect(unsureDays(["01-02-2024", "31-01-2024", "5/5/2020", "2024-01-02", "2019", "1.2.99"])).toEqual([
      "01-02-2024",
      "1.2.99",
    ]);
  });

  it("are asked about when the file does not tell, also for a column that a person chose", () => {
    const mapping = mappingOf(newDraft, preview);
    expect(daysToOrder(preview, mapping)).toEqual(["01-02-2024"]);
    expect(daysToOrder({ ...preview, warnings: [] }, mapping)).toEqual([]);
    expect(daysToOrder({ ...preview, warnings: [], mapping: [] }, { 2: "founded_on" })).toEqual(["01-02-2024"]);
    expect(daysToOrder(preview, { 0: "company_name" })).toEqual([]);
  });
});

describe("the order", () => {
  it("carries every choice, and null for what was left to Kiem", () => {
    const word = { field: "country", value: "a|b", rows_n: 1 };
    const draft = withWord(withRow(newDraft, 7, { action: "company", company_id: "c1" }), word, "NL");
    expect(orderOf(draft, { 3: "country" })).toEqual({
      mapping: [{ column: 3, field: "country" }],
      ground: newDraft.ground,
      default_country: null,
      encoding: null,
      policy: "fill",
      rows: [{ row_number: 7, action: "company", company_id: "c1" }],
      values: [{ field: "country", from: "a|b", to: "NL" }],
      date_order: null,
    });
  });

  it("forgets a choice that is taken back", () => {
    const draft = withRow(withRow(newDraft, 7, { action: "skip" }), 7, null);
    expect(draft.rows).toEqual({});
    const word = { field: "country", value: "x", rows_n: 1 };
    expect(withWord(withWord(newDraft, word, ""), word, null).words).toEqual({});
  });
});

describe("what was asked", () => {
  const mapping = { 4: "country" };
  const asked = remember(
    newDraft,
    trial({ ambiguous: [row(9)], values: [{ column: 4, value: "Ned", rows_n: 2 }] }),
    mapping,
  );

  it("stays in sight once it was decided, as the next trial asks no more", () => {
    expect(asked.askedWords).toEqual([{ field: "country", value: "Ned", rows_n: 2 }]);
    const word = { field: "country", value: "Ned", rows_n: 2 };
    const decided: Draft = withWord(withRow(asked, 9, { action: "new" }), word, "NL");
    const after = remember(decided, trial({ ambiguous: [row(3)] }), mapping);
    expect(after.askedRows.map((each) => each.row_number)).toEqual([3, 9]);
    expect(after.askedWords).toHaveLength(1);
    expect(remember(decided, trial(), {}).askedWords, "the column is not used any more").toEqual([]);
  });

  it("goes when nobody decided it and it is asked no more", () => {
    const after = remember(asked, trial(), mapping);
    expect(after.askedRows).toEqual([]);
    expect(after.askedWords).toEqual([]);
  });

  it("does not take a choice about differences for one about the company", () => {
    const marked = withRow(asked, 9, { action: "keep" });
    expect(remember(marked, trial(), mapping).askedRows).toEqual([]);
  });
});

it("keeps which company a row means when what wins is chosen, and the other way round", () => {
  const chosen = withRow(newDraft, 7, { action: "company", company_id: "c1" });
  const overwritten = withRow(chosen, 7, withPolicy(chosen.rows[7], "overwrite"));
  expect(overwritten.rows[7]).toEqual({ action: "overwrite", company_id: "c1" });
  expect(isMatched(overwritten.rows[7])).toBe(true);
  expect(withPolicy(overwritten.rows[7], undefined)).toEqual({ action: "company", company_id: "c1" });
  expect(withPolicy(undefined, "keep")).toEqual({ action: "keep" });
  expect(isMatched({ action: "keep" })).toBe(false);
  expect(withPolicy({ action: "keep" }, undefined)).toBeNull();
});

it("counts the rows that come in, and puts facts together by row", () => {
  expect(rowsIn(trial())).toBe(9);
  const fact = (row_number: number, field: string) => ({
    row_number,
    field,
    record: "J",
    before: "",
    after: "x",
    is_written: true,
  });
  const rows = byRow([fact(2, "phone"), fact(5, "city"), fact(2, "title")]);
  expect(rows.map((each) => [each.row_number, each.facts.length])).toEqual([
    [2, 2],
    [5, 1],
  ]);
});

describe("what is kept of the choices", () => {
  it("is read as it was, without what a trial asked", () => {
    const draft: Draft = {
      ...newDraft,
      mapping: { 0: "company_name", 2: "founded_on" },
      encoding: "cp850",
      country: "NL",
      ground: { ...newDraft.ground, basis: "consent", source: "beurs" },
      policy: "overwrite",
      dateOrder: "month_first",
      rows: { 2: { action: "skip" } },
      askedRows: [row(2)],
    };
    expect(draftFrom(textOf(draft))).toEqual({ ...draft, rows: {}, askedRows: [] });
    expect(draftFrom(textOf(newDraft))).toEqual(newDraft);
    expect(textOf(draft)).not.toContain("Jansen");
  });

  it("is nothing when it cannot be read", () => {
    for (const text of [null, "", "{", "[]", "7", '{"policy":"all","ground":3,"mapping":[1],"encoding":{}}'])
      expect(draftFrom(text)).toEqual(newDraft);
  });
});
