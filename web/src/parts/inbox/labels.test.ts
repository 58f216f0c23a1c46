import { describe, expect, it } from "vitest";
import { intents } from "~/kit/chips";
import { asksDay, dayOf, decisive, guessOf, inFront, inMenu, meansOf, surenessOf } from "./labels";

describe("what a mail may mean", () => {
  it("keeps the keys 1 to 4, whatever Kiem thinks, and puts its guess or the opt-out behind key 5", () => {
    for (const guess of [undefined, ...intents])
      expect(inFront(guess).slice(0, 4)).toEqual(["interested", "not_now", "not_interested", "other"]);
    expect(inFront("quote_request")[4]).toBe("quote_request");
    expect(inFront("not_now")[4]).toBe("unsubscribe");
    expect(inFront(undefined)[4]).toBe("unsubscribe");
  });

  it("offers every label exactly once", () => {
    for (const guess of [undefined, ...intents]) {
      const offered = [...inFront(guess), ...inMenu(guess).flatMap(({ labels }) => labels)];
      expect(offered.length).toBe(intents.length);
      expect(new Set(offered)).toEqual(new Set(intents));
    }
  });

  it("knows no label that a person cannot give", () => {
    expect(guessOf("bounce")).toBeUndefined();
    expect(guessOf("unsubscribe")).toBe("unsubscribe");
    expect(guessOf(null)).toBeUndefined();
  });

  it("leaves a prospect with sales, but an opt-out and a question about data hold for everybody", () => {
    expect(meansOf("not_interested", true)).toBe("inbox.look.means.prospect");
    expect(meansOf("unsubscribe", true)).toBe("inbox.look.means.unsubscribe");
    expect(meansOf("data_request", true)).toBe("inbox.look.means.data_request");
    expect(meansOf("not_interested", false)).toBe("inbox.look.means.not_interested");
  });

  it("asks a day where one counts", () => {
    const asking = (isProspect: boolean) => intents.filter((label) => asksDay(label, isProspect));
    expect(asking(false)).toEqual(["not_now", "out_of_office"]);
    expect(asking(true)).toEqual(["not_now"]);
  });

  it.each([
    [99, "certain"],
    [90, "certain"],
    [89, "likely"],
    [64, "perhaps"],
    [39, "guess"],
    [0, "guess"],
  ])("says %i %% as %s", (percent, word) => {
    expect(surenessOf(percent)).toBe(word);
  });

  it.each([
    ["not_now", "2027-03-01", "2027-03-01"],
    ["not_now", "2026-11-25", "2027-02-23"],
    ["not_now", null, "2027-02-23"],
    ["out_of_office", "2026-11-26", "2026-11-26"],
    ["out_of_office", undefined, "2026-12-02"],
  ] as const)("%s that speaks of %s begins with %s", (label, said, day) => {
    expect(dayOf(label, said, new Date(2026, 10, 25, 14, 0))).toBe(day);
  });
});

describe("the words that decided", () => {
  it("stand there once, however they were written", () => {
    expect(decisive(["Stop", "stop", "STOP", "geen mails"])).toEqual(["Stop", "geen mails"]);
    expect(decisive(["a", "b", "c", "d", "e"])).toHaveLength(4);
  });
});
