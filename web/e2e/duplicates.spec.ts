import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

const json = (route: Route, body: unknown, status = 200) =>
  route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });

const names: readonly (readonly [string, string])[] = [
  ["De Vries Bouw B.V.", "Vries Bouw"],
  ["Groothandel Prins", "Groothandel Prins & Zonen"],
  ["Installatiebedrijf Van den Heuvel-Oosterhuis en Zonen", "Van den Heuvel Installatietechniek Nederland B.V."],
];

const pair = (n: number) => ({
  id: `d${n}`,
  first: { id: `a${n}`, name: names[n]?.[0], city: "Delft" },
  second: { id: `b${n}`, name: names[n]?.[1], city: "Delft" },
  signs: [{ field: "name", sign: "resembles" }],
  found_at: "2026-11-24T09:00:00Z",
});

const side = (id: string, name: string | undefined, more: object = {}) => ({
  id,
  name,
  source: "beurs-najaar.csv",
  created_at: "2026-11-20T10:00:00Z",
  updated_at: "2026-11-20T10:00:00Z",
  people_n: 2,
  fit_score: 80,
  is_approached: false,
  has_open_pursuit: false,
  has_opportunity: false,
  is_customer: false,
  ...more,
});

const detail = (n: number) => ({
  id: `d${n}`,
  state: "open",
  first: side(`a${n}`, names[n]?.[0], { has_open_pursuit: true }),
  second: side(`b${n}`, names[n]?.[1], { fit_score: null, people_n: 1, has_open_pursuit: n === 1 }),
  facts: [
    { field: "company_name", first: names[n]?.[0], second: names[n]?.[1], survives: names[n]?.[0] },
    { field: "kvk_number", first: "12345678", second: null, survives: "12345678" },
    { field: "website", first: null, second: "www.devriesbouw.example", survives: "www.devriesbouw.example" },
    { field: "company_phone", first: "+31152000001", second: "+31152000001", survives: "+31152000001" },
    { field: "street", first: "Kerkstraat 12", second: "Plein 3", survives: "Plein 3" },
    { field: "city", first: "Delft", second: "Delft", survives: "Delft" },
  ],
  signs: [
    { field: "name", sign: "resembles" },
    { field: "phone", sign: "agrees" },
    { field: "address", sign: "differs" },
    { field: "town", sign: "agrees" },
  ],
  stays: `a${n}`,
  obstacle: n === 1 ? "merge_two_pursuits" : null,
});

const merge = (undone: boolean) => ({
  id: "m0",
  company_id: "a0",
  company_name: names[0]?.[0],
  lost_name: names[0]?.[1],
  is_of_people: false,
  cause: "evidence",
  by: null,
  people_joined_n: 1,
  people_apart_n: 0,
  merged_at: "2026-11-24T09:00:00Z",
  undone_at: undone ? "2026-11-24T10:00:00Z" : null,
  undo: undone ? { moved_n: 3, restored_n: 2, facts_n: 4, facts_kept_n: 1, gone_n: 0 } : null,
});

/** Answers the queue, which gets shorter by every decision, and notes what was decided. */
async function duplicates(page: Page, pairs: number) {
  const written: string[] = [];
  let open = names.slice(0, pairs).map((_, n) => n);
  let undone = false;
  const later: number[] = [];
  const listed = (state: string | null) => (state === "later" ? later : open).map((n) => pair(n));
  await page.route("**/api/v1/duplicates?**", (route) =>
    json(route, {
      items: listed(new URL(route.request().url()).searchParams.get("state")),
      next_cursor: null,
      open_n: open.length,
      later_n: later.length,
      decided_n: 9 + (pairs - open.length - later.length),
      waiting_n: pairs === 0 ? 0 : 1200,
    }),
  );
  for (const n of names.keys()) {
    await page.route(new RegExp(`/api/v1/duplicates/d${n}(\\?|$)`), (route) => {
      const keep = new URL(route.request().url()).searchParams.get("keep");
      return json(route, { ...detail(n), ...(keep === null ? {} : { stays: keep }) });
    });
    await page.route(`**/api/v1/duplicates/d${n}/decision`, (route) => {
      const method = route.request().method();
      if (method === "DELETE") {
        written.push(`reopen d${n}`);
        open = [n, ...open];
        return route.fulfill({ status: 204 });
      }
      const { decision, keep } = route.request().postDataJSON() as { decision: string; keep?: string };
      written.push(`${decision} d${n}${keep === undefined ? "" : `, ${keep} stays`}`);
      open = open.filter((each) => each !== n);
      if (decision === "later") later.push(n);
      return json(route, { merge: decision === "same" ? merge(false) : null });
    });
  }
  await page.route("**/api/v1/merges?**", (route) => json(route, { items: [merge(undone)], next_cursor: null }));
  await page.route("**/api/v1/merges/m0/undo", (route) => {
    written.push("undo m0");
    undone = true;
    open = [0, ...open.filter((each) => each !== 0)];
    return json(route, merge(true));
  });
  return written;
}

