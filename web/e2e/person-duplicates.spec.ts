import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

const json = (route: Route, body: unknown, status = 200) =>
  route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });

interface Person {
  name: string;
  email: string | null;
  title: string | null;
}

/** By initials; of one name with two addresses; with long names. */
const pairs: readonly (readonly [Person, Person])[] = [
  [
    { name: "J. de Vries", email: "info@devriesbouw.example", title: null },
    { name: "Jan de Vries", email: "jan@devriesbouw.example", title: "Directeur" },
  ],
  [
    { name: "Fatima el Amrani", email: "fatima@groothandelprins.example", title: "Inkoper" },
    { name: "Fatima el Amrani", email: "f.elamrani@groothandelprins.example", title: "Hoofd inkoop" },
  ],
  [
    { name: "Alexandra-Charlotte van den Heuvel-Oosterhuis", email: null, title: "Hoofd personeel en organisatie" },
    { name: "A.C. van den Heuvel", email: "alexandra@vandenheuvel-oosterhuis.example", title: null },
  ],
];
const companies = ["De Vries Bouw B.V.", "Groothandel Prins", "Van den Heuvel-Oosterhuis Installatietechniek B.V."];
const signs = ["initials", "name", "family_name"];

const pair = (n: number) => ({
  id: `d${n}`,
  first: { id: `a${n}`, ...pairs[n]?.[0] },
  second: { id: `b${n}`, ...pairs[n]?.[1] },
  company_id: `c${n}`,
  company_name: companies[n],
  sign: signs[n],
  found_at: "2026-11-24T09:00:00Z",
});

const side = (id: string, person: Person | undefined, more: object) => ({
  id,
  name: person?.name,
  source: "beurs-najaar.csv",
  created_at: "2026-11-20T10:00:00Z",
  updated_at: "2026-11-20T10:00:00Z",
  lead_id: `l-${id}`,
  lead_state: "new",
  is_approached: false,
  is_pursued: false,
  ...more,
});

/** Who is in two campaigns cannot be made one: then nobody says what would stay. */
function detail(n: number, kept: string | null) {
  const [first, second] = pairs[n] ?? [];
  const obstacle = n === 1 ? "merge_two_campaigns" : null;
  const survives = (fact: string | null | undefined) => (obstacle === null ? fact : null);
  return {
    id: `d${n}`,
    state: "open",
    company_id: `c${n}`,
    company_name: companies[n],
    first: side(`a${n}`, first, { lead_state: "resting", is_approached: true }),
    second: side(`b${n}`, second, n === 2 ? { lead_id: null, lead_state: null } : { is_pursued: true }),
    facts: [
      { field: "given_name", first: first?.name.split(" ")[0], second: second?.name.split(" ")[0] },
      { field: "family_name", first: first?.name.split(" ").at(-1), second: second?.name.split(" ").at(-1) },
      { field: "email", first: first?.email, second: second?.email },
      { field: "title", first: first?.title, second: second?.title },
      { field: "language", first: "nl", second: null },
    ].map((fact) => ({
      ...fact,
      survives: survives(fact.field === "email" && kept === `a${n}` ? fact.first : (fact.second ?? fact.first)),
    })),
    sign: signs[n],
    obstacle,
  };
}

const merge = (undone: boolean, name: string | null = "Jan de Vries") => ({
  id: name === null ? "m1" : "m0",
  company_id: "c0",
  company_name: companies[0],
  lost_name: "",
  is_of_people: true,
  person_name: name,
  cause: "person",
  by: "Sanne de Vries",
  people_joined_n: 0,
  people_apart_n: 0,
  merged_at: "2026-11-24T09:00:00Z",
  undone_at: undone ? "2026-11-24T10:00:00Z" : null,
  undo: undone ? { moved_n: 3, restored_n: 1, facts_n: 2, facts_kept_n: 1, gone_n: 0 } : null,
});

