import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, access, answer, expectAccessible, keep } from "./answers";
import { committee, fit } from "./fit.data";

const json = (route: Route, body: unknown, status = 200) =>
  route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });

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
    legal_form: "Besloten Vennootschap",
    sbi_version: "unknown",
    city: "Zwolle",
    country: "NL",
    is_non_mailing: true,
    source: "import",
    updated_at: "2026-11-20T10:00:00Z",
  },
  lifecycle: "lead",
  contacts: [],
  leads: [],
  prospects: [],
  sources: [{ field: "legal_form", source: "register", at: "2026-11-24T10:00:00Z" }],
  events: [],
};

const nothing = {
  outcome_detail: null,
  kvk_number: "30123456",
  is_ended: false,
  ended_on: null,
  profile: null,
  candidates: [],
  takings: [],
  asked_at: "2026-11-24T10:00:00Z",
};

const checked = {
  ...nothing,
  outcome: "checked",
  profile: {
    number: "30123456",
    name: "Bakkerij Klant B.V.",
    statutory_name: "Bakkerij Klant B.V.",
    trade_names: ["Bakkerij Klant B.V.", "Klant Brood"],
    legal_form: "Besloten Vennootschap",
    activities: [{ code: "10710", words: "Vervaardiging van brood", is_main: true }],
    employees_n: 24,
    address: "Kerkstraat 12a, 8011AB, Zwolle",
    is_shielded: false,
    websites: ["www.klant.example"],
    founded_on: "1950-03-01",
    is_non_mailing: true,
  },
  takings: [
    { field: "legal_form", known: "", said: "Besloten Vennootschap", taken: "filled" },
    { field: "employees_n", known: "7", said: "24", taken: "kept" },
  ],
};

const candidate = (kvk_number: string, name: string) => ({ kvk_number, name, street: "Kade 1", city: "Zwolle" });

/** The page of a company whose register answers `reading` once it is asked. */
async function company(page: Page, reading: object, before: object | null = null) {
  const written: { call: string; body: unknown }[] = [];
  let asked = 0;
  await page.route("**/api/v1/companies/b1/timeline?**", (route) => json(route, { items: [] }));
  await page.route("**/api/v1/companies/b1", (route) => json(route, detail));
  await page.route("**/api/v1/companies/b1/website", (route) =>
    json(route, { reading: null, waits_in: null, facts: [] }),
  );
  await page.route("**/api/v1/register-access", (route) =>
    json(route, { ...access, has_key: true, spent_mills: 4_240 }),
  );
  await page.route("**/api/v1/companies/b1/register**", (route) => {
    const request = route.request();
    if (request.method() === "POST") {
      written.push({
        call: new URL(request.url()).pathname.replace(/.*register/, "register"),
        body: request.postDataJSON(),
      });
      asked = 1;
      if (/refusal$|taking$/.test(request.url())) {
        asked = 10;
        return route.fulfill({ status: 204 });
      }
      return json(route, request.url().endsWith("choice") ? { run: null } : { id: "r1", state: "running" });
    }
    if (asked === 0) return json(route, { reading: before, waits_in: null, fresh_until: null });
    asked += 1;
    return asked < 4
      ? json(route, { reading: before, waits_in: "r1", fresh_until: null })
      : json(route, { reading, waits_in: null, fresh_until: "2027-05-23T10:00:00Z" });
  });
  return written;
}

const words = {
  nl: {
    check: "Controleren in het KVK-register",
    verb: /Opvragen voor €\s0,02/,
    spent: /€\s4,24 van €\s25 uitgegeven/,
    done: /Opgevraagd en vergeleken/,
    mailing: /Er gaan geen brieven heen/,
    differs: /hier staat 7, in het register 24/,
    from: /uit het Handelsregister/,
    again: "Opnieuw opvragen",
  },
  en: {
    check: "Check in the KVK register",
    verb: /Ask for €0.02/,
    spent: /€4.24 of €25 was spent/,
    done: /Asked and compared/,
    mailing: /No letters are sent/,
    differs: /here it says 7, in the register 24/,
    from: /from the company register/,
    again: "Ask again",
  },
};

