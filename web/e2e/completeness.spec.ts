import { type Page, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

const share = (key: string, known_n: number, register_n: number) => ({
  key,
  known_n,
  register_n,
  percent: register_n === 0 ? null : Math.floor((known_n * 100) / register_n),
});

const empty = {
  register: null,
  is_counting: false,
  total: share("", 0, 0),
  areas: [],
  activities: [],
  uncounted: [],
};

const register = {
  file_name: "hvds.zip",
  edition: "2025",
  as_of: "2026-06-01",
  companies_n: 1_891_639,
  is_sample: false,
  loaded_at: "2026-11-24T09:00:00Z",
  counted_at: "2026-11-24T09:05:00Z",
};

function full(area: string | null, activity: string | null) {
  return {
    register,
    is_counting: false,
    total: share("", 212, 640),
    areas: [share("10", 0, 120), share("26", 90, 90), share("35", 122, 410), share("99", 0, 20)],
    activities:
      activity === null
        ? [share("41", 12, 300), share("62", 200, 340)].slice(area === null ? 0 : 1)
        : [share("62010", 150, 160), share("62020", 50, 180)],
    uncounted: [{ why: "form_unknown", companies_n: 31 }],
  };
}

/** Answers as the server does; returns what was sent. */
async function completeness(page: Page, isLoaded: boolean): Promise<string[]> {
  const sent: string[] = [];
  let loaded = isLoaded;
  await page.route("**/api/v1/audience/summary", (route) => route.fulfill({ json: { contacts_n: 0 } }));
  await page.route("**/api/v1/audience/completeness**", (route) => {
    const url = new URL(route.request().url());
    const json = (body: unknown, status = 200) =>
      route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });
    if (url.pathname.endsWith("/register")) {
      sent.push(url.search);
      loaded = true;
      return json(full(null, null), 202);
    }
    if (url.pathname.endsWith("/count")) {
      sent.push("count");
      return route.fulfill({ status: 202 });
    }
    return json(loaded ? full(url.searchParams.get("area"), url.searchParams.get("activity")) : empty);
  });
  return sent;
}

const words = {
  nl: {
    day: "Dag waarop het register het uitgaf",
    total: /212 van ongeveer 640 \(33\s?%\)/,
    area: /^35: 122 van ongeveer 410/,
    inArea: "Per activiteit, in postcodegebied 35",
    code: /62020/,
    again: "Opnieuw tellen",
    unknown: /Rechtsvorm onbekend/,
    about: "Hoeveel van de markt",
  },
  en: {
    day: "Day on which the register gave it out",
    total: /212 of about 640 \(33%\)/,
    area: /^35: 122 of about 410/,
    inArea: "By activity, in postcode area 35",
    code: /62020/,
    again: "Count again",
    unknown: /Legal form unknown/,
    about: "How much of the market",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];
  test(`the market is shown like a map, and opens into areas and activities (${language})`, async ({ page }) => {
    await answer(page, { language });
    const sent = await completeness(page, true);
    await page.goto("/audience?view=completeness");
    await expect(page.getByText(w.total)).toBeVisible();
    await expect(page.getByText(w.unknown)).toBeVisible();
    await expectAccessible(page);
    await keep(page, `completeness-${language}`);
    await page.getByRole("button", { name: w.area }).click();
    await expect(page.getByRole("heading", { name: w.inArea })).toBeVisible();
    await page.getByRole("button", { name: "62", exact: true }).click();
    await expect(page.getByRole("rowheader", { name: w.code })).toBeVisible();
    await page.getByRole("button", { name: w.again }).click();
    await expect.poll(() => sent).toEqual(["count"]);
  });

  test(`the register is brought in with its day (${language})`, async ({ page }) => {
    await answer(page, { language });
    const sent = await completeness(page, false);
    await page.goto("/audience?view=completeness");
    await expect(page.getByText(w.about)).toBeVisible();
    await expectAccessible(page);
    await keep(page, `completeness-empty-${language}`);
    await page.getByLabel(w.day).fill("2026-06-01");
    const file = { name: "hvds.csv", mimeType: "text/csv", buffer: Buffer.from("postcodeRegio,sbiCode\n35,62010\n") };
    await page.locator("input[type=file]").setInputFiles(file);
    await expect(page.getByText(w.total)).toBeVisible();
    expect(sent).toEqual(["?edition=2025&as_of=2026-06-01"]);
  });
}

test("completeness on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  await answer(page, { language: "nl" });
  await completeness(page, true);
  await page.goto("/audience?view=completeness");
  await expect(page.getByText(words.nl.total)).toBeVisible();
  await expectAccessible(page);
  await keep(page, "completeness-phone");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});
