import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";
import { sales } from "./sales.data";

const json = (route: Route, body: unknown, status = 200) => route.fulfill({ status, json: body });

const mark = (reason = "unsubscribed") => ({ reason, since: "2026-11-20T09:00:00Z" });

/** The record of p1, with one person who wants no mail and one who does. */
const record = (reason: string, answersTo: string) => ({
  prospect: {
    id: "p1",
    state: "in_conversation",
    step: "first_meeting",
    company_id: "b1",
    company_name: "Bakkerij Klant",
    contact_id: "c1",
    contact_name: "Eva van der Meer",
    owner_id: "u1",
    levels: [],
    reason_nl: "Antwoordde.",
    reason_en: "Answered.",
    version: 1,
  },
  lifecycle: "prospect",
  is_suppressed: true,
  answers_to: answersTo,
  company: { id: "b1", name: "Bakkerij Klant", source: "import" },
  people: [
    { contact_id: "c1", name: "Eva van der Meer", role: "", email: "eva@klant.example", suppression: mark(reason) },
    { contact_id: "c2", name: "Bas Peters", role: "", email: "bas@klant.example" },
  ],
  findings: [],
  opportunities: [],
  quotes: [],
  tasks: [],
  tasks_done: [],
  promotions: [],
  has_thread: true,
});

const thread = {
  id: "i1",
  contact_id: "c1",
  contact_name: "Eva van der Meer",
  contact_email: "eva@klant.example",
  lead_id: "l1",
  lead_state: "promoted",
  prospect_id: "p1",
  mails: [
    {
      id: "i1",
      side: "theirs",
      at: "2026-11-24T09:00:00Z",
      from_name: "Eva",
      address: "eva@klant.example",
      subject: "Re: Planning",
      text: "Toch nog een vraag.",
      quoted: "",
      label: "question",
      needs_look: false,
    },
  ],
};

const quote = {
  quote: {
    id: "q1",
    prospect_id: "p1",
    contact_id: "c1",
    state: "draft",
    title: "Planning",
    intro: "",
    terms: "",
    valid_until: "2027-01-10",
    language: "nl",
    currency: "EUR",
  },
  lines: [{ description: "Inrichten", quantity_milli: 1000, unit_price_cents: 250_000, discount_bp: 0, vat_bp: 2100 }],
};

async function suppressed(page: Page, { reason = "unsubscribed", answersTo = "c1" } = {}) {
  const written: { call: string; body: unknown }[] = [];
  await sales(page);
  await page.route("**/api/v1/prospects/p1", (route) => json(route, record(reason, answersTo)));
  await page.route("**/api/v1/inbox?**", (route) => json(route, { items: [] }));
  await page.route("**/api/v1/inbox/i1", (route) => json(route, thread));
  await page.route("**/api/v1/quotes/q1", (route) =>
    route.request().method() === "GET" ? json(route, quote) : route.fulfill({ status: 204 }),
  );
  for (const path of ["prospects/p1/replies", "quotes/q1/sending"])
    await page.route(`**/api/v1/${path}`, (route) => {
      written.push({ call: path, body: route.request().postDataJSON() });
      return json(route, { id: "m9" }, 201);
    });
  return written;
}

