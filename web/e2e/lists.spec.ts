import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

// A long way each: filters, views, columns and a file.
test.setTimeout(180_000);

const json = (route: Route, body: unknown, status = 200) =>
  route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });

const names = [
  ["Bakkerij Van den Heuvel-Oosterhuis", "Utrecht", "10711", 24, "lead", 86],
  ["De Vries Bouw B.V.", "Amersfoort", "41201", 130, "prospect", 74],
  ["Groothandel Prins & Zonen", "'s-Hertogenbosch", "46391", 8, "customer", 61],
  ["Installatietechniek Delta", "Zeist", "43221", null, "lead", null],
  ["Jansen Metaalbewerking", "Utrecht", "25620", 52, "opportunity", 91],
] as const;

const companies = [...Array(24).keys()].map((n) => {
  const [name, city, sbi, size, stage, fit] = names[n % names.length] ?? names[0];
  return {
    id: `c${n}`,
    name: n < names.length ? name : `${name} ${n}`,
    website: `www.bedrijf${n}.example`,
    phone: "+31302000001",
    city,
    postcode: "3511 AB",
    country: "NL",
    industry: null,
    sbi_code: sbi,
    employees_n: size,
    kvk_number: "90000001",
    is_non_mailing: false,
    fit_score: fit,
    fit_known_percent: fit === null ? 0 : 80,
    stage,
    source: "beurs-najaar.csv",
    updated_at: "2026-11-20T10:00:00Z",
  };
});

const people = companies.map((company, n) => ({
  id: `l${n}`,
  contact_id: `k${n}`,
  company_id: company.id,
  name: ["Eva van der Meer", "Bas Peters", "Kees de Groot"][n % 3],
  title: ["Directeur", "Hoofd inkoop", null][n % 3],
  seniority: null,
  department: null,
  email: `persoon${n}@bedrijf${n}.example`,
  phone: null,
  company: company.name,
  city: company.city,
  country: "NL",
  state: ["new", "approached", "blocked"][n % 3],
  fit_score: company.fit_score,
  fit_known_percent: 80,
  warmth: 10,
  has_ground: true,
  is_erased: false,
  source: "beurs-najaar.csv",
  updated_at: "2026-11-20T10:00:00Z",
}));

interface Seen {
  asked: URLSearchParams[];
  written: { call: string; body: unknown }[];
}

/** Answers the lists and their views, and notes what was asked and written. */
async function lists(page: Page, rows: readonly object[] = companies): Promise<Seen> {
  const seen: Seen = { asked: [], written: [] };
  const view = {
    id: "v1",
    name: "Bakkers in Utrecht",
    is_shared: true,
    may_change: true,
    definition: {
      search: "bak",
      conditions: [{ field: "town", op: "is", values: ["Utrecht"] }],
      sort: "fit",
      columns: ["company", "fit", "town"],
    },
  };
  const views: object[] = [view];
  let columns: string[] = [];
  const page_of = (route: Route, all: readonly object[]) => {
    const query = new URL(route.request().url()).searchParams;
    seen.asked.push(query);
    // Nothing is found by looking at the first part; the next has everything.
    if (query.get("search") === "diep" && query.get("cursor") === null) {
      return json(route, { items: [], next_cursor: "x", total: 0, total_is_capped: true, is_searchable: true });
    }
    if (query.get("search") === "nergens") {
      return json(route, { items: [], next_cursor: null, total: 0, total_is_capped: false, is_searchable: true });
    }
    return json(route, {
      items: all,
      next_cursor: null,
      total: all.length,
      total_is_capped: false,
      is_searchable: true,
    });
  };
  await page.route("**/api/v1/companies?**", (route) => page_of(route, rows));
  await page.route("**/api/v1/contacts?**", (route) => page_of(route, people));
  await page.route("**/api/v1/list-views?**", (route) => json(route, { items: views, columns }));
  await page.route("**/api/v1/list-views", (route) => {
    const body = route.request().postDataJSON() as { name: string };
    seen.written.push({ call: "POST /list-views", body });
    views.push({ ...view, ...body, id: "v2", is_shared: false });
    return json(route, { id: "v2" }, 201);
  });
  await page.route("**/api/v1/list-columns/*", (route) => {
    const body = route.request().postDataJSON() as { columns: string[] };
    seen.written.push({ call: "PUT /list-columns", body });
    columns = body.columns;
    return route.fulfill({ status: 204 });
  });
  await page.route("**/api/v1/list-exports", (route) => {
    seen.written.push({ call: "POST /list-exports", body: route.request().postDataJSON() });
    const headers = { "Content-Disposition": 'attachment; filename="kiem-bedrijven.csv"', "Content-Type": "text/csv" };
    return route.fulfill({ status: 200, headers, body: '\ufeff"Bedrijf"\r\n' });
  });
  return seen;
}

