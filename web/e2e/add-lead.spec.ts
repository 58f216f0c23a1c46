import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

const json = (route: Route, body: unknown, status = 200) =>
  route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });

const firm = (id: string, city: string, verdict = "review") => ({
  id,
  name: "Bakker",
  city,
  verdict,
  signs: [{ field: "name", sign: "agrees" }],
});

const jan = {
  contact_id: "c1",
  lead_id: "l1",
  name: "Jan Bos",
  title: "Directeur",
  email: "jan@bakker.example",
  sign: "initials",
  is_same: false,
};

interface Sent {
  company: { name: string };
  contact: { given_name: string };
  company_id?: string;
  company_is_new?: boolean;
}

/** Two companies are called Bakker; at the one in Goes works Jan Bos. */
async function leads(page: Page) {
  const added: Sent[] = [];
  await page.route("**/api/v1/leads/check", (route) => {
    const sent = route.request().postDataJSON() as Sent;
    const nothing = { company: null, is_ambiguous: false, companies: [], people: [], waiting_n: 0 };
    if (sent.company.name !== "Bakker" || sent.company_is_new === true) return json(route, nothing);
    if (sent.company_id == null)
      return json(route, { ...nothing, is_ambiguous: true, companies: [firm("f1", "Delft"), firm("f2", "Goes")] });
    const people = sent.contact.given_name === "" ? [] : [jan];
    return json(route, { ...nothing, company: { id: "f2", name: "Bakker", city: "Goes" }, people });
  });
  await page.route("**/api/v1/leads", (route) => {
    added.push(route.request().postDataJSON() as Sent);
    return json(route, { id: "l7", possible_duplicates: [] }, 201);
  });
  return added;
}

const words = {
  nl: {
    add: "Lead toevoegen",
    company: "Bedrijf",
    given: "Voornaam",
    family: "Achternaam",
    several: "Meer dan één bedrijf heet zo",
    comes: "Komt bij Bakker, Goes",
    again: "Opnieuw kiezen",
    asNew: "Een nieuw bedrijf",
    becomes: "Bakker wordt een nieuw bedrijf.",
    like: "staat al iemand die erop lijkt",
  },
  en: {
    add: "Add a lead",
    company: "Company",
    given: "First name",
    family: "Family name",
    several: "More than one company has this name",
    comes: "Comes to Bakker, Goes",
    again: "Choose again",
    asNew: "A new company",
    becomes: "Bakker becomes a new company.",
    like: "Somebody like this is at the company already",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];

  test(`add a lead: who is there already is seen while it is typed (${language})`, async ({ page }) => {
    await answer(page, { language });
    const added = await leads(page);
    await page.goto("/leads");
    await page.getByRole("button", { name: w.add }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(w.company, { exact: true }).fill("Bakker");
    await expect(dialog).toContainText(w.several);
    await keep(page, `add-lead-several-${language}`);
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Bakker, Goes" }).click();
    await expect(dialog).toContainText(w.comes);
    await dialog.getByLabel(w.given, { exact: true }).fill("J.");
    await dialog.getByLabel(w.family, { exact: true }).fill("Bos");
    await expect(dialog).toContainText(w.like);
    await expect(dialog.getByRole("link", { name: "Jan Bos" })).toHaveAttribute("href", /\/leads\/l1/);
    await keep(page, `add-lead-there-${language}`);
    await expectAccessible(page);

    await dialog.getByRole("button", { name: w.again }).click();
    await expect(dialog).toContainText(w.several);
    await dialog.getByRole("button", { name: w.asNew }).click();
    await expect(dialog).toContainText(w.becomes);
    await expect(dialog).not.toContainText(w.like);
    await dialog.getByRole("button", { name: w.add }).click();
    await expect(dialog).toBeHidden();
    expect(added).toHaveLength(1);
    expect(added[0]?.company_is_new).toBe(true);
    expect(added[0]?.company_id).toBeUndefined();
  });
}

test("add a lead: what is found has room on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await answer(page, { language: "nl" });
  await leads(page);
  await page.goto("/leads");
  await page.getByRole("button", { name: words.nl.add }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(words.nl.company, { exact: true }).fill("Bakker");
  await expect(dialog).toContainText(words.nl.several);
  await keep(page, "add-lead-phone");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
