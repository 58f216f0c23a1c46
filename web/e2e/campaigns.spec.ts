import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

const json = (route: Route, body: unknown, status = 200) =>
  route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });

const mailbox = {
  id: "b1",
  kind: "smtp_imap",
  address: "sanne@bureau.example",
  display_name: "Sanne de Vries",
  smtp: { host: "smtp.office365.com", port: 587, security: "start_tls", username: "sanne@bureau.example" },
  imap: { host: "outlook.office365.com", port: 993, security: "tls", username: "sanne@bureau.example" },
  sent_folder: "",
  has_password: true,
  signature: "",
  daily_cap: 40,
  gap_seconds_min: 90,
  state: "active",
  n_on_server: 1204,
  n_taken_in: 1204,
  checked_at: "2026-11-24T08:55:00Z",
};
const failing = {
  ...mailbox,
  id: "b2",
  address: "joost@bureau.example",
  display_name: "Joost Bakker",
  state: "failing",
  state_reason: "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect",
};

const campaign = {
  id: "c1",
  name: "Installateurs in Gelderland",
  language: "nl",
  state: "running",
  mailbox_id: "b1",
  window: { days: [1, 2, 3, 4, 5], from: "09:00", to: "17:00" },
  steps: [
    {
      id: "s1",
      kind: "mail",
      subject: "Een vraag over {{ company.name }}",
      body: 'Dag {{ contact.first_name | fallback("daar") }},\n\nHoe plannen jullie in {{ company.city }} het onderhoud?',
    },
    { id: "s2", kind: "wait", wait_days: 4 },
    { id: "s3", kind: "mail", subject: "", body: "Dag nogmaals." },
    { id: "s4", kind: "task", task: "Bellen als het nummer bekend is" },
  ],
  enrolments: [
    { state: "active", n: 38 },
    { state: "stopped", n: 4 },
  ],
  messages: [
    { state: "draft", n: 3 },
    { state: "queued", n: 2 },
    { state: "sent", n: 120 },
    { state: "uncertain", n: 1 },
    { state: "failed", n: 1 },
    { state: "stopped", n: 1 },
  ],
  created_at: "2026-11-02T09:00:00Z",
};
const draft = { ...campaign, id: "c2", name: "Accountants", state: "draft", enrolments: [], messages: [] };

const words = (nl: string, en: string) => ({ nl, en });
const blocked = (block: string, contacts_n: number, says: object) => ({
  block,
  contacts_n,
  needs_evidence: false,
  says,
});
const noPhone = blocked("no_phone", 24, words("Er is geen telefoonnummer.", "There is no telephone number."));
const formUnknown = blocked(
  "legal_form_unknown",
  9,
  words("De rechtsvorm van dit bedrijf is onbekend.", "What this company is in law is not known."),
);
const noGround = blocked("no_ground", 2, words("Er is geen grond vastgelegd.", "No ground is recorded."));

const calling = {
  ...draft,
  id: "c4",
  name: "Bellen in Zwolle",
  steps: [
    campaign.steps[0],
    { id: "s5", kind: "task", task: "Bel na over de mail", task_channel: "phone" },
    { id: "s6", kind: "task", task: "Maak connectie op LinkedIn", task_channel: null },
  ],
};

const away = { ...draft, id: "c3", name: "Oude actie", state: "paused", archived_at: "2026-11-20T09:00:00Z" };

const leads = [
  {
    id: "l1",
    name: "Eva van der Meer",
    email: "eva@meerlicht.example",
    company: "Meer Licht",
    city: "Ede",
    title: "Directeur",
    state: "approached",
  },
  {
    id: "l2",
    name: "Piet Jansen",
    email: "piet@jansen.example",
    company: "Jansen Installatie",
    city: null,
    title: null,
    state: "promoted",
  },
];

const footer =
  '-- \nSanne de Vries, Bureau Noord, Dorpsstraat 1, Ede\nLiever geen mail? Klik https://go.example/u/abc of antwoord met "stop".';

