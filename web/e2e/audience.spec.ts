import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible } from "./answers";

const id = "01900000-0000-7000-8000-000000000001";

const lead = (n: number) => ({
  id: n === 0 ? id : `01900000-0000-7000-8000-0000000000${String(n + 10)}`,
  contact_id: id,
  company_id: id,
  name: ["Jan de Vries", "Eva Smit", "Fatima el Amrani", "Kees van 't Hof"][n % 4],
  title: ["Eigenaar", "Hoofd inkoop", null, "Directeur"][n % 4],
  email: `n${n}@bedrijf${n}.example`,
  company: ["Bakkerij Jansen B.V.", "De Brug Logistiek", "Zonnepark Advies", "Van Dijk Techniek"][n % 4],
  city: ["Utrecht", "Gent", "Zwolle", "Breda"][n % 4],
  country: ["NL", "BE", "NL", "NL"][n % 4],
  industry: "Bouw",
  state: ["new", "approached", "resting", "blocked"][n % 4],
  fit_score: n % 3 === 0 ? null : 40 + n,
  fit_known_percent: 60,
  warmth: n,
  needs_look: false,
  is_erased: false,
  created_at: "2026-11-20T10:00:00Z",
});

const detail = {
  id,
  state: "new",
  warmth: 12,
  needs_look: false,
  contact: {
    id,
    name: "Jan de Vries",
    email: "jan@jansen.example",
    title: "Eigenaar",
    source: "lijst.csv",
    updated_at: "",
  },
  company: {
    id,
    name: "Bakkerij Jansen B.V.",
    city: "Utrecht",
    country: "NL",
    employees_n: 30,
    source: "",
    updated_at: "",
  },
  ground: null,
  verdict: {
    outcome: "needs_evidence",
    reason: "no_ground",
    says: {
      nl: "Niemand legde vast op welke grond deze persoon benaderd mag worden.",
      en: "Nobody recorded on what ground this person may be approached.",
    },
    rule: { country: "NL", version: 1, reviewed_on: "2026-09-30" },
    address_class: "personal",
    person: "legal_person",
    person_from: "name",
    unlocks: [{ action: "record_ground", says: { nl: "Leg een grond vast.", en: "Record a ground." } }],
  },
  fit: {
    score: 72,
    known_percent: 60,
    reasons: [
      { criterion: "industry", verdict: "match", wanted: "bouw", found: "Bouw" },
      { criterion: "size", verdict: "partial", wanted: "40–60", found: "30" },
      { criterion: "region", verdict: "unknown", wanted: "Utrecht", found: null },
    ],
  },
  buying_role: "economic_buyer",
  typed: [],
  events: [
    { id, occurred_at: "2026-11-20T10:00:00Z", kind: "lead.imported", actor_kind: "user", data: {} },
    { id: "e2", occurred_at: "2026-11-21T10:00:00Z", kind: "reply.received", actor_kind: "lead", data: {} },
  ],
};

const run = (state: string, done_n: number) => ({
  id,
  file_name: "beurs-najaar.csv",
  state,
  rows_n: 1200,
  done_n,
  companies_created_n: 640,
  companies_matched_n: 55,
  contacts_created_n: 1100,
  contacts_matched_n: 40,
  errors_n: 12,
  suppressed_n: 7,
  created_at: "2026-11-24T09:00:00Z",
});

const header = ["Bedrijfsnaam", "Naam", "E-mailadres", "Functie", "Opmerking"];

const preview = {
  import: run("previewed", 0),
  format: "csv",
  preset: null,
  encoding: "windows-1252",
  encodings: ["utf-8", "windows-1252"],
  delimiter: ";",
  has_header: true,
  header,
  mapping: ["company_name", "full_name", "email", "title"].map((field, column) => ({
    column,
    field,
    confidence_percent: 98,
    why: "own_name",
  })),
  fields: ["company_name", "full_name", "email", "title", "city", "do_not_mail"],
  sample: [
    { row_number: 2, cells: ["Bakkerij Jansen B.V.", "Jan de Vries", "jan@jansen.example", "Eigenaar", "beurs"] },
    { row_number: 3, cells: ["De Brug", "Zoë Müller", "zoe@brug.example", "Hoofd inkoop", ""] },
  ],
  warnings: ["check_accents", "same_file"],
};

const json = (route: Route, body: unknown, status = 200) => route.fulfill({ status, json: body });

/** How much of an audience may be reached. */
const summary = (leads: number) => ({
  companies_n: leads * 40,
  contacts_n: leads * 50,
  fits_n: leads * 20,
  fit_unknown_n: leads * 30,
  reachable_n: leads * 45,
  lawful_n: leads * 30,
  channels: [
    {
      channel: "mail",
      lawful_n: leads * 20,
      loosened_n: 0,
      blocked: [
        { block: "suppressed", needs_evidence: false, says: { nl: "", en: "" }, contacts_n: leads * 3 },
        { block: "no_ground", needs_evidence: true, says: { nl: "", en: "" }, contacts_n: leads * 12 },
        { block: "country_needs_consent", needs_evidence: false, says: { nl: "", en: "" }, contacts_n: leads * 10 },
        { block: "no_address", needs_evidence: false, says: { nl: "", en: "" }, contacts_n: leads * 5 },
      ],
    },
    { channel: "phone", lawful_n: leads * 25, loosened_n: 0, blocked: [] },
    { channel: "post", lawful_n: leads * 30, loosened_n: 0, blocked: [] },
  ],
  unlocks: [
    {
      unlock: { action: "record_ground", says: { nl: "Leg een grond vast.", en: "Record a ground." } },
      contacts_n: leads * 12,
    },
  ],
  loosenings: [],
});

