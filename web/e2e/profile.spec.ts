import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible } from "./answers";
import { count, lookalike, profile, versions } from "./fit.data";

const json = (route: Route, body: unknown, status = 200) => route.fulfill({ status, json: body });

interface Given {
  companies?: number;
  won?: number;
  scoring?: object;
  /** Somebody else saves a version before ours. */
  isOvertaken?: boolean;
}

/** Answers the calls of the profile, and notes what was sent. */
async function answerProfile(page: Page, { companies = 1004, won = 24, scoring, isOvertaken = false }: Given = {}) {
  const sent: { call: string; body: unknown }[] = [];
  await page.route("**/api/v1/audience/summary", (route) =>
    json(route, { companies_n: 0, contacts_n: 0, channels: [], unlocks: [], loosenings: [] }),
  );
  let newest = 2;
  await page.route(/\/api\/v1\/ideal-profile(\?.*)?$/, (route) => {
    if (route.request().method() === "GET") return json(route, profile(newest));
    sent.push({ call: "PUT", body: route.request().postDataJSON() });
    const seen = Number(new URL(route.request().url()).searchParams.get("seen"));
    newest = isOvertaken && newest === 2 ? 3 : newest;
    if (seen !== newest) {
      const body = JSON.stringify({ type: "about:blank", status: 409, code: "changed_meanwhile", title: "Changed" });
      return route.fulfill({ status: 409, contentType: "application/problem+json", body });
    }
    newest += 1;
    return json(route, { ...profile(newest), ...(route.request().postDataJSON() as object) });
  });
  await page.route("**/api/v1/ideal-profile/count", (route) => {
    sent.push({ call: "count", body: route.request().postDataJSON() });
    return json(route, count(companies));
  });
  await page.route("**/api/v1/ideal-profile/scoring", (route) =>
    json(route, scoring ?? { version: 2, n_total: 10, n_done: 10, finished_at: "2026-11-24T10:00:00Z" }),
  );
  await page.route("**/api/v1/ideal-profile/lookalike", (route) =>
    json(route, won < 10 ? { ...lookalike, won_n: won, stands_out: [] } : lookalike),
  );
  await page.route("**/api/v1/ideal-profile/versions", (route) => json(route, versions));
  await page.route("**/api/v1/ideal-profile/versions/1/restore", (route) => {
    sent.push({ call: "restore 1", body: null });
    return json(route, profile(3));
  });
  return sent;
}

const words = {
  nl: {
    industry: "Woorden van de branche",
    size: "Hoe belangrijk: Medewerkers",
    must: "Moet",
    exclude: "Uitsluiten: Rechtsvorm",
    fits: "Past",
    part: "Geschat voor 1.000.000 bedrijven, uit een steekproef van 20.000.",
    use: "Gebruik in het profiel: Gelderland",
    gelderland: "Gelderland",
    back: "Terug naar versie 1",
    restored: "Versie 1 is weer in gebruik.",
    save: "Opslaan en opnieuw beoordelen",
    saved: "Opgeslagen. Iedereen wordt opnieuw beoordeeld.",
    few: "Je hebt 4 gewonnen klanten. Vanaf 10",
    scoring: "250.000 van 1.000.000 bedrijven",
  },
  en: {
    industry: "Words of the industry",
    size: "How important: Employees",
    must: "Must",
    exclude: "Exclude: Legal form",
    fits: "Fits",
    part: "Estimated for 1,000,000 companies, from a random 20,000 of them.",
    use: "Use in the profile: Gelderland",
    gelderland: "Gelderland",
    back: "Back to version 1",
    restored: "Version 1 is in use again.",
    save: "Save and score again",
    saved: "Saved. Everybody is scored again.",
    few: "You have 4 won customers. From 10",
    scoring: "250,000 of 1,000,000 companies",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];

  test(`profile: what is written is counted, and saved as it stands (${language})`, async ({ page }) => {
    await answer(page, { language });
    const sent = await answerProfile(page);
    await page.goto("/audience?view=profile");
    await expect(page.getByLabel(w.industry).first()).toHaveValue("bouw");
    await expect(page.getByLabel(w.size)).toHaveValue("must");
    await expect(page.getByText(w.fits, { exact: true }).first()).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: `screenshots/profile-${language}.png`, fullPage: true });
    await page.getByLabel(w.industry).first().fill("bouw, infra");
    await expect
      .poll(() => sent.filter((one) => one.call === "count").at(-1)?.body)
      .toMatchObject({
        wishes: [{ criterion: "industry", words: ["bouw", "infra"] }, {}, {}, { importance: "never" }],
      });
    await page.getByRole("button", { name: w.use }).click();
    await expect(page.getByRole("checkbox", { name: w.gelderland }).first()).toBeChecked();
    await page.getByRole("button", { name: w.save }).click();
    await expect(page.getByText(w.saved)).toBeVisible();
    expect(sent.find((one) => one.call === "PUT")?.body).toMatchObject({
      wishes: [
        { words: ["bouw", "infra"], codes: [{ code: "41", version: "2025" }] },
        { importance: "must", sizes: [{ min: 20, max: 49 }] },
        { provinces: ["NL-UT", "NL-GE"], near: [{ area: "35", km: 25 }] },
        { importance: "never", legal_forms: ["sole_trader"] },
      ],
    });
  });

  test(`profile: a very large audience is estimated, and scored while one works (${language})`, async ({ page }) => {
    await answer(page, { language });
    const scoring = { version: 2, n_total: 1_000_000, n_done: 250_000, started_at: "", finished_at: null };
    await answerProfile(page, { companies: 1_000_000, won: 4, scoring });
    await page.goto("/audience?view=profile");
    await expect(page.getByText(w.part)).toBeVisible();
    await expect(page.getByText(w.scoring)).toBeVisible();
    await expect(page.getByText(w.few)).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: `screenshots/profile-large-${language}.png` });
  });

  test(`profile: an earlier version is taken up again (${language})`, async ({ page }) => {
    await answer(page, { language });
    const sent = await answerProfile(page);
    await page.goto("/audience?view=profile");
    await page.getByRole("button", { name: w.back }).click();
    await expect(page.getByText(w.restored)).toBeVisible();
    expect(sent.some((one) => one.call === "restore 1")).toBe(true);
  });
}

