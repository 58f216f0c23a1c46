import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createFormat } from "~/i18n/format";
import en from "~/i18n/en";
import nl from "~/i18n/nl";
import { createTranslate, knownKey } from "~/i18n/translate";
import { type Notice, detailOf, iconOf, newcomers, placeOf, sentenceOf } from "./notices";

const notice = (change: Partial<Notice>): Notice => ({
  id: "n1",
  kind: "lead.promoted",
  subject_kind: "prospect",
  subject_id: "p1",
  data: { contact: "Eva de Boer", company: "Bakkerij Meer" },
  created_at: "2026-11-24T10:00:00Z",
  is_read: false,
  ...change,
});

const words = (language: "nl" | "en") => {
  const catalogue = language === "nl" ? nl : en;
  return {
    t: createTranslate(language, catalogue),
    known: (key: string) => knownKey(catalogue, key),
    language,
    format: createFormat(language, "Europe/Amsterdam"),
  };
};

describe("a notification in words", () => {
  test.each([
    ["who and where", {}, "Eva de Boer van Bakkerij Meer is prospect geworden"],
    ["nobody known", { kind: "reply.received", data: null }, "Iemand heeft geantwoord"],
    ["a company alone", { kind: "quote.viewed", data: { company: "Meer" } }, "Meer bekijkt de offerte"],
    ["a person named as the company", { data: { contact: "Meer", company: "Meer" } }, "Meer is prospect geworden"],
    [
      "a webhook",
      { kind: "webhook.disabled", data: { endpoint: "https://a.example" } },
      "De webhook naar https://a.example staat uit, want hij werkt niet meer",
    ],
    [
      "a kind of a newer server",
      { kind: "moon.landed" },
      "Eva de Boer van Bakkerij Meer: er is iets gebeurd dat deze pagina nog niet kent (moon.landed)",
    ],
    [
      "a kind of a newer server about nobody",
      { kind: "moon.landed", data: {} },
      "Er is iets gebeurd dat deze pagina nog niet kent (moon.landed)",
    ],
  ])("%s", (_, change, expected) => {
    expect(sentenceOf(notice(change), words("nl"))).toBe(expected);
  });

  test("every kind that the engine mails words for has its words and its sign on the page", () => {
    const told = [...readFileSync("../crates/kiem/messages/nl.toml", "utf8").matchAll(/^\[notice\.(\w+)\]/gm)];
    expect(told.length).toBeGreaterThan(10);
    const kinds = Object.keys(nl)
      .filter((key) => key.startsWith("notices.kind."))
      .map((key) => key.replace("notices.kind.", ""));
    // The engine's words are named after the kind, with `_` for `.`.
    expect(kinds.map((kind) => kind.replaceAll(".", "_")).sort()).toEqual(told.map(([, key]) => key).sort());
    for (const kind of kinds) expect(iconOf(notice({ kind })), kind).not.toBe("bell");
  });

  test("says why, the subject, or when", () => {
    const why = notice({ data: { explanation_nl: "Prospect op 5 nov door R1: antwoord van 5 nov." } });
    expect(detailOf(why, words("nl"))).toBe("Antwoord van 5 nov.");
    expect(detailOf(notice({ data: { subject: "Re: offerte" } }), words("en"))).toBe("Re: offerte");
    const booked = notice({ data: { title: "Kennismaking", starts_at: "2026-11-25T09:00:00Z" } });
    expect(detailOf(booked, words("en"))).toBe("Kennismaking · 25 Nov 2026, 10:00");
    expect(detailOf(notice({ data: { starts_at: "soon" } }), words("en"))).toBeUndefined();
    const due = notice({ kind: "response.due_soon", data: { at: "2026-11-25T09:00:00Z" } });
    expect(detailOf(due, words("nl"))).toBe("uiterlijk 25 nov 2026, 10:00");
  });
});

describe("where a notification opens", () => {
  test.each([
    [{}, { part: "prospects", id: "p1" }],
    [
      { subject_kind: "inbound", subject_id: "i1" },
      { part: "inbox", id: "i1" },
    ],
    [
      { subject_kind: "quote", subject_id: "q1" },
      { part: "pipeline", id: "q1" },
    ],
    [
      { subject_kind: "webhook_endpoint", subject_id: "w1" },
      { part: "settings", id: "webhooks" },
    ],
    [
      { subject_kind: "booking", subject_id: "b1", data: { prospect: "p2" } },
      { part: "prospects", id: "p2" },
    ],
    [
      { subject_kind: "suppression", subject_id: "s1", data: { lead: "l2" } },
      { part: "leads", id: "l2" },
    ],
    [{ subject_kind: "booking", subject_id: "b1", data: {} }, { part: "today" }],
    [
      { kind: "job.given_up", subject_kind: "job", subject_id: null, data: { job: "import" } },
      { part: "settings", id: "jobs" },
    ],
    [
      { kind: "reply.unread", subject_kind: "job", subject_id: null, data: { job: "classify_reply" } },
      { part: "inbox", search: { folder: "needs_look" } },
    ],
    [{ subject_kind: "suppression", subject_id: "s1", data: {} }, undefined],
  ])("%j", (change, expected) => {
    expect(placeOf(notice(change))).toEqual(expected);
  });
});

test("only what came since the last look is news", () => {
  const items = [notice({ id: "3" }), notice({ id: "2", is_read: true }), notice({ id: "1" })];
  expect(newcomers(undefined, items)).toEqual([]);
  expect(newcomers(new Set(["1"]), items).map(({ id }) => id)).toEqual(["3"]);
});
