import { readFileSync } from "node:fs";
import { type Page, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";
import { id, imports, run } from "./import.data";

/** The words of the page, so that each way is walked in both languages. */
function wordsOf(language: Language) {
  const read = (part: string) =>
    JSON.parse(readFileSync(new URL(`../src/parts/${part}/messages/${language}.json`, import.meta.url), "utf8"));
  const all = { ...read("audience"), ...read("leads") } as Record<string, string>;
  return (key: string, vars: Record<string, string> = {}) => {
    const text = all[key];
    if (text === undefined) throw new Error(`no message ${key}`);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => vars[name] ?? whole);
  };
}

type Words = ReturnType<typeof wordsOf>;

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole("heading", { name });
const next = (page: Page, t: Words) => button(page, t("audience.step.next")).click();

async function upload(page: Page) {
  await page.goto("/audience");
  await page.locator("input[type=file]").setInputFiles({
    name: "beurs-najaar.csv",
    mimeType: "text/csv",
    buffer: Buffer.from("Bedrijfsnaam;Naam\nA;B\n"),
  });
}

async function fillGround(page: Page, t: Words) {
  await expect(heading(page, t("audience.import.ground"))).toBeFocused();
  // No ground stands there already: it is an answer of whoever brings the list in.
  await expect(page.getByLabel(t("leads.ground.basis"))).toHaveValue("");
  await page.getByLabel(t("leads.ground.basis")).selectOption("existing_customer");
  await page.getByLabel(t("leads.ground.source")).fill("uw bestelling");
  await page.getByLabel(t("leads.ground.obtained_on")).fill("2026-11-01");
}

/** Nothing is wider than the screen. */
async function expectNoSideways(page: Page) {
  const wide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll("main, main *")]
      .filter((each) => each.scrollWidth > each.clientWidth + 1)
      .filter(
        (each) => ["auto", "scroll"].includes(getComputedStyle(each).overflowX) || each === document.documentElement,
      )
      .map((each) => `${each.tagName}.${each.className}`),
  );
  expect(wide).toEqual([]);
}

/** What each column means, with the reason and how sure that is. */
async function chooseColumns(page: Page, t: Words, language: Language) {
  await expect(heading(page, t("audience.import.columns"))).toBeVisible();
  await expect(page.getByText(t("audience.columns.preset", { name: "HubSpot" }))).toBeVisible();
  await expect(page.getByText("Zoë Müller")).toBeVisible();
  const row = (text: string) => page.getByRole("listitem").filter({ has: page.locator("strong", { hasText: text }) });
  await expect(row("Company name")).toContainText(t("audience.why.preset", { name: "HubSpot" }));
  await expect(row("Naam")).toContainText(/96\s?%/);
  await expect(row("Contact 2")).toContainText(t("audience.why.values", { what: t("audience.looks.phone") }));
  await expect(row("Contact 2")).toContainText(t("audience.why.look"));
  await expect(row("Opmerking")).toContainText(t("audience.why.unknown"));
  await expectAccessible(page);
  await keep(page, `import-columns-${language}`);
  // A field chosen for another column moves there.
  await page.getByLabel(t("audience.import.meaning", { column: "Opmerking" })).selectOption("full_name");
  await expect(page.getByLabel(t("audience.import.meaning", { column: "Naam" }))).toHaveValue("");
  await expect(row("Opmerking")).toContainText(t("audience.why.chosen"));
  await page.getByLabel(t("audience.import.meaning", { column: "Naam" })).selectOption("full_name");
  // Of several telephones the first that a row has is taken.
  await page.getByLabel(t("audience.import.meaning", { column: "Opmerking" })).selectOption("phone");
  await expect(page.getByLabel(t("audience.import.meaning", { column: "Contact 2" }))).toHaveValue("phone");
  await page.getByLabel(t("audience.import.meaning", { column: "Opmerking" })).selectOption("");
  await next(page, t);
}

/** Words and days that can mean two things. */
async function chooseValues(page: Page, t: Words, language: Language) {
  await expect(page.getByRole("progressbar")).toBeVisible();
  await expect(heading(page, t("audience.values"))).toBeFocused();
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
  await page
    .getByLabel(t("audience.values.days.is", { day: "01-02-2024", date: day.format(new Date(2024, 1, 1)) }))
    .check();
  const meaning = page.getByLabel(t("audience.values.meaning", { word: "Nederlant" }));
  await expect(meaning.locator("option", { hasText: language === "nl" ? "België" : "Belgium" })).toHaveCount(1);
  await meaning.selectOption("NL");
  await expectAccessible(page);
  await keep(page, `import-values-${language}`);
  await next(page, t);
}

