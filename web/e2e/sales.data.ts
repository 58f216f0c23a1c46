import type { Page } from "@playwright/test";
import { emptyFunnel } from "../src/parts/funnel/sample";

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const steps = ["to_qualify", "first_meeting", "demo_proposal", "negotiation", "closing"];

interface One {
  id: string;
  company_name: string;
  state: string;
  step: string;
  next_action: string | null;
  [field: string]: unknown;
}

/** A prospect as the server shows it. */
export function prospect(id: string, company: string, change: Partial<One> = {}): One {
  return {
    id,
    company_id: `b-${id}`,
    company_name: company,
    contact_id: `c-${id}`,
    contact_name: "Eva de Boer",
    contact_title: "Directeur",
    owner_id: "u1",
    state: "in_conversation",
    step: "first_meeting",
    reason_nl: "Prospect op 5 nov door R1: antwoord van 5 nov (wil afspreken).",
    reason_en: "Prospect on 5 Nov by R1: reply of 5 Nov (wants to meet).",
    promoted_at: inDays(-20),
    step_since: inDays(-9),
    response_due_at: inDays(-19),
    responded_at: inDays(-19),
    next_action: "Bellen over de offerte",
    next_action_kind: "call",
    next_action_at: inDays(1),
    nurture_until: null,
    close_reason: null,
    close_note: null,
    value_cents: 1_250_000,
    currency: "EUR",
    chance_percent: 40,
    has_opportunity: false,
    fit_score: 82,
    touched_at: inDays(-2),
    levels: ["fit", "need", "authority", "budget", "timing"].map((aspect, n) => ({
      aspect,
      level: ["confirmed", "indicated", "unknown"][n % 3],
    })),
    frost_percent: 0,
    is_our_turn: true,
    urgency: 500,
    why: "planned",
    version: 3,
    ...change,
  };
}

const task = (id: string, text: string, days: number, more: object = {}) => ({
  id,
  kind: "other",
  text,
  prospect_id: null,
  lead_id: null,
  company_id: null,
  company_name: null,
  contact_name: null,
  phone: null,
  assignee_id: "u1",
  due_at: inDays(days),
  snoozed_until: null,
  done_at: null,
  ...more,
});

export const people = [
  prospect("p1", "Bakkerij Meer", { step: "to_qualify", state: "to_qualify" }),
  prospect("p2", "Jansen Installatie", { frost_percent: 60, next_action: null, next_action_at: null }),
  prospect("p3", "Drukkerij De Wit", { has_opportunity: true, value_cents: 4_800_000 }),
  prospect("p4", "Van Dam Transport", { step: "negotiation" }),
];
const gone = { next_action: null, next_action_at: null };
export const ended = [
  prospect("n1", "Hoveniers Groen", { state: "nurture", nurture_until: "2027-01-11T08:00:00Z", ...gone }),
  prospect("d1", "Studio Noord", { state: "disqualified", close_reason: "no_budget", ...gone, fit_score: null }),
  prospect("l1", "Kroon Advies", { state: "lost", close_reason: "other", close_note: "Bedrijf gefuseerd", ...gone }),
  prospect("w1", "Bouwgroep Zuid", { state: "won", ...gone, touched_at: null }),
];

const rule = { country: "NL", version: 1, reviewed_on: "2026-09-30" };
export const mayCall = {
  channel: "phone",
  outcome: "allow",
  basis: "legitimate_interest",
  reason: null,
  says: {
    nl: "Een gewogen belang is hier genoeg voor dit kanaal.",
    en: "A weighed interest is enough for this channel here.",
  },
  rule,
  loosened: null,
};
export const mayNotWrite = {
  channel: "post",
  outcome: "blocked",
  basis: null,
  reason: "non_mailing",
  says: {
    nl: "Het bedrijf heeft in het register de non-mailing-indicator aangezet.",
    en: "The company set the non-mailing indicator in its register.",
  },
  rule,
  loosened: null,
};

const leadTask = task("t1", "Bel Noor over de mail", -1, {
  kind: "call",
  lead_id: "l7",
  company_name: "Tandarts Blij",
  contact_name: "Noor Bakker",
  phone: "+31 38 123 45 67",
  channel: "phone",
  gate: mayCall,
});
/** A step of a campaign whose channel closed after it was handed out. */
export const closedTask = task("t4", "Stuur een kaartje", -1, {
  kind: "sequence",
  lead_id: "l8",
  company_name: "Slager Kok",
  contact_name: "Wim Kok",
  channel: "post",
  gate: mayNotWrite,
});
const prospectTask = task("t2", "Stuur de referentie", 0.2, { prospect_id: "p2", company_name: "Jansen Installatie" });
const laterTask = task("t3", "Jaargesprek plannen", 40, { prospect_id: "p4", company_name: "Van Dam Transport" });

const findings = [
  { aspect: "need", level: "indicated", note: "Te veel telefoon", source: "reply", found_at: inDays(-9) },
  { aspect: "need", level: "confirmed", note: "Kost twee dagen per week", source: "person", found_at: inDays(-3) },
  { aspect: "fit", level: "confirmed", note: "", source: "profile", found_at: inDays(-20) },
];