const words = {
  nl: {
    companies: "Bedrijven",
    people: "Mensen",
    add: "Filter toevoegen",
    field: "Waarop",
    value: "Waarde",
    put: "Toevoegen",
    chip: "SBI-code begint met 62, 63",
    remove: "Filter weghalen: SBI-code begint met 62, 63",
    views: "Weergaven",
    keep: "Bewaren als weergave",
    name: "Naam",
    save: "Bewaren",
    columns: "Kolommen",
    website: "Website",
    export: "Exporteren",
    csv: "CSV-bestand",
    none: "Niets gevonden",
    edit: "Bedrijf wijzigen",
    editTown: "Plaats wijzigen",
    sort: "Sorteer op",
    audience: "Doelgroep",
    company: "Bedrijf",
    town: "Plaats",
  },
  en: {
    companies: "Companies",
    people: "People",
    add: "Add a filter",
    field: "By what",
    value: "Value",
    put: "Add",
    chip: "SBI code begins with 62, 63",
    remove: "Remove filter: SBI code begins with 62, 63",
    views: "Views",
    keep: "Keep as a view",
    name: "Name",
    save: "Keep",
    columns: "Columns",
    website: "Website",
    export: "Export",
    csv: "CSV file",
    none: "Nothing found",
    edit: "Change Company",
    editTown: "Change Town",
    sort: "Sort by",
    audience: "Audience",
    company: "Company",
    town: "Town",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];

  test(`companies are filtered by clicking, and the filter stands in the address (${language})`, async ({ page }) => {
    await answer(page, { language });
    const seen = await lists(page);
    await page.goto("/companies");
    await expect(page.getByText("De Vries Bouw B.V.", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: w.add }).click();
    await page.getByLabel(w.field).selectOption("sbi");
    await page.getByLabel(w.value).fill("62, 63");
    await keep(page, `lists-condition-${language}`);
    await page.getByRole("button", { name: w.put, exact: true }).click();
    await expect(page.getByRole("button", { name: w.chip, exact: true })).toBeVisible();
    const wanted = [{ field: "sbi", op: "starts_with", values: ["62", "63"] }];
    await expect.poll(() => seen.asked.at(-1)?.get("filter")).toBe(JSON.stringify(wanted));
    expect(JSON.parse(new URL(page.url()).searchParams.get("filter") ?? "")).toEqual(wanted);
    await expectAccessible(page);
    await keep(page, `lists-companies-${language}`);
    await page.reload();
    await page.getByRole("button", { name: w.remove }).click();
    await expect.poll(() => seen.asked.at(-1)?.get("filter")).toBe("");
  });

  test(`views are opened and kept, columns chosen, and the list written to a file (${language})`, async ({ page }) => {
    await answer(page, { language });
    const seen = await lists(page);
    await page.goto("/companies");
    await page.getByRole("button", { name: w.views }).click();
    await page.getByRole("menuitem", { name: "Bakkers in Utrecht" }).click();
    await expect.poll(() => seen.asked.at(-1)?.get("sort")).toBe("fit");
    expect(seen.asked.at(-1)?.get("search")).toBe("bak");
    await expect(page.getByRole("columnheader", { name: w.website })).toHaveCount(0);
    await page.getByRole("button", { name: "Bakkers in Utrecht" }).click();
    await page.getByRole("menuitem", { name: w.keep }).click();
    await page.getByLabel(w.name).fill("Mijn bakkers");
    await page.getByRole("button", { name: w.save, exact: true }).click();
    await expect(page.getByRole("button", { name: "Mijn bakkers" })).toBeVisible();
    const kept = seen.written.find((one) => one.call === "POST /list-views")?.body;
    expect(kept).toMatchObject({
      name: "Mijn bakkers",
      definition: { search: "bak", columns: ["company", "fit", "town"] },
    });

    await page.goto("/companies");
    await page.getByRole("button", { name: w.columns }).click();
    await page.getByRole("checkbox", { name: w.website }).click();
    await expect(page.getByRole("columnheader", { name: w.website })).toHaveCount(0);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: w.export }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: w.csv }).click();
    expect((await download).suggestedFilename()).toBe("kiem-bedrijven.csv");
    const file = seen.written.find((one) => one.call === "POST /list-exports")?.body as { columns: string[] };
    expect(file.columns).not.toContain("website");
  });

  test(`a fact is changed in the list by keyboard, and who was late is told (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written: { field: string; value: string }[] = [];
    const rows: object[] = [...companies];
    await lists(page, rows);
    await page.route("**/api/v1/companies/c1", (route) => {
      const body = route.request().postDataJSON() as { field: string; value: string };
      written.push(body);
      if (written.length === 1) {
        rows[1] = { ...rows[1], [body.field]: body.value, updated_at: "2026-11-21T10:00:00Z" };
        return json(route, { updated_at: "2026-11-21T10:00:00Z" });
      }
      const problem = {
        type: "about:blank",
        title: "Te laat",
        detail: "Er is niets bewaard.",
        code: "changed_meanwhile",
      };
      return route.fulfill({ status: 409, contentType: "application/problem+json", body: JSON.stringify(problem) });
    });
    await page.goto("/companies");
    const row = page.getByRole("row").filter({ hasText: "De Vries Bouw B.V." }).first();
    await row.hover();
    await row.getByRole("button", { name: w.edit, exact: true }).click();
    await page.getByRole("textbox", { name: w.company, exact: true }).fill("De Vries Bouw & Zn.");
    await page.keyboard.press("Tab");
    await expect(page.getByText("De Vries Bouw & Zn.", { exact: true })).toBeVisible();
    expect(written).toEqual([{ field: "name", value: "De Vries Bouw & Zn.", seen_at: "2026-11-20T10:00:00Z" }]);
    const town = page.getByRole("textbox", { name: w.town, exact: true });
    await expect(town).toBeFocused();
    await town.fill("Weg");
    await page.keyboard.press("Escape");
    await expect(town).toHaveCount(0);
    expect(written).toHaveLength(1);
    const changed = page.getByRole("row").filter({ hasText: "De Vries Bouw & Zn." }).first();
    await changed.hover();
    await changed.getByRole("button", { name: w.editTown, exact: true }).click();
    await town.fill("Breda");
    await page.keyboard.press("Enter");
    await expect(page.getByText("Er is niets bewaard.")).toBeVisible();
    await expect(page.getByText("Breda", { exact: true })).toHaveCount(0);
    expect(written[1]).toEqual({ field: "town", value: "Breda", seen_at: "2026-11-21T10:00:00Z" });
  });

  test(`a fact that is refused stays open with the reason (${language})`, async ({ page }) => {
    await answer(page, { language });
    await lists(page, [...companies]);
    await page.route("**/api/v1/companies/c1", (route) => {
      const errors = [{ field: "name", code: "required", detail: "Hier hoort een naam." }];
      const problem = { type: "about:blank", title: "Onvolledig", detail: "Zie de velden.", code: "invalid", errors };
      return route.fulfill({ status: 422, contentType: "application/problem+json", body: JSON.stringify(problem) });
    });
    await page.goto("/companies");
    const row = page.getByRole("row").filter({ hasText: "De Vries Bouw B.V." }).first();
    await row.hover();
    await row.getByRole("button", { name: w.edit, exact: true }).click();
    const field = page.getByRole("textbox", { name: w.company, exact: true });
    await field.fill("");
    await page.keyboard.press("Enter");
    await expect(page.getByText("Hier hoort een naam.")).toBeVisible();
    await expect(field).toHaveValue("");
    await expect(field).toBeFocused();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await expect(page.getByText("De Vries Bouw B.V.", { exact: true }).first()).toBeVisible();
  });

  test(`people are listed, also on a phone (${language})`, async ({ page }) => {
    await answer(page, { language });
    await lists(page);
    await page.goto("/people");
    await expect(page.getByText("persoon0@bedrijf0.example")).toBeVisible();
    await expect(page.getByRole("link", { name: w.audience }).first()).toHaveAttribute("aria-current", "true");
    await expectAccessible(page);
    await keep(page, `lists-people-${language}`);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(page.getByText("Eva van der Meer").first()).toBeVisible();
    await expectAccessible(page);
    await keep(page, `lists-people-phone-${language}`);
    // A phone has no headers: what the list is sorted by is chosen below it.
    await page.getByLabel(w.sort).selectOption("fit");
    await expect(page).toHaveURL(/sort=-fit/);
  });

  test(`what is rare is looked for until it is found, and nothing is said plainly (${language})`, async ({ page }) => {
    await answer(page, { language });
    await lists(page);
    await page.goto("/companies?q=diep");
    await expect(page.getByText("De Vries Bouw B.V.", { exact: true })).toBeVisible();
    await page.goto("/companies?q=nergens");
    await expect(page.getByText(w.none)).toBeVisible();
  });
}