function message(id: string, state: string, more: object = {}) {
  return {
    id,
    campaign_id: "c1",
    lead_id: "l1",
    recipient: "eva@meerlicht.example",
    recipient_name: "Eva van der Meer",
    state,
    subject: "Een vraag over Meer Licht",
    body: `Dag Eva,\n\nHoe plannen jullie in Ede het onderhoud?\n\n${footer}`,
    ...more,
  };
}

interface World {
  campaigns: object[];
  mailboxes: object[];
  drafts: { id: string; body: string }[];
  /** What adding leads to the campaign that calls gives, or would. */
  reach: object;
}

/** The mails in a state, as the server would list them. */
function mailsIn(state: string | null, world: World): object[] {
  if (state === "draft") return world.drafts;
  if (state === "queued")
    return [
      message("q1", "queued", { due_at: "2026-11-25T08:00:00Z" }),
      message("q2", "queued", { due_at: "2026-11-26T08:02:00Z", reason: "daily_cap" }),
    ];
  if (state === "uncertain")
    return [
      message("u1", "uncertain", {
        finished_at: "2026-11-24T08:00:00Z",
        server_reply: "connection closed before the answer",
      }),
    ];
  if (state === "failed")
    return [message("f1", "failed", { finished_at: "2026-11-24T08:00:00Z", server_reply: "550 5.1.1 no such user" })];
  if (state === "stopped")
    return [message("t1", "stopped", { finished_at: "2026-11-24T08:00:00Z", reason: "promoted" })];
  return [];
}

const eva = {
  id: "l1",
  contact: {
    given_name: "Eva",
    infix: "van der",
    family_name: "Meer",
    title: "Directeur",
    source: "KvK",
    updated_at: "2026-11-01T00:00:00Z",
  },
  company: { name: "Meer Licht", city: "Ede", source: "klanten.csv", updated_at: "2026-11-02T00:00:00Z" },
};

/** Answers the calls of campaigns and mailboxes; remembers what is changed. */
async function answerCampaigns(page: Page, language: Language, given: Partial<World> = {}) {
  const world: World = {
    campaigns: [campaign, draft],
    mailboxes: [mailbox, failing],
    drafts: [
      message("m1", "draft"),
      message("m2", "draft", {
        recipient_name: "Piet Jansen",
        recipient: "piet@jansen.example",
        problem: "company.city is undefined (line 3)",
      }),
      message("m3", "draft", { recipient_name: "Mo Haddad", recipient: "mo@haddad.example", subject: "Re: vraag" }),
    ],
    reach: {
      added: 98,
      already: 1,
      blocked: 3,
      channels: [
        { channel: "mail", lawful_n: 99, loosened_n: 0, blocked: [noGround] },
        { channel: "phone", lawful_n: 65, loosened_n: 0, blocked: [formUnknown, noPhone] },
      ],
    },
    ...given,
  };
  const changes: { call: string; body: unknown }[] = [];
  const answered = await answer(page, { language, mode: "live" });
  await page.route(/\/api\/v1\/(campaigns|mailboxes|messages|leads)/, async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    const path = url.pathname.replace("/api/v1", "");
    const call = `${request.method()} ${path}`;
    if (request.method() !== "GET" && !path.endsWith("/preview")) changes.push({ call, body: request.postDataJSON() });
    if (call === "GET /campaigns")
      return json(route, { items: [...world.campaigns, ...(url.searchParams.has("archived") ? [away] : [])] });
    if (call === "GET /campaigns/c3") return json(route, away);
    if (call === "PUT /mailboxes/b1") return route.fulfill({ status: 204 });
    if (/archive$|enrolments\/l1$|DELETE .*run$/.test(call)) return route.fulfill({ status: 204 });
    if (call === "GET /campaigns/c1") return json(route, campaign);
    if (call === "GET /campaigns/c2") return json(route, draft);
    if (call === "GET /campaigns/c4") return json(route, calling);
    if (/c4\/(reach|enrolments)$/.test(call)) return json(route, world.reach);
    if (call === "POST /campaigns") return json(route, { id: "c2" }, 201);
    if (call.endsWith("/preview")) {
      const { lead_id } = request.postDataJSON() as { lead_id: string };
      return json(route, {
        ...message("p", "draft"),
        problem: lead_id === "l2" ? "company.city is undefined (line 3)" : null,
      });
    }
    if (call.endsWith("/enrolments")) return json(route, { added: 1, already: 0, blocked: 1, channels: [] });
    if (call === "GET /mailboxes") return json(route, { items: world.mailboxes });
    if (call.endsWith("/check")) return json(route, { smtp_problem: failing.state_reason, imap_problem: null });
    if (call === "GET /leads")
      return json(route, { items: leads, total: 2, total_is_capped: false, next_cursor: null });
    if (call === "GET /leads/facets") return json(route, { countries: [], industries: [] });
    if (call.startsWith("GET /leads/")) return json(route, eva);
    if (call === "GET /messages")
      return json(route, { items: mailsIn(url.searchParams.get("state"), world), next_cursor: null });
    if (call === "POST /messages/approval") {
      const { messages } = request.postDataJSON() as { messages: { id: string }[] };
      const ids = messages.map(({ id }) => id);
      world.drafts = world.drafts.filter(({ id }) => !ids.includes(id));
      return json(route, { approved: ids });
    }
    if (request.method() === "DELETE") world.drafts = world.drafts.filter(({ id }) => !path.endsWith(id));
    return route.fulfill({ status: 204 });
  });
  return { changes, answered };
}

