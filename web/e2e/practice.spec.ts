import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

const json = (route: Route, body: unknown, status = 200) => route.fulfill({ status, json: body });

const mail = {
  id: "m1",
  address: "eva@klant.example",
  name: "Eva van der Meer",
  company_name: "Bakkerij Klant B.V.",
  subject: "Een vraag over Bakkerij Klant",
  received_at: "2026-11-24T09:00:00Z",
  is_answered: false,
};

const links = ["http://127.0.0.1:8400/k/AAAB", "http://127.0.0.1:8400/u/AAAC"];
const text = `Dag Eva,\n\nHoe plannen jullie? Zie ${links[0]}\n<img src=x onerror="document.title='broken'">\n\nLiever geen mail? ${links[1]}`;

const promotion = {
  id: "pr1",
  rule: "R1",
  decided_at: "2026-11-24T09:10:00Z",
  explanation_nl: "Prospect op 24 nov door R1: antwoord van 24 nov (vraagt een offerte).",
  explanation_en: "Prospect on 24 Nov by R1: reply of 24 Nov (asks for a quote).",
  prospect_id: "p1",
};

const act = (change: object) => ({
  id: "a0",
  at: "2026-11-24T09:05:00Z",
  kind: "click",
  grade: "machine",
  rule: "C6",
  label: null,
  certainty_percent: null,
  needs_look: false,
  inbound_id: null,
  pages: [],
  ...change,
});

const replied = act({
  id: "a2",
  kind: "reply",
  grade: "human_certain",
  rule: "reply",
  label: "quote_request",
  certainty_percent: 99,
  inbound_id: "i1",
});

/** What the lead did so far, newest first. */
const acts = (hasReplied: boolean) => [
  ...(hasReplied ? [replied] : []),
  act({
    id: "a1",
    kind: "session",
    grade: "human_certain",
    rule: "session",
    pages: [{ path: "/cases/bakkerij", kind: "case_study_detail", visible_seconds: 24 }],
  }),
  act({}),
];

/** Answers the practice inbox; a sent reply becomes a prospect at the next look. */
async function practice(page: Page, mails: number) {
  const sent: unknown[] = [];
  await page.route("**/api/v1/practice/mails?**", (route) => json(route, { items: [], next_cursor: null }));
  await page.route("**/api/v1/practice/mails", (route) =>
    json(route, {
      items: Array.from({ length: mails }, (_, n) => ({ ...mail, id: `m${n + 1}`, is_answered: n % 2 === 1 })),
      next_cursor: null,
    }),
  );
  await page.route("**/api/v1/practice/mails/*", (route) =>
    json(route, {
      ...mail,
      text,
      links,
      standing: {
        lead_id: "l1",
        name: mail.name,
        title: "Directeur",
        company_name: mail.company_name,
        lead_state: sent.length === 0 ? "approached" : "promoted",
        warmth: 20,
        acts: acts(sent.length > 0),
        promotion: sent.length === 0 ? null : promotion,
      },
    }),
  );
  await page.route("**/api/v1/practice/mails/*/replies", (route) => {
    sent.push(route.request().postDataJSON());
    return json(route, { id: "s1" }, 201);
  });
  await page.route("**/api/v1/sites", (route) =>
    json(route, {
      items: [
        {
          id: "s1",
          host: "www.klant.example",
          visit_mode: "click_session",
          pages: [],
          snippet: "",
          practice_url: "http://127.0.0.1:8400/practice-site/1/www.klant.example/",
        },
      ],
    }),
  );
  await page.route("**/api/v1/booking-pages", (route) =>
    json(route, { items: [{ id: "b1", active: true, url: "http://127.0.0.1:8400/b/1/kennismaken" }] }),
  );
  await page.route("**/api/v1/inlets", (route) => json(route, { items: [] }));
  return sent;
}

