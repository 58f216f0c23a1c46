import { describe, expect, it } from "vitest";
import { waterfall } from "./waterfall";

describe("the waterfall of lawful reach", () => {
  it("takes each reason off the right end and ends where the rest begins", () => {
    const steps = waterfall({
      companies_n: 4,
      contacts_n: 10,
      with_address_n: 8,
      may_be_mailed_n: 5,
      blocked: [
        { block: "suppressed", contacts_n: 1 },
        { block: "no_ground", contacts_n: 2 },
        { block: "country_unknown", contacts_n: 0 },
        { block: "no_address", contacts_n: 2 },
        { block: "erased", contacts_n: 3 },
      ],
    });
    expect(steps.map((step) => [step.id, step.from, step.n])).toEqual([
      ["contacts", 0, 10],
      ["suppressed", 9, 1],
      ["no_ground", 7, 2],
      ["no_address", 5, 2],
      ["may_be_mailed", 0, 5],
    ]);
  });
});