/** What the server holds while a test runs. */
interface World {
  cards: One[];
  tasks: Map<string, ReturnType<typeof task>>;
  ofRecord: object[];
  doneOfRecord: object[];
  findings: object[];
}

/** Answers what the sales pages ask, and notes what was changed and what was asked for. */
export async function sales(page: Page, given: { cards?: One[]; tasks?: ReturnType<typeof task>[] } = {}) {
  const world: World = {
    cards: (given.cards ?? people).map((one) => ({ ...one })),
    tasks: new Map([leadTask, prospectTask, laterTask, ...(given.tasks ?? [])].map((one) => [one.id, one])),
    ofRecord: [task("t9", "Referentie zoeken", -2, { prospect_id: "p2" })],
    doneOfRecord: [{ ...task("t8", "Kennismaking", -9), done_at: inDays(-8) }],
    findings: [...findings],
  };
  const changed: { call: string; body: unknown }[] = [];
  const asked: string[] = [];
  await page.route(/\/api\/v1\/(prospects|tasks|today|members|funnel|campaigns)(\/|\?|$)/, async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    const path = url.pathname.replace("/api/v1/", "");
    if (request.method() === "GET") {
      asked.push(path + url.search);
      const body = look(world, path, url.searchParams);
      return body === undefined ? route.fulfill({ status: 404, json: {} }) : route.fulfill({ json: body });
    }
    const body = request.postDataJSON() as Record<string, string> | null;
    changed.push({ call: `${request.method()} ${path}`, body });
    act(world, path, body ?? {});
    return request.method() === "POST"
      ? route.fulfill({ status: 201, json: { id: "new" } })
      : route.fulfill({ status: 204 });
  });
  return { changed, asked };
}

function act({ cards, tasks, ofRecord, doneOfRecord, findings: found }: World, path: string, body: object): void {
  const [, id = "", deed] = path.split("/");
  const at = cards.findIndex((one) => one.id === id);
  if (deed === "step") Object.assign(cards[at] ?? {}, body, { version: 4 });
  if (deed === "disqualification") cards.splice(at, 1);
  if (deed === "findings") found.push({ ...body, found_at: inDays(0) });
  if (path === "tasks") ofRecord.push(task("t10", (body as { text: string }).text, 2));
  if (deed === "completion" || deed === "skip") tasks.delete(id);
  if (deed !== "completion") return;
  doneOfRecord.unshift(...ofRecord.splice(0).map((one) => ({ ...one, done_at: inDays(0) })));
}

function look(world: World, path: string, query: URLSearchParams): object | undefined {
  const { cards, tasks } = world;
  const everybody = [...cards, ...ended];
  const states = (query.get("state") ?? "").split(",");
  const lines = [
    { section: "now", why: "action_overdue", score: 9, task: tasks.get("t1") },
    { section: "now", why: "action_overdue", score: 9, task: tasks.get("t4") },
    { section: "now", why: "cooling", score: 8, prospect: cards[1] },
    { section: "today", why: "action_today", score: 7, task: tasks.get("t2") },
    { section: "this_week", why: "planned", score: 5, prospect: cards[0] },
  ];
  const pages: Record<string, () => object> = {
    "prospects/board": () => ({
      columns: steps.map((step) => {
        const items = cards.filter((one) => one.step === step);
        return { step, exit_criteria: ["answered"], n: items.length, sums: [], items, next_cursor: null };
      }),
    }),
    prospects: () => ({ items: everybody.filter((one) => states.includes(one.state)), next_cursor: null }),
    today: () => ({ items: lines.filter((line) => (line.task ?? line.prospect) !== undefined) }),
    tasks: () => ({ items: [...tasks.values()], next_cursor: null }),
    members: () => ({
      items: [{ id: "u1", name: "Sanne de Vries", email: "s@x.example", role: "owner", since: "" }],
    }),
    funnel: () => emptyFunnel,
    campaigns: () => ({ items: [] }),
  };
  if (path.endsWith("/timeline")) return { items: [], next_cursor: null };
  const one = everybody.find((each) => path === `prospects/${each.id}`);
  return pages[path]?.() ?? (one === undefined ? undefined : recordOf(one, world));
}

function recordOf(one: One, { findings: found, ofRecord, doneOfRecord }: World): object {
  return {
    prospect: one,
    lifecycle: "prospect",
    owner_name: "Sanne de Vries",
    company: { id: one.company_id, name: one.company_name, source: "import", city: "Zwolle", country: "NL" },
    people: [{ contact_id: one.contact_id, name: one.contact_name, role: "", phone: "+31 38 765 43 21" }],
    findings: found,
    question: { key: "authority_who", aspect: "authority", sentence_nl: "Wie beslist?", sentence_en: "Who decides?" },
    opportunities: [],
    quotes: [],
    tasks: ofRecord,
    tasks_done: doneOfRecord,
    promotions: [],
    has_thread: true,
  };
}
