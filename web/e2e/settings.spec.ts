import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

const json = (route: Route, body: unknown, status = 200) => route.fulfill({ status, json: body });

const site = {
  id: "s1",
  host: "www.bureau.example",
  visit_mode: "click_session",
  pages: [{ kind: "case_study_detail", path: "/klanten/*" }],
  snippet: '<script defer src="https://kiem.bureau.example/s.js"></script>',
  practice_url: null,
};

const booking = {
  id: "b1",
  slug: "kennismaken",
  host_user_id: "u1",
  mailbox_id: "m1",
  title: "Kennismaken",
  time_zone: "Europe/Amsterdam",
  active: true,
  url: "https://kiem.bureau.example/b/1/kennismaken",
  availability: {
    weekly: [0, 1, 2].map((weekday) => ({ weekday, from: "09:00", until: "17:00" })),
    length_minutes: 30,
    buffer_before_minutes: 0,
    buffer_after_minutes: 15,
    notice_minutes: 120,
    horizon_days: 30,
    per_day_max: 6,
  },
};

const inlet = (kind: string, n: number) => ({
  id: `i${n}`,
  kind,
  name: `Ingang ${n}`,
  has_secret: kind !== "quote_form",
  allowed_origins: kind === "quote_form" ? ["https://www.bureau.example"] : [],
  active: true,
  url: `https://kiem.bureau.example/${kind === "quote_form" ? "f" : "hooks"}/AAA${n}`,
});

const hook = {
  id: "w1",
  url: "https://crm.bureau.example/kiem",
  kinds: ["lead.promoted"],
  active: true,
  failing_since: "2026-11-24T08:00:00Z",
  created_at: "2026-11-01T08:00:00Z",
};

const delivery = (n: number, state: string) => ({
  id: `d${n}`,
  kind: n === 1 ? "webhook.test" : "lead.promoted",
  state,
  attempt: n,
  last_status: state === "delivered" ? 200 : null,
  last_error: state === "failed" ? "HTTP 500 kapot" : null,
  created_at: "2026-11-24T08:00:00Z",
  finished_at: state === "waiting" ? null : "2026-11-24T08:01:00Z",
});

const number = (name: string, value: number, min: number, max: number) => ({
  name,
  value,
  standard: value,
  min,
  max,
});

/** Answers one address: what is read there, and what a change of it gives. */
type On = (path: string, get: unknown, change?: (method: string) => unknown, status?: number) => Promise<unknown>;

/** Answers what the page of the rules asks. */
async function rules(page: Page, on: On) {
  await on("rule-thresholds/preview", null, () => ({
    from: "2026-08-26T09:00:00Z",
    n_leads: 12,
    is_cut: false,
    more: [{ lead_id: "l1", name: "Eva Jansen", company: "Klant BV", rule: "R3", on: "2026-11-20" }],
    fewer: [],
  }));
  await on("rule-thresholds", {
    version: 3,
    items: [
      number("r1_probability_min_percent", 85, 0, 100),
      number("visits_min", 3, 1, 100),
      number("visit_days_min", 2, 1, 30),
      number("case_pages_min", 1, 1, 20),
      number("burst_seconds", 5, 0, 600),
      { name: "r6_enabled", value: false, standard: false, min: null, max: null },
    ],
  });
  await page.route("**/api/v1/promotions/quality", (route) => json(route, [{ rule: "R1", n: 40, n_undone: 2 }]));
  const became = (id: string, name: string, change: object = {}) => ({
    id,
    contact_name: name,
    company_name: "Klant",
    lead_id: "l1",
    prospect_id: "p1",
    rule: "R1",
    decided_at: "2026-11-24T08:00:00Z",
    explanation_nl: "Prospect op 24 nov door R1: antwoord van 24 nov (heeft een vraag).",
    explanation_en: "Prospect since 24 Nov by R1: reply of 24 Nov (has a question).",
    undone_at: null,
    ...change,
  });
  const undone = { undone_at: "2026-11-25T08:00:00Z", undo_reason: "wrong_reading" };
  await page.route("**/api/v1/promotions?**", (route) =>
    new URL(route.request().url()).searchParams.has("cursor")
      ? json(route, { items: [became("r2", "Bas Peters", undone)], next_cursor: null })
      : json(route, { items: [became("r1", "Eva Meer")], next_cursor: "2" }),
  );
}

