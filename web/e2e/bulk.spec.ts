import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, access, answer, expectAccessible, keep } from "./answers";

// A list, a dialog and its pictures each.
test.setTimeout(180_000);

const json = (route: Route, body: unknown, status = 200) =>
  route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });

const companies = [...Array(24).keys()].map((n) => ({
  id: `c${n}`,
  name: `Bedrijf ${n}`,
  website: `www.bedrijf${n}.example`,
  phone: null,
  city: "Utrecht",
  postcode: "3511 AB",
  country: "NL",
  industry: null,
  sbi_code: "10711",
  employees_n: 24,
  kvk_number: null,
  is_non_mailing: false,
  fit_score: 80,
  fit_known_percent: 80,
  stage: "lead",
  source: "beurs-najaar.csv",
  updated_at: "2026-11-20T10:00:00Z",
}));

const people = [
  {
    id: "l1",
    contact_id: "k1",
    company_id: "c1",
    name: "Eva van der Meer",
    title: "Directeur",
    seniority: null,
    department: null,
    email: "eva@bedrijf1.example",
    phone: null,
    company: "Bedrijf 1",
    city: "Utrecht",
    country: "NL",
    state: "approached",
    fit_score: 80,
    fit_known_percent: 80,
    warmth: 10,
    has_ground: true,
    is_erased: false,
    source: "beurs-najaar.csv",
    updated_at: "2026-11-20T10:00:00Z",
  },
];

const estimate = {
  companies_n: 2,
  with_number_n: 0,
  price_mills: 20,
  cost_mills: 40,
  spent_mills: 0,
  ceiling_mills: 25_000,
};

const run = (done: number, of: number) => ({
  id: "s1",
  reason: "Klant van een zusterbedrijf",
  companies_n: of,
  done_n: done,
  people_n: done * 2,
  stopped_n: 3,
  created_at: "2026-11-24T10:00:00Z",
  finished_at: done === of ? "2026-11-24T10:00:05Z" : null,
});

interface Seen {
  asked: URLSearchParams[];
  written: { call: string; body: unknown }[];
}

/** Answers the lists and what is done with many, and notes what was asked and written. */
async function lists(page: Page, hasKey = true): Promise<Seen> {
  const seen: Seen = { asked: [], written: [] };
  const rows = (route: Route, items: readonly object[]) => {
    seen.asked.push(new URL(route.request().url()).searchParams);
    return json(route, {
      items,
      next_cursor: null,
      total: items.length,
      total_is_capped: false,
      is_searchable: true,
    });
  };
  const note = (route: Route) =>
    seen.written.push({
      call: new URL(route.request().url()).pathname.replace("/api/v1", ""),
      body: route.request().postDataJSON(),
    });
  await page.route("**/api/v1/companies?**", (route) => rows(route, companies));
  await page.route("**/api/v1/contacts?**", (route) => rows(route, people));
  await page.route("**/api/v1/campaigns**", (route) =>
    json(route, { items: [{ id: "0190aaaa-0000-7000-8000-000000000001", name: "Voorjaar", state: "running" }] }),
  );
  await page.route("**/api/v1/list-views?**", (route) => json(route, { items: [], columns: [] }));
  await page.route("**/api/v1/register-access", (route) => json(route, { ...access, has_key: hasKey }));
  await page.route("**/api/v1/register-runs/estimate", (route) => {
    note(route);
    return json(route, { estimate, recent_n: 1, refused_n: 1, waiting_n: 0, abroad_n: 0 });
  });
  await page.route(/\/api\/v1\/register-runs$/, (route) => {
    note(route);
    return json(route, { id: "r1", state: "running" }, 202);
  });
  await page.route("**/api/v1/list-exports", (route) => {
    note(route);
    const headers = { "Content-Disposition": 'attachment; filename="kiem-bedrijven.csv"', "Content-Type": "text/csv" };
    return route.fulfill({ status: 200, headers, body: '\ufeff"Bedrijf"\r\n' });
  });
  await page.route("**/api/v1/suppression-runs/estimate", (route) => {
    note(route);
    return json(route, {
      companies_n: 24,
      with_domain_n: 21,
      without_address_n: 1,
      already_n: 2,
      people_n: 57,
      people_running_n: 9,
      companies_running_n: 6,
      pursued_n: 1,
      siblings_n: 2,
    });
  });
  let polls = 0;
  await page.route("**/api/v1/suppression-runs/s1", (route) => {
    polls += 1;
    return json(route, polls < 2 ? run(12, 24) : run(24, 24));
  });
  await page.route(/\/api\/v1\/suppression-runs$/, (route) => {
    if (route.request().method() === "GET") return json(route, { items: [run(24, 24)] });
    note(route);
    return json(route, run(0, 24), 202);
  });
  return seen;
}

