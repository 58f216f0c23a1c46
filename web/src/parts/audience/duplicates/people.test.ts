import { describe, expect, it } from "vitest";
import { companyStakes } from "./companies";
import { personStakes, toldApart } from "./people";

const person = {
  id: "p1",
  name: "Jan de Vries",
  source: "beurs.csv",
  created_at: "2026-11-20T10:00:00Z",
  updated_at: "2026-11-20T10:00:00Z",
  is_approached: false,
  is_pursued: false,
};

describe("what two people are called", () => {
  it.each([
    ["two names", ["J. de Vries", "j@a.example"], ["Jan de Vries", "jan@a.example"], ["J. de Vries", "Jan de Vries"]],
    [
      "one name",
      ["Jan Bos", "j@a.example"],
      ["Jan Bos", "jan@a.example"],
      ["Jan Bos (j@a.example)", "Jan Bos (jan@a.example)"],
    ],
    ["one name, one address", ["Jan Bos", null], ["Jan Bos", "jan@a.example"], ["Jan Bos", "Jan Bos (jan@a.example)"]],
    ["no name", ["", "jan@a.example"], ["Jan Bos", null], ["jan@a.example", "Jan Bos"]],
    ["nothing", ["", null], ["", undefined], ["", ""]],
  ] as const)("tells them apart: %s", (_, [first, one], [second, other], expected) => {
    expect(toldApart({ name: first, email: one }, { name: second, email: other })).toEqual(expected);
  });
});

describe("what hangs on a record", () => {
  const words = (stakes: readonly { word: string }[]) => stakes.map(({ word }) => word);

  it.each([
    [{}, ["lead.none"]],
    [{ lead_state: "new" }, ["lead.new"]],
    [{ lead_state: "approached", is_approached: true }, ["lead.approached"]],
    [{ lead_state: "resting", is_approached: true }, ["lead.resting", "approached"]],
    [{ lead_state: "promoted", is_pursued: true }, ["lead.promoted", "pursued"]],
  ])("says of a person once that they were approached: %o", (change, expected) => {
    expect(words(personStakes({ ...person, ...change }))).toEqual(expected);
  });

  it("says of a company the most that it is", () => {
    const nothing = { has_opportunity: false, has_open_pursuit: false, is_customer: false, is_approached: false };
    const company = { ...person, ...nothing, people_n: 2 };
    expect(companyStakes(company)).toEqual([{ word: "people_n", n: 2 }]);
    const busy = { ...company, fit_score: 80, has_opportunity: true, has_open_pursuit: true, is_approached: true };
    expect(words(companyStakes(busy))).toEqual(["opportunity", "fit", "people_n"]);
    expect(words(companyStakes({ ...company, is_approached: true }))).toEqual(["approached", "people_n"]);
  });
});
