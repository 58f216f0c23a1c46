import { describe, expect, it } from "vitest";
import { type Said, placeIn, remember, saidMax, share } from "./steps";

const said = (pairId: string): Said => ({ decision: "different", pairId, names: ["A", "B"], merge: null });

describe("the review of duplicates", () => {
  it("takes the last decision back first, and remembers no more than it should", () => {
    let all: readonly Said[] = [];
    for (let n = 0; n < saidMax + 5; n += 1) all = remember(all, said(`p${n}`));
    expect(all).toHaveLength(saidMax);
    expect(all[0]?.pairId).toBe(`p${saidMax + 4}`);
  });

  it("stays in the queue when the last pair leaves it", () => {
    expect(placeIn(3, 3)).toBe(2);
    expect(placeIn(3, -1)).toBe(0);
    expect(placeIn(0, 4)).toBe(0);
  });

  it("is done when nothing is left", () => {
    expect(share(0, 0)).toBe(1);
    expect(share(3, 9)).toBe(0.25);
  });
});
