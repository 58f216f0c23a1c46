import { describe, expect, it } from "vitest";
import { createFormat } from "~/i18n/format";
import { contradictions, mills } from "./register";

describe("the register", () => {
  it("writes thousandths of a euro as money", () => {
    const format = createFormat("en");
    expect([20, 4_240, 25_000, 0].map((amount) => mills(format, amount))).toEqual(["€0.02", "€4.24", "€25", "€0"]);
  });

  it("shows only what contradicts a person", () => {
    const taking = (taken: string) => ({ field: "employees_n", known: "7", said: "24", taken });
    const takings = ["same", "filled", "replaced", "kept"].map(taking);
    expect(contradictions(takings)).toEqual([taking("kept")]);
  });
});
