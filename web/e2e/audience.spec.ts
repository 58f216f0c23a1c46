import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible } from "./answers";
import { count, fit, lookalike, profile, versions } from "./fit.data";

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
  informing: { state: "on_time", inform_by: "2026-12-20" },
  by_hand: [],
  former_addresses: [],
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
  fit,
  buying_role: "economic_buyer",
  sources: [],
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
  await page.route("**/api/v1/leads?**", (route) =>
    json(route, {
      items: Array.from({ length: leads }, (_, n) => lead(n)),
      next_cursor: null,
      total: leads,
      total_is_capped: false,
    }),
  );
  await page.route("**/api/v1/leads/facets", (route) => json(route, { countries: ["NL"], industries: ["Bouw"] }));
  await page.route(`**/api/v1/leads/${id}`, (route) => json(route, detail));
  await page.route(`**/api/v1/companies/${id}/timeline?**`, (route) => json(route, { items: [] }));
  await page.route("**/api/v1/audience/summary", (route) => json(route, summary(leads)));
  await page.route("**/api/v1/imports?**", (route) =>
    json(route, { items: leads === 0 ? [] : [run("finished", 1200)] }),
  );
  await page.route("**/api/v1/ideal-profile", (route) => json(route, profile(1)));
  await page.route("**/api/v1/ideal-profile/count", (route) => json(route, count(1004)));
  await page.route("**/api/v1/ideal-profile/scoring", (route) => json(route, { version: null, n_total: 0, n_done: 0 }));
  await page.route("**/api/v1/ideal-profile/lookalike", (route) => json(route, lookalike));
  await page.route("**/api/v1/ideal-profile/versions", (route) => json(route, versions));
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
    rule: "Lees de regel",
    reach: "Wie vandaag mag worden benaderd",
    ground: "Geen grond vastgelegd: 288, toon deze mensen",
    chips: ["Oordeel over mail is geen grond vastgelegd", "Matchgroep is niet buiten het profiel"],
  },
  en: {
    leads: "Leads",
    verdict: "Not yet: evidence is missing",
    rule: "Read the rule",
    reach: "Who may lawfully be reached today",
    ground: "No ground recorded: 288, show these people",
    chips: ["Verdict on mail is no ground recorded", "Fit group is not outside the profile"],
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
    await expect(page.getByRole("link", { name: w.rule })).toHaveAttribute("href", "/settings/policy?country=NL");
    await expectAccessible(page);
    await page.screenshot({ path: `screenshots/lead-${language}.png` });
  });

  test(`audience: the lists, and who may be mailed (${language})`, async ({ page }) => {
    await answer(page, { language });
    await audience(page, 24);
    await page.goto("/audience");
    await expect(page.getByText("beurs-najaar.csv").first()).toBeVisible();
    await expect(page.getByRole("group", { name: w.reach })).toBeVisible();
    await expect(page.getByText(/CSV, Excel \(XLSX, XLS\) (of|or) OpenDocument \(ODS\)/)).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: `screenshots/audience-${language}.png`, fullPage: true });
    // A number leads to whom it counts.
    await page.route("**/api/v1/contacts?**", (route) =>
      json(route, { items: [], next_cursor: null, total: 0, total_is_capped: false, is_searchable: true }),
    );
    await page.route("**/api/v1/list-views?**", (route) => json(route, { items: [], columns: [] }));
    await page.getByRole("link", { name: w.ground }).click();
    for (const chip of w.chips) await expect(page.getByRole("button", { name: chip, exact: true })).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: `screenshots/audience-behind-${language}.png` });
    // The other views have the screen for themselves.
    await page.goto("/audience?view=suppressions");
    await expect(page.getByText("e…@jansen.example")).toBeVisible();
    await expect(page.getByRole("group", { name: w.reach })).toHaveCount(0);
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
  await expect(page.getByLabel("Woorden van de branche").first()).toHaveValue("bouw");
  await page.screenshot({ path: "screenshots/audience-profile-phone.png", fullPage: true });
  await page.goto("/audience?view=suppressions");
  await expect(page.getByText("e…@jansen.example")).toBeVisible();
  await page.screenshot({ path: "screenshots/audience-suppressions-phone.png", fullPage: true });
});
