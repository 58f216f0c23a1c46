import { createReadStream } from "node:fs";
import { type APIRequestContext, type Page, expect, test as base } from "@playwright/test";
import { type Program, start } from "./program";
import { expectFits, expectFramed, expectNoRawWords, expectUsable, settled, watch } from "./watch";
import { type Language, wordsOf } from "./words";

const test = base.extend<object, { demo: Program }>({
  demo: [
    // Playwright reads from the braces what a fixture needs: nothing.
    async ({}, use) => {
      const demo = await start("demo");
      await use(demo);
      await demo.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

// The pictures are the record of this walk; a recording of every step would double its time.
test.use({ trace: "off" });

const phone = { width: 390, height: 844 };
const desk = { width: 1440, height: 900 };

for (const language of ["nl", "en"] as const) {
  test(`every page, to look at: ${language}`, async ({ browser, demo }) => {
    test.setTimeout(600_000);
    const context = await browser.newContext({
      baseURL: demo.url,
      locale: language === "nl" ? "nl-NL" : "en-GB",
      timezoneId: "Europe/Amsterdam",
      viewport: desk,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const found = watch(page, (url, status) => status === 401 && url.endsWith("/api/v1/session"));
    const see = new Tour(page, language);
    await page.goto("/today");
    await expect(page.getByRole("button", { name: wordsOf(language)("account.log_in"), exact: true })).toBeVisible();
    await see.keep("log-in");
    await logIn(page, language);
    const seen = await whatThereIs(page, language);
    for (const [name, path] of pages(seen)) await see.open(name, path);
    await see.dialogs(seen);
    await see.publicPages(seen);
    expect(found).toEqual([]);
    await context.close();
  });
}

async function logIn(page: Page, language: Language): Promise<void> {
  const t = wordsOf(language);
  await page.getByLabel(t("account.email")).fill("demo@kiem.example");
  await page.locator("input[name=password]").fill("kiem-demo-2026");
  await page.getByRole("button", { name: t("account.log_in"), exact: true }).click();
  await expect(page.getByRole("navigation").first()).toBeVisible();
  const changed = await page.request.patch("/api/v1/me", { data: { language } });
  expect(changed.status()).toBe(200);
}

interface Seen {
  lead: string;
  company: string;
  thread: string;
  prospect: string;
  deal: string;
  quote: string;
  draftQuote: string;
  campaign: string;
  upload: string;
  finished: string;
  quotePage: string;
  booking: string;
  optOut: string;
  mail: string;
  /** Addresses of the sections of the settings. */
  settings: string[];
}

/** Ids and addresses of what the demonstration made, and of the few things that it leaves to its user. */
async function whatThereIs(page: Page, language: Language): Promise<Seen> {
  const request: APIRequestContext = page.request;
  const workspace = (await (await request.get("/api/v1/session")).json()).workspaces[0].id as string;
  const headers = { "Kiem-Workspace": workspace, "Sec-Fetch-Site": "same-origin" };
  const call = async (method: string, path: string, options: object = {}) => {
    const answer = await request.fetch(`/api/v1${path}`, { method, headers, ...options });
    expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
    return answer.json();
  };
  const first = async (path: string) => (await call("GET", path)).items[0];
  const prospects = (await call("GET", "/prospects?limit=50")).items as {
    id: string;
    value_cents: number | null;
    state: string;
  }[];
  const prospect = prospects.find((one) => one.state === "in_conversation") ?? prospects[0];
  const deal = prospects.find((one) => one.value_cents !== null) ?? prospect;
  if (prospect === undefined || deal === undefined) throw new Error("the demonstration has no prospect");
  const quotes = (await call("GET", "/quotes?limit=50")).items as { id: string; state: string }[];
  // The drafts are those of this walk, in the other language before.
  const quote = quotes.find((one) => one.state !== "draft");
  if (quote === undefined) throw new Error("the demonstration has no quote");
  const made = await call("POST", "/quotes", { data: { prospect_id: deal.id, title: "Planbord" } });
  const mail = await first("/practice/mails?limit=1");
  const optOut = await optOutOf(await call("GET", "/practice/mails?limit=50"), (id) =>
    call("GET", `/practice/mails/${id}`),
  );
  const mailbox = await first("/mailboxes");
  const host = (await call("GET", "/members")).items[0].id;
  const booking = await call("POST", "/booking-pages", { data: bookingPage(mailbox.id, host, language) });
  const file = "Bedrijf;Plaats;Naam;E-mail\nBakkerij Zomer;Goes;Eva van der Meer;eva@zomer.example\n";
  const upload = await call("POST", "/imports", {
    headers: { "Kiem-Workspace": workspace, "Sec-Fetch-Site": "same-origin" },
    multipart: { file: { name: "nieuw.csv", mimeType: "text/csv", buffer: Buffer.from(file) } },
  });
  // Two records of one company, of which Kiem makes one.
  for (const name of ["De Zomer Bouw B.V.", "Zomer Bouw"]) {
    const company = { name, city: "Delft", country: "NL", phone: "015 2000001" };
    await call("POST", "/leads", { data: { company, contact: { family_name: `Bos van ${name}` } } });
  }
  await leaveForAudience(call, headers);
  const finished = (await call("GET", "/imports?limit=50")).items.find(
    (one: { state: string }) => one.state === "finished",
  );
  await page.goto("/settings");
  const sections = page.getByRole("main").getByRole("navigation").getByRole("link");
  await expect(sections.first()).toBeVisible();
  const settings = await sections.evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  const lead = await first("/leads?limit=1&state=approached");
  return {
    mail: mail.id,
    settings,
    lead: lead.id,
    company: lead.company_id,
    thread: (await first("/inbox?limit=1")).id,
    prospect: prospect.id,
    deal: deal.id,
    quote: quote.id,
    draftQuote: made.quote.id,
    campaign: (await first("/campaigns")).id,
    upload: upload.import.id,
    finished: finished.id,
    quotePage: (await call("GET", `/quotes/${quote.id}`)).url,
    booking: booking.url,
    optOut,
  };
}

/** A count of the register and a request about somebody's data, which the demonstration leaves to its user. */
async function leaveForAudience(
  call: (method: string, path: string, options?: object) => Promise<unknown>,
  headers: object,
): Promise<void> {
  await call("POST", "/audience/completeness/register?edition=2025&as_of=2026-11-01", {
    headers,
    multipart: { file: createReadStream("../data/register/sample.csv") },
  });
  await call("POST", "/privacy-requests", {
    data: { kind: "access", address: "eva@zomer.example", received_on: "2026-11-20", note: "" },
  });
}

/** The address at which a reader of a campaign's mail opts out; a mail of a conversation has none. */
async function optOutOf(
  mails: { items: { id: string }[] },
  open: (id: string) => Promise<{ links: string[] }>,
): Promise<string> {
  for (const { id } of mails.items) {
    const link = (await open(id)).links.find((each) => each.includes("/u/"));
    if (link !== undefined) return link;
  }
  throw new Error("no practice mail has an address to opt out");
}

/** Half an hour on working days, in the two weeks to come. */
function bookingPage(mailbox: string, host: string, language: Language) {
  return {
    slug: `kennismaking-${language}`,
    host_user_id: host,
    mailbox_id: mailbox,
    title: language === "nl" ? "Kennismaking" : "First meeting",
    time_zone: "Europe/Amsterdam",
    active: true,
    availability: {
      weekly: [0, 1, 2, 3, 4].map((weekday) => ({ weekday, from: "09:00", until: "17:00" })),
      length_minutes: 30,
      notice_minutes: 120,
      horizon_days: 14,
      buffer_before_minutes: 0,
      buffer_after_minutes: 0,
      per_day_max: 0,
    },
  };
}

function pages(seen: Seen): [name: string, path: string][] {
  return [
    ["today", "/today"],
    ["inbox", "/inbox"],
    ["inbox-thread", `/inbox/${seen.thread}`],
    ["leads", "/leads"],
    ["leads-beside", `/leads/${seen.lead}`],
    ["leads-nothing", "/leads?q=nobodyiscalledthis"],
    ["companies", "/companies"],
    ["people", "/people"],
    ["people-nothing", "/people?q=nobodyiscalledthis"],
    ["company", `/companies/${seen.company}`],
    ["prospects", "/prospects"],
    ["prospect", `/prospects/${seen.prospect}`],
    ["prospect-deal", `/prospects/${seen.deal}`],
    ["pipeline", "/pipeline"],
    ["pipeline-quotes", "/pipeline?view=quotes"],
    ["quote", `/pipeline/${seen.quote}`],
    ["quote-draft", `/pipeline/${seen.draftQuote}`],
    ["campaigns", "/campaigns"],
    ["campaigns-approve", "/campaigns?tab=approve"],
    ["campaigns-calendar", "/campaigns?tab=calendar"],
    ["campaigns-uncertain", "/campaigns?tab=uncertain"],
    ["campaigns-ended", "/campaigns?tab=ended"],
    ["campaign", `/campaigns/${seen.campaign}`],
    ["audience", "/audience"],
    ["audience-completeness", "/audience?view=completeness"],
    ["audience-duplicates", "/audience?view=duplicates"],
    ["audience-profile", "/audience?view=profile"],
    ["audience-websites", "/audience?view=websites"],
    ["audience-register", "/audience?view=register"],
    ["audience-informing", "/audience?view=informing"],
    ["audience-requests", "/audience?view=requests"],
    ["audience-never", "/audience?view=suppressions"],
    ["import", `/audience/${seen.upload}`],
    ["import-done", `/audience/${seen.finished}`],
    ["funnel", "/funnel"],
    ["planner", "/planner"],
    ...seen.settings.map((path): [string, string] => [path.slice(1).replace("/", "-"), path]),
    ["practice", "/practice"],
    ["practice-mail", `/practice/${seen.mail}`],
    ["nowhere", "/nowhere"],
  ];
}

class Tour {
  constructor(
    private readonly page: Page,
    private readonly language: Language,
  ) {}

  async open(name: string, path: string, isDocument = false): Promise<void> {
    await this.page.goto(path);
    await this.keep(name, isDocument);
  }

  /** Three pictures of what is open: by day, by night, and on a phone; each is judged. A document scrolls whole. */
  async keep(name: string, isDocument = false): Promise<void> {
    await settled(this.page);
    await test.step(name, async () => {
      await expectNoRawWords(this.page, name);
      // What axe judges is the same in both languages, so each picture is judged in one of them.
      const isFirst = this.language === "nl";
      await this.picture(`${name}-light`, isFirst ? "all" : null);
      await this.page.emulateMedia({ colorScheme: "dark" });
      await settled(this.page);
      await this.picture(`${name}-dark`, isFirst ? null : "colours");
      await this.page.emulateMedia({ colorScheme: "light" });
      await this.page.setViewportSize(phone);
      await settled(this.page);
      await expectFits(this.page, name);
      if (!isDocument) await expectFramed(this.page, name);
      await this.picture(`${name}-phone`, isFirst ? null : "shape");
      await this.page.setViewportSize(desk);
    });
  }

  /** Other colours are judged by their contrast, another shape by everything else: nothing is judged twice. */
  private async picture(name: string, rules: "all" | "colours" | "shape" | null): Promise<void> {
    if (rules !== null) await expectUsable(this.page, name, rules);
    await this.page.screenshot({ path: `screenshots/tour/${this.language}/${name}.png`, animations: "disabled" });
  }

  /** What opens over a page. */
  async dialogs(seen: Seen): Promise<void> {
    const t = wordsOf(this.language);
    const dialog = this.page.getByRole("dialog");
    await this.page.goto("/today");
    await settled(this.page);
    await this.page.keyboard.press("Control+k");
    await expect(dialog).toBeVisible();
    await this.keep("palette");
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("?");
    await expect(dialog).toContainText(t("actions.go.funnel"));
    await this.keep("shortcuts");
    for (const [name, path, button] of [
      ["new-campaign", "/campaigns", t("campaigns.new")],
      ["enrol", `/campaigns/${seen.campaign}`, t("campaigns.enrol")],
      ["add-lead", "/leads", t("leads.add")],
    ] as const) {
      await this.page.goto(path);
      await this.page.getByRole("button", { name: button }).first().click();
      await expect(dialog).toBeVisible();
      await this.keep(name);
    }
  }

  /** What people outside see: documents that scroll as a whole. */
  async publicPages(seen: Seen): Promise<void> {
    await this.open("public-booking", seen.booking, true);
    await this.open("public-opt-out", seen.optOut, true);
    await this.open("public-quote", seen.quotePage, true);
  }
}