const words = {
  nl: {
    all: "Selecteer alle 24 die passen",
    register: "Controleren in het KVK-register",
    cost: /2 profielen, hoogstens €\s0,04/,
    recent: "1 is pas opgevraagd en wordt niet opnieuw betaald.",
    refused: "Bij 1 zei iemand dat het geen van de gevonden bedrijven is.",
    agree: /Opvragen voor hoogstens €\s0,04/,
    begun: /voortgang staat bij Doelgroep, Handelsregister/,
    suppress: "Niet benaderen",
    people: /Er werken 57 mensen/,
    running: "De e-mailreeksen van 9 mensen stoppen, bij 6 van deze bedrijven.",
    why: /^Waarom\?/,
    verb: "24 bedrijven niet meer benaderen",
    done: "24 bedrijven staan op de uitsluitlijst.",
    close: "Sluiten",
    export: "Selectie exporteren",
    csv: "CSV-bestand",
    add: "Filter toevoegen",
    field: "Waarop",
    value: "Waarde",
    put: "Toevoegen",
    chip: "Campagne (nu of ooit) is Voorjaar",
    group: "Wat je met de selectie kunt doen",
  },
  en: {
    all: "Select all 24 that match",
    register: "Check in the KVK register",
    cost: /2 profiles, €0.04 at most/,
    recent: "1 was asked about not long ago and is not paid for again.",
    refused: "Of 1 somebody said that it is none of the companies that were found.",
    agree: /Ask for €0.04 at most/,
    begun: /stands under Audience, Company register/,
    suppress: "Do not approach",
    people: /You know 57 people there/,
    running: "The sequences of 9 people stop, at 6 of these companies.",
    why: /^Why\?/,
    verb: "Do not approach 24 companies",
    done: "24 companies are on the suppression list.",
    close: "Close",
    export: "Export the chosen",
    csv: "CSV file",
    add: "Add a filter",
    field: "By what",
    value: "Value",
    put: "Add",
    chip: "Campaign (now or ever) is Voorjaar",
    group: "What you can do with the selection",
  },
} as const;

