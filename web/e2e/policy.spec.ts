import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, type Role, answer, expectAccessible, keep } from "./answers";
import { loosening, packs } from "./policy.data";

const json = (route: Route, body: unknown, status = 200) => route.fulfill({ status, json: body });

const ended = {
  loosening: loosening("v0", { country: "BE", reason: "Proef van een kwartaal met een advocaat.", decided_by: "" }),
  ended_by: "Joost Bakker",
  ended_at: "2026-11-20T09:00:00Z",
};

/** The server's sentences about what it refused, in the language that the page asked for. */
const refusals = {
  nl: { short: "Zeg iets meer, zodat een ander het later begrijpt.", allowed: "De regelset staat dit al toe." },
  en: { short: "Say a little more, so that somebody else understands it later.", allowed: "The pack allows this." },
};

interface House {
  language?: Language;
  role?: Role;
  inForce?: object[];
  gone?: object[];
}

/** A workspace with its loosenings; what is decided and ended there is so from then on. */
async function house(page: Page, { language = "en", role = "owner", inForce = [], gone = [] }: House) {
  const answered = await answer(page, { language, role });
  const items = inForce.map((one) => ({ ...one })) as { id: string }[];
  const over = [...gone];
  const problem = (route: Route, status: number, body: object) =>
    route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify({ status, ...body }) });
  await page.route("**/api/v1/policy-packs", (route) => json(route, packs));
  await page.route("**/api/v1/policy-loosenings", (route) => {
    if (route.request().method() === "GET") return json(route, { items, ended: over });
    const body = route.request().postDataJSON() as { reason: string };
    answered.changes.push({ call: "POST policy-loosenings", body, workspace: null });
    const { short, allowed } = refusals[language];
    if (body.reason.length < 10)
      return problem(route, 422, {
        code: "invalid",
        title: "",
        detail: "",
        errors: [{ field: "reason", code: "too_short", detail: short }],
      });
    if (body.reason.includes("dubbel"))
      return problem(route, 409, { code: "loosening_allowed_already", title: "", detail: allowed });
    items.push(loosening("v9", body));
    return json(route, { id: "v9" }, 201);
  });
  await page.route("**/api/v1/policy-loosenings/*", (route) => {
    const id = route.request().url().split("/").at(-1);
    const [one] = items.splice(
      items.findIndex((each) => each.id === id),
      1,
    );
    answered.changes.push({ call: `DELETE ${id}`, body: null, workspace: null });
    over.unshift({ loosening: one, ended_by: "Sanne de Vries", ended_at: "2026-11-28T09:00:00Z" });
    return route.fulfill({ status: 204 });
  });
  const changes = () => answered.changes.map(({ call, body }) => ({ call, body }));
  return { changes };
}

const words = {
  nl: {
    title: "Wat mag per land",
    advice: "Geen juridisch advies.",
    counsel: "Geen jurist heeft deze regelsets nagekeken.",
    countries: ["Nederland", "België", "Duitsland", "Frankrijk", "Ierland", "Italië", "Oostenrijk", "Spanje"],
    more: ["Verenigd Koninkrijk", "Elk ander land, of land onbekend"],
    scopes: "Ongevraagd: bellen (rechtspersonen), post (iedereen)",
    reviewed: "Versie 1, nagekeken op 30 sep 2026.",
    summary: /Commerciële e-mail mag alleen met toestemming/,
    table: "Welke grond volstaat",
    guessed: "Mail Geraden adres",
    nothing: "Niets volstaat",
    source: /Telecommunicatiewet, artikel 11\.7/,
    secondary: "stand van 15 aug 2026 · gelezen wat anderen erover schreven, niet de tekst zelf",
    primary: "stand van 15 aug 2026 · tekst zelf gelezen",
    none: "Niets versoepeld",
    why: /Dat maakt niets rechtmatig/,
    loosen: "Regel versoepelen",
    country: "Land",
    person: "Wie er achter het bedrijf staat",
    channel: "Hoe je benadert",
    address: "Soort adres",
    basis: "Welke grond hier voortaan volstaat",
    enough: /Volstaat al: Toestemming, Bestaande klant/,
    reason: "Waarom je dit risico neemt",
    responsible: "Verantwoordelijk: Sanne de Vries.",
    inForce: "Van kracht",
    loosened: "Versoepeld",
    decided: "Besloten door Sanne de Vries op 24 nov 2026",
    end: "Beëindigen",
    endTitle: "Versoepeling beëindigen",
    endedList: "Beëindigd (1)",
    endedBy: "Beëindigd door Sanne de Vries op 28 nov 2026",
    formerEnded: "Besloten door iemand die er niet meer is op 24 nov 2026 · Beëindigd door Joost Bakker op 20 nov 2026",
    owner: "Alleen een eigenaar kan een regel versoepelen of dat beëindigen.",
    one: "Eén regel is in deze werkruimte versoepeld.",
  },
  en: {
    title: "What may be done per country",
    advice: "No legal advice.",
    counsel: "No lawyer has reviewed these rule sets.",
    countries: ["Netherlands", "Austria", "Belgium", "France", "Germany", "Ireland", "Italy", "Spain"],
    more: ["United Kingdom", "Every other country, or country unknown"],
    scopes: "Unsolicited: calling (legal persons), post (everybody)",
    reviewed: "Version 1, reviewed on 30 Sept 2026.",
    summary: /Commercial e-mail needs consent, a customer relation/,
    table: "Which ground is enough",
    guessed: "Mail Guessed address",
    nothing: "Nothing is enough",
    source: /Telecommunicatiewet, artikel 11\.7/,
    secondary: "as of 15 Aug 2026 · read what others wrote about it, not the text itself",
    primary: "as of 15 Aug 2026 · the text itself was read",
    none: "Nothing loosened",
    why: /It makes nothing lawful/,
    loosen: "Loosen a rule",
    country: "Country",
    person: "Who stands behind the company",
    channel: "How you approach",
    address: "Kind of address",
    basis: "Which ground is enough here from now on",
    enough: /Enough already: Consent, Existing customer/,
    reason: "Why you take this risk",
    responsible: "Responsible: Sanne de Vries.",
    inForce: "In force",
    loosened: "Loosened",
    decided: "Decided by Sanne de Vries on 24 Nov 2026",
    end: "End",
    endTitle: "End the loosening",
    endedList: "Ended (1)",
    endedBy: "Ended by Sanne de Vries on 28 Nov 2026",
    formerEnded: "Decided by somebody who is not here any more on 24 Nov 2026 · Ended by Joost Bakker on 20 Nov 2026",
    owner: "Only an owner can loosen a rule or end that.",
    one: "One rule is loosened in this workspace.",
  },
} as const satisfies Record<Language, object>;