const words = {
  nl: {
    part: "Dubbelen",
    two: "Allebei hebben ze een open prospect",
    same: "Zelfde bedrijf",
    letStay: "Laat Vries Bouw blijven",
    stays: "Blijft",
    different: "Verschillend",
    said: "De Vries Bouw B.V. en Vries Bouw zijn nu één bedrijf.",
    empty: "Geen dubbelen te beoordelen",
    undo: "Terugdraaien",
    undone: "Teruggedraaid",
    phone: "Zelfde telefoonnummer",
    merges: "Samengevoegd",
    kept: "1 gegeven bleef staan: het is sindsdien gewijzigd.",
  },
  en: {
    part: "Duplicates",
    two: "Both have an open prospect",
    same: "Same company",
    letStay: "Let Vries Bouw stay",
    stays: "Stays",
    different: "Different",
    said: "De Vries Bouw B.V. and Vries Bouw are one company now.",
    empty: "No duplicates to review",
    undo: "Undo",
    undone: "Taken back",
    phone: "Same telephone",
    merges: "Made one",
    kept: "1 fact stayed: it was changed since.",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];
  test(`duplicates are reviewed side by side, one key each, with a way back (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await duplicates(page, 3);
    await page.goto("/audience?view=duplicates");
    await expect(page.getByText(w.phone)).toBeVisible();
    await expect(page.getByRole("columnheader", { name: /De Vries Bouw B\.V\./ })).toBeVisible();
    await expectAccessible(page);
    await keep(page, `duplicates-${language}`);

    await page.getByRole("button", { name: w.letStay }).click();
    await expect(page.getByRole("columnheader", { name: w.stays }).getByRole("link")).toHaveText("Vries Bouw");
    await page.keyboard.press("s");
    await expect(page.getByText(w.said)).toBeVisible();
    // The next pair has its place; it has two sellers, so that it cannot be made one.
    await expect(page.getByText(w.two)).toBeVisible();
    await expect(page.getByRole("button", { name: w.same })).toBeDisabled();
    await expectAccessible(page);
    // A key does nothing while the one before is still on its way.
    const isReady = () => expect(page.getByRole("button", { name: w.different })).toBeEnabled();
    await isReady();
    await page.keyboard.press("z");
    await expect(page.getByRole("columnheader", { name: /De Vries Bouw B\.V\./ })).toBeVisible();
    await isReady();
    await page.keyboard.press("d");
    await expect(page.getByText(w.two)).toBeVisible();
    await isReady();
    await page.keyboard.press("l");
    await expect(page.getByRole("columnheader", { name: /Oosterhuis/ })).toBeVisible();
    await isReady();
    await page.keyboard.press("d");
    await expect(page.getByText(w.empty)).toBeVisible();
    await expectAccessible(page);
    expect(written).toEqual(["same d0, b0 stays", "undo m0", "different d0", "later d1", "different d2"]);
    await keep(page, `duplicates-empty-${language}`);
  });

  test(`what was made one is listed, and can be taken back (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await duplicates(page, 0);
    await page.goto("/audience?view=duplicates");
    await page.getByText(w.merges, { exact: true }).click();
    await page.getByRole("button", { name: w.undo }).click();
    const dialog = page.getByRole("dialog");
    await expectAccessible(page);
    await dialog.getByRole("button", { name: w.undo }).click();
    await expect(page.getByText(w.kept)).toBeVisible();
    await expect(page.getByText(w.undone, { exact: true })).toBeVisible();
    expect(written).toEqual(["undo m0"]);
    await keep(page, `duplicates-merges-${language}`);
  });
}

test("duplicates on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  await answer(page, { language: "nl" });
  await duplicates(page, 3);
  await page.goto("/audience?view=duplicates");
  await expect(page.getByText(words.nl.phone)).toBeVisible();
  await page.keyboard.press("k");
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  await expectAccessible(page);
  // The keys of a keyboard are buttons under a thumb here, on the screen without scrolling.
  await expect(page.getByRole("button", { name: words.nl.same })).toBeInViewport();
  await keep(page, "duplicates-phone");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(page.getByRole("columnheader", { name: /Oosterhuis/ })).toBeVisible();
  await keep(page, "duplicates-phone-long");
});

test("who may only look decides nothing", async ({ page }) => {
  await answer(page, { language: "en", role: "read_only" });
  const written = await duplicates(page, 1);
  await page.goto("/audience?view=duplicates");
  await expect(page.getByText("Whoever works the audience decides.")).toBeVisible();
  await page.keyboard.press("s");
  await page.keyboard.press("d");
  await expect(page.getByText(words.en.phone)).toBeVisible();
  expect(written).toEqual([]);
});