test("profile: what somebody else saved meanwhile is not written over, and what was typed stays", async ({ page }) => {
  await answer(page, { language: "nl" });
  const sent = await answerProfile(page, { isOvertaken: true });
  await page.goto("/audience?view=profile");
  const industry = page.getByLabel(words.nl.industry).first();
  await industry.fill("bouw, infra");
  await page.getByRole("button", { name: words.nl.save }).click();
  await expect(page.getByText("Iemand anders heeft intussen een nieuwere versie bewaard.")).toBeVisible();
  await expect(industry).toHaveValue("bouw, infra");
  await expectAccessible(page);
  await page.screenshot({ path: "screenshots/profile-overtaken.png" });
  await page.getByRole("button", { name: "Nieuwste versie openen" }).click();
  await expect(industry).toHaveValue("bouw");
  await industry.fill("bouw, water");
  await page.getByRole("button", { name: words.nl.save }).click();
  await expect(page.getByText(words.nl.saved)).toBeVisible();
  expect(sent.filter((one) => one.call === "PUT")).toHaveLength(2);
});

test("profile: who goes elsewhere is asked before what was typed is lost", async ({ page }) => {
  await answer(page, { language: "nl" });
  await answerProfile(page);
  await page.goto("/audience?view=profile");
  const industry = page.getByLabel(words.nl.industry).first();
  await industry.fill("bouw, infra");
  const asked: string[] = [];
  page.once("dialog", (dialog) => (asked.push(dialog.message()), dialog.dismiss()));
  await page.getByText("Nooit benaderen", { exact: true }).click();
  await expect.poll(() => asked).toEqual(["Wat je aan de wensen veranderde is niet opgeslagen. Toch weggaan?"]);
  await expect(industry).toHaveValue("bouw, infra");
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("link", { name: "Leads" }).click();
  await expect(page).toHaveURL(/\/leads$/);
});

test("profile: by keyboard and on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  await answer(page, { language: "nl" });
  await answerProfile(page);
  await page.goto("/audience?view=profile");
  const band = page.getByRole("checkbox", { name: "10–19" }).first();
  await band.focus();
  await page.keyboard.press("Space");
  await expect(band).toBeChecked();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  expect(wide, "nothing is wider than the screen").toBe(false);
  await expectAccessible(page);
  await page.screenshot({ path: "screenshots/profile-phone.png", fullPage: true });
});

test("profile: who only reads changes nothing", async ({ page }) => {
  await answer(page, { language: "nl", role: "read_only" });
  await answerProfile(page);
  await page.goto("/audience?view=profile");
  await expect(page.getByLabel("Woorden van de branche").first()).toBeDisabled();
  await expect(page.getByRole("button", { name: words.nl.save })).toHaveCount(0);
  await expect(page.getByRole("button", { name: words.nl.back })).toHaveCount(0);
});
