import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";
import { committee, fit } from "./fit.data";

const json = (route: Route, body: unknown, status = 200) =>
  route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });

const fact = (id: string, kind: string, value: string, more: object = {}) => ({
  id,
  kind,
  value,
  refuses_approach: false,
  may_be_designated: false,
  url: "https://www.klant.example/contact",
  snippet: `${value} staat hier`,
  read_at: "2026-11-24T10:00:00Z",
  content_hash: "ab".repeat(32),
  ...more,
});

const facts = [
  fact("f1", "description", "Ambachtelijke bakkerij in Zwolle, sinds 1950, met levering aan horeca."),
  fact("f2", "kvk", "30123456", { snippet: "KvK 30123456 | BTW NL004495445B01" }),
  fact("f3", "email", "inkoop@klant.example", {
    purpose: "commercial",
    may_be_designated: true,
    snippet: "Aanbiedingen graag naar inkoop@klant.example",
  }),
  fact("f4", "email", "info@klant.example", { purpose: "general", refuses_approach: true }),
  fact("f5", "person", "Noor Bos", { note: "Hoofd inkoop" }),
  fact("f6", "technology", "WordPress", { note: "cms" }),
  fact("f7", "no_approach", "yes", { snippet: "Acquisitie wordt niet op prijs gesteld" }),
];

const reading = {
  site: "klant.example",
  read_at: "2026-11-24T10:00:00Z",
  outcome: "read",
  pages_n: 4,
  refused: [{ url: "https://www.klant.example/prijslijst-voor-leden", why: "robots", detail: null }],
};

const detail = {
  fit,
  committee,
  merged: [],
  group: [],
  company: {
    id: "b1",
    name: "Bakkerij Klant",
    website: "www.klant.example",
    kvk_number: "30123456",
    city: "Zwolle",
    country: "NL",
    is_non_mailing: false,
    source: "import",
    updated_at: "2026-11-20T10:00:00Z",
  },
  lifecycle: "lead",
  contacts: [],
  leads: [],
  prospects: [],
  sources: [{ field: "kvk_number", at: "2026-11-24T10:00:00Z", page: "https://www.klant.example/contact" }],
  events: [],
};

/** A company whose site is read when it is asked, and notes what was written. */
async function company(page: Page, outcome: object = reading) {
  const written: { call: string; body: unknown }[] = [];
  let asked = 0;
  await page.route("**/api/v1/companies/b1/timeline?**", (route) => json(route, { items: [] }));
  await page.route("**/api/v1/companies/b1", (route) => json(route, detail));
  await page.route("**/api/v1/companies/b1/website", (route) => {
    if (route.request().method() === "POST") {
      written.push({ call: "read", body: null });
      asked = 1;
      return json(route, { id: "r1", state: "running" }, 202);
    }
    if (asked === 0) return json(route, { reading: null, waits_in: null, facts: [] });
    asked += 1;
    return asked < 4
      ? json(route, { reading: null, waits_in: "r1", facts: [] })
      : json(route, { reading: outcome, waits_in: null, facts: outcome === reading ? facts : [] });
  });
  await page.route("**/api/v1/website-facts/*/contact", (route) => {
    written.push({
      call: route
        .request()
        .url()
        .replace(/.*website-facts/, ""),
      body: route.request().postDataJSON(),
    });
    return json(route, { contact_id: "c1", lead_id: "l1" }, 201);
  });
  return written;
}