/** Answers both queues; that of people gets shorter by every decision. Notes what was decided. */
async function duplicates(page: Page, n: number) {
  const written: string[] = [];
  let open = pairs.slice(0, n).map((_, place) => place);
  let undone = false;
  const later: number[] = [];
  const counts = () => ({ open_n: open.length, later_n: later.length, decided_n: n - open.length - later.length });
  await page.route("**/api/v1/duplicates?**", (route) =>
    json(route, { items: [], next_cursor: null, open_n: 1200, later_n: 0, decided_n: 0, waiting_n: 0 }),
  );
  await page.route("**/api/v1/duplicates/people?**", (route) => {
    const isLater = new URL(route.request().url()).searchParams.get("state") === "later";
    const items = (isLater ? later : open).map((place) => pair(place));
    return json(route, { items, next_cursor: null, ...counts(), waiting_n: n === 0 ? 0 : 40 });
  });
  await page.route(/\/api\/v1\/duplicates\/people\/d\d(\?|$)/, (route) => {
    const url = new URL(route.request().url());
    return json(route, detail(Number(url.pathname.at(-1)), url.searchParams.get("keep")));
  });
  await page.route(/\/api\/v1\/duplicates\/people\/d\d\/decision/, (route) => {
    const place = Number(/d(\d)\/decision/.exec(route.request().url())?.[1]);
    if (route.request().method() === "DELETE") {
      written.push(`reopen d${place}`);
      open = [place, ...open];
      return route.fulfill({ status: 204 });
    }
    const { decision, keep } = route.request().postDataJSON() as { decision: string; keep?: string };
    written.push(`${decision} d${place}${keep === undefined ? "" : `, facts of ${keep}`}`);
    open = open.filter((each) => each !== place);
    if (decision === "later") later.push(place);
    return json(route, { merge: decision === "same" ? merge(false) : null });
  });
  await page.route("**/api/v1/merges?**", (route) =>
    json(route, { items: [merge(undone), merge(false, null)], next_cursor: null }),
  );
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
    people: "Personen",
    waiting: "Bedrijven 1.200",
    initials: "De voorletters passen bij de ander",
    stake: "lead: in rust · benaderd",
    pursued: "lead: nieuw · hoort bij een prospect",
    same: "Zelfde persoon",
    different: "Verschillend",
    choose: "Deze gegevens laten gelden: J. de Vries",
    chosen: "Deze gelden",
    letGo: "Laat Kiem kiezen",
    said: "J. de Vries en Jan de Vries zijn nu één persoon.",
    two: "Ze zitten allebei in dezelfde campagne",
    means: "Zijn ze één persoon, dan komen hun mails",
    twoNames:
      "Fatima el Amrani (fatima@groothandelprins.example) en Fatima el Amrani (f.elamrani@groothandelprins.example)",
    empty: "Geen dubbele personen te beoordelen",
    merges: "Samengevoegd",
    merged: "Twee records van Jan de Vries werden één",
    nameless: "Twee records van iemand zonder naam werden één",
    undo: "Terugdraaien",
    title: "Van Jan de Vries weer twee records maken?",
    undone: "Teruggedraaid",
  },
  en: {
    people: "People",
    waiting: "Companies 1,200",
    initials: "The initials fit the other",
    stake: "lead: resting · approached",
    pursued: "lead: new · part of a prospect",
    same: "Same person",
    different: "Different",
    choose: "Let these facts stay: J. de Vries",
    chosen: "These stay",
    letGo: "Let Kiem choose",
    said: "J. de Vries and Jan de Vries are one person now.",
    two: "Both are in the same campaign",
    means: "If they are one person, their mails",
    twoNames:
      "Fatima el Amrani (fatima@groothandelprins.example) and Fatima el Amrani (f.elamrani@groothandelprins.example)",
    empty: "No double people to review",
    merges: "Made one",
    merged: "Two records of Jan de Vries became one",
    nameless: "Two records of somebody without a name became one",
    undo: "Undo",
    title: "Make two records of Jan de Vries again?",
    undone: "Taken back",
  },
} as const;

