import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

const json = (route: Route, body: unknown, status = 200) => route.fulfill({ status, json: body });

const line = (id: string, change: object = {}) => ({
  id,
  received_at: "2026-11-24T09:00:00Z",
  from_name: "Eva",
  from_address: "eva@klant.example",
  contact_name: "Eva van der Meer",
  company_name: "Bakkerij Klant",
  subject: "Re: Planning",
  snippet: "Misschien. Moet ik intern even navragen.",
  label: "not_now",
  label_by: "model",
  certainty_percent: 48,
  needs_look: true,
  is_read: false,
  outcome: "low_confidence",
  ...change,
});

const theirs = (change: object = {}) => ({
  id: "i1",
  side: "theirs",
  at: "2026-11-24T09:00:00Z",
  from_name: "Eva",
  address: "eva@klant.example",
  subject: "Re: Planning",
  text: "Misschien. Moet ik intern even navragen.",
  quoted: "> Dag Eva",
  label: "not_now",
  certainty_percent: 48,
  needs_look: true,
  facts: { date: null, price_asked: false, postponed: true, why: [] },
  ...change,
});

const ours = { ...theirs(), id: "o1", side: "ours", text: "Dag Eva", label: null, needs_look: false, facts: null };

const thread = (change: object) => ({
  id: "i1",
  contact_id: "c1",
  contact_name: "Eva van der Meer",
  contact_title: "Directeur",
  contact_email: "eva@klant.example",
  company_name: "Bakkerij Klant",
  lead_id: "l1",
  lead_state: "approached",
  warmth: 20,
  promotion_id: null,
  prospect_id: null,
  mails: [ours, theirs()],
  ...change,
});

const record = {
  prospect: {
    id: "p1",
    levels: [{ aspect: "need", level: "confirmed" }],
    next_action: "Bellen",
    next_action_at: "2026-12-01T09:00:00Z",
  },
  question: { key: "q", aspect: "budget", sentence_nl: "Welk budget is er?", sentence_en: "What is the budget?" },
};

/** Answers three threads: one that needs a look, one of a prospect, one of nobody. */
async function inbox(page: Page, { isJudged = false } = {}) {
  const written: { call: string; body: unknown }[] = [];
  await page.route("**/api/v1/inbox?**", (route) => json(route, { items: [line("i1"), line("i2"), line("i3")] }));
  const known = { ...theirs(), needs_look: false, label: "interested", certainty_percent: 99 };
  const threads: Record<string, unknown> = {
    i1: thread({}),
    i2: thread({ id: "i2", lead_state: "promoted", prospect_id: "p1", mails: [ours, known] }),
    i4: thread({
      id: "i4",
      mails: [ours, theirs({ id: "i4", label: "referral", needs_look: false })],
      suggestion: { inbound_id: "i4", task_id: "t4", name: "Piet Baker", email: "piet@klant.example", phone: null },
    }),
    i3: thread({ id: "i3", contact_id: null, contact_name: null, lead_id: null, mails: [theirs({ id: "i3" })] }),
  };
  for (const id of Object.keys(threads)) await page.route(`**/api/v1/inbox/${id}`, (route) => json(route, threads[id]));
  await page.route("**/api/v1/prospects/p1", (route) => json(route, record));
  await page.route("**/api/v1/leads", (route) => {
    written.push({ call: "leads", body: route.request().postDataJSON() });
    return json(route, { id: "l7", possible_duplicates: [] }, 201);
  });
  await page.route("**/api/v1/leads?**", (route) =>
    json(route, { items: [{ id: "l9", name: "Bas Peters", company: "Metaal Delta", email: "bas@delta.example" }] }),
  );
  await page.route("**/api/v1/inbox/i4/suggested-lead", (route) => {
    const body = route.request().postDataJSON() as { email: string };
    written.push({ call: "inbox/i4/suggested-lead", body });
    // Accepted: the thread suggests nobody any more.
    if (body.email.includes(".")) {
      threads.i4 = { ...(threads.i4 as object), suggestion: null };
      return json(route, { id: "l8" }, 201);
    }
    const errors = [{ field: "email", code: "email", detail: "Dat is geen adres." }];
    return json(route, { type: "about:blank", title: "Nog niet goed", status: 422, code: "invalid", errors }, 422);
  });
  await page.route("**/api/v1/tasks/t4/skip", (route) => {
    written.push({ call: "tasks/t4/skip", body: route.request().postDataJSON() });
    return route.fulfill({ status: 204 });
  });
  const writes = ["inbox/*/label", "inbox/*/lead", "inbox/*/read", "prospects/p1/replies", "leads/l1/promotion"];
  for (const path of writes)
    await page.route(`**/api/v1/${path}`, (route) => {
      const call = new URL(route.request().url()).pathname.replace("/api/v1/", "");
      if (isJudged && call.endsWith("/label")) threads.i1 = thread({ mails: [ours, known] });
      if (!call.endsWith("/read")) written.push({ call, body: route.request().postDataJSON() });
      return path.endsWith("replies") ? json(route, { id: "m9" }, 201) : route.fulfill({ status: 204 });
    });
  return written;
}

