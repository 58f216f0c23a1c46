import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";
import { committee, fit } from "./fit.data";

const json = (route: Route, body: unknown, status = 200) =>
  route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });

const contact = {
  id: "c1",
  name: "Eva van der Meer",
  given_name: "Eva",
  infix: "van der",
  family_name: "Meer",
  email: "eva@klant.example",
  title: "Directeur",
  source: "import",
  updated_at: "2026-11-20T10:00:00Z",
};
const company = {
  id: "b1",
  name: "Bakkerij Klant",
  city: "Zwolle",
  country: "NL",
  employees_n: 12,
  source: "import",
  updated_at: "2026-11-20T10:00:00Z",
};
const sources = [
  { contact_id: null, field: "employees_n", at: "2026-11-22T10:00:00Z", source: "list", list: "beurs.xlsx" },
  { contact_id: null, field: "city", at: "2026-11-24T10:00:00Z", by: "Sanne de Vries", source: "person" },
];

const lead = {
  id: "l1",
  state: "promoted",
  warmth: 20,
  needs_look: false,
  contact,
  company,
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
  fit: { score: null, known_percent: 0, reasons: [] },
  events: [],
  promotion_id: "r1",
  prospect_id: "p1",
  sources,
};

const receipt = {
  id: "r1",
  lead_id: "l1",
  prospect_id: "p1",
  company_name: company.name,
  rule: "R3",
  decided_at: "2026-11-24T12:00:00Z",
  explanation_nl: "Prospect op 24 nov door R3: drie bezoeken.",
  explanation_en: "Prospect on 24 Nov by R3: three visits.",
  evidence: [
    { at: "2026-11-24T11:00:00Z", on: "2026-11-24", what: "visit", grade: "human_certain", pages: ["/prijzen"] },
  ],
  config_version: 1,
  model_digest: "x",
  cause_subject: "Vraag over offertes",
  cause_text: "Dag Eva, mag ik iets vragen?",
  cause_at: "2026-11-20T09:00:00Z",
  told: ["Sanne de Vries"],
};

const rows = ["Eva", "Bas", "Noor"].map((name, n) => ({
  id: `l${n + 1}`,
  contact_id: `c${n + 1}`,
  company_id: "b1",
  name,
  email: `${name}@klant.example`,
  company: company.name,
  state: "approached",
  fit_known_percent: 0,
  warmth: 0,
  needs_look: false,
  is_erased: false,
  created_at: "2026-11-20T10:00:00Z",
}));

/** Answers one company with one person, and notes what was written. */
async function records(page: Page) {
  const written: { call: string; body: unknown }[] = [];
  await page.route("**/api/v1/leads?**", (route) => json(route, { items: rows, total: 3, total_is_capped: false }));
  await page.route("**/api/v1/leads/facets", (route) => json(route, { countries: [], industries: [] }));
  await page.route("**/api/v1/leads/ids?**", (route) => json(route, { items: ["l1", "l2", "l3"] }));
  await page.route("**/api/v1/leads/l1", (route) => json(route, lead));
  await page.route("**/api/v1/leads/l2", (route) =>
    json(route, { ...lead, id: "l2", state: "approached", promotion_id: null, prospect_id: null }),
  );
  const decided = {
    value: "keep_lead",
    until: "2031-03-02T00:00:00Z",
    reason: "Beurs",
    by: "Sanne de Vries",
    at: "2026-11-24T10:00:00Z",
  };
  await page.route("**/api/v1/leads/l3", (route) => {
    const override = written.some((one) => one.call === "DELETE leads/l3/override") ? null : decided;
    return json(route, { ...lead, id: "l3", state: "approached", promotion_id: null, prospect_id: null, override });
  });
  await page.route("**/api/v1/leads/l3/override", (route) => {
    written.push({ call: `${route.request().method()} leads/l3/override`, body: route.request().postDataJSON() });
    return route.fulfill({ status: 204 });
  });
  await page.route("**/api/v1/promotions/r1", (route) => json(route, receipt));
  await page.route("**/api/v1/companies/b1/timeline?**", (route) => json(route, { items: [] }));
  await page.route("**/api/v1/companies/b1", (route) => {
    if (route.request().method() === "GET")
      return json(route, {
        company,
        lifecycle: "customer",
        contacts: [contact],
        leads: [{ id: "l1", contact_id: "c1", state: "promoted" }],
        prospects: [
          {
            id: "p1",
            contact_name: contact.name,
            state: "won",
            step: "closing",
            promoted_at: "2026-11-24T12:00:00Z",
            value_cents: 1_200_000,
            currency: "EUR",
          },
        ],
        fit,
        committee,
        sources,
        events: [],
        merged: [{ id: "m1", name: "Klant Bakkerij", merged_at: "2026-11-20T10:00:00Z" }],
        group: [{ id: "b2", name: "Klant Groothandel" }],
      });
    written.push({ call: "companies/b1", body: route.request().postDataJSON() });
    const errors = [{ field: "kvk_number", code: "kvk_number", detail: "Acht cijfers." }];
    return json(route, { type: "about:blank", title: "Nog niet goed", status: 422, code: "invalid", errors }, 422);
  });
  for (const path of ["leads/batch/suppression", "leads/l1/promotion", "leads/l2/override"])
    await page.route(`**/api/v1/${path}`, (route) => {
      written.push({ call: path, body: route.request().postDataJSON() });
      return path.includes("batch") ? json(route, { done: 2, skipped: 1 }) : route.fulfill({ status: 204 });
    });
  return written;
}

