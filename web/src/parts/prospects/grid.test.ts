import { describe, expect, test } from "vitest";
import { neighboursOf } from "./calls";
import { type Direction, cardBeside, stepBeside } from "./grid";
import { proposals } from "./warm";

const columns = [["a1", "a2", "a3"], [], ["c1"], ["d1", "d2"]];

describe("from card to card", () => {
  test.each([
    ["nothing chosen: the first card", null, "down", "a1"],
    ["a card that is gone: the first card", "z9", "right", "a1"],
    ["down", "a1", "down", "a2"],
    ["the last one stays", "a3", "down", "a3"],
    ["up", "a2", "up", "a1"],
    ["the first one stays", "a1", "up", "a1"],
    ["right, over an empty column, to the nearest height", "a3", "right", "c1"],
    ["right at the same height", "c1", "right", "d1"],
    ["left", "d2", "left", "c1"],
    ["left over an empty column", "c1", "left", "a1"],
    ["the edge stays", "d2", "right", "d2"],
  ] satisfies [string, string | null, Direction, string][])("%s", (_, id, to, expected) => {
    expect(cardBeside(columns, id, to)).toBe(expected);
  });

  test("an empty board has none", () => {
    expect(cardBeside([[], []], null, "down")).toBeUndefined();
  });
});

test("a step has one before and one after it, but for the ends", () => {
  expect(stepBeside("first_meeting", "right")).toBe("demo_proposal");
  expect(stepBeside("first_meeting", "left")).toBe("to_qualify");
  expect(stepBeside("to_qualify", "left")).toBeUndefined();
  expect(stepBeside("closing", "right")).toBeUndefined();
  expect(stepBeside("unheard_of", "right")).toBeUndefined();
});

test("next and previous keep the order of the list; who stands in it twice counts once", () => {
  const list = ["p1", "p2", "p1", "p3"];
  expect(neighboursOf(list, "p2")).toEqual({ at: 2, of: 3, previous: "p1", next: "p3" });
  expect(neighboursOf(list, "p1")).toEqual({ at: 1, of: 3, previous: undefined, next: "p2" });
  expect(neighboursOf(list, "p9")).toBeUndefined();
});

describe("a prospect that cools", () => {
  const one = { state: "in_conversation", step: "negotiation", frost_percent: 40 };

  test("gets something useful to do, by how far it is", () => {
    expect(proposals(one)[0]).toBe("today.warm.reference");
    expect(proposals({ ...one, step: "demo_proposal" })[0]).toBe("today.warm.case");
  });

  test("a warm one, a resting one and a closed one get nothing", () => {
    expect(proposals({ ...one, frost_percent: 0 })).toEqual([]);
    expect(proposals({ ...one, state: "nurture" })).toEqual([]);
    expect(proposals({ ...one, state: "lost" })).toEqual([]);
  });
});