async function expectFits(page: Page) {
  const room = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(room).toBeLessThanOrEqual(0);
}

for (const language of ["nl", "en"] as const) {
  const w = words[language];
  const heads = (page: Page) => page.getByRole("heading", { level: 4 }).getByRole("button");

  for (const [device, width] of [
    ["phone", 390],
    ["desk", 1440],
  ] as const)
    test(`policy: what each country allows, by which sources (${language}, ${device})`, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 });
      await house(page, { language });
      await page.goto("/settings/policy");
      await expect(page.getByRole("heading", { name: w.title, level: 2 })).toBeVisible();
      await expect(page.getByRole("note")).toContainText(w.advice);
      await expect(page.getByRole("note")).toContainText(packs.notice[language]);
      await expect(page.getByRole("note")).toContainText(w.counsel);
      const order = [...w.countries, ...w.more].map((name) => new RegExp(`^${name}`));
      await expect(heads(page)).toHaveText(order);
      await expect(page.getByText(w.why)).toBeVisible();
      await expectAccessible(page);
      await keep(page, `policy-${device}-${language}`);
      await expectFits(page);
      // By keyboard: the first country, then another; the first one closes.
      const [first, second] = [heads(page).nth(0), heads(page).nth(1)];
      await expect(first).toHaveAccessibleName(`${w.countries[0]} ${w.scopes}`);
      await first.focus();
      await page.keyboard.press("Enter");
      await expect(first).toHaveAttribute("aria-expanded", "true");
      await expect(page.getByText(w.summary)).toBeVisible();
      await expect(page.getByText(w.reviewed)).toBeVisible();
      const table = page.getByRole("table", { name: w.table });
      await expect(table.getByRole("row")).toHaveCount(6);
      await expect(table.getByRole("row", { name: w.guessed }).getByText(w.nothing)).toHaveCount(2);
      await expect(page.getByRole("link", { name: w.source })).toHaveAttribute("href", /^https:/);
      await expect(page.getByText(w.secondary)).toBeVisible();
      await expect(page.getByText(w.primary)).toBeVisible();
      await expectAccessible(page);
      await keep(page, `policy-open-${device}-${language}`);
      await expectFits(page);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await expect(second).toBeFocused();
      await page.keyboard.press("Space");
      await expect(first).toHaveAttribute("aria-expanded", "false");
      await expect(second).toHaveAttribute("aria-expanded", "true");
      await expect(page.getByRole("table")).toHaveCount(1);
      // What is opened stays under the hand, however far down it is.
      const last = heads(page).last();
      await last.scrollIntoViewIfNeeded();
      await last.click();
      await expect(last).toBeInViewport();
      await expect(page).toHaveURL(/country=(\*|%2A)$/);
    });

  for (const [device, width] of [
    ["phone", 390],
    ["desk", 1440],
  ] as const)
    test(`policy: an owner loosens a rule in person and ends it (${language}, ${device})`, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 });
      const { changes } = await house(page, { language });
      await page.goto("/settings/policy?country=NL");
      await expect(page.getByText(w.none)).toBeVisible();
      await page.getByRole("button", { name: w.loosen }).click();
      const dialog = page.getByRole("dialog");
      const basis = dialog.getByLabel(w.basis);
      await expect(dialog.getByText(w.responsible)).toBeVisible();
      await expect(basis).toBeDisabled();
      await dialog.getByLabel(w.country, { exact: true }).selectOption("NL");
      await dialog.getByLabel(w.person).selectOption("legal_person");
      await dialog.getByLabel(w.channel).selectOption("phone");
      await expect(dialog.getByLabel(w.address)).toHaveCount(0);
      await expect(basis).toBeDisabled();
      await dialog.getByLabel(w.channel).selectOption("mail");
      await dialog.getByLabel(w.address).selectOption("role");
      await expect(dialog.getByText(w.enough)).toBeVisible();
      await expect(basis.locator("option:not([value=''])")).toHaveCount(1);
      await basis.selectOption("legitimate_interest");
      await dialog.getByLabel(w.reason).fill("mag wel");
      await dialog.getByRole("button", { name: w.loosen }).click();
      await expect(dialog.getByLabel(w.reason)).toHaveAccessibleDescription(new RegExp(refusals[language].short));
      await expect(dialog.getByRole("alert")).toHaveCount(0);
      await expectAccessible(page);
      await keep(page, `policy-loosen-${device}-${language}`);
      await dialog.getByLabel(w.reason).fill("dubbel besloten, per ongeluk");
      await dialog.getByRole("button", { name: w.loosen }).click();
      await expect(basis).toHaveAccessibleDescription(new RegExp(refusals[language].allowed));
      const reason = "Algemene adressen die bedrijven zelf publiceren; wij nemen het risico.";
      await dialog.getByLabel(w.reason).fill(reason);
      await dialog.getByRole("button", { name: w.loosen }).press("Enter");
      await expect(dialog).toHaveCount(0);
      const ofCase = { channel: "mail", person: "legal_person", address: "role" };
      expect(changes().at(-1)).toEqual({
        call: "POST policy-loosenings",
        body: { country: "NL", case: ofCase, basis: "legitimate_interest", reason },
      });
      await expect(page.getByText(w.one)).toBeVisible();
      await expect(page.getByRole("table").getByText(w.loosened)).toHaveCount(1);
      const one = page.getByRole("list", { name: w.inForce }).getByRole("listitem");
      await expect(one).toContainText(reason);
      await expect(one).toContainText(w.decided);
      await expectAccessible(page);
      await keep(page, `policy-loosened-${device}-${language}`);
      await expectFits(page);
      await one.getByRole("button", { name: w.end }).click();
      await expect(page.getByRole("dialog", { name: w.endTitle })).toContainText(w.countries[0]);
      await keep(page, `policy-end-${device}-${language}`);
      await page.getByRole("dialog").getByRole("button", { name: w.end, exact: true }).click();
      await expect(page.getByRole("dialog")).toHaveCount(0);
      expect(changes().at(-1)).toEqual({ call: "DELETE v9", body: null });
      await expect(page.getByText(w.none)).toBeVisible();
      await page.getByText(w.endedList).click();
      await expect(page.getByText(w.endedBy)).toBeVisible();
      await expectAccessible(page);
    });

  test(`policy: who is no owner sees who decided and why, and changes nothing (${language})`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await house(page, { language, role: "manager", inForce: [loosening("v1")], gone: [ended] });
    await page.goto("/settings/policy");
    await expect(page.getByText(w.owner)).toBeVisible();
    await expect(page.getByText(w.decided)).toBeVisible();
    await page.getByText(w.endedList).click();
    await expect(page.getByText(w.formerEnded)).toBeVisible();
    await expect(page.getByRole("button", { name: w.loosen })).toHaveCount(0);
    await expect(page.getByRole("button", { name: w.end, exact: true })).toHaveCount(0);
    await expectAccessible(page);
    await keep(page, `policy-manager-${language}`);
    await expectFits(page);
  });
}

test("policy: the audience and a verdict lead to it", async ({ page }) => {
  await house(page, { inForce: [loosening("v1")] });
  await page.route("**/api/v1/audience/summary", (route) =>
    json(route, {
      companies_n: 1,
      contacts_n: 1,
      fits_n: 1,
      fit_unknown_n: 0,
      reachable_n: 1,
      lawful_n: 1,
      channels: [{ channel: "mail", lawful_n: 1, loosened_n: 1, blocked: [] }],
      unlocks: [],
      loosenings: [loosening("v1")],
    }),
  );
  await page.route("**/api/v1/imports?**", (route) => json(route, { items: [] }));
  await page.goto("/audience");
  await expect(page.getByText("One rule was loosened by an owner of this workspace.")).toBeVisible();
  await page.getByRole("link", { name: "See the loosenings" }).click();
  await expect(page).toHaveURL(/\/settings\/policy$/);
  await page.getByRole("link", { name: "See which" }).click();
  await expect(page.getByRole("heading", { name: "Loosenings", exact: true })).toBeInViewport();
});
