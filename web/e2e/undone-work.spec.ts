import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

const json = (route: Route, body: unknown, status = 200) => route.fulfill({ status, json: body });

const job = (id: string, kind: string, change: object = {}) => ({
  id,
  kind,
  subject_id: null,
  attempts: 8,
  run_at: "2026-11-24T09:00:00Z",
  error: "the server gave no answer within 30 seconds",
  ...change,
});

/** Answers work that gave up; what is tried again is no longer there. */
async function undone(page: Page, jobs: ReturnType<typeof job>[]) {
  const tried: string[] = [];
  const asked: string[] = [];
  await page.route("**/api/v1/jobs/given-up", (route) => {
    asked.push(route.request().url());
    return json(route, { items: jobs.filter((one) => !tried.includes(one.id)) });
  });
  await page.route("**/api/v1/jobs/*/retry", (route) => {
    const id = new URL(route.request().url()).pathname.split("/").at(-2) ?? "";
    // Somebody else was first with j2.
    tried.push(id);
    return id === "j2"
      ? json(route, { title: "", detail: "Dit werk wordt al geprobeerd.", status: 404, code: "not_found" }, 404)
      : route.fulfill({ status: 204 });
  });
  return { tried, asked };
}

const words = {
  nl: {
    title: "Werk dat bleef liggen",
    reading: "Een antwoord lezen",
    importing: "Een bestand met leads inlezen",
    reply: "Antwoord openen",
    tries: "8 keer geprobeerd",
    again: "Probeer opnieuw: Een antwoord lezen",
    againOther: "Probeer opnieuw: Een bestand met leads inlezen",
    retried: "Kiem probeert het opnieuw.",
    none: "Er bleef niets liggen",
    notYours: "Dit is niet voor jouw rol",
    bell: "Meldingen",
    notice: "Werk op de achtergrond is na veel pogingen opgegeven",
    unread: "Een antwoord kon niet worden gelezen",
    look: "Even kijken",
  },
  en: {
    title: "Work left undone",
    reading: "Reading a reply",
    importing: "Bringing in a file with leads",
    reply: "Open the reply",
    tries: "Tried 8 times",
    again: "Try again: Reading a reply",
    againOther: "Try again: Bringing in a file with leads",
    retried: "Kiem tries it again.",
    none: "Nothing was left undone",
    notYours: "This is not for your role",
    bell: "notifications",
    notice: "Work in the background",
    unread: "A reply could not be read",
    look: "Needs a look",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];

  test(`settings: work that gave up says what it was, and is tried again (${language})`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await answer(page, { language });
    const { tried } = await undone(page, [
      job("j1", "classify_reply", { subject_id: "i1" }),
      job("j2", "import"),
      job("j3", "land_on_moon", { error: null }),
    ]);
    await page.goto("/settings/jobs");
    await expect(page.getByRole("heading", { name: w.title })).toBeVisible();
    await expect(page.getByText(w.reading, { exact: true })).toBeVisible();
    await expect(page.getByText("land_on_moon", { exact: true })).toBeVisible();
    await expect(page.getByText(w.tries)).toHaveCount(3);
    await expect(page.getByText("the server gave no answer")).toHaveCount(2);
    await expect(page.getByRole("link", { name: w.reply })).toHaveAttribute("href", /\/inbox\/i1/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expectAccessible(page);
    await keep(page, `undone-work-${language}`);
    await page.getByRole("button", { name: w.again }).press("Enter");
    await expect(page.getByText(w.retried)).toBeVisible();
    await expect(page.getByText(w.reading, { exact: true })).toBeHidden();
    await page.getByRole("button", { name: w.againOther }).press("Enter");
    await expect(page.getByText("Dit werk wordt al geprobeerd.")).toBeVisible();
    await expect(page.getByText(w.importing, { exact: true })).toBeHidden();
    expect(tried).toEqual(["j1", "j2"]);
  });

  test(`settings: without such work it says so; who may not configure is told who may (${language})`, async ({
    page,
  }) => {
    await answer(page, { language });
    await undone(page, []);
    await page.goto("/settings/jobs");
    await expect(page.getByText(w.none)).toBeVisible();
    await keep(page, `undone-work-none-${language}`);
    await answer(page, { language, role: "sales" });
    const { asked } = await undone(page, []);
    await page.reload();
    await expect(page.getByText(w.notYours)).toBeVisible();
    expect(asked).toEqual([]);
  });

  test(`notices: work that gave up and a reply that nobody read open where they wait (${language})`, async ({
    page,
  }) => {
    await answer(page, { language });
    await undone(page, [job("j1", "import")]);
    const notice = (id: string, kind: string) => ({
      id,
      kind,
      subject_kind: "job",
      subject_id: null,
      data: { job: "import" },
      created_at: "2026-11-24T10:00:00Z",
      is_read: true,
    });
    const items = [notice("n1", "job.given_up"), notice("n2", "reply.unread")];
    await page.route("**/api/v1/notifications?**", (route) => json(route, { items, n_unread: 0 }));
    await page.route("**/api/v1/inbox?**", (route) => json(route, { items: [] }));
    await page.goto("/settings/profile");
    await page.getByRole("button", { name: w.bell }).click();
    await page.getByRole("button", { name: w.notice }).click();
    await expect(page).toHaveURL(/\/settings\/jobs$/);
    await expect(page.getByText(w.importing, { exact: true })).toBeVisible();
    await page.getByRole("button", { name: w.bell }).click();
    await page.getByRole("button", { name: w.unread }).click();
    await expect(page).toHaveURL(/\/inbox\?folder=needs_look$/);
    await expect(page.getByRole("radio", { name: w.look })).toBeChecked();
  });
}
