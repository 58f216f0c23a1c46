import { describe, expect, it } from "vitest";
import { createFormat } from "~/i18n/format";
import en from "~/i18n/en";
import nl from "~/i18n/nl";
import { createTranslate, knownKey } from "~/i18n/translate";
import { inWords } from "./detail";

function words(language: "nl" | "en") {
  const catalogue = language === "nl" ? nl : en;
  return {
    t: createTranslate(language, catalogue),
    format: createFormat(language, "Europe/Amsterdam"),
    known: (key: string) => knownKey(catalogue, key),
  };
}

describe("details of the audit trail", () => {
  it.each([
    [{}, []],
    [{ name: "Voorjaar" }, ["naam: Voorjaar"]],
    [{ before: "sales", after: "manager" }, ["van Sales naar Manager"]],
    [{ host: "kiem.example", visits: "session" }, ["website: kiem.example", "bezoeken meten: session"]],
    [{ url: "https://a.example", active: false }, ["adres: https://a.example", "actief: nee"]],
    [{ campaign: "0190a8f2-0000-7000-8000-000000000001" }, []],
    [{ basis: "legitimate_interest", source: "beurs" }, ["grond: Gerechtvaardigd belang", "bron: beurs"]],
    [{ net_cents: 95050 }, ["bedrag zonder btw: € 950,50"]],
    [{ before: { hours: 4, zone: "UTC" }, after: { hours: 8, zone: "UTC" } }, ["hours: van 4 naar 8"]],
    [
      { before: { name: "A", settings: { response_hours: 4 } }, after: { name: "A", settings: { response_hours: 8 } } },
      ["uren tot antwoord: van 4 naar 8"],
    ],
    [
      { before: { periods: {} }, after: { periods: { web_visit: { days: 90, reason: "" } } } },
      ["afwijkende termijnen, websitebezoek, dagen: van niets naar 90"],
    ],
    [{ decision: "same" }, ["besluit: hetzelfde"]],
    [{ price_mills: [20, 150] }, ["prijs per profiel: € 0,02, € 0,15"]],
    [{ before: {}, after: { reason: "verhuisd" } }, ["reden: van niets naar verhuisd"]],
  ])("are said in words: %j", (detail, said) => {
    const found = inWords(JSON.stringify(detail), words("nl")).map((one) => one.replaceAll("\u00a0", " "));
    expect(found).toEqual(said);
  });

  it("are English in English, and text that is no data stays text", () => {
    expect(inWords('{"before":"sales","after":"owner"}', words("en"))).toEqual(["from Sales to Owner"]);
    expect(inWords("by hand", words("en"))).toEqual(["by hand"]);
  });
});
