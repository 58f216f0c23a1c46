// The arithmetic of a quote, exactly as the server does it: whole cents, half away from zero, rounded once per line,
// VAT once per rate. BigInt, because thousandths x cents x basis points leave the safe numbers.

export interface Line {
  quantity_milli: number;
  unit_price_cents: number;
  discount_bp: number;
  vat_bp: number;
}

export interface VatGroup {
  rate_bp: number;
  net_cents: number;
  vat_cents: number;
}

export interface Totals {
  net_cents: number;
  vat_cents: number;
  gross_cents: number;
  vat: VatGroup[];
}

function divide(numerator: bigint, denominator: bigint): number {
  const half = denominator / 2n;
  return Number(numerator >= 0n ? (numerator + half) / denominator : (numerator - half) / denominator);
}

/** Net amount of a line in cents. */
export function lineNet(line: Line): number {
  const exact = BigInt(line.quantity_milli) * BigInt(line.unit_price_cents) * BigInt(10_000 - line.discount_bp);
  return divide(exact, 10_000_000n);
}

/** The sums under a quote. */
export function totals(lines: readonly Line[]): Totals {
  const byRate = new Map<number, number>();
  for (const line of lines) byRate.set(line.vat_bp, (byRate.get(line.vat_bp) ?? 0) + lineNet(line));
  const vat = [...byRate]
    .sort(([one], [two]) => one - two)
    .map(([rate_bp, net_cents]) => ({
      rate_bp,
      net_cents,
      vat_cents: divide(BigInt(net_cents) * BigInt(rate_bp), 10_000n),
    }));
  const net_cents = vat.reduce((sum, group) => sum + group.net_cents, 0);
  const vat_cents = vat.reduce((sum, group) => sum + group.vat_cents, 0);
  return { net_cents, vat_cents, gross_cents: net_cents + vat_cents, vat };
}