/** Answers the audience's calls; `leads` says how many leads there are. */
async function audience(page: Page, leads: number) {
  let state = "previewed";
  await page.route("**/api/v1/leads?**", (route) =>
    json(route, {
      items: Array.from({ length: leads }, (_, n) => lead(n)),
      next_cursor: null,
      total: leads,
      total_is_capped: false,
    }),
  );
  await page.route("**/api/v1/leads/facets", (route) =>
    json(route, { states: [], countries: [{ value: "NL", leads_n: 3 }], industries: [{ value: "Bouw", leads_n: 4 }] }),
  );
  await page.route(`**/api/v1/leads/${id}`, (route) => json(route, detail));
  await page.route(`**/api/v1/companies/${id}/timeline?**`, (route) => json(route, { items: [] }));
  await page.route("**/api/v1/audience/summary", (route) => json(route, summary(leads)));
  await page.route("**/api/v1/imports?**", (route) =>
    json(route, { items: leads === 0 ? [] : [run("finished", 1200)] }),
  );
  await page.route("**/api/v1/imports", (route) => json(route, preview, 201));
  await page.route(`**/api/v1/imports/${id}`, (route) => json(route, run(state, state === "previewed" ? 0 : 1200)));
  await page.route(`**/api/v1/imports/${id}/preview*`, (route) => json(route, preview));
  await page.route(`**/api/v1/imports/${id}/start`, (route) => {
    state = "finished";
    return json(route, run("running", 300), 202);
  });
  await page.route("**/api/v1/ideal-profile", (route) =>
    json(route, {
      version: 1,
      industries: ["bouw"],
      employees_min: 10,
      employees_max: 60,
      countries: ["NL"],
      regions: [],
      title_words: [],
      seniorities: ["owner"],
    }),
  );
  await page.route("**/api/v1/suppressions?**", (route) =>
    json(route, {
      items: [
        {
          key: "a".repeat(64),
          kind: "email",
          hint: "e…@jansen.example",
          reason: "unsubscribed",
          source: "",
          created_at: "2026-11-20T10:00:00Z",
        },
      ],
      next_cursor: null,
      total: 1,
    }),
  );
}

const words = {
  nl: {
    leads: "Leads",
    verdict: "Nog niet: er ontbreekt bewijs",
    start: /rijen binnenhalen/,
    basis: "Op welke grond mag je deze mensen benaderen?",
    source: "Waar komen de gegevens vandaan?",
    date: "Verkregen op",
    in: "beurs-najaar.csv is binnen",
  },
  en: {
    leads: "Leads",
    verdict: "Not yet: evidence is missing",
    start: /Bring in .* rows/,
    basis: "On what ground may these people be approached?",
    source: "Where do the data come from?",
    date: "Obtained on",
    in: "beurs-najaar.csv is in",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];
  test(`leads: list and lead (${language})`, async ({ page }) => {
    await answer(page, { language });
    await audience(page, 24);
    await page.goto("/leads");
    await expect(page.getByRole("heading", { name: w.leads, level: 1 })).toBeVisible();
    await expect(page.getByText("Bakkerij Jansen B.V.").first()).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: `screenshots/leads-${language}.png` });
    await page.keyboard.press("j");
    await expect(page.getByText(w.verdict)).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: `screenshots/lead-${language}.png` });
  });

  test(`audience: a file goes through the wizard (${language})`, async ({ page }) => {
    const answered = await answer(page, { language });
    await audience(page, 24);
    await page.goto("/audience");
    await expect(page.getByText("beurs-najaar.csv").first()).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: `screenshots/audience-${language}.png`, fullPage: true });
    await page.locator("input[type=file]").setInputFiles({
      name: "beurs-najaar.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("Bedrijfsnaam;Naam\nA;B\n"),
    });
    await expect(page.getByText("Zoë Müller")).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: `screenshots/audience-mapping-${language}.png`, fullPage: true });
    // No ground stands there already: it is an answer of whoever brings the list in.
    await expect(page.getByLabel(w.basis)).toHaveValue("");
    await page.getByLabel(w.basis).selectOption("existing_customer");
    await page.getByLabel(w.source).fill("uw bestelling");
    await page.getByLabel(w.date).fill("2026-11-01");
    await page.getByRole("button", { name: w.start }).click();
    await expect(page.getByText(w.in)).toBeVisible();
    await page.screenshot({ path: `screenshots/audience-result-${language}.png` });
    const calls = answered.changes.map((change) => change.call);
    expect(calls, "every call is answered by the audience's own answers").toEqual([]);
  });
}

test("on a phone and without any data", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  await answer(page, { language: "nl" });
  await audience(page, 0);
  await page.goto("/leads");
  await expect(page.getByText("Doelgroep binnenhalen")).toBeVisible();
  await page.screenshot({ path: "screenshots/leads-empty-phone.png" });
  await page.goto("/audience");
  await expect(page.getByText("Er is nog geen lijst binnengehaald.")).toBeVisible();
  await page.screenshot({ path: "screenshots/audience-empty-phone.png" });
  await page.goto("/audience?view=profile");
  await expect(page.getByLabel("Branches")).toHaveValue("bouw");
  await page.screenshot({ path: "screenshots/audience-profile-phone.png", fullPage: true });
  await page.goto("/audience?view=suppressions");
  await expect(page.getByText("e…@jansen.example")).toBeVisible();
  await page.screenshot({ path: "screenshots/audience-suppressions-phone.png", fullPage: true });
});
