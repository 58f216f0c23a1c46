import { describe, expect, test } from "vitest";
import en from "~/i18n/en";
import nl from "~/i18n/nl";
import { createTranslate, knownKey } from "~/i18n/translate";
import { ruleWord, shortReason } from "./reason";

test("a card says the deed, not the rule", () => {
  expect(shortReason("Prospect op 5 nov door R1: antwoord van 5 nov (wil afspreken).")).toBe(
    "Antwoord van 5 nov (wil afspreken).",
  );
  expect(shortReason("Met de hand gekozen.")).toBe("Met de hand gekozen.");
});

describe("a rule in words", () => {
  const words = (catalogue: typeof nl, language: "nl" | "en") => ({
    t: createTranslate(language, catalogue),
    known: (key: string) => knownKey(catalogue, key),
  });
  test.each([
    ["R2", "R2: een afspraak", "R2: an appointment"],
    [
      "inbound",
      "Kwam uit zichzelf: vroeg een offerte aan of maakte een afspraak zonder dat wij mailden",
      "Came by themselves: asked for a quote or booked without a mail from us",
    ],
    ["manual", "Met de hand", "By hand"],
    ["R99", "R99", "R99"],
  ])("%s", (rule, dutch, english) => {
    expect(ruleWord(rule, words(nl, "nl"))).toBe(dutch);
    expect(ruleWord(rule, words(en, "en"))).toBe(english);
  });
});