const mail = "info@devriesbouw.example";

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];
  test(`people are reviewed side by side, one key each, with a way back (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await duplicates(page, 3);
    await page.goto("/audience?view=duplicates");
    await expect(page.getByText(w.waiting)).toBeVisible();
    await page.getByText(`${w.people} 3`).click();
    await expect(page).toHaveURL(/of=people/);
    await expect(page.getByText(w.initials)).toBeVisible();
    const heads = page.getByRole("columnheader");
    await expect(heads.getByRole("link", { name: "Jan de Vries" })).toHaveAttribute("href", "/leads/l-b0");
    await expect(page.getByRole("link", { name: companies[0] })).toHaveAttribute("href", "/companies/c0");
    await expect(page.getByText(w.stake)).toBeVisible();
    await expect(page.getByText(w.pursued)).toBeVisible();
    await expect(page.getByText(w.means)).toBeVisible();
    await expectAccessible(page);
    await keep(page, `duplicates-people-${language}`);

    // Whose facts stay is left to Kiem until somebody chooses, and again when they do not want to any more.
    await expect(page.getByText(w.chosen, { exact: true })).toHaveCount(0);
    await page.getByRole("button", { name: w.choose }).click();
    const chosen = heads.filter({ has: page.getByText(w.chosen, { exact: true }) });
    await expect(chosen.getByRole("link")).toHaveText("J. de Vries");
    await expect(page.getByRole("cell", { name: mail, exact: true })).toHaveCSS("text-decoration-line", "none");
    await expectAccessible(page);
    await keep(page, `duplicates-people-chosen-${language}`);
    await page.getByRole("button", { name: w.letGo }).click();
    await expect(page.getByText(w.chosen, { exact: true })).toHaveCount(0);
    await page.getByRole("button", { name: w.choose }).click();
    await page.keyboard.press("s");
    await expect(page.getByText(w.said)).toBeVisible();

    // The next two are in one campaign: nothing is crossed out, for nobody knows what would stay.
    await expect(page.getByText(w.two)).toBeVisible();
    await expect(page.getByRole("button", { name: w.same })).toBeDisabled();
    await expect(page.getByText(w.means)).toHaveCount(0);
    await expect(page.getByRole("cell", { name: "Inkoper", exact: true })).toHaveCSS("text-decoration-line", "none");
    await expectAccessible(page);
    await keep(page, `duplicates-people-campaigns-${language}`);
    const isReady = () => expect(page.getByRole("button", { name: w.different })).toBeEnabled();
    await isReady();
    await page.keyboard.press("z");
    await expect(page.getByText(w.initials)).toBeVisible();
    await isReady();
    await page.keyboard.press("d");
    await expect(page.getByText(w.two)).toBeVisible();
    await isReady();
    await page.keyboard.press("l");
    await expect(page.getByText(w.twoNames)).toBeVisible();
    // Somebody who is no lead has no page of their own.
    await expect(heads.filter({ hasText: "A.C. van den Heuvel" }).getByRole("link")).toHaveCount(0);
    await isReady();
    await page.keyboard.press("d");
    await expect(page.getByText(w.empty)).toBeVisible();
    await expect(page.getByRole("radio", { name: w.people, exact: true })).toBeChecked();
    await expectAccessible(page);
    expect(written).toEqual(["same d0, facts of a0", "undo m0", "different d0", "later d1", "different d2"]);
    await keep(page, `duplicates-people-empty-${language}`);
  });

  test(`two records that became one person are listed, and can be taken back (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await duplicates(page, 0);
    await page.goto("/audience?view=duplicates&of=people");
    await page.getByText(w.merges, { exact: true }).click();
    await expect(page.getByText(w.nameless)).toBeVisible();
    const row = page.getByRole("listitem").filter({ hasText: w.merged });
    await expect(row.getByRole("link", { name: companies[0] })).toHaveAttribute("href", "/companies/c0");
    await row.getByRole("button", { name: w.undo }).click();
    const dialog = page.getByRole("dialog", { name: w.title });
    await expectAccessible(page);
    await keep(page, `duplicates-people-undo-${language}`);
    await dialog.getByRole("button", { name: w.undo }).click();
    await expect(row.getByText(w.undone, { exact: true })).toBeVisible();
    expect(written).toEqual(["undo m0"]);
    await keep(page, `duplicates-people-merges-${language}`);
  });
}

test("double people on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  await answer(page, { language: "nl" });
  await duplicates(page, 3);
  await page.goto("/audience?view=duplicates&of=people");
  const fits = async () =>
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expect(page.getByText(words.nl.initials)).toBeVisible();
  await page.getByRole("button", { name: words.nl.choose }).click();
  await expect(page.getByText(words.nl.chosen, { exact: true })).toBeVisible();
  await fits();
  await expectAccessible(page);
  await keep(page, "duplicates-people-phone");
  await page.keyboard.press("j");
  await expect(page.getByText(words.nl.two)).toBeVisible();
  await fits();
  await keep(page, "duplicates-people-phone-campaigns");
  await page.keyboard.press("j");
  await expect(page.getByRole("columnheader", { name: /Alexandra/ })).toBeVisible();
  await fits();
  await expectAccessible(page);
  await keep(page, "duplicates-people-phone-long");
});

test("who may only look decides nothing about people", async ({ page }) => {
  await answer(page, { language: "en", role: "read_only" });
  const written = await duplicates(page, 1);
  await page.goto("/audience?view=duplicates&of=people");
  await expect(page.getByText("Whoever works the audience decides.")).toBeVisible();
  await expect(page.getByRole("button", { name: words.en.choose })).toHaveCount(0);
  await page.keyboard.press("s");
  await page.keyboard.press("d");
  await expect(page.getByText(words.en.initials)).toBeVisible();
  expect(written).toEqual([]);
});