const words = {
  nl: { read: "Website nu lezen", status: /rustig aan/, pages: /4 pagina's gelezen/, from: /van hun website/ },
  en: { read: "Read the website now", status: /without haste/, pages: /4 pages read/, from: /from their website/ },
};

for (const language of ["nl", "en"] as Language[]) {
  test(`a website is read and each fact shows where it stands (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await company(page);
    await page.goto("/companies/b1");
    const say = words[language];
    await page.getByRole("button", { name: say.read }).click();
    await expect(page.getByText(say.status)).toBeVisible();
    await expect(page.getByText(say.pages)).toBeVisible();
    expect(written).toEqual([{ call: "read", body: null }]);
    await expect(page.getByText(say.from).first()).toBeVisible();

    const kvk = page.getByRole("link", { name: "30123456" });
    await expect(kvk).toHaveAttribute("href", "https://www.klant.example/contact");
    // By keyboard as well as with the mouse.
    await page.getByRole("link", { name: /Ambachtelijke/ }).focus();
    await page.keyboard.press("Tab");
    await expect(kvk).toBeFocused();
    await expect(page.getByRole("tooltip")).toContainText("KvK 30123456 | BTW NL004495445B01");
    await expect(page.getByRole("tooltip")).toContainText("klant.example/contact");
    await page.keyboard.press("Escape");
    await expectAccessible(page);
    await keep(page, `website-company-${language}`);
  });
}

test("a person becomes a contact, and an address a proof only after the question", async ({ page }) => {
  await answer(page, { language: "nl" });
  const written = await company(page);
  await page.goto("/companies/b1");
  await page.getByRole("button", { name: words.nl.read }).click();
  await page.getByRole("button", { name: "Noor Bos toevoegen als contactpersoon" }).click();
  await expect.poll(() => written.length).toBe(2);
  await expect(page.getByRole("button", { name: /info@klant.example/ })).toHaveCount(0);
  await expect(page.getByText("Vraagt om geen acquisitie")).toBeVisible();
  await page.getByRole("button", { name: "inkoop@klant.example is voor aanbiedingen bedoeld" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Aanbiedingen graag naar inkoop@klant.example");
  await expect(dialog).toContainText("Dat het adres er staat, is niet genoeg");
  await keep(page, "website-designation-nl");
  await dialog.getByRole("button", { name: "Vastleggen als bewijs" }).click();
  await expect(dialog).toHaveCount(0);
  expect(written.slice(1)).toEqual([
    { call: "/f5/contact", body: { designated: false } },
    { call: "/f3/contact", body: { designated: true } },
  ]);
});

test("a refusal is told in plain words", async ({ page }) => {
  await answer(page, { language: "nl" });
  await company(page, { ...reading, outcome: "robots", pages_n: 0, refused: [] });
  await page.goto("/companies/b1");
  await page.getByRole("button", { name: words.nl.read }).click();
  await expect(page.getByText(/de site staat het niet toe \(robots.txt\)/)).toBeVisible();
});

test("who may only look reads nothing", async ({ page }) => {
  await answer(page, { language: "en", role: "read_only" });
  await company(page);
  await page.goto("/companies/b1");
  await expect(page.getByText("Not read yet.")).toBeVisible();
  await expect(page.getByRole("button", { name: words.en.read })).toHaveCount(0);
});

const run = (id: string, state: string, done_n: number) => ({
  id,
  state,
  companies_n: 412,
  done_n,
  read_n: Math.max(0, done_n - 8),
  refused_n: Math.min(8, done_n),
  facts_n: done_n * 9,
  filled_n: done_n * 2,
  suppressed_n: 3,
  created_at: "2026-11-24T09:00:00Z",
  finished_at: null,
});

const summary = {
  companies_n: 412,
  contacts_n: 500,
  fits_n: 96,
  fit_unknown_n: 40,
  reachable_n: 420,
  lawful_n: 260,
  channels: [{ channel: "mail", lawful_n: 200, loosened_n: 0, blocked: [] }],
  unlocks: [],
  loosenings: [],
};

/** The audience page with rounds that can be begun, let wait and stopped. */
async function rounds(page: Page) {
  const written: { call: string; body: unknown }[] = [];
  let state = "none";
  await page.route("**/api/v1/audience/summary", (route) => json(route, summary));
  await page.route("**/api/v1/website-runs/candidates?**", (route) => {
    const fit = new URL(route.request().url()).searchParams.get("fit_min");
    return json(route, { companies_n: fit === null ? 412 : 96 });
  });
  await page.route("**/api/v1/website-runs/r1**", (route) => {
    const call = `${route.request().method()} ${new URL(route.request().url()).pathname.replace("/api/v1", "")}`;
    written.push({ call, body: null });
    state = call.endsWith("pause") ? "paused" : call.endsWith("resume") ? "running" : "stopped";
    return state === "stopped" ? route.fulfill({ status: 204 }) : json(route, run("r1", state, 128));
  });
  await page.route("**/api/v1/website-runs/r0/refused", (route) =>
    json(route, {
      reasons: [
        { outcome: "unreachable", companies_n: 7 },
        { outcome: "robots", companies_n: 1 },
      ],
      items: [
        { company_id: "b1", company: "Bakkerij Smit", host: "bakkerij-smit.example", outcome: "unreachable" },
        { company_id: "b2", company: "Metaal Oost", host: "metaaloost.example", outcome: "robots" },
      ],
    }),
  );
  await page.route(/\/api\/v1\/website-runs(\?.*)?$/, (route) => {
    if (route.request().method() === "POST") {
      written.push({ call: "begin", body: route.request().postDataJSON() });
      state = "running";
      return json(route, run("r1", state, 0), 202);
    }
    const earlier = run("r0", "finished", 412);
    return json(route, { items: state === "none" ? [earlier] : [run("r1", state, 128), earlier] });
  });
  return written;
}

for (const language of ["nl", "en"] as Language[]) {
  test(`a round is begun, waits, goes on and is stopped (${language})`, async ({ page }) => {
    await answer(page, { language, mode: "live" });
    const written = await rounds(page);
    await page.goto("/audience?view=websites");
    const say = {
      nl: {
        turn: "412 bedrijven zijn aan de beurt.",
        fewer: "96 bedrijven zijn aan de beurt.",
        read: "Websites lezen",
        done: "128 van 412 bedrijven.",
        pause: "Laten wachten",
        on: "Verdergaan",
        stop: "Stoppen",
        over: "gestopt",
      },
      en: {
        turn: "412 companies are next.",
        fewer: "96 companies are next.",
        read: "Read websites",
        done: "128 of 412 companies.",
        pause: "Let it wait",
        on: "Go on",
        stop: "Stop",
        over: "stopped",
      },
    }[language];
    await expect(page.getByText(say.turn)).toBeVisible();
    await keep(page, `websites-begin-${language}`);
    await page.getByRole("combobox").first().selectOption("70");
    await expect(page.getByText(say.fewer)).toBeVisible();
    await page.getByRole("button", { name: say.read }).click();
    await expect(page.getByText(say.done)).toBeVisible();
    await expectAccessible(page);
    await keep(page, `websites-running-${language}`);
    await page.getByRole("button", { name: say.pause }).click();
    await page.getByRole("button", { name: say.on }).click();
    await page.getByRole("button", { name: say.pause }).waitFor();
    await page.getByRole("button", { name: say.stop, exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: say.stop, exact: true }).click();
    await expect(page.getByText(say.over, { exact: true })).toBeVisible();
    expect(written).toEqual([
      { call: "begin", body: { fit_min: 70, not_read_days: 90 } },
      { call: "POST /website-runs/r1/pause", body: null },
      { call: "POST /website-runs/r1/resume", body: null },
      { call: "DELETE /website-runs/r1", body: null },
    ]);
  });
}

for (const language of ["nl", "en"] as Language[]) {
  test(`an earlier round tells who was not read and why (${language})`, async ({ page }) => {
    await answer(page, { language, mode: "live" });
    await rounds(page);
    await page.goto("/audience?view=websites");
    const say = {
      nl: { open: "8 niet gelezen", why: "Niemand antwoordt op dit adres: 7", more: "En nog 6." },
      en: { open: "8 not read", why: "Nobody answers at this address: 7", more: "And 6 more." },
    }[language];
    await page.getByText(say.open).click();
    await expect(page.getByRole("heading", { name: say.why })).toBeVisible();
    await expect(page.getByText(say.more)).toBeVisible();
    await expect(page.getByRole("link", { name: "Metaal Oost" })).toHaveAttribute("href", /companies\/b2/);
    await expectAccessible(page);
    await keep(page, `websites-refused-${language}`);
  });
}

test("in practice mode nothing can be begun", async ({ page }) => {
  await answer(page, { language: "nl" });
  await rounds(page);
  await page.goto("/audience?view=websites");
  await expect(page.getByText(/In de oefenmodus verlaat niets deze machine/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Websites lezen" })).toHaveCount(0);
});

test("the pages fit a telephone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await answer(page, { language: "nl" });
  await company(page);
  await page.goto("/companies/b1");
  await page.getByRole("button", { name: words.nl.read }).click();
  await expect(page.getByText(words.nl.pages)).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  await keep(page, "website-phone-nl");
});
