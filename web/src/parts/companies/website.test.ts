import { describe, expect, it } from "vitest";
import { type SiteFact, byKind, factValue, isPage, pageName, proving, siteAddress, siteName } from "./website";

const fact = (kind: string, value: string): SiteFact => ({
  id: value,
  kind,
  value,
  refuses_approach: false,
  may_be_designated: false,
  url: "https://klant.example/",
  snippet: value,
  read_at: "2026-11-24T10:00:00Z",
  content_hash: "",
});

describe("facts of a website", () => {
  it("stand by kind, in the order of use, and refusals stand apart", () => {
    const facts = ["language", "no_approach", "email", "kvk", "email", "later"].map((kind, n) => fact(kind, `${n}`));
    expect(byKind(facts).map(([kind, of]) => [kind, of.map((each) => each.value)])).toEqual([
      ["kvk", ["3"]],
      ["email", ["2", "4"]],
      ["language", ["0"]],
      ["later", ["5"]],
    ]);
  });

  it("name their page shortly", () => {
    expect(pageName("https://www.klant.example/contact?x=1")).toBe("klant.example/contact");
    expect(pageName("https://klant.example/")).toBe("klant.example");
    expect(pageName("nergens")).toBe("nergens");
  });

  it("prove a word once for each page, whatever its accents and capitals", () => {
    const on = (url: string, value: string) => ({ ...fact("news", value), url });
    const facts = [
      on("a", "Nieuw CAFÉ geopend"),
      on("a", "café in Goes"),
      on("b", "Cafe gesloten"),
      on("c", "Iets anders"),
    ];
    expect(proving(facts, ["Café"]).map((each) => each.url)).toEqual(["a", "b"]);
    expect(proving(facts, [])).toEqual([]);
  });

  it("name a language, and nothing else", () => {
    expect(factValue(fact("language", "nl"), "nl")).toBe("Nederlands");
    expect(factValue(fact("language", "pl"), "en")).toBe("Polish");
    expect(factValue(fact("language", "?"), "en")).toBe("?");
    expect(factValue(fact("technology", "nl"), "nl")).toBe("nl");
  });

  it("are read in a list without what every address begins with", () => {
    expect(siteName("https://www.klant.example/")).toBe("klant.example");
    expect(siteName("www.klant.example")).toBe("klant.example");
    expect(siteName("geen site")).toBe("geen site");
    expect(siteName(null)).toBe("");
  });

  it("link to pages only", () => {
    expect(isPage("https://klant.example/")).toBe(true);
    expect(isPage("javascript:alert(1)")).toBe(false);
  });

  it.each([
    ["https://www.klant.example/", "https://www.klant.example/"],
    ["klant.example", "https://klant.example"],
    ["klant.example:8080/over", "https://klant.example:8080/over"],
    ["javascript:alert(1)", undefined],
    ["ftp://klant.example", undefined],
    ["geen site", undefined],
  ])("link to a company's own site only on the web: %s", (website, expected) => {
    expect(siteAddress(website)).toBe(expected);
  });
});
