import { describe, expect, it } from "vitest";
import { createFormat } from "~/i18n/format";
import { factsOf, piecesOf } from "./approval/facts";
import { indexOf, seenAndReady, textOf } from "./approval/queue";
import type { LeadDetail, Message } from "./calls";
import { countOf, stateOf } from "./counts";
import { byDay } from "./days";
import { missesOf, together } from "./reach";
import { dayOf, doubtOf, draftsOf, isChanged, isFirstMail, mayMove, move, newStep, toStep } from "./sequence/steps";
import { joined, partsOf } from "./approval/footer";
import { doubts, insertAt, variables, written } from "./sequence/variables";

function message(change: Partial<Message>): Message {
  return {
    id: "m1",
    recipient: "eva@klant.example",
    recipient_name: "Eva",
    state: "draft",
    subject: "s",
    body: "b",
    ...change,
  };
}

describe("steps", () => {
  const steps = draftsOf([
    { id: "a", kind: "mail", subject: "Hi", body: "x" },
    { id: "b", kind: "wait", wait_days: 3 },
    { id: "c", kind: "mail", subject: "", body: "y" },
    { id: "d", kind: "wait", wait_days: 4 },
    { id: "e", kind: "task", task: "Call" },
  ]);

  it("fall on the day that the waits before them make", () => {
    expect(steps.map((_, index) => dayOf(steps, index))).toEqual([1, 1, 4, 4, 8]);
  });

  it("know which mail opens the thread, also when a task stands before it", () => {
    expect(isFirstMail(steps, 0)).toBe(true);
    expect(isFirstMail(steps, 2)).toBe(false);
    expect(isFirstMail([newStep("task"), ...steps], 1)).toBe(true);
  });

  it("move freely while nobody is in them, and afterwards only the new ones at the end", () => {
    expect(mayMove(steps, 1, -1, false)).toBe(true);
    expect(mayMove(steps, 0, -1, false)).toBe(false);
    expect(mayMove(steps, 1, -1, true)).toBe(false);
    const longer = [...steps, newStep("wait"), newStep("mail")];
    expect(mayMove(longer, 6, -1, true)).toBe(true);
    // It would push a step under somebody's feet.
    expect(mayMove(longer, 5, -1, true)).toBe(false);
    expect(move(steps, 2, -1).map((step) => step.id)).toEqual(["a", "c", "b", "d", "e"]);
  });

  it("send only what belongs to their kind, and know when there is something to save", () => {
    expect(toStep({ ...newStep("wait"), subject: "left over" })).toMatchObject({ wait_days: 3, subject: null });
    const before = [{ id: "a", kind: "mail", subject: "Hi", body: "x" }];
    expect(isChanged(before, draftsOf(before))).toBe(false);
    expect(isChanged(before, [{ ...draftsOf(before)[0]!, body: "other" }])).toBe(true);
    expect(isChanged(before, [...draftsOf(before), newStep("wait")])).toBe(true);
  });
});

describe("the channel of a task", () => {
  it("goes along with a task only, and changing it is something to save", () => {
    expect(toStep({ ...newStep("task"), task: "Bel", task_channel: "phone" })).toMatchObject({ task_channel: "phone" });
    expect(toStep({ ...newStep("mail"), task_channel: "phone" })).toMatchObject({ task_channel: null });
    const before = [{ id: "a", kind: "task", task: "Bel na" }];
    expect(isChanged(before, draftsOf(before))).toBe(false);
    expect(isChanged(before, [{ ...draftsOf(before)[0]!, task_channel: "phone" }])).toBe(true);
  });

  it.each([
    ["Bel na over de offerte", null, "phone"],
    ["Even nabellen", null, "phone"],
    ["Give them a call", null, "phone"],
    ["Stuur een kaartje", null, "post"],
    ["Write a letter", null, "post"],
    ["Bel na", "phone", undefined],
    ["Bel na", "something_new", "phone"],
    ["Maak connectie op LinkedIn", null, undefined],
    ["Zoek de belangrijkste concurrent in België", null, undefined],
    ["Lees de scorecard-pagina", null, undefined],
  ])("is asked after when the words sound like it: %s (%s)", (task, task_channel, doubt) => {
    expect(doubtOf({ task, task_channel })).toBe(doubt);
  });
});