type World = Awaited<ReturnType<typeof imports>>;

/** The first row that may mean several companies. */
const firstUnclear = (page: Page) => page.getByRole("group", { name: /Jansen Techniek/ });

/** Rows that may mean several companies. */
async function chooseCompanies(page: Page, t: Words, language: Language, world: World) {
  await expect(heading(page, t("audience.matching"))).toBeFocused();
  await expect(page.getByText("Delft · jansen-delft.example").first()).toBeVisible();
  const first = firstUnclear(page);
  await first.getByLabel(/Goes/).check();
  await expect(page.getByText(t("audience.matching.decided", { k: "1", n: "2" }))).toBeVisible();
  await button(page, t("audience.matching.all_skip")).click();
  await expect(page.getByRole("group", { name: /De Groot/ }).getByLabel(t("audience.matching.skip"))).toBeChecked();
  // A trial that asks no more about them leaves the answers in sight.
  await expect.poll(() => world.tried.at(-1)?.rows.length).toBe(2);
  await expect(first.getByLabel(/Goes/)).toBeChecked();
  await expectAccessible(page);
  await keep(page, `import-matching-${language}`);
  await next(page, t);
}

/** What wins where file and record differ. */
async function chooseWhoWins(page: Page, t: Words, language: Language) {
  await expect(heading(page, t("audience.differences"))).toBeFocused();
  await expect(page.getByText(t("audience.differences.counts", { written: "1", kept: "2" }))).toBeVisible();
  await page.getByLabel(new RegExp(t("audience.policy.overwrite.means"))).check();
  await expect(page.getByText(t("audience.differences.counts", { written: "3", kept: "0" }))).toBeVisible();
  await page.getByLabel(t("audience.differences.of", { record: "Van Dijk Techniek", row: "9" })).selectOption("keep");
  await expect(page.getByText(t("audience.differences.counts", { written: "2", kept: "1" }))).toBeVisible();
  await expectAccessible(page);
  await keep(page, `import-differences-${language}`);
}

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const t = wordsOf(language);
  const number = (n: number) => n.toLocaleString(language === "nl" ? "nl-NL" : "en-GB");
  const start = (n: number) => t("audience.import.start.other", { n: number(n) });

  test(`a file with everything to choose goes through all steps (${language})`, async ({ page }) => {
    // All steps in one go, each looked at by axe and kept as a picture.
    test.slow();
    const answered = await answer(page, { language });
    const world = await imports(page);
    await upload(page);

    await chooseColumns(page, t, language);
    await fillGround(page, t);
    await page.getByLabel(t("audience.import.country")).selectOption("NL");
    // A page that is loaded anew has kept the step and the choices.
    await page.reload();
    await expect(page.getByLabel(t("leads.ground.source"))).toHaveValue("uw bestelling");
    await expect(page.getByLabel(t("audience.import.country"))).toHaveValue("NL");
    await expectAccessible(page);
    await keep(page, `import-ground-${language}`);
    expect(world.tried, "nothing is tried before the ground is known").toEqual([]);
    await next(page, t);

    await chooseValues(page, t, language);
    await chooseCompanies(page, t, language, world);
    await chooseWhoWins(page, t, language);

    // Back and on again: everything stands as it was chosen.
    await button(page, t("audience.step.back")).click();
    await expect(firstUnclear(page).getByLabel(/Goes/)).toBeChecked();
    await page.goBack();
    await expect(page.getByLabel(new RegExp(t("audience.policy.overwrite.means")))).toBeChecked();
    await next(page, t);

    await expect(heading(page, t("audience.check"))).toBeFocused();
    await expect(page.getByText(t("audience.check.left_out.other", { n: "12" }))).toBeVisible();
    await expect(page.getByText("Hoofd inkoop")).toBeVisible();
    await expect(page.getByText("Eva Smit, Zonnepark Advies")).toHaveCount(1);
    await page.getByText(t("audience.problems"), { exact: true }).click();
    await expect(page.getByText("geen adres")).toBeVisible();
    await expectAccessible(page);
    await keep(page, `import-check-${language}`);
    await button(page, start(1188)).click();

    await expect(heading(page, t("audience.import.running", { file: "beurs-najaar.csv" }))).toBeVisible();
    expect(world.begun).toMatchObject({
      default_country: "NL",
      policy: "overwrite",
      date_order: "day_first",
      values: [{ field: "country", from: "Nederlant", to: "NL" }],
      ground: { basis: "existing_customer", source: "uw bestelling" },
    });
    expect(world.begun?.rows.map((each) => [each.row_number, each.action])).toEqual([
      [7, "company"],
      [9, "keep"],
      [31, "skip"],
    ]);
    const calls = answered.changes.map((change) => change.call);
    expect(calls, "every call is answered by the upload's own answers").toEqual([]);
  });

  test(`a file with nothing to choose takes three presses (${language})`, async ({ page }) => {
    await answer(page, { language });
    await imports(page, true);
    await upload(page);
    await expect(heading(page, t("audience.import.columns"))).toBeVisible();
    await next(page, t);
    await fillGround(page, t);
    await next(page, t);
    await expect(heading(page, t("audience.check"))).toBeFocused();
    const bar = page.getByRole("navigation", { name: t("audience.steps") });
    await expect(bar.getByText(t("audience.step.nothing"))).toHaveCount(3);
    // What was passed can be opened, and says why.
    await bar.getByRole("button", { name: t("audience.step.matching") }).click();
    await expect(page.getByText(t("audience.matching.nothing"))).toBeVisible();
    await next(page, t);
    await button(page, start(1188)).click();
    await expect(heading(page, t("audience.import.running", { file: "beurs-najaar.csv" }))).toBeVisible();
  });

  test(`it runs, waits, goes on, ends, and is taken back (${language})`, async ({ page }) => {
    await answer(page, { language });
    const world = await imports(page);
    world.current = run("running", 300);
    await page.goto(`/audience/${id}`);
    await expect(page.getByRole("progressbar")).toHaveAttribute("value", "300");
    await expectAccessible(page);
    await keep(page, `import-running-${language}`);
    await button(page, t("audience.import.pause")).click();
    await expect(heading(page, t("audience.import.paused", { file: "beurs-najaar.csv" }))).toBeVisible();
    await expectAccessible(page);
    await keep(page, `import-paused-${language}`);
    await button(page, t("audience.import.resume")).click();
    await expect(button(page, t("audience.import.pause"))).toBeVisible();
    world.current = run("finished", 1200);
    await expect(heading(page, t("audience.import.finished", { file: "beurs-najaar.csv" }))).toBeVisible();
    await expectAccessible(page);
    await keep(page, `import-result-${language}`);
    for (const file of ["result", "errors"]) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        button(page, t(`audience.import.${file}.download`)).click(),
      ]);
      expect(download.suggestedFilename()).toBe(t(`audience.import.${file}.file`));
    }
    await button(page, t("audience.import.undo")).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText(t("audience.import.undo.never_mail"));
    await expect(dialog).toContainText(t("audience.import.undo.stays"));
    await expect(dialog).toContainText(number(1100));
    expect(world.moves, "nothing is taken back before it is confirmed").toEqual(["pause", "resume"]);
    await expectAccessible(page);
    await page.screenshot({ path: `screenshots/import-undo-${language}.png`, animations: "disabled" });
    await dialog.getByRole("button", { name: t("audience.import.undo") }).click();
    await expect(heading(page, t("audience.import.undone", { file: "beurs-najaar.csv" }))).toBeVisible();
    await expect(page.getByText(number(1092))).toBeVisible();
    await expectAccessible(page);
    await keep(page, `import-undone-${language}`);
  });

  test(`what the server refuses is told where it can be mended (${language})`, async ({ page }) => {
    await answer(page, { language });
    await imports(page);
    const detail = "Niet in de toekomst.";
    await page.route(`**/api/v1/imports/${id}/trial`, (route) =>
      route.fulfill({
        status: 422,
        contentType: "application/problem+json",
        json: {
          title: "",
          detail,
          status: 422,
          code: "invalid",
          errors: [{ field: "ground.obtained_on", code: "date", detail }],
        },
      }),
    );
    await upload(page);
    await next(page, t);
    await fillGround(page, t);
    await next(page, t);
    await expect(page.getByText(detail)).toBeVisible();
    await expect(page.getByLabel(t("leads.ground.source"))).toHaveValue("uw bestelling");
  });
}