/** Answers what the page of the webhooks asks. */
async function webhooks(on: On) {
  await on("webhooks", [hook], () => ({ id: "w2", secret: "whsec_AbCdEf" }), 201);
  await on("webhooks/kinds", ["lead.promoted", "reply.received", "customer.won"]);
  await on("webhooks/w1/secret", null, () => ({ secret: "whsec_GhIjKl" }));
  await on("webhooks/w1/test", null, () => null, 202);
  await on("webhooks/w1/deliveries", [delivery(1, "waiting"), delivery(2, "failed"), delivery(3, "delivered")]);
}

/** Answers the calls of the settings. What was written is kept in order. */
async function settings(page: Page) {
  const written: { call: string; body: unknown }[] = [];
  const on: On = (path, get, change = () => get, status = 200) =>
    page.route(`**/api/v1/${path}`, (route) => {
      const request = route.request();
      if (request.method() === "GET") return json(route, get);
      written.push({ call: `${request.method()} ${path}`, body: request.postDataJSON() });
      return json(route, change(request.method()), status);
    });
  await on("sites", { items: [site], next_cursor: null }, () => site, 201);
  await on("sites/s1", site);
  await on("sites/s1/recognition", [], () => [{ kind: "careers", path: "/vacatures" }]);
  await on("booking-pages", null, () => booking, 201);
  const putAway = { ...booking, id: "b2", title: "Oude demo", active: false, archived_at: "2026-11-20T08:00:00Z" };
  await page.route("**/api/v1/booking-pages?archived=true", (route) => json(route, { items: [booking, putAway] }));
  for (const id of ["b1", "b2"]) await on(`booking-pages/${id}/archive`, null);
  const mailbox = {
    id: "m1",
    kind: "sandbox",
    address: "sanne@bureau.example",
    display_name: "Sanne",
    state: "active",
  };
  await on("mailboxes", { items: [mailbox] });
  const old = { ...mailbox, id: "m2", display_name: "Joost", state: "paused", archived_at: "2026-11-20T08:00:00Z" };
  await page.route("**/api/v1/mailboxes?archived=true", (route) => json(route, { items: [mailbox, old] }));
  for (const id of ["m1", "m2"]) await on(`mailboxes/${id}/archive`, null);
  await on("members", { items: [{ id: "u1", name: "Sanne de Vries", email: "", role: "owner", since: "" }] });
  await on(
    "inlets",
    { items: [inlet("quote_form", 1), inlet("cal_com", 2)], next_cursor: null },
    () => inlet("cal_com", 3),
    201,
  );
  await page.route("**/api/v1/quote-requests?**", (route) =>
    json(route, {
      items: [
        {
          id: "q1",
          name: "Eva",
          email: "eva@klant.example",
          company_name: "Klant",
          phone: "",
          text: "Wat kost het?",
          spam_reason: null,
          lead_id: "l1",
          created_at: "2026-11-24T08:00:00Z",
        },
      ],
      next_cursor: null,
    }),
  );
  await webhooks(on);
  await rules(page, on);
  return written;
}