describe("whom a campaign reaches", () => {
  const says = { nl: "x", en: "x" };
  const blocked = (block: string, contacts_n: number) => ({ block, contacts_n, says, needs_evidence: false });
  const phone = (lawful_n: number, ...reasons: ReturnType<typeof blocked>[]) => ({
    channel: "phone",
    lawful_n,
    loosened_n: 0,
    blocked: reasons,
  });

  it("is the sum of the pieces in which leads are looked at", () => {
    const none = { added: 0, already: 0, blocked: 0, channels: [] };
    const one = { added: 3, already: 1, blocked: 0, channels: [phone(1, blocked("no_phone", 2))] };
    const two = {
      added: 4,
      already: 0,
      blocked: 2,
      channels: [phone(1, blocked("no_phone", 1), blocked("no_ground", 2))],
    };
    expect(together(none, one)).toEqual(one);
    expect(together(one, two)).toEqual({
      added: 7,
      already: 1,
      blocked: 2,
      channels: [phone(2, blocked("no_phone", 3), blocked("no_ground", 2))],
    });
  });

  it("names the most frequent reasons and counts the others together", () => {
    const reach = phone(5, blocked("a", 1), blocked("b", 4), blocked("c", 2), blocked("d", 3), blocked("e", 1));
    const { n, of, first, rest } = missesOf(reach);
    expect([n, of, first.map((each) => each.block), rest]).toEqual([11, 16, ["b", "d", "c"], 2]);
    expect(missesOf(phone(5))).toEqual({ n: 0, of: 5, first: [], rest: 0 });
  });
});

describe("variables", () => {
  it("come with a fallback when they may be unknown, so that no mail is held up", () => {
    expect(written("company.city", "uw regio")).toBe('{{ company.city | fallback("uw regio") }}');
    expect(written("company.name", "x")).toBe("{{ company.name }}");
    expect(written("company.city", 'a "b"')).toBe(`{{ company.city | fallback("a 'b'") }}`);
    for (const { name } of variables) expect(doubts(written(name, "x"))).toEqual({ bare: [], unknown: [] });
  });

  it.each([
    ["{{ contact.first_name }}", ["contact.first_name"], []],
    ["{{ company.name }} {{ sender.name }}", [], []],
    ["{{contact.firstname}}", [], ["contact.firstname"]],
    ["{% if company.city is defined %}in {{ company.city }}{% endif %}", [], []],
    // The server refuses an unknown value also where it is only asked for.
    ["{% if company.city %}in {{ company.city }}{% endif %}", ["company.city"], []],
    ["{% if company.industry %}branche{% endif %}", ["company.industry"], []],
    ["{% if company.city is not defined %}daar{% endif %}", [], []],
    ["{% if company.name %}x{% endif %}", [], []],
    ["{% if not company.city %}daar{% endif %}", ["company.city"], []],
    ["{% if company.name and company.industry %}x{% endif %}", ["company.industry"], []],
    ["{% if company.city is defined and company.industry %}{{ company.city }}{% endif %}", ["company.industry"], []],
    ["{%- if contact.title or not company.city -%}x{% endif %}", ["contact.title", "company.city"], []],
    ["{% if company.name %}x{% elif contact.title %}y{% endif %}", ["contact.title"], []],
    ["{% if company.name == 'company.city' %}x{% endif %}", [], []],
    ["{% if company.nonsense %}x{% endif %}", [], ["company.nonsense"]],
    ["{{ link('https://a.example/case') }}", [], []],
    ["{{ company.city | upper }}", ["company.city"], []],
  ])("doubts in %s", (template, bare, unknown) => {
    expect(doubts(template)).toEqual({ bare, unknown });
  });

  it("replace what is marked and leave the cursor behind them", () => {
    expect(insertAt("Dag X,", "{{ a }}", 4, 5)).toEqual({ text: "Dag {{ a }},", cursor: 11 });
  });
});