test("a file is dropped, and an upload on its way is stopped, only when it is confirmed", async ({ page }) => {
  const t = wordsOf("en");
  await answer(page, { language: "en" });
  const world = await imports(page);
  await upload(page);
  await button(page, t("audience.import.drop_file")).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(t("audience.import.drop_file.text"));
  expect(world.moves).toEqual([]);
  await dialog.getByRole("button", { name: t("audience.import.drop_file") }).click();
  await expect(page.getByText(t("audience.import.nothing_in"))).toBeVisible();

  world.current = run("running", 300);
  await page.goto(`/audience/${id}`);
  await button(page, t("audience.import.stop")).click();
  await expect(dialog).toContainText(t("audience.import.stop.text"));
  expect(world.moves).toEqual(["stop"]);
  await dialog.getByRole("button", { name: t("audience.import.stop") }).click();
  // What came in before is there, and can be taken back as well.
  await expect(page.getByText(t("audience.import.stays"))).toBeVisible();
  await expect(button(page, t("audience.import.undo"))).toBeVisible();
});

test("by keyboard alone", async ({ page }) => {
  const t = wordsOf("en");
  await answer(page, { language: "en" });
  const world = await imports(page, true);
  await upload(page);
  await expect(heading(page, t("audience.import.columns"))).toBeFocused();
  await page.getByLabel(t("audience.import.meaning", { column: "Naam" })).focus();
  const onward = async () => {
    await button(page, t("audience.step.next")).focus();
    await page.keyboard.press("Enter");
  };
  await onward();
  await expect(heading(page, t("audience.import.ground"))).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.type("exist");
  await page.keyboard.press("Tab");
  await page.keyboard.type("your order");
  await page.getByLabel(t("leads.ground.obtained_on")).fill("2026-11-01");
  await page.keyboard.press("Enter");
  await expect(heading(page, t("audience.check"))).toBeFocused();
  await button(page, t("audience.import.start.other", { n: "1,188" })).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => world.begun?.ground.basis).toBe("existing_customer");
});

