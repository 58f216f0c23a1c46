import { describe, expect, test } from "vitest";
import { planned } from "./words";

/** A Wednesday afternoon. */
const now = new Date(2026, 10, 25, 14, 30);

function read(line: string) {
  const plan = planned(line, now);
  if (plan === null) return null;
  const two = (n: number) => String(n).padStart(2, "0");
  return [
    plan.text,
    plan.kind,
    `${plan.at.getMonth() + 1}-${plan.at.getDate()} ${two(plan.at.getHours())}:${two(plan.at.getMinutes())}`,
  ];
}

describe("a next action in words", () => {
  test.each([
    ["bel di 10:00", ["Bel", "call", "12-1 10:00"]],
    ["Bellen over de offerte morgen om 9:15", ["Bellen over de offerte", "call", "11-26 09:15"]],
    ["send the quote friday", ["Send the quote", "mail", "11-27 09:00"]],
    ["Demo geven op 3-12 14.00", ["Demo geven", "meeting", "12-3 14:00"]],
    ["nabellen wo", ["Nabellen", "call", "12-2 09:00"]],
    ["terugbellen 16:00", ["Terugbellen", "call", "11-25 16:00"]],
    ["terugbellen 11:00", ["Terugbellen", "call", "11-26 11:00"]],
    ["referentie zoeken", ["Referentie zoeken", "other", "11-26 09:00"]],
    ["kennismaking 5-1", ["Kennismaking", "meeting", "1-5 09:00"]],
    ["offerte 31-2", ["Offerte 31-2", "other", "11-26 09:00"]],
    ["di 10:00", null],
    ["  ", null],
  ])("%s", (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  test("a Friday without a day means Monday", () => {
    expect(planned("bellen", new Date(2026, 10, 27, 16, 0))?.at.getDate()).toBe(30);
  });
});