const words = {
  nl: {
    fresh: "Nieuwe lead",
    readPiet: "Kiem las: Piet Baker, piet@klant.example",
    name: "Naam",
    address: "Adres",
    make: "Maak er een lead van",
    made: "Piet Bakker is nu een lead.",
    openLead: "Lead openen",
    decline: "Niet doen",
    company: "Bedrijf",
    add: "Lead toevoegen",
    look: "Wat betekent dit?",
    perhaps: "Misschien (48%)",
    until: "Niet vóór",
    waits: "Tot 2 mrt 2031 gaat er geen mail",
    more: "Een andere betekenis",
    data: "Vraagt naar gegevens",
    stops: "Stopt alle mail aan deze persoon",
    promote: "Prospect maken",
    spoken: "Ik heb deze persoon gesproken",
    question: "Welk budget is er?",
    send: "Antwoord versturen",
    to: "Eva van der Meer antwoorden",
    whose: "Van wie is deze mail?",
    find: "Naam, bedrijf of adres van de lead",
  },
  en: {
    fresh: "New lead",
    readPiet: "Kiem read: Piet Baker, piet@klant.example",
    name: "Name",
    address: "Address",
    make: "Make it a lead",
    made: "Piet Bakker is a lead now.",
    openLead: "Open the lead",
    decline: "Leave it",
    company: "Company",
    add: "Add a lead",
    look: "What does this mean?",
    perhaps: "Perhaps (48%)",
    until: "Not before",
    waits: "No mail goes to this person until 2 Mar 2031",
    more: "Another meaning",
    data: "Asks about their data",
    stops: "Stops all mail to this person",
    promote: "Make a prospect",
    spoken: "I spoke with them",
    question: "What is the budget?",
    send: "Send the answer",
    to: "Answer Eva van der Meer",
    whose: "Whose mail is this?",
    find: "Name, company or address of the lead",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];

  test(`inbox: one key says what a mail means; a lead is made a prospect with a reason (${language})`, async ({
    page,
  }) => {
    await answer(page, { language });
    const written = await inbox(page, { isJudged: true });
    await page.goto("/inbox/i1");
    await expect(page.getByRole("heading", { name: w.look })).toBeVisible();
    await expectAccessible(page);
    await keep(page, `inbox-look-${language}`);
    await expect(page.getByText(w.perhaps)).toBeVisible();
    await page.keyboard.press("2");
    await page.getByLabel(w.until).fill("2031-03-02");
    await expect(page.getByText(w.waits)).toBeVisible();
    await expectAccessible(page);
    await keep(page, `inbox-look-until-${language}`);
    await page.keyboard.press("Enter");
    await expect
      .poll(() => written)
      .toEqual([{ call: "inbox/i1/label", body: { label: "not_now", until: "2031-03-02" } }]);
    // What was asked is answered.
    await expect(page.getByRole("heading", { name: w.look })).toBeHidden();
    await page.getByRole("button", { name: w.promote }).click();
    await page.getByLabel(w.spoken).check();
    await page.getByRole("dialog").getByRole("button", { name: w.promote }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    expect(written[1]).toEqual({ call: "leads/l1/promotion", body: { reason: w.spoken } });
  });

  test(`inbox: an opt-out and every other meaning can be given, and say what they do (${language})`, async ({
    page,
  }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await answer(page, { language });
    const written = await inbox(page);
    await page.goto("/inbox/i1");
    await page.getByText(w.more).press("Enter");
    await expect(page.getByRole("button", { name: w.data })).toBeVisible();
    await expectAccessible(page);
    await keep(page, `inbox-look-phone-${language}`);
    await page.getByRole("button", { name: w.data }).press("Enter");
    await expect.poll(() => written).toEqual([{ call: "inbox/i1/label", body: { label: "data_request" } }]);
    await expect(page.getByRole("button", { name: w.stops })).toBeEnabled();
    await page.keyboard.press("5");
    await expect.poll(() => written[1]).toEqual({ call: "inbox/i1/label", body: { label: "unsubscribe" } });
  });

  test(`inbox: a prospect is answered in the thread, with the next question beside it (${language})`, async ({
    page,
  }) => {
    await answer(page, { language });
    const written = await inbox(page);
    await page.goto("/inbox/i2");
    await expect(page.getByText(w.question)).toBeVisible();
    await expectAccessible(page);
    await keep(page, `inbox-reply-${language}`);
    await page.keyboard.press("r");
    await expect(page.getByLabel(w.to)).toBeFocused();
    await page.keyboard.type("Dag Eva");
    await page.getByRole("button", { name: w.send }).click();
    await expect(page.getByLabel(w.to)).toHaveValue("");
    expect(written).toEqual([
      { call: "prospects/p1/replies", body: { text: "Dag Eva", contact_id: "c1", next_action: null } },
    ]);
  });

  test(`inbox: a mail of nobody gets its lead (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await inbox(page);
    await page.goto("/inbox/i3");
    await expect(page.getByRole("heading", { name: w.whose })).toBeVisible();
    await page.getByLabel(w.find).fill("bas");
    await expect(page.getByRole("button", { name: "Bas Peters, Metaal Delta" })).toBeVisible();
    await expectAccessible(page);
    await keep(page, `inbox-match-${language}`);
    await page.getByRole("button", { name: "Bas Peters, Metaal Delta" }).click();
    await expect.poll(() => written).toEqual([{ call: "inbox/i3/lead", body: { lead_id: "l9" } }]);
  });

  test(`inbox: who is in no list becomes a lead, filled in from the mail (${language})`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await answer(page, { language });
    const written = await inbox(page);
    await page.goto("/inbox/i3");
    await page.getByRole("button", { name: w.fresh }).press("Enter");
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByLabel(w.company)).toHaveValue("Klant");
    await expectAccessible(page);
    await keep(page, `inbox-new-lead-${language}`);
    await dialog.getByLabel(w.company).fill("Bakkerij Klant");
    await dialog.getByRole("button", { name: w.add }).click();
    await expect.poll(() => written.length).toBe(2);
    expect(written[0]).toMatchObject({
      call: "leads",
      body: {
        company: { name: "Bakkerij Klant", website: "klant.example" },
        contact: { given_name: "Eva", email: "eva@klant.example" },
      },
    });
    expect(written[1]).toEqual({ call: "inbox/i3/lead", body: { lead_id: "l7" } });
  });

  test(`inbox: whom a mail names becomes a lead after being read over (${language})`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await answer(page, { language });
    const written = await inbox(page);
    await page.goto("/inbox/i4");
    const name = page.getByLabel(w.name, { exact: true });
    await expect(page.getByRole("heading", { name: w.readPiet })).toBeVisible();
    await expectAccessible(page);
    await keep(page, `inbox-suggestion-${language}`);
    await name.fill("Piet Bakker");
    await page.getByLabel(w.address, { exact: true }).fill("piet@klant");
    await page.getByRole("button", { name: w.make }).press("Enter");
    await expect(page.getByText("Dat is geen adres.")).toBeVisible();
    await page.getByLabel(w.address, { exact: true }).fill("piet@klant.example");
    await page.keyboard.press("Enter");
    await expect(page.getByText(w.made)).toBeVisible();
    expect(written[1]).toEqual({
      call: "inbox/i4/suggested-lead",
      body: { name: "Piet Bakker", email: "piet@klant.example", phone: "" },
    });
    await expect(name).toBeHidden();
    await expect(page.getByRole("status").getByRole("link", { name: w.openLead })).toHaveAttribute("href", /leads\/l8/);
    await expectAccessible(page);
    await keep(page, `inbox-suggestion-done-${language}`);
  });

  test(`inbox: a suggestion can be declined (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await inbox(page);
    await page.goto("/inbox/i4");
    await page.getByRole("button", { name: w.decline }).click();
    await expect(page.getByRole("heading", { name: w.readPiet })).toBeHidden();
    expect(written.map((one) => one.call)).toEqual(["tasks/t4/skip"]);
  });
}

test("inbox: however many threads there are, only the panes scroll", async ({ page }) => {
  await answer(page);
  await inbox(page);
  const many = Array.from({ length: 60 }, (_, index) => line(`i${index + 1}`));
  await page.route("**/api/v1/inbox?**", (route) => json(route, { items: many }));
  for (const [width, height] of [
    [1440, 900],
    [1000, 800],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const path of ["/inbox", "/inbox/i1"]) {
      await page.goto(path);
      await expect(page.getByText("Bakkerij Klant").filter({ visible: true }).first()).toBeVisible();
      const tall = await page.evaluate(() => document.documentElement.scrollHeight);
      expect(tall, `${path} at ${width}`).toBeLessThanOrEqual(height);
    }
  }
});

test("inbox: a customer is called one, and nothing is asked or planned any more", async ({ page }) => {
  await answer(page);
  await inbox(page);
  const won = { ...record, prospect: { ...record.prospect, state: "won", next_action: null } };
  await page.route("**/api/v1/prospects/p1", (route) => json(route, won));
  await page.goto("/inbox/i2");
  const facts = page.getByRole("complementary", { name: "What we know" });
  await expect(facts.getByText("Customer", { exact: true })).toBeVisible();
  await expect(facts.getByText("Prospect", { exact: true })).toHaveCount(0);
  await expect(facts.getByText("What is the budget?")).toHaveCount(0);
  await expect(facts.getByText("Nothing is planned")).toHaveCount(0);
});

test("inbox: a card shows the words of the mail, and every word that decided once", async ({ page }) => {
  await answer(page);
  await inbox(page);
  const doubted = theirs({ facts: { why: ["Later", "later", "intern"] } });
  await page.route("**/api/v1/inbox/i1", (route) => json(route, thread({ mails: [ours, doubted] })));
  await page.goto("/inbox/i1");
  const card = page.getByRole("region", { name: "What does this mean?" });
  await expect(card.getByText("Misschien. Moet ik intern even navragen.")).toBeVisible();
  await expect(card.getByText("“Later”, “intern”")).toBeVisible();
});