const words = {
  nl: {
    since: "Wil geen mail meer, sinds 20 nov 2026",
    why: "Waarom mag deze mail toch?",
    to: "Aan Eva van der Meer",
    toBas: "Aan Bas Peters",
    send: "Verstuur",
    reply: "Eva van der Meer antwoorden",
    sendReply: "Antwoord versturen",
    sendQuote: "Verstuur offerte",
    never: "Er gaat geen mail meer naar deze persoon",
    text: "Dag Eva",
    reason: "Zij vroeg het na de afmelding",
  },
  en: {
    since: "Wants no mail any more, since 20 Nov 2026",
    why: "Why may this mail go nevertheless?",
    to: "To Eva van der Meer",
    toBas: "To Bas Peters",
    send: "Send",
    reply: "Answer Eva van der Meer",
    sendReply: "Send the answer",
    sendQuote: "Send quote",
    never: "No mail goes to this person any more",
    text: "Hello Eva",
    reason: "She asked after the opt-out",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];

  for (const [device, width] of [
    ["phone", 390],
    ["desk", 1440],
  ] as const)
    test(`record: who wants no mail is written to with a reason only (${language}, ${device})`, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 });
      await answer(page, { language });
      const written = await suppressed(page);
      await page.goto("/prospects/p1?full=yes");
      await expect(page.getByText(w.since)).toHaveCount(2);
      const [beside] = await page.getByText(w.since).all();
      await beside?.scrollIntoViewIfNeeded();
      await keep(page, `suppressed-person-${device}-${language}`);
      await page.getByLabel(w.to).fill(w.text);
      const send = page.getByRole("button", { name: w.send, exact: true });
      await expect(send).toBeDisabled();
      await page.getByLabel(w.to).press("Tab");
      await expect(page.getByLabel(w.why)).toBeFocused();
      await page.keyboard.type("  ");
      await expect(send).toBeDisabled();
      await page.keyboard.type(w.reason);
      await expectAccessible(page);
      await keep(page, `suppressed-record-${device}-${language}`);
      await page.keyboard.press("Enter");
      await expect
        .poll(() => written)
        .toEqual([
          {
            call: "prospects/p1/replies",
            body: { text: w.text, subject: "", contact_id: "c1", despite_reason: w.reason },
          },
        ]);
      await expect(page.getByLabel(w.why)).toHaveValue("");
      const room = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(room).toBeLessThanOrEqual(0);
    });

  test(`inbox: the answer asks for the reason before it goes (${language})`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await answer(page, { language });
    const written = await suppressed(page);
    await page.goto("/inbox/i1");
    await page.getByLabel(w.reply).fill(w.text);
    const send = page.getByRole("button", { name: w.sendReply });
    await expect(page.getByText(w.since)).toBeVisible();
    await expect(send).toBeDisabled();
    await page.getByLabel(w.why).fill(w.reason);
    await expectAccessible(page);
    await keep(page, `suppressed-reply-${language}`);
    await send.press("Enter");
    await expect
      .poll(() => written)
      .toEqual([
        {
          call: "prospects/p1/replies",
          body: { text: w.text, contact_id: "c1", next_action: null, despite_reason: w.reason },
        },
      ]);
  });

  test(`quote: it goes with a reason only (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await suppressed(page);
    await page.goto("/pipeline/q1");
    await expect(page.getByText(w.since)).toBeVisible();
    const send = page.getByRole("button", { name: w.sendQuote, exact: true });
    await expect(send).toBeDisabled();
    await page.getByLabel(w.why).fill(w.reason);
    await expectAccessible(page);
    await keep(page, `suppressed-quote-${language}`);
    await send.press("Enter");
    await expect
      .poll(() => written)
      .toEqual([{ call: "quotes/q1/sending", body: { message: "", despite_reason: w.reason } }]);
  });

  test(`record: nobody writes to who was erased; a colleague is written to as always (${language})`, async ({
    page,
  }) => {
    await answer(page, { language });
    await suppressed(page, { reason: "erased" });
    await page.goto("/prospects/p1?full=yes");
    await page.getByLabel(w.to).fill(w.text);
    await expect(page.getByText(w.never)).toBeVisible();
    await expect(page.getByLabel(w.why)).toHaveCount(0);
    await expect(page.getByRole("button", { name: w.send, exact: true })).toBeDisabled();
    const written = await suppressed(page, { answersTo: "c2" });
    await page.reload();
    await page.getByLabel(w.toBas).fill(w.text);
    await expect(page.getByLabel(w.why)).toHaveCount(0);
    await page.getByRole("button", { name: w.send, exact: true }).click();
    await expect.poll(() => written[0]?.body).toEqual({ text: w.text, subject: "", contact_id: "c2" });
  });
}
