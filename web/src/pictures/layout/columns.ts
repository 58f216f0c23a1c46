/** Round steps for a scale that starts at nothing: 0, 20, 40, 60. */
export function ticks(largest: number, wanted = 4): number[] {
  if (largest <= 0) return [0];
  const rough = largest / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? 10 * power;
  return Array.from({ length: Math.ceil(largest / step - 1e-9) + 1 }, (_, index) => index * step);
}

export interface Month {
  /** `2026-11`. */
  month: string;
  plan: number;
  /** Null for a month that has not begun. */
  actual: number | null;
}

export interface Column {
  month: Month;
  x: number;
  width: number;
  planHeight: number;
  actualHeight: number | null;
}

/** Columns side by side on a scale from nothing to the top tick. */
export function columns(
  months: readonly Month[],
  width: number,
  height: number,
): { columns: Column[]; ticks: number[] } {
  const scale = ticks(Math.max(0, ...months.flatMap((month) => [month.plan, month.actual ?? 0])));
  const top = scale.at(-1) || 1;
  const pitch = months.length === 0 ? 0 : width / months.length;
  return {
    ticks: scale,
    columns: months.map((month, index) => ({
      month,
      x: index * pitch + pitch * 0.18,
      width: pitch * 0.64,
      planHeight: (month.plan / top) * height,
      actualHeight: month.actual === null ? null : (month.actual / top) * height,
    })),
  };
}