const words = {
  nl: {
    contest: "Geen prospect",
    undo: "Weer lead maken",
    reason: "Er is geen echte interesse",
    all: "Selecteer alle 3 die passen",
    never: "Nooit meer mailen",
    neverVerb: "Mail er 3 nooit meer",
    why: "Waarom",
    done: "2 mensen krijgen geen mail meer.",
    change: "Wijzigen",
    kvk: "KvK-nummer",
    save: "Bewaren",
    typed: "ingetypt door Sanne de Vries",
    fromList: /^uit de lijst beurs\.xlsx, /,
    customer: "Klant",
    keeps: "Blijft lead tot 2 mrt 2031",
    keptBy: "Sanne de Vries besloot dit op 24 nov 2026: Beurs",
    lift: "Opheffen",
    lifted: "Opgeheven. De regels beslissen weer.",
    promote: "van een lead",
    which: "Welke lead?",
    add: "Lead toevoegen",
    decide: "Zelf beslissen",
    force: "Prospect maken",
    merged: "Samengevoegd met",
    group: "Zelfde groep als",
  },
  en: {
    contest: "Not a prospect",
    undo: "Undo the promotion",
    reason: "There is no real interest",
    all: "Select all 3 that match",
    never: "Never mail again",
    neverVerb: "Never mail 3",
    why: "Why",
    done: "2 people get no mail any more.",
    change: "Change",
    kvk: "KvK number",
    save: "Save",
    typed: "typed in by Sanne de Vries",
    fromList: /^from the list beurs\.xlsx, /,
    customer: "Customer",
    keeps: "Stays a lead until 2 Mar 2031",
    keptBy: "Sanne de Vries decided this on 24 Nov 2026: Beurs",
    lift: "Lift",
    lifted: "Lifted. The rules decide again.",
    promote: "of a lead",
    which: "Which lead?",
    add: "Add a lead",
    decide: "Decide yourself",
    force: "Make a prospect",
    merged: "Merged with",
    group: "Same group as",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];

  test(`lead: the receipt says why, and takes the promotion back with a reason (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await records(page);
    await page.goto("/leads/l1");
    const paper = page.getByRole("article");
    await expect(paper).toContainText(language === "nl" ? receipt.explanation_nl : receipt.explanation_en);
    for (const part of ["/prijzen", "Vraag over offertes", "Sanne de Vries"]) await expect(paper).toContainText(part);
    await expectAccessible(page);
    await paper.getByRole("button", { name: w.contest }).click();
    await page.getByLabel(w.reason).check();
    await page.getByRole("dialog").getByRole("button", { name: w.undo }).click();
    await expect.poll(() => written).toEqual([{ call: "leads/l1/promotion", body: { reason: w.reason } }]);
  });

  test(`lead: a person decides, whatever the rules say (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await records(page);
    await page.goto("/leads/l2");
    await page.getByRole("button", { name: w.decide }).click();
    await page.getByRole("menuitem", { name: w.force }).click();
    await page.getByRole("dialog").getByLabel(w.why).fill("Beurs");
    await expectAccessible(page);
    await page.getByRole("dialog").getByRole("button", { name: w.force }).click();
    await expect
      .poll(() => written)
      .toEqual([{ call: "leads/l2/override", body: { value: "force_prospect", reason: "Beurs" } }]);
  });

  test(`lead: what a person decided is said, and lifted (${language})`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await answer(page, { language });
    const written = await records(page);
    await page.goto("/leads/l3");
    await expect(page.getByText(w.keeps)).toBeVisible();
    await expect(page.getByText(w.keptBy)).toBeVisible();
    await expectAccessible(page);
    await keep(page, `lead-decided-${language}`);
    await page.getByRole("button", { name: w.lift, exact: true }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: w.lift, exact: true }).press("Enter");
    await expect(page.getByText(w.lifted)).toBeVisible();
    await expect(page.getByText(w.keeps)).toBeHidden();
    expect(written).toEqual([{ call: "DELETE leads/l3/override", body: null }]);
  });

  test(`anywhere: the palette asks about whom, goes there and begins (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await records(page);
    await page.route("**/api/v1/search?**", (route) =>
      json(route, {
        items: [
          { kind: "company", id: "b1", title: "Bakkerij Klant", detail: "Ede" },
          { kind: "lead", id: "l2", title: "Bas Peters", detail: "Bakkerij Klant" },
        ],
      }),
    );
    await page.goto("/today");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill(w.promote);
    await page.keyboard.press("Enter");
    await expect(page.getByPlaceholder(w.which)).toBeFocused();
    await page.keyboard.type("bakkerij");
    await expect(page.getByRole("option")).toHaveCount(1);
    await expectAccessible(page);
    await keep(page, `palette-asks-${language}`);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/leads\/l2$/);
    await page.getByRole("dialog").getByLabel(w.why).fill("Beurs");
    await page.getByRole("dialog").getByRole("button", { name: w.force }).click();
    await expect.poll(() => written.length).toBe(1);
    expect(written[0]).toEqual({ call: "leads/l2/override", body: { value: "force_prospect", reason: "Beurs" } });
    await page.goto("/today");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill(w.add);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/leads$/);
    await expect(page.getByRole("dialog").getByRole("button", { name: w.add })).toBeVisible();
  });

  test(`leads: all that match are suppressed at once, and it is said for whom it did not fit (${language})`, async ({
    page,
  }) => {
    await answer(page, { language });
    const written = await records(page);
    await page.goto("/leads");
    await page.getByRole("checkbox").nth(1).check();
    await page.getByRole("button", { name: w.all }).click();
    await page.getByRole("button", { name: w.never }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(w.why).fill("Belde op");
    await expectAccessible(page);
    await keep(page, `leads-batch-${language}`);
    await dialog.getByRole("button", { name: w.neverVerb }).click();
    await expect(dialog.getByText(w.done)).toBeVisible();
    expect(written).toEqual([
      { call: "leads/batch/suppression", body: { leads: ["l1", "l2", "l3"], reason: "Belde op" } },
    ]);
  });

  test(`company: facts with their source, people, pursuits; a problem stands below its field (${language})`, async ({
    page,
  }) => {
    await answer(page, { language });
    const written = await records(page);
    await page.goto("/companies/b1");
    await expect(page.getByText(w.typed).first()).toBeVisible();
    const employees = page.locator("#fact-employees_n dd");
    await expect(employees).toHaveAttribute("title", w.fromList);
    // What stands there on hover is there by keyboard and by thumb too.
    await employees.locator("summary").press("Enter");
    await expect(employees.getByText(w.fromList)).toBeVisible();
    await expect(page.getByRole("main").getByText(w.customer).first()).toBeVisible();
    await expectAccessible(page);
    await expect(page.getByRole("region", { name: w.merged })).toContainText("Klant Bakkerij");
    await expect(page.getByRole("region", { name: w.group })).toContainText("Klant Groothandel");
    await keep(page, `company-${language}`);
    await page.getByRole("button", { name: w.change, exact: true }).click();
    await page.getByLabel(w.kvk).fill("12");
    await page.getByRole("dialog").getByRole("button", { name: w.save }).click();
    await expect(page.getByText("Acht cijfers.")).toBeVisible();
    expect(written[0]?.body).toMatchObject({ name: "Bakkerij Klant", kvk_number: "12", employees_n: 12 });
  });
}
