import { describe, expect, it } from "vitest";
import { linkKind, pieces, shortUrl } from "./mail";
import { isAutomatic, phrase, wishes } from "./phrases";
import { type Act, type Standing, clickRule, isSettling } from "./standing";

describe("the mail", () => {
  it.each([
    ["http://127.0.0.1:8400/k/AbC", "click"],
    ["https://go.bureau.example/u/AbC", "opt_out"],
    ["https://go.bureau.example/b/3/kennismaken", "booking"],
    ["https://go.bureau.example/b/m/AbC", "appointment"],
    ["https://go.bureau.example/q/AbC", "quote"],
    ["https://go.bureau.example/f/AbC", "form"],
    ["https://www.bureau.example/kennis", "other"],
    ["javascript:alert(1)", "other"],
    ["geen adres", "other"],
  ])("%s opens %s", (url, kind) => expect(linkKind(url)).toBe(kind));

  it("turns only the addresses that the server found into links, and loses no letter", () => {
    const text = "Zie https://a.example/k/1 en https://a.example/k/12. <script>x</script>";
    const found = pieces(text, ["https://a.example/k/1", "https://a.example/k/12", "javascript:alert(1)"]);
    expect(found.map((piece) => piece.text).join("")).toBe(text);
    expect(found.flatMap((piece) => piece.href ?? [])).toEqual(["https://a.example/k/1", "https://a.example/k/12"]);
    expect(pieces("javascript:alert(1)", ["javascript:alert(1)"])).toEqual([{ text: "javascript:alert(1)" }]);
    expect(pieces("", [])).toEqual([]);
  });

  it("shortens long addresses only", () => {
    expect(shortUrl("https://a.example/x")).toBe("a.example/x");
    expect(shortUrl(`https://a.example/${"x".repeat(80)}`)).toHaveLength(44);
  });
});

describe("ready sentences", () => {
  const scene = { address: "eva@klant.example", now: new Date("2026-11-24T09:00:00Z") };
  it("are there in both languages for every wish, without holes", () => {
    for (const wish of wishes) {
      const [nl, en] = [phrase(wish, "nl", scene), phrase(wish, "en", scene)];
      expect(nl, wish).not.toMatch(/[{}]/);
      expect(en, wish).not.toMatch(/[{}]/);
      expect(nl).not.toBe(en);
    }
  });
  it("name a colleague at the lead's own company and a day to come", () => {
    expect(phrase("colleague", "nl", scene)).toContain("@klant.example");
    expect(phrase("away", "nl", scene)).toContain("3 december 2026");
    expect(phrase("away", "en", scene)).toContain("3 December 2026");
  });
  it("are a machine's only when a machine writes such things", () => {
    expect(wishes.filter(isAutomatic)).toEqual(["away", "left"]);
  });
});

describe("what Kiem makes of it", () => {
  const now = Date.parse("2026-11-24T09:00:00Z");
  const act = (change: Partial<Act>): Act => ({
    id: "a",
    at: "2026-11-24T08:59:00Z",
    kind: "click",
    grade: "unknown",
    rule: "C13",
    needs_look: false,
    pages: [],
    ...change,
  });
  const standing = (acts: Act[]): Standing => ({
    lead_id: "l",
    company_name: "Klant",
    lead_state: "approached",
    warmth: 0,
    acts,
  });
  it("settles after a while, and at once when a person is certain", () => {
    expect(isSettling(standing([act({})]), now)).toBe(true);
    expect(isSettling(standing([act({ at: "2026-11-24T08:50:00Z" })]), now)).toBe(false);
    expect(isSettling(standing([act({ grade: "human_certain" })]), now)).toBe(false);
    expect(isSettling(standing([act({ kind: "reply", grade: null })]), now)).toBe(true);
    expect(isSettling(standing([act({ kind: "reply", grade: null, label: "unsubscribe" })]), now)).toBe(false);
    expect(isSettling(standing([act({ kind: "reply", grade: "machine", label: "out_of_office" })]), now)).toBe(false);
    expect(isSettling(standing([act({ grade: "machine", rule: "C6" })]), now)).toBe(false);
    expect(isSettling(standing([act({ grade: "machine", rule: "C7" })]), now)).toBe(true);
    expect(isSettling(null, now)).toBe(false);
  });
  it("gives the rule of a click in words, and of nothing else", () => {
    expect(clickRule(act({ rule: "C6" }))).toBe("C6");
    expect(clickRule(act({ kind: "reply", rule: "reply" }))).toBeUndefined();
    expect(clickRule(act({ rule: "session" }))).toBeUndefined();
  });
});
