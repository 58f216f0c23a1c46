import type { Decision, Merge } from "./kinds";

/** What was said about a pair, and by what it is taken back. */
export interface Said {
  decision: Decision;
  pairId: string;
  names: readonly [string, string];
  /** By this a merge is taken back. */
  merge: Merge | null;
}

/** Decisions that can be taken back by one key, the last first. */
export const saidMax = 50;

export function remember(said: readonly Said[], one: Said): readonly Said[] {
  return [one, ...said].slice(0, saidMax);
}

/** The place in a queue that gets shorter: where one was, or the last. */
export function placeIn(n: number, wanted: number): number {
  return Math.max(0, Math.min(n - 1, wanted));
}

/** How much of the work is done, of 1; nothing to do is all done. */
export function share(done: number, left: number): number {
  return done + left === 0 ? 1 : done / (done + left);
}