for (const language of ["nl", "en"] as Language[]) {
  test(`a company is checked for a price that was seen (${language})`, async ({ page }) => {
    await answer(page, { language, mode: "live" });
    const written = await company(page, checked);
    await page.goto("/companies/b1");
    const say = words[language];
    await page.getByRole("button", { name: say.check }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText(say.spent);
    expect(written).toEqual([]);
    await dialog.getByRole("button", { name: say.verb }).click();
    await expect(page.getByText(say.done)).toBeVisible();
    expect(written).toEqual([{ call: "register", body: { agreed_mills: 20, again: false } }]);
    await expect(page.getByText(say.mailing)).toBeVisible();
    await expect(page.getByText(say.differs)).toBeVisible();
    await expect(page.getByText(say.from).first()).toBeVisible();
    await expect(page.getByRole("button", { name: say.again })).toBeVisible();
    await expectAccessible(page);
    await keep(page, `register-company-${language}`);
  });
}

test("what is in doubt is chosen by a person", async ({ page }) => {
  await answer(page, { language: "nl", mode: "live" });
  const candidates = [candidate("30000002", "Bakkerij Klant B.V."), candidate("30000003", "Klant Bakkers")];
  const offered = { ...nothing, outcome: "candidates", kvk_number: null, candidates };
  const written = await company(page, checked, offered);
  await page.goto("/companies/b1");
  await page.getByRole("button", { name: /Klant Bakkers: Dit is het \(€\s0,02\)/ }).click();
  await expect
    .poll(() => written)
    .toEqual([{ call: "register/choice", body: { kvk_number: "30000003", agreed_mills: 20 } }]);
  await keep(page, "register-candidates-nl");
});

for (const language of ["nl", "en"] as Language[]) {
  const say = {
    nl: {
      none: "Geen van deze",
      said: /geen van de gevonden bedrijven is/,
      look: "Toch nog eens kijken",
      is: /Dit is het/,
    },
    en: {
      none: "None of these",
      said: /none of the companies that were found/,
      look: "Look at them once more",
      is: /This is it/,
    },
  }[language];
  test(`it may be none of those that were offered (${language})`, async ({ page }) => {
    await answer(page, { language, mode: "live" });
    const candidates = [candidate("30000002", "Bakkerij Klant B.V."), candidate("30000003", "Klant Bakkers")];
    const offered = { ...nothing, outcome: "candidates", kvk_number: null, candidates, refused_at: null };
    const written = await company(page, { ...offered, refused_at: "2026-11-24T11:00:00Z" }, offered);
    await page.goto("/companies/b1");
    await page.getByRole("button", { name: say.none, exact: true }).click();
    await expect(page.getByText(say.said)).toBeVisible();
    expect(written).toEqual([{ call: "register/refusal", body: null }]);
    await expect(page.getByRole("button", { name: say.is })).toHaveCount(0);
    await expectAccessible(page);
    await keep(page, `register-refused-${language}`);
    await page.getByRole("button", { name: say.look }).click();
    await expect(page.getByRole("button", { name: say.is })).toHaveCount(2);
    await expect(page.getByRole("button", { name: say.none, exact: true })).toHaveCount(0);
  });
}

test("the register's value of a fact is taken when somebody wishes it", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await answer(page, { language: "nl", mode: "live" });
  const taken = [{ field: "employees_n", known: "7", said: "24", taken: "replaced" }];
  const written = await company(page, { ...checked, takings: taken }, checked);
  await page.goto("/companies/b1");
  const take = page.getByRole("button", { name: /24 van het register nemen/ });
  await expect(take).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  await expectAccessible(page);
  await keep(page, "register-differs-phone-nl");
  await take.click();
  await expect(page.getByText(/is nu wat het register zegt/)).toBeVisible();
  expect(written).toEqual([{ call: "register/taking", body: { field: "employees_n" } }]);
  await expect(take).toHaveCount(0);
});

test("who left the register is said to have done so", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await answer(page, { language: "nl", mode: "live" });
  await company(page, checked, { ...checked, outcome: "ended", is_ended: true, ended_on: "2026-03-31" });
  await page.goto("/companies/b1");
  await expect(page.getByRole("note")).toContainText(/is sinds 31 mrt 2026 uit het Handelsregister/);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  await keep(page, "register-ended-phone-nl");
});

const run = (state: string, more: object = {}) => ({
  id: "r1",
  state,
  paused_why: null,
  companies_n: 212,
  done_n: 40,
  checked_n: 36,
  filled_n: 120,
  look_n: 3,
  ended_n: 1,
  paid_mills: 720,
  created_at: "2026-11-24T09:00:00Z",
  finished_at: null,
  ...more,
});