const words = {
  nl: {
    title: "Oefen-inbox",
    leaves: "Niets hiervan verlaat deze machine",
    price: "Vraagt de prijs",
    send: "Antwoorden als eva@klant.example",
    standing: "Wat Kiem ervan maakt",
    still: "Nog steeds een lead",
    open: "Prospect openen",
    why: promotion.explanation_nl,
    fast: "binnen 30 seconden na aankomst",
    click: "Op de link in de mail klikken",
    make: "Toevoegen in de instellingen",
    question: "Wat kost dit",
    empty: "Nog geen mail",
    next: "Campagne starten",
    live: "Deze werkruimte is live",
  },
  en: {
    title: "Practice inbox",
    leaves: "Nothing here leaves this machine",
    price: "Asks the price",
    send: "Reply as eva@klant.example",
    standing: "What Kiem makes of it",
    still: "Still a lead",
    open: "Open the prospect",
    why: promotion.explanation_en,
    fast: "within 30 seconds of arrival",
    click: "Click the link in the mail",
    make: "Add one in the settings",
    question: "What would this cost",
    empty: "No mail yet",
    next: "Start a campaign",
    live: "This workspace is live",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];

  test(`practice: the lead replies and becomes a prospect (${language})`, async ({ page }) => {
    await answer(page, { language });
    const sent = await practice(page, 5);
    await page.goto("/practice");
    await expect(page.getByRole("heading", { name: w.title, level: 1 })).toBeVisible();
    await expect(page.getByText(w.leaves)).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("j");
    const standing = page.getByRole("complementary", { name: w.standing });
    await expect(standing.getByText(w.still)).toBeVisible();
    await expect(standing.getByText(w.fast)).toBeVisible();
    await expect(standing.getByText("/cases/bakkerij")).toBeVisible();
    // What stands in a mail is text: nothing of it runs or is loaded.
    await expect(page.getByText("<img src=x", { exact: false })).toBeVisible();
    expect(await page.title()).not.toBe("broken");
    const link = page.getByRole("link", { name: w.click });
    await expect(link).toHaveAttribute("href", links[0] ?? "");
    await expect(link).toHaveAttribute("target", "_blank");
    await expect(page.getByRole("link", { name: w.make })).toHaveAttribute("href", "/settings/inlets");
    await expectAccessible(page);
    await keep(page, `practice-lead-${language}`);

    await page.getByRole("button", { name: w.price }).click();
    await page.getByRole("button", { name: w.send }).click();
    await expect(standing.getByText(w.why)).toBeVisible();
    await expect(standing.getByRole("link", { name: w.open })).toHaveAttribute("href", "/prospects/p1");
    expect(sent).toEqual([
      { text: expect.stringContaining(w.question), with_quote: true, is_automatic: false, from: null },
    ]);
    await expectAccessible(page);
    await keep(page, `practice-prospect-${language}`);
  });

  test(`practice: empty, on a phone, and not in a live workspace (${language})`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 780 });
    await answer(page, { language });
    await practice(page, 0);
    await page.goto("/practice");
    await expect(page.getByRole("heading", { name: w.empty })).toBeVisible();
    await expect(page.getByRole("link", { name: w.next })).toHaveAttribute("href", "/campaigns");
    await expectAccessible(page);
    await keep(page, `practice-empty-${language}`);
    await page.goto("/practice/m1");
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await answer(page, { language, mode: "live" });
    await page.goto("/practice");
    await expect(page.getByText(w.live)).toBeVisible();
  });
}

test("practice: nothing is wider than a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  await answer(page, { language: "nl", theme: "dark" });
  await practice(page, 3);
  await page.goto("/practice/m1");
  await expect(page.getByRole("complementary", { name: words.nl.standing })).toBeVisible();
  const widest = await page
    .locator("main")
    .evaluate((main) => Math.max(...[...main.querySelectorAll("*")].map((each) => each.getBoundingClientRect().right)));
  expect(widest).toBeLessThanOrEqual(390);
  await keep(page, "practice-phone-dark");
});
