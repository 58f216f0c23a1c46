import { describe, expect, it } from "vitest";
import en from "./en";
import { createFormat } from "./format";
import first from "./en.first";
import rest from "./en.rest";
import nl from "./nl";
import { createTranslate, knownKey } from "./translate";

const files = import.meta.glob<Record<string, string>>("../**/messages/*.json", { eager: true, import: "default" });
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe("catalogues", () => {
  it("say every message in both languages with the same variables", () => {
    for (const [key, text] of Object.entries(en)) {
      const dutch: Record<string, string> = nl;
      expect(placeholders(dutch[key] ?? ""), key).toEqual(placeholders(text));
    }
  });

  it("define no key twice: a later file would hide an earlier one", () => {
    for (const language of ["en", "nl"]) {
      const keys = Object.entries(files)
        .filter(([path]) => path.endsWith(`${language}.json`))
        .flatMap(([, messages]) => Object.keys(messages));
      expect(keys.length).toBe(new Set(keys).size);
      expect(new Set(keys)).toEqual(new Set(Object.keys(en)));
    }
  });

  it("leave no plural with one form only", () => {
    for (const key of Object.keys(en))
      if (key.endsWith(".one")) expect(en).toHaveProperty([key.replace(/one$/, "other")]);
  });
});

describe("the first words", () => {
  const sources = import.meta.glob<string>(
    ["../{shell,actions,kit,account,api}/*.{ts,tsx}", "../parts/today/*.{ts,tsx}", "../*.tsx", "!../**/*.test.*"],
    { eager: true, query: "?raw", import: "default" },
  );

  it("are all that the frame and the first page say", () => {
    const later = new Set(Object.keys(rest).map((key) => key.split(".")[0]));
    for (const key of Object.keys(first)) expect(later, key).not.toContain(key.split(".")[0]);
    expect(Object.keys(sources).length).toBeGreaterThan(40);
    for (const [path, text] of Object.entries(sources)) {
      const said = [...text.matchAll(/["`]([a-z_]+)\.[a-z_$]/g)].map((match) => match[1] ?? "");
      expect(
        said.filter((word) => later.has(word)),
        path,
      ).toEqual([]);
    }
  });
});

describe("t", () => {
  const english = createTranslate("en", en);
  const dutch = createTranslate("nl", nl);

  it("chooses the form by the number and writes it as people do", () => {
    expect(english("kit.list.count", { n: 1 })).toBe("1 row");
    expect(english("kit.list.count", { n: 12_400 })).toBe("12,400 rows");
    expect(dutch("kit.list.count", { n: 12_400 })).toBe("12.400 regels");
  });

  it("keeps elements as elements", () => {
    expect(english.rich("account.forgot", { command: "X" })).toEqual([
      "Password forgotten? Whoever runs Kiem for you can set a new one with ",
      "X",
      ".",
    ]);
  });

  it("knows which codes of the server it can say", () => {
    expect(knownKey(en, "problem.offline")).toBe("problem.offline");
    expect(knownKey(en, "kit.list.count")).toBe("kit.list.count");
    expect(knownKey(en, "problem.invented_tomorrow")).toBeUndefined();
  });
});

describe("format", () => {
  const english = createFormat("en", "Europe/Amsterdam");
  const dutch = createFormat("nl", "Europe/Amsterdam");
  const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");
  const now = new Date("2026-11-20T10:00:00Z");

  it.each([
    [1_250_000, "€12,500", "€ 12.500"],
    [123_450, "€1,234.50", "€ 1.234,50"],
    [-5000, "-€50", "€ -50"],
  ])("writes %i cents as %s and %s", (cents, inEnglish, inDutch) => {
    expect(plain(english.money(cents))).toBe(inEnglish);
    expect(plain(dutch.money(cents))).toBe(inDutch);
  });

  it.each([
    ["2026-11-20T09:59:50Z", "nu"],
    ["2026-11-20T09:57:00Z", "3 minuten geleden"],
    ["2026-11-20T13:00:00Z", "over 3 uur"],
    ["2026-11-19T23:30:00Z", "10 uur geleden"],
    ["2026-11-19T22:30:00Z", "gisteren"],
    ["2026-11-21T22:30:00Z", "morgen"],
    ["2026-11-14T10:00:00Z", "6 dagen geleden"],
    ["2026-10-20T10:00:00Z", "4 weken geleden"],
    ["2026-05-20T10:00:00Z", "6 maanden geleden"],
  ])("says %s as %s: days are days of the workspace's zone", (at, said) => {
    expect(dutch.relative(at, now)).toBe(said);
  });

  it("shows a small ratio with a decimal and a large one without", () => {
    expect(plain(english.percent(0.028))).toBe("2.8%");
    expect(plain(english.percent(0.184))).toBe("18%");
    expect(plain(english.percent(0))).toBe("0%");
  });

  it("says short times in hours", () => {
    expect(plain(dutch.days(5.5))).toBe("5,5 dagen");
    expect(plain(dutch.days(0.25))).toBe("6 uur");
  });
});