/** The audience page with a round that can be begun. */
async function rounds(page: Page, state = "none", more: object = {}) {
  const written: { call: string; body: unknown }[] = [];
  let now = state;
  const summary = { companies_n: 412, contacts_n: 500, fits_n: 96, fit_unknown_n: 40, reachable_n: 420, lawful_n: 260 };
  await page.route("**/api/v1/audience/summary", (route) =>
    json(route, { ...summary, channels: [], unlocks: [], loosenings: [] }),
  );
  await page.route("**/api/v1/register-access", (route) => json(route, { ...access, has_key: true }));
  await page.route("**/api/v1/register-runs/estimate?**", (route) =>
    json(route, {
      companies_n: 212,
      with_number_n: 180,
      price_mills: 20,
      cost_mills: 4_240,
      spent_mills: 0,
      ceiling_mills: 25_000,
    }),
  );
  await page.route("**/api/v1/register-runs/r1**", (route) => {
    written.push({ call: `${route.request().method()} ${route.request().url().replace(/.*r1/, "")}`, body: null });
    now = route.request().url().endsWith("pause") ? "paused" : "running";
    return json(route, run(now));
  });
  await page.route(/\/api\/v1\/register-runs(\?.*)?$/, (route) => {
    if (route.request().method() === "POST") {
      written.push({ call: "begin", body: route.request().postDataJSON() });
      now = "running";
      return json(route, run(now), 202);
    }
    return json(route, { items: now === "none" ? [] : [run(now, more)] });
  });
  return written;
}

for (const language of ["nl", "en"] as Language[]) {
  test(`many are checked after their cost was agreed to (${language})`, async ({ page }) => {
    await answer(page, { language, mode: "live" });
    const written = await rounds(page);
    await page.goto("/audience?view=register");
    const say = {
      nl: {
        cost: /212 profielen, hoogstens €\s4,24/,
        look: "Kosten bekijken",
        agree: /Opvragen voor hoogstens €\s4,24/,
        pause: "Laten wachten",
      },
      en: {
        cost: /212 profiles, €4.24 at most/,
        look: "Look at the cost",
        agree: /Ask for €4.24 at most/,
        pause: "Let it wait",
      },
    }[language];
    await expect(page.getByText(say.cost)).toBeVisible();
    await keep(page, `register-begin-${language}`);
    await page.getByRole("button", { name: say.look }).click();
    expect(written).toEqual([]);
    await page.getByRole("dialog").getByRole("button", { name: say.agree }).click();
    await page.getByRole("button", { name: say.pause }).click();
    await expect
      .poll(() => written)
      .toEqual([
        { call: "begin", body: { fit_min: 70, agreed_mills: 4_240 } },
        { call: "POST /pause", body: null },
      ]);
    await expectAccessible(page);
    await keep(page, `register-running-${language}`);
  });
}

test("a round that waits for money or a key says so", async ({ page }) => {
  await answer(page, { language: "nl", mode: "live" });
  await rounds(page, "paused", { paused_why: "ceiling" });
  await page.goto("/audience?view=register");
  await expect(page.getByRole("heading", { name: "Het maandbedrag is op; het opvragen wacht" })).toBeVisible();
});

for (const language of ["nl", "en"] as Language[]) {
  test(`the key is entered, tried and never shown (${language})`, async ({ page }) => {
    await answer(page, { language, mode: "live" });
    let hasKey = false;
    const written: unknown[] = [];
    await page.route("**/api/v1/register-access", (route) => {
      if (route.request().method() === "PUT") {
        written.push(route.request().postDataJSON());
        hasKey = true;
        return route.fulfill({ status: 204 });
      }
      return json(route, { ...access, has_key: hasKey });
    });
    await page.route("**/api/v1/register-access/check", (route) => json(route, { outcome: "refused" }));
    await page.goto("/settings/register");
    const say = {
      nl: { key: "KVK-sleutel", save: "Opslaan", try: "Sleutel proberen", no: /KVK aanvaardt deze sleutel niet/ },
      en: { key: "KVK key", save: "Save", try: "Try the key", no: /KVK does not accept this key/ },
    }[language];
    const field = page.getByLabel(say.key);
    await field.fill("geheime-sleutel");
    await page.getByRole("button", { name: say.save }).click();
    await expect(field).toHaveValue("");
    expect(written).toEqual([{ key: "geheime-sleutel", price_mills: 20, ceiling_mills: 25_000, fresh_days: 180 }]);
    await page.getByRole("button", { name: say.try }).click();
    await expect(page.getByText(say.no)).toBeVisible();
    await expectAccessible(page);
    await keep(page, `register-settings-${language}`);
  });
}