test("on a phone, in the dark", async ({ page }) => {
  test.slow();
  const t = wordsOf("nl");
  await page.setViewportSize({ width: 390, height: 780 });
  await answer(page, { language: "nl", theme: "dark" });
  const world = await imports(page);
  await upload(page);
  const look = async (name: string) => {
    await expectNoSideways(page);
    await expectAccessible(page);
    await keep(page, `import-phone-${name}`);
  };
  await expect(heading(page, t("audience.import.columns"))).toBeVisible();
  await look("columns");
  await next(page, t);
  await fillGround(page, t);
  await look("ground");
  await next(page, t);
  for (const step of ["values", "matching", "differences"]) {
    await expect(heading(page, t(`audience.${step}`))).toBeVisible();
    await look(step);
    await next(page, t);
  }
  await expect(heading(page, t("audience.check"))).toBeVisible();
  await look("check");
  world.current = run("finished", 1200);
  await page.goto(`/audience/${id}`);
  await expect(button(page, t("audience.import.undo"))).toBeVisible();
  await look("result");
  await page.goto("/audience");
  await expect(page.getByText(t("audience.import.state.undone"))).toBeVisible();
  await expect(page.getByText(t("audience.import.state.paused"))).toBeVisible();
  await look("lists");
});

test("who may only look sees how far it is, and nothing to press", async ({ page }) => {
  const t = wordsOf("en");
  await answer(page, { language: "en", role: "read_only" });
  const world = await imports(page);
  await page.goto(`/audience/${id}?step=check`);
  await expect(heading(page, t("audience.import.columns"))).toBeVisible();
  await expect(button(page, t("audience.step.next"))).toHaveCount(0);
  await expect(page.getByLabel(t("audience.import.meaning", { column: "Naam" }))).toBeDisabled();
  await expect(button(page, t("audience.import.drop_file"))).toHaveCount(0);
  world.current = run("paused", 300);
  await page.goto(`/audience/${id}`);
  await expect(page.getByRole("progressbar")).toBeVisible();
  await expect(button(page, t("audience.import.resume"))).toHaveCount(0);
  world.current = run("finished", 1200);
  await page.goto(`/audience/${id}`);
  await expect(button(page, t("audience.import.result.download"))).toBeVisible();
  await expect(button(page, t("audience.import.undo"))).toHaveCount(0);
  expect(world.tried).toEqual([]);
});