/** Chooses the first two companies by keyboard. */
async function chooseTwo(page: Page) {
  await expect(page.getByText("Bedrijf 1", { exact: true })).toBeVisible();
  for (let n = 0; n < 2; n += 1) {
    await page.keyboard.press("j");
    await page.keyboard.press("x");
  }
}

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];

  test(`chosen companies are checked in the register for a cost that was seen (${language})`, async ({ page }) => {
    await answer(page, { language, mode: "live" });
    const seen = await lists(page);
    await page.goto("/companies");
    await chooseTwo(page);
    await page.getByRole("group", { name: w.group }).getByRole("button", { name: w.register }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText(w.cost);
    await expect(dialog).toContainText(w.recent);
    await expect(dialog).toContainText(w.refused);
    await expectAccessible(page);
    await keep(page, `bulk-register-${language}`);
    await dialog.getByRole("button", { name: w.agree }).click();
    await expect(page.getByText(w.begun)).toBeVisible();
    expect(seen.written.at(-1)?.call).toBe("/register-runs");
    expect(seen.written.filter((one) => one.call === "/register-runs")).toHaveLength(1);
    const body = seen.written.at(-1)?.body as { companies: string[]; agreed_mills: number };
    expect(body.agreed_mills).toBe(40);
    expect(body.companies).toHaveLength(2);
    await expect(page.getByRole("group", { name: w.group })).toHaveCount(0);
  });

  test(`nobody at the chosen companies is approached any more (${language})`, async ({ page }) => {
    await answer(page, { language, mode: "live", role: "sales" });
    const seen = await lists(page);
    await page.goto("/companies");
    await chooseTwo(page);
    const bar = page.getByRole("group", { name: w.group });
    await bar.getByRole("button", { name: w.all }).click();
    await bar.getByRole("button", { name: w.suppress }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText(w.people);
    await expect(dialog).toContainText(w.running);
    const verb = dialog.getByRole("button", { name: w.verb });
    await expect(verb).toBeDisabled();
    await dialog.getByLabel(w.why).fill("Klant van een zusterbedrijf");
    await expectAccessible(page);
    await keep(page, `bulk-suppress-${language}`);
    await verb.click();
    await expect(dialog).toContainText(w.done);
    await expectAccessible(page);
    await keep(page, `bulk-suppress-done-${language}`);
    const begun = seen.written.find((one) => one.call === "/suppression-runs")?.body as { companies: string[] };
    expect(begun.companies).toHaveLength(24);
    expect(begun).toMatchObject({ reason: "Klant van een zusterbedrijf" });
    await dialog.getByRole("button", { name: w.close, exact: true }).last().click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });

  test(`only the chosen ones go into a file, and people are filtered by campaign (${language})`, async ({ page }) => {
    await answer(page, { language, mode: "live" });
    const seen = await lists(page);
    await page.goto("/companies");
    await chooseTwo(page);
    await page.getByRole("button", { name: w.export, exact: true }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: w.csv }).click();
    await download;
    const file = seen.written.find((one) => one.call === "/list-exports")?.body as { ids: string[]; columns: string[] };
    expect(file.ids).toHaveLength(2);
    expect(file.columns).toContain("company");

    await page.goto("/people");
    await page.getByRole("button", { name: w.add }).click();
    await page.getByLabel(w.field).selectOption("campaign");
    await page.getByLabel(w.value).selectOption({ label: "Voorjaar" });
    await page.getByRole("button", { name: w.put, exact: true }).click();
    await expect(page.getByRole("button", { name: w.chip, exact: true })).toBeVisible();
    const wanted = [{ field: "campaign", op: "is", values: ["0190aaaa-0000-7000-8000-000000000001"] }];
    await expect.poll(() => seen.asked.at(-1)?.get("filter")).toBe(JSON.stringify(wanted));
    await expectAccessible(page);
    await keep(page, `bulk-people-campaign-${language}`);
  });
}

test("two companies that were chosen are put side by side", async ({ page }) => {
  await answer(page, { language: "nl", mode: "live" });
  await lists(page);
  const pairs: unknown[] = [];
  const counts = { open_n: 0, later_n: 0, decided_n: 0, waiting_n: 0 };
  await page.route(/\/api\/v1\/duplicates(\?|$)/, (route) => {
    if (route.request().method() === "GET") return json(route, { items: [], next_cursor: null, ...counts });
    pairs.push(route.request().postDataJSON());
    return json(route, { id: "d1" }, 201);
  });
  await page.route(/\/api\/v1\/duplicates\/people\?/, (route) =>
    json(route, { items: [], next_cursor: null, ...counts }),
  );
  await page.goto("/companies");
  await chooseTwo(page);
  const pair = page.getByRole("button", { name: "Naast elkaar leggen" });
  await keep(page, "bulk-side-by-side-nl");
  // A third has no place beside two.
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(pair).toHaveCount(0);
  await page.keyboard.press("x");
  await pair.click();
  await expect(page).toHaveURL(/\/audience\?view=duplicates/);
  expect(pairs).toEqual([{ first: expect.any(String), second: expect.any(String) }]);
});

test("the bar and its dialog fit a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await answer(page, { language: "nl", mode: "live" });
  await lists(page);
  await page.goto("/companies");
  await chooseTwo(page);
  const bar = page.getByRole("group", { name: words.nl.group });
  await expect(bar).toBeVisible();
  await expectAccessible(page);
  await keep(page, "bulk-phone-nl");
  await bar.getByRole("button", { name: words.nl.suppress }).click();
  await expect(page.getByRole("dialog")).toContainText(words.nl.people);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  await expectAccessible(page);
  await keep(page, "bulk-suppress-phone-nl");
});

test("without a key, and in practice, the dialog says why nothing is asked", async ({ page }) => {
  await answer(page, { language: "en", mode: "live" });
  await lists(page, false);
  await page.goto("/companies");
  await chooseTwo(page);
  await page.getByRole("button", { name: words.en.register }).click();
  await expect(page.getByRole("dialog")).toContainText("This needs a key of KVK.");
  await expect(page.getByRole("dialog").getByRole("link", { name: "Enter the key" })).toBeVisible();
});
