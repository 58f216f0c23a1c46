import { expect, test } from "@playwright/test";
import { fullFunnel } from "../src/parts/funnel/sample";
import { type Language, answer, expectAccessible, keep } from "./answers";

const words = {
  nl: { gate: /^Antwoord/, all: "Toon alle 14", title: "Door: Antwoord", more: "Meer tonen", back: "Funnel" },
  en: { gate: /^Reply/, all: "Show all 14", title: "Through: Reply", more: "Show more", back: "Funnel" },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[])
  test(`funnel: all who went through a gate, page by page (${language})`, async ({ page }) => {
    const w = words[language];
    await answer(page, { language });
    await page.route("**/api/v1/campaigns", (route) => route.fulfill({ json: { items: [] } }));
    await page.route("**/api/v1/funnel?**", (route) => route.fulfill({ json: fullFunnel }));
    const asked: string[] = [];
    await page.route("**/api/v1/funnel/gates/reply?**", (route) => {
      const { searchParams } = new URL(route.request().url());
      asked.push(`${searchParams.get("from")} ${searchParams.get("cursor")}`);
      const first = searchParams.has("cursor") ? 8 : 1;
      const items = Array.from({ length: 7 }, (_, at) => ({
        id: `g${first + at}`,
        prospect_id: `p${first + at}`,
        name: `Persoon ${first + at}`,
        company: "Van den Berg Installaties",
        why: "“Wat kost dit voor drie vestigingen?”",
        at: "2026-11-20T09:12:00Z",
      }));
      return route.fulfill({ json: { items, next_cursor: first === 1 ? "8" : null } });
    });
    await page.goto("/funnel?period=year");
    await page.getByRole("button", { name: w.gate }).press("Enter");
    await page.getByRole("button", { name: w.all }).press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: w.title })).toBeVisible();
    await page.getByRole("button", { name: w.more }).click();
    await expect(page.getByText("Persoon 14")).toBeVisible();
    await expect(page.getByRole("button", { name: w.more })).toHaveCount(0);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expectAccessible(page);
    await keep(page, `funnel-gate-${language}`);
    // The period goes along, there and back.
    expect(new Set(asked.map((each) => each.slice(4)))).toEqual(new Set(["-01-01 null", "-01-01 8"]));
    await page.getByRole("main").getByRole("link", { name: w.back }).click();
    await expect(page).toHaveURL(/\/funnel\?period=year$/);
  });