describe("what the law wants below a mail", () => {
  const law =
    "Sanne, Bureau Noord, Ede\nUw gegevens hebben wij van: KvK.\nLiever geen mail meer? Klik https://x.example/u/1";

  it.each([
    [`Dag Eva,\n\n-- \n${law}`, "Dag Eva,"],
    [`Dag Eva,\n\nGroet, Sanne\n-- \n${law}`, "Dag Eva,\n\nGroet, Sanne"],
    // A line of dashes of the writer's own is text.
    [`Boven\n-- \nonder\n\n-- \n${law}`, "Boven\n-- \nonder"],
  ])("stands apart from the text, and comes back whatever is written", (body, text) => {
    expect(partsOf(body)).toEqual({ text, footer: law });
    expect(joined({ text: "", footer: law })).toContain(law);
    expect(partsOf(joined({ text: "Iets anders\n\n", footer: law }))).toEqual({ text: "Iets anders", footer: law });
  });

  it("is not made up for a mail that has none", () => {
    expect(partsOf("Dag")).toEqual({ text: "Dag", footer: "" });
    expect(joined({ text: "Dag", footer: "" })).toBe("Dag");
  });
});

describe("facts", () => {
  const lead = {
    contact: {
      given_name: "Eva",
      infix: "van der",
      family_name: "Meer",
      title: null,
      source: "KvK",
      updated_at: "2026-11-01T00:00:00Z",
    },
    company: { name: "Meer Licht", city: "Ede", employees_n: 12, source: "import", updated_at: "2026-11-02T00:00:00Z" },
  } as unknown as LeadDetail;
  const facts = factsOf(lead);

  it("are what is known, each with its source", () => {
    expect(facts.map(({ name, value, source }) => [name, value, source])).toEqual([
      ["first_name", "Eva", "KvK"],
      ["last_name", "van der Meer", "KvK"],
      ["company", "Meer Licht", "import"],
      ["city", "Ede", "import"],
      ["employees", "12", "import"],
    ]);
  });

  it("are found as whole words, the longest first, and nothing of the text is lost", () => {
    const text = "Dag Eva van der Meer, bij Meer Licht in Ede (Edeka, 1200, 12).";
    const pieces = piecesOf(text, facts);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    expect(pieces.flatMap((piece) => (piece.fact ? [piece.text] : []))).toEqual([
      "Eva",
      "van der Meer",
      "Meer Licht",
      "Ede",
      "12",
    ]);
  });
});

describe("the approval queue", () => {
  const queue = [message({ id: "a" }), message({ id: "b", problem: "no city" }), message({ id: "c" })];

  it("stays at its place when the draft there is settled", () => {
    expect(indexOf(queue, "c", 0)).toBe(2);
    expect(indexOf(queue, "gone", 1)).toBe(1);
    expect(indexOf(queue, null, 7)).toBe(2);
  });

  it("approves together only what was shown, in these words, and may go out", () => {
    const seen = new Map(queue.slice(0, 2).map((each) => [each.id, textOf(each)]));
    expect(seenAndReady(queue, seen)).toEqual([{ id: "a", subject: "s", body: "b" }]);
    const changed = [message({ id: "a", body: "other" })];
    expect(seenAndReady(changed, seen)).toEqual([]);
  });
});

describe("the calendar", () => {
  it("puts mails on the workspace's days, in order, and those without a moment first", () => {
    const { date } = createFormat("en", "Europe/Amsterdam");
    const days = byDay(
      [
        message({ id: "late", due_at: "2026-11-25T08:00:00Z" }),
        // After midnight in Amsterdam, still the day before in UTC.
        message({ id: "night", due_at: "2026-11-24T23:30:00Z" }),
        message({ id: "early", due_at: "2026-11-24T08:00:00Z" }),
        message({ id: "soon", due_at: null }),
      ],
      date,
    );
    expect(days.map(({ day, messages }) => [day, messages.map((each) => each.id)])).toEqual([
      [null, ["soon"]],
      ["24 Nov 2026", ["early"]],
      ["25 Nov 2026", ["night", "late"]],
    ]);
  });
});

it("counts by state, and reads an unknown state as not running", () => {
  const counts = [
    { state: "queued", n: 2 },
    { state: "deferred", n: 3 },
  ];
  expect(countOf(counts, "queued", "deferred", "sent")).toBe(5);
  expect(stateOf("running")).toBe("running");
  expect(stateOf("something_new")).toBe("paused");
});
