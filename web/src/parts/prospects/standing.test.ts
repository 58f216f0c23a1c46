import { expect, test } from "vitest";
import nl from "~/i18n/nl";
import { createTranslate, knownKey } from "~/i18n/translate";
import type { Prospect } from "./api";
import { endReason, standingMeaning, standingWord, statesOf } from "./standing";

const words = { t: createTranslate("nl", nl), known: (key: string) => knownKey(nl, key) };
const one = (change: Partial<Prospect>) =>
  ({ state: "in_conversation", step: "first_meeting", has_opportunity: false, ...change }) as Prospect;

test.each([
  [one({}), "Kennismaking", undefined, "prospect"],
  [one({ has_opportunity: true }), "Kennismaking", undefined, "opportunity"],
  [one({ state: "nurture", close_reason: null }), "Rust tot een datum", undefined, "nurture"],
  [one({ state: "disqualified", close_reason: "no_budget" }), "Geen prospect", "Geen budget", "danger"],
  [one({ state: "lost", close_reason: "price" }), "Verloren", "Prijs", "danger"],
  [one({ state: "lost", close_reason: "other", close_note: "Fusie" }), "Verloren", "Fusie", "danger"],
  [one({ state: "lost", close_reason: "other", close_note: "" }), "Verloren", "Een andere reden", "danger"],
  [one({ state: "won", close_reason: "price" }), "Klant", undefined, "customer"],
])("a pursuit is called by its step or its end: %#", (prospect, word, reason, meaning) => {
  expect([standingWord(prospect, words), endReason(prospect, words), standingMeaning(prospect)]).toEqual([
    word,
    reason,
    meaning,
  ]);
});

test("a list that is not narrowed holds all that ever was a prospect", () => {
  expect(statesOf("active")).toBe("to_qualify,in_conversation");
  expect(statesOf(undefined)).toBe("to_qualify,in_conversation,nurture,disqualified,lost,won");
  expect(statesOf("nonsense")).toBe(statesOf(undefined));
});
