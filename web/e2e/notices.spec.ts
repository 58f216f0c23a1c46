import { type Page, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

const eva = { contact: "Eva de Boer", company: "Bakkerij Meer" };
const notice = (id: string, kind: string, data: object, is_read = false) => ({
  id,
  kind,
  subject_kind: "prospect",
  subject_id: "p1",
  data: { ...eva, ...data },
  created_at: new Date(Date.now() - 3600_000).toISOString(),
  is_read,
});

const first = [
  notice("n3", "reply.received", { subject: "Re: Minder telefoontjes aan de balie" }),
  notice("n2", "quote.viewed", { number: "2026-0042" }),
  notice("n1", "moon.landed", {}, true),
];
const promoted = notice("n4", "lead.promoted", {
  explanation_nl: "Prospect op 24 nov door R1: antwoord van 24 nov (wil afspreken).",
  explanation_en: "Prospect on 24 Nov by R1: reply of 24 Nov (wants to meet).",
});

/** Answers the notifications, and lets something happen while the page is open. */
async function notified(page: Page, given: readonly (typeof promoted)[] = first) {
  const items = given.map((one) => ({ ...one }));
  const read: unknown[] = [];
  let told: (() => void) | undefined;
  await page.route("**/api/v1/notifications?**", (route) =>
    route.fulfill({ json: { items, n_unread: items.filter((one) => !one.is_read).length } }),
  );
  await page.route("**/api/v1/notifications/read", (route) => {
    const body = route.request().postDataJSON() as { up_to: string; only: boolean };
    read.push(body);
    for (const one of items) if (one.id === body.up_to || (!body.only && one.id <= body.up_to)) one.is_read = true;
    return route.fulfill({ status: 204 });
  });
  await page.route("**/api/v1/events?**", async (route) => {
    if (told === undefined) await new Promise<void>((resolve) => (told = resolve));
    const data = { id: "e1", kind: "lead.promoted", subject_kind: "promotion", subject_id: "r1" };
    return route.fulfill({ contentType: "text/event-stream", body: `data: ${JSON.stringify(data)}\n\n` });
  });
  const happens = async () => {
    items.unshift({ ...promoted });
    await expect.poll(() => told).toBeDefined();
    told?.();
  };
  return { read, happens };
}

const words = {
  nl: {
    unread: "2 nieuwe meldingen",
    title: "Meldingen",
    replied: "Eva de Boer van Bakkerij Meer heeft geantwoord",
    promoted: "Eva de Boer van Bakkerij Meer is prospect geworden",
    unknown: "nog niet kent (moon.landed)",
    show: "Bekijken",
    all: "Alles gelezen",
    more: /^Meer/,
    empty: "Nog geen meldingen",
  },
  en: {
    unread: "2 new notifications",
    title: "Notifications",
    replied: "Eva de Boer of Bakkerij Meer replied",
    promoted: "Eva de Boer of Bakkerij Meer became a prospect",
    unknown: "does not know yet (moon.landed)",
    show: "Show",
    all: "Mark all as read",
    more: /^More/,
    empty: "No notifications yet",
  },
} as const satisfies Record<Language, object>;

for (const language of ["nl", "en"] as const) {
  const w = words[language];

  test(`the bell counts, the list says who and what, a click opens the record and reads only that one (${language})`, async ({
    page,
  }) => {
    await answer(page, { language });
    const { read } = await notified(page);
    await page.goto("/today");
    await page.getByRole("button", { name: w.unread }).click();
    const list = page.getByRole("dialog", { name: w.title });
    for (const part of [w.replied, "Re: Minder telefoontjes", "2026-0042", w.unknown])
      await expect(list).toContainText(part);
    await expectAccessible(page);
    await keep(page, `notices-${language}`);
    await list.getByRole("button", { name: w.replied }).click();
    await expect(page).toHaveURL(/\/prospects\/p1$/);
    expect(read).toEqual([{ up_to: "n3", only: true }]);
  });

  test(`what happens while the page is open is told in the corner, and leads to the record (${language})`, async ({
    page,
  }) => {
    await answer(page, { language });
    const { happens, read } = await notified(page);
    await page.goto("/today");
    await expect(page.getByRole("button", { name: w.unread })).toBeVisible();
    await expect(page.getByText(w.promoted)).toHaveCount(0);
    await happens();
    const toast = page.getByRole("status").filter({ hasText: w.promoted });
    await expect(toast).toBeVisible();
    await expect(page.getByText(w.replied)).toHaveCount(0);
    await expectAccessible(page);
    await keep(page, `notices-toast-${language}`);
    await toast.getByRole("button", { name: w.show }).click();
    await expect(page).toHaveURL(/\/prospects\/p1$/);
    expect(read).toEqual([{ up_to: "n4", only: true }]);
  });
}

test("by keyboard: g b opens, everything is marked read at once, Escape closes", async ({ page }) => {
  await answer(page);
  const { read } = await notified(page);
  await page.goto("/today");
  await expect(page.getByRole("button", { name: words.en.unread })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await page.getByRole("button", { name: words.en.all }).click();
  await expect(page.getByRole("button", { name: words.en.all })).toBeDisabled();
  expect(read).toEqual([{ up_to: "n3", only: false }]);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Notifications", exact: true })).toBeVisible();
});

test.describe("on a phone of 390 pixels", () => {
  test.use({ viewport: { width: 390, height: 800 } });

  test("the notifications stand behind More, with their number", async ({ page }) => {
    await answer(page, { language: "nl" });
    await notified(page);
    await page.goto("/today");
    await expect(page.getByRole("button", { name: words.nl.more })).toContainText("2");
    await page.getByRole("button", { name: words.nl.more }).click();
    await page.getByRole("dialog").getByRole("button", { name: words.nl.unread }).click();
    await expect(page.getByRole("dialog", { name: words.nl.title })).toContainText(words.nl.replied);
    await expectAccessible(page);
    await keep(page, "notices-phone");
  });

  test("an empty list says what will stand there", async ({ page }) => {
    await answer(page, { language: "nl" });
    await notified(page, []);
    await page.goto("/today");
    await page.getByRole("button", { name: words.nl.more }).click();
    await page.getByRole("dialog").getByRole("button", { name: words.nl.title }).click();
    await expect(page.getByText(words.nl.empty)).toBeVisible();
    await expectAccessible(page);
    await keep(page, "notices-phone-empty");
  });
});