for (const language of ["nl", "en"] as const)
  test.describe(`campaigns, ${language}`, () => {
    test.use({ locale: language === "nl" ? "nl-NL" : "en-GB" });

    test("list, sequence and every tab can be read by everybody", async ({ page }) => {
      await answerCampaigns(page, language);
      await page.goto("/campaigns");
      await expect(page.getByText("Installateurs in Gelderland")).toBeVisible();
      await expectAccessible(page);
      await keep(page, `campaigns-list-${language}`);
      await page.getByText("Installateurs in Gelderland").click();
      await expect(page.getByText("Hoe plannen jullie in Ede het onderhoud?").first()).toBeVisible();
      await expectAccessible(page);
      await keep(page, `campaigns-sequence-${language}`);
      for (const [index, name] of ["approve", "calendar", "uncertain", "ended"].entries()) {
        await page
          .getByRole("tab")
          .nth(index + 1)
          .click();
        await expect(
          page.getByText("Een vraag over Meer Licht").or(page.getByText("Meer Licht")).first(),
        ).toBeVisible();
        await expectAccessible(page);
        await keep(page, `campaigns-${name}-${language}`);
      }
    });

    test("mailboxes say how they do and what to do", async ({ page }) => {
      await answerCampaigns(page, language);
      await page.goto("/settings/mailboxes");
      await expect(page.getByText("Joost Bakker")).toBeVisible();
      await page.getByRole("listitem").filter({ hasText: "Sanne" }).getByRole("button").first().click();
      await expect(page.getByText(/535 5.7.139/)).toHaveCount(2);
      await expectAccessible(page);
      await keep(page, `mailboxes-${language}`);
      await page.getByRole("button", { name: language === "nl" ? "Mailbox toevoegen" : "Add a mailbox" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await expectAccessible(page);
      await keep(page, `mailbox-new-${language}`);
    });
  });

const said = {
  nl: {
    what: "Wat er moet gebeuren",
    channel: "Hoe het de lead bereikt",
    phone: "Per telefoon",
    doubt: "Dit lijkt op een brief.",
    asked: /Bij elke lead kijkt Kiem eerst of dit mag/,
    save: "Opslaan",
    enrol: "Leads toevoegen",
    all: "Alle 2 passende leads toevoegen",
    comes: "98 leads komen erin",
    calls: "Van de 98 die erin komen, mag of kun je er 33 niet bellen.",
    reason: "Er is geen telefoonnummer. (24)",
    back: "Andere kiezen",
    add: "98 leads toevoegen",
    added: "98 leads toegevoegd",
  },
  en: {
    what: "What is to be done",
    channel: "How it reaches the lead",
    phone: "By telephone",
    doubt: "This reads like a letter.",
    asked: /For each lead Kiem asks first whether this is allowed/,
    save: "Save",
    enrol: "Add leads",
    all: "Add all 2 matching leads",
    comes: "98 leads come in",
    calls: "Of the 98 who come in 33 may or can not be called.",
    reason: "There is no telephone number. (24)",
    back: "Choose others",
    add: "Add 98 leads",
    added: "98 leads added",
  },
};

for (const language of ["nl", "en"] as const)
  for (const width of [1280, 390])
    test.describe(`what is done by hand, ${language}, ${width} wide`, () => {
      test.use({ locale: language === "nl" ? "nl-NL" : "en-GB", viewport: { width, height: 900 } });
      const w = said[language];

      test("a task says how it reaches the lead, and asks when its words sound like it", async ({ page }) => {
        const { changes } = await answerCampaigns(page, language);
        await page.goto("/campaigns/c4");
        const channels = page.getByLabel(w.channel);
        await expect(channels.first()).toHaveValue("phone");
        await expect(page.getByText(w.asked)).toHaveCount(1);
        await expect(channels.nth(1)).toHaveValue("none");
        const text = page.getByLabel(w.what).nth(1);
        await expect(page.getByText(w.doubt)).toHaveCount(0);
        await text.fill(language === "nl" ? "Stuur een kaartje" : "Send a card");
        await expect(page.getByText(w.doubt)).toBeVisible();
        await expectAccessible(page);
        await keep(page, `campaigns-task-channel-${language}-${width}`);
        await channels.nth(1).selectOption("post");
        await expect(page.getByText(w.doubt)).toHaveCount(0);
        await page.getByRole("button", { name: w.save, exact: true }).click();
        await expect.poll(() => changes.length).toBe(1);
        const body = changes[0]?.body as { steps: { task_channel: string | null }[] };
        expect(body.steps.map((step) => step.task_channel)).toEqual([null, "phone", "post"]);
      });

      test("who could not be called is said before anybody is put in", async ({ page }) => {
        const { changes } = await answerCampaigns(page, language);
        await page.goto("/campaigns/c4");
        await page.getByRole("button", { name: w.enrol }).click();
        await page.getByRole("button", { name: w.all }).click();
        const dialog = page.getByRole("dialog");
        await expect(dialog.getByText(w.comes)).toBeVisible();
        await expect(dialog.getByText(w.calls)).toBeVisible();
        // The most frequent reason first, though the server counts them in the order of the gate.
        await expect(dialog.locator("[data-channel=phone] li").first()).toHaveText(w.reason);
        await expectAccessible(page);
        await keep(page, `campaigns-enrol-reach-${language}-${width}`);
        await dialog.getByRole("button", { name: w.back }).click();
        await dialog.getByRole("button", { name: w.all }).click();
        await expect(dialog.getByRole("button", { name: w.add })).toBeVisible();
        expect(changes.map(({ call }) => call)).toEqual(["POST /campaigns/c4/reach", "POST /campaigns/c4/reach"]);
        await dialog.getByRole("button", { name: w.add }).click();
        await expect(dialog.getByText(w.added)).toBeVisible();
        await expect(dialog.getByText(w.calls)).toBeVisible();
        expect(changes.at(-1)).toEqual({ call: "POST /campaigns/c4/enrolments", body: { leads: ["l1", "l2"] } });
      });
    });

test("a mailbox that was saved is tried at once", async ({ page }) => {
  const { changes } = await answerCampaigns(page, "en");
  await page.goto("/settings/mailboxes");
  await page.getByRole("button", { name: "Change" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").getByText("Sending does not work. The server said:")).toBeVisible();
  expect(changes.map(({ call }) => call)).toEqual(["PUT /mailboxes/b1", "POST /mailboxes/b1/check"]);
});

test("all approved is not nothing to approve", async ({ page }) => {
  await answerCampaigns(page, "en", { drafts: [] });
  await page.goto("/campaigns?tab=approve");
  await expect(page.getByText("2 approved mails wait for their sending hours.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Show the calendar" }).press("Enter");
  await expect(page.getByRole("tab", { name: /Calendar/, selected: true })).toBeVisible();
});

test("Enter approves what was seen and goes on, x takes out, and a mail with a problem stays", async ({ page }) => {
  const { changes } = await answerCampaigns(page, "en");
  await page.goto("/campaigns/c1?tab=approve");
  await expect(page.getByText("1 of 3")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("1 of 2")).toBeVisible();
  expect(changes[0]).toMatchObject({
    call: "POST /messages/approval",
    body: { messages: [{ id: "m1", subject: "Een vraag over Meer Licht", body: expect.stringContaining("Dag Eva") }] },
  });
  await expect(page.getByRole("alert")).toContainText("company.city is undefined");
  await page.keyboard.press("Enter");
  expect(changes).toHaveLength(1);
  await keep(page, "campaigns-approve-problem");
  await page.keyboard.press("x");
  await expect(page.getByText("1 of 1")).toBeVisible();
  expect(changes[1]?.call).toBe("DELETE /messages/m2");
  await page.keyboard.press("e");
  await page.getByLabel("Subject").fill("Another subject");
  await page.getByLabel("Text").fill("All words are new.");
  await expect(page.getByRole("region", { name: "Always below the mail" })).toContainText("https://go.example/u/abc");
  await expectAccessible(page);
  await keep(page, "campaigns-edit");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByLabel("Subject")).toHaveCount(0);
  expect(changes[2]).toMatchObject({
    call: "PATCH /messages/m3",
    body: { subject: "Another subject", body: `All words are new.\n\n${footer}` },
  });
});

test("only what was shown is approved together", async ({ page }) => {
  const { changes } = await answerCampaigns(page, "en");
  await page.goto("/campaigns?tab=approve");
  await expect(page.getByText("1 of 3")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(page.getByText("3 of 3")).toBeVisible();
  await page.getByRole("button", { name: "Approve all 2 seen" }).click();
  await expect(page.getByText("1 of 1")).toBeVisible();
  const body = changes[0]?.body as { messages: { id: string }[] };
  expect(body.messages.map(({ id }) => id)).toEqual(["m1", "m3"]);
});

test("a sequence is written, tried on a lead, and saved", async ({ page }) => {
  const { changes } = await answerCampaigns(page, "en");
  await page.goto("/campaigns/c2");
  await expect(page.getByRole("heading", { level: 1, name: "Accountants" })).toBeVisible();
  await expect(page.getByText(/May be unknown for some leads: company.city/)).toBeVisible();
  await page.getByLabel("Text").nth(1).fill("Again, ");
  await page.getByRole("button", { name: "Put in" }).nth(1).click();
  await page.getByRole("menuitem", { name: /First name/ }).click();
  await expect(page.getByLabel("Text").nth(1)).toHaveValue('Again, {{ contact.first_name | fallback("there") }}');
  await page.getByRole("button", { name: "Move step 3 up" }).click();
  await page.getByRole("button", { name: "Next lead" }).click();
  await expect(page.getByText(/This mail cannot go out/)).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => changes.length).toBe(1);
  const body = changes[0]?.body as { steps: { id: string }[] };
  expect(body.steps.map(({ id }) => id)).toEqual(["s1", "s3", "s2", "s4"]);
});

test("leads are added by filter or one by one, and starting says what it means", async ({ page }) => {
  const { changes } = await answerCampaigns(page, "en");
  await page.goto("/campaigns/c2");
  await page.getByRole("button", { name: "Add leads" }).click();
  await page.getByLabel("Eva van der Meer").check();
  await expectAccessible(page);
  await keep(page, "campaigns-enrol");
  await page.getByRole("button", { name: "Add 1 chosen lead" }).click();
  await expect(page.getByText("1 lead added")).toBeVisible();
  expect(changes[0]).toEqual({ call: "POST /campaigns/c2/enrolments", body: { leads: ["l1"] } });
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByRole("dialog")).toContainText("Add leads to have something happen");
  await page.getByRole("dialog").getByRole("button", { name: "Start" }).click();
  await expect.poll(() => changes.at(-1)?.call).toBe("POST /campaigns/c2/run");
});

test("without campaigns the page says what to do, and a new one asks for what it needs", async ({ page }) => {
  const { changes } = await answerCampaigns(page, "nl", { campaigns: [] });
  await page.goto("/campaigns");
  await expect(page.getByText("Nog geen campagnes")).toBeVisible();
  await expectAccessible(page);
  await keep(page, "campaigns-empty");
  await page.getByRole("button", { name: "Nieuwe campagne" }).click();
  await page.getByLabel("Naam").fill("Accountants");
  await expectAccessible(page);
  await keep(page, "campaigns-new");
  await page.getByRole("button", { name: "Campagne maken" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Accountants" })).toBeVisible();
  expect(changes[0]).toMatchObject({ call: "POST /campaigns", body: { name: "Accountants", mailbox_id: "b1" } });
});

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = {
    nl: {
      archive: "Archiveren",
      running: "Pauzeren en archiveren",
      archived: "Gearchiveerd",
      back: "Terughalen",
      people: "Mensen",
      out: "Eva van der Meer uit deze campagne halen",
      take: "Eruit halen",
    },
    en: {
      archive: "Archive",
      running: "Hold and archive",
      archived: "Archived",
      back: "Bring back",
      people: "People",
      out: "Take Eva van der Meer out of this campaign",
      take: "Take out",
    },
  }[language];

  test(`a campaign is put away and found again (${language})`, async ({ page }) => {
    const { changes } = await answerCampaigns(page, language);
    await page.goto("/campaigns/c1");
    await page.getByRole("button", { name: w.archive, exact: true }).click();
    await expectAccessible(page);
    await keep(page, `campaigns-archive-${language}`);
    await page.getByRole("dialog").getByRole("button", { name: w.running }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    await page.goto("/campaigns");
    await expect(page.getByText("Accountants")).toBeVisible();
    await expect(page.getByText("Oude actie")).toHaveCount(0);
    await page.getByRole("button", { name: w.archived }).click();
    await expect(page.getByText("Oude actie")).toBeVisible();
    await expect(page.getByText("Accountants")).toHaveCount(0);
    await expectAccessible(page);
    await keep(page, `campaigns-archived-${language}`);
    await page.getByText("Oude actie").click();
    await page.getByRole("button", { name: w.back }).click();
    await page.getByRole("dialog").getByRole("button", { name: w.back }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    expect(changes.map(({ call }) => call)).toEqual([
      "DELETE /campaigns/c1/run",
      "POST /campaigns/c1/archive",
      "DELETE /campaigns/c3/archive",
    ]);
  });

  test(`one person is taken out of a campaign; who is with sales is not (${language})`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    const { changes } = await answerCampaigns(page, language);
    await page.goto("/campaigns/c1?tab=people");
    await expect(page.getByRole("tab", { name: w.people, selected: true })).toBeVisible();
    await expect(page.getByText("Piet Jansen")).toBeVisible();
    await expect(page.getByRole("button", { name: /Piet Jansen/ })).toHaveCount(0);
    await expectAccessible(page);
    await keep(page, `campaigns-people-${language}`);
    await page.getByRole("button", { name: w.out }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: w.take }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    expect(changes.map(({ call }) => call)).toEqual(["DELETE /campaigns/c1/enrolments/l1"]);
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test("nothing is wider than the screen", async ({ page }) => {
    await answerCampaigns(page, "nl");
    for (const [name, path] of [
      ["list", "/campaigns"],
      ["sequence", "/campaigns/c1"],
      ["approve", "/campaigns/c1?tab=approve"],
      ["calendar", "/campaigns?tab=calendar"],
      ["mailboxes", "/settings/mailboxes"],
    ] as const) {
      await page.goto(path);
      await expect(page.getByText(/Meer Licht|Installateurs|Joost/).first()).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await expectAccessible(page);
      await keep(page, `campaigns-phone-${name}`);
    }
  });
});
