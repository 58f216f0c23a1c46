import { describe, expect, it } from "vitest";
import { lineNet, totals } from "./totals";

const line = (quantity_milli: number, unit_price_cents: number, discount_bp: number, vat_bp: number) => ({
  quantity_milli,
  unit_price_cents,
  discount_bp,
  vat_bp,
});

describe("the arithmetic of a quote", () => {
  it("rounds a line once, half away from zero, as the server does", () => {
    expect(lineNet(line(1_500, 9_500, 0, 2_100))).toBe(14_250);
    expect(lineNet(line(3_000, 33, 5_000, 2_100))).toBe(50);
    expect(lineNet(line(-3_000, 33, 5_000, 2_100))).toBe(-50);
    expect(lineNet(line(1_000_000_000, 1_000_000, 1, 0))).toBe(999_900_000_000);
  });

  it("rounds VAT per rate, not per line", () => {
    const sums = totals([line(1_000, 32, 0, 2_100), line(1_000, 32, 0, 2_100), line(1_000, 32, 0, 2_100)]);
    expect(sums).toEqual({
      net_cents: 96,
      vat_cents: 20,
      gross_cents: 116,
      vat: [{ rate_bp: 2_100, net_cents: 96, vat_cents: 20 }],
    });
    expect(totals([]).gross_cents).toBe(0);
  });
});