const words = {
  nl: {
    save: "Opslaan",
    add: { site: "Website toevoegen", booking: "Boekingspagina toevoegen", inlet: "Ingang toevoegen" },
    archive: "Archiveren",
    ofRule: "Regel",
    undone: "Alleen wat is teruggedraaid",
    wrong: "Het antwoord is verkeerd gelezen",
    archived: "Gearchiveerd (1)",
    back: "Terughalen",
    hook: "Webhook toevoegen",
    host: "Naam van de site",
    consent: /Ook latere bezoeken/,
    no_cookie: /Geen cookie/,
    title: "Hoe de afspraak heet",
    kind: "Wat het is",
    name: "Naam",
    make: "Maak er een",
    kept: "Ik heb het bewaard",
    url: "Adres",
    test: "Test sturen",
    replace: "Geheim vervangen",
    won: "Een prospect werd klant",
    given_up: "Opgegeven",
    days: "Op verschillende dagen, minstens",
    pages: /Welke pagina is wat/,
    try: "Probeer het: paden of adressen van je pagina's",
    what: "Waar ziet Kiem ze voor aan?",
    careers: "Vacatures (tellen nooit)",
  },
  en: {
    save: "Save",
    add: { site: "Add a website", booking: "Add a booking page", inlet: "Add a way in" },
    archive: "Archive",
    ofRule: "Rule",
    undone: "Only what was taken back",
    wrong: "The reply was read wrongly",
    archived: "Archived (1)",
    back: "Bring back",
    hook: "Add a webhook",
    host: "Name of the site",
    consent: /Later visits too/,
    no_cookie: /No cookie/,
    title: "What the appointment is called",
    kind: "What it is",
    name: "Name",
    make: "Make one",
    kept: "I have kept it",
    url: "Address",
    test: "Send a test",
    replace: "Replace the secret",
    won: "A prospect became a customer",
    given_up: "Given up",
    days: "On different days, at least",
    pages: /Which pages are what/,
    try: "Try it: paths or addresses of your pages",
    what: "What does Kiem take them for?",
    careers: "Vacancies (never count)",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];

  test(`settings: website (${language})`, async ({ page }) => {
    await answer(page, { language, mode: "live" });
    const written = await settings(page);
    await page.goto("/settings/website");
    await expect(page.getByText(site.snippet)).toBeVisible();
    await expect(page.getByText(w.no_cookie)).toBeVisible();
    await page.getByText(w.pages).click();
    await page.getByLabel(w.try).fill("https://www.bureau.example/vacatures");
    await page.getByRole("button", { name: w.what }).click();
    await expect(page.getByText(w.careers)).toBeVisible();
    await expectAccessible(page);
    await keep(page, `settings-website-${language}`);
    await page.getByRole("button", { name: w.add.site }).click();
    await page.getByLabel(w.host).fill("shop.bureau.example");
    await page.getByLabel(w.consent).check();
    await expectAccessible(page);
    await page.getByRole("button", { name: w.save }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    expect(written).toEqual([
      { call: "POST sites/s1/recognition", body: { paths: ["/vacatures"] } },
      { call: "POST sites", body: { host: "shop.bureau.example", visit_mode: "consented", pages: [] } },
    ]);
  });

  test(`settings: booking pages (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await settings(page);
    await page.goto("/settings/booking");
    await expect(page.getByText(booking.url, { exact: true })).toBeVisible();
    await expectAccessible(page);
    await keep(page, `settings-booking-${language}`);
    await page.getByRole("button", { name: w.add.booking }).click();
    await page.getByLabel(w.title).fill("Eerste gesprek, een half uur");
    await expectAccessible(page);
    await page.getByRole("button", { name: w.save }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    expect(written[0]?.body).toMatchObject({
      slug: "eerste-gesprek-een-half-uur",
      host_user_id: "u1",
      mailbox_id: "m1",
      time_zone: "Europe/Amsterdam",
      active: true,
    });
  });

  test(`settings: what is not used any more is put away, and can be brought back (${language})`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await answer(page, { language });
    const written = await settings(page);
    for (const [place, name, old] of [
      ["booking", "Kennismaken", "Oude demo"],
      ["mailboxes", "Sanne", "Joost"],
    ] as const) {
      await page.goto(`/settings/${place}`);
      await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
      await page.getByRole("button", { name: w.archive }).click();
      await page.getByRole("dialog").getByRole("button", { name: w.archive }).click();
      await expect(page.getByRole("dialog")).toBeHidden();
      await page.getByText(w.archived).click();
      await expect(page.getByRole("heading", { name: old })).toBeVisible();
      await expectAccessible(page);
      await keep(page, `settings-archived-${place}-${language}`);
      await page.getByRole("button", { name: w.back }).click();
      await expectAccessible(page);
      await page.getByRole("dialog").getByRole("button", { name: w.back }).click();
      await expect(page.getByRole("dialog")).toBeHidden();
    }
    expect(written.map(({ call }) => call)).toEqual([
      "POST booking-pages/b1/archive",
      "DELETE booking-pages/b2/archive",
      "POST mailboxes/m1/archive",
      "DELETE mailboxes/m2/archive",
    ]);
  });

  test(`settings: forms and booking services (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await settings(page);
    await page.goto("/settings/inlets");
    await expect(page.getByText("Wat kost het?")).toBeVisible();
    await expectAccessible(page);
    await keep(page, `settings-inlets-${language}`);
    await page.getByRole("button", { name: w.add.inlet }).click();
    await page.getByLabel(w.kind).selectOption("cal_com");
    await page.getByRole("dialog").getByLabel(w.name, { exact: true }).fill("Cal");
    await page.getByRole("button", { name: w.make }).click();
    await expectAccessible(page);
    await page.getByRole("button", { name: w.save }).click();
    const body = written[0]?.body as { secret: string; kind: string };
    expect(body.kind).toBe("cal_com");
    expect(body.secret).toMatch(/^[0-9a-f]{64}$/);
    // Shown once, and gone when it was kept.
    await expect(page.getByText(body.secret)).toBeVisible();
    await page.getByRole("button", { name: w.kept }).click();
    await expect(page.getByText(body.secret)).toBeHidden();
  });

  test(`settings: webhooks (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await settings(page);
    await page.goto("/settings/webhooks");
    await expect(page.getByText(hook.url)).toBeVisible();
    await page.getByRole("button", { name: w.test }).click();
    await expect(page.getByText(w.given_up)).toBeVisible();
    await expect(page.getByText("HTTP 500 kapot")).toBeVisible();
    await expectAccessible(page);
    await keep(page, `settings-webhooks-${language}`);
    await page.getByRole("button", { name: w.replace }).click();
    await page.getByRole("dialog").getByRole("button", { name: w.replace }).click();
    await expect(page.getByText("whsec_GhIjKl")).toBeVisible();
    await page.getByRole("button", { name: w.kept }).click();
    await page.getByRole("button", { name: w.hook }).click();
    await page.getByLabel(w.url, { exact: true }).fill("https://x.bureau.example/in");
    await page.getByLabel(w.won).uncheck();
    await page.getByRole("button", { name: w.save }).click();
    await expect(page.getByText("whsec_AbCdEf")).toBeVisible();
    await expectAccessible(page);
    const calls = written.map((one) => one.call);
    expect(calls).toEqual(["POST webhooks/w1/test", "POST webhooks/w1/secret", "POST webhooks"]);
    const kinds = ["lead.promoted", "reply.received"];
    expect(written[2]?.body).toEqual({ url: "https://x.bureau.example/in", kinds, active: true });
  });

  test(`settings: rules (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await settings(page);
    await page.goto("/settings/rules");
    await expect(page.getByText("Eva Meer, Klant")).toBeVisible();
    await page.getByLabel(w.days).fill("1");
    await expectAccessible(page);
    await keep(page, `settings-rules-${language}`);
    await expect(page.getByText("Eva Jansen")).toBeVisible();
    await page.getByRole("button", { name: w.save }).click();
    const saved = () => written.filter(({ call }) => !call.endsWith("/preview"));
    await expect.poll(() => saved().length).toBe(1);
    expect(saved()[0]?.body).toEqual({ values: [{ name: "visit_days_min", value: 1 }] });
    await page.getByLabel(w.ofRule, { exact: true }).selectOption("R1");
    await page.getByLabel(w.undone).check();
    await expect(page.getByText(w.wrong)).toBeVisible();
    await expect(page.getByText("Eva Meer, Klant")).toHaveCount(0);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expectAccessible(page);
    await keep(page, `settings-promotions-${language}`);
  });
}
