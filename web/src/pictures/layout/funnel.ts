import { type Stage, stages } from "~/theme/theme";

/** Width of a band for a count, on a square-root scale: a hundred leads must not make one customer invisible. */
export function bandWidth(count: number, largest: number, widthMax: number, widthMin = 6): number {
  if (count <= 0 || largest <= 0) return 0;
  return Math.min(widthMax, Math.max(widthMin, widthMax * Math.sqrt(count / largest)));
}

export interface BandInput {
  count: number;
  plan: number | null;
  before: number | null;
}

export interface Band {
  stage: Stage;
  top: number;
  height: number;
  width: number;
  /** Null when there is no plan or nothing to compare with. */
  planWidth: number | null;
  beforeWidth: number | null;
}

export interface FunnelLayout {
  bands: Band[];
  height: number;
  bandHeight: number;
  gapHeight: number;
}

/** The four bands from top to bottom. Plan and comparison share the bands' scale. */
export function funnelLayout(
  input: Record<Stage, BandInput>,
  widthMax: number,
  { bandHeight, gapHeight }: { bandHeight: number; gapHeight: number },
): FunnelLayout {
  const all = stages.flatMap((stage) => [input[stage].count, input[stage].plan ?? 0, input[stage].before ?? 0]);
  const largest = Math.max(0, ...all);
  const bands = stages.map((stage, index) => {
    const { count, plan, before } = input[stage];
    return {
      stage,
      top: index * (bandHeight + gapHeight),
      height: bandHeight,
      width: bandWidth(count, largest, widthMax),
      planWidth: plan === null ? null : bandWidth(plan, largest, widthMax),
      beforeWidth: before === null ? null : bandWidth(before, largest, widthMax),
    };
  });
  return { bands, height: stages.length * bandHeight + (stages.length - 1) * gapHeight, bandHeight, gapHeight };
}

/** How much more or less than before, as a ratio; null when there is nothing to divide by. */
export function change(count: number, before: number | null): number | null {
  return before === null || before === 0 ? null : count / before - 1;
}
