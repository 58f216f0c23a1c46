import { expect, test } from "@playwright/test";
import { expectAccessible, keep } from "./answers";

const pictures = ["lead", "opportunity", "funnel", "plan"] as const;

for (const language of ["nl", "en"] as const)
  for (const theme of ["light", "dark"] as const)
    test(`pictures are accessible, ${language}, ${theme}`, async ({ page }) => {
      await page.addInitScript(
        ([chosen, colours]) => {
          localStorage.setItem("kiem.language", chosen ?? "");
          localStorage.setItem("kiem.theme", colours ?? "");
        },
        [language, theme],
      );
      for (const picture of pictures) {
        await page.goto(`/gallery?only=${picture}`);
        await expect(page.getByRole("figure")).toBeVisible();
        await expectAccessible(page);
        await keep(page, `picture-${picture}-${language}-${theme}`);
      }
    });

for (const size of ["empty", "small", "large"] as const)
  test(`pictures fit on a phone, ${size}`, async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const picture of pictures) {
      await page.goto(`/gallery?only=${picture}&size=${size}`);
      await expect(page.getByRole("figure")).toBeVisible();
      // A picture takes the size of its place a moment after it stands there.
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await keep(page, `picture-${picture}-phone-${size}`);
    }
  });

test("a gate tells who and why, by mouse and by keyboard", async ({ page }) => {
  await page.goto("/gallery?only=lead");
  const gate = page.getByRole("button", { name: /^Reply/ });
  await gate.hover();
  await expect(page.getByRole("heading", { level: 4 })).toContainText("14 went through");
  await page.mouse.move(0, 0);
  await expect(page.getByRole("heading", { level: 4 })).toHaveCount(0);
  await gate.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Open" }).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByText("The same as a table").click();
  await expect(page.getByRole("rowheader", { name: "Became prospect by: Reply" })).toBeVisible();
});

test("the kit is accessible", async ({ page }) => {
  await page.goto("/gallery?only=kit");
  await expect(page.getByText("Certainly a person")).toBeVisible();
  await expectAccessible(page);
});

test("a list of a hundred thousand draws what is seen, sorts, and scrolls to its end", async ({ page }) => {
  await page.goto("/gallery?only=list&size=large");
  const rows = page.getByRole("row");
  await expect(page.getByText("100,000 rows")).toBeVisible();
  expect(await rows.count()).toBeLessThan(60);
  await page.getByRole("button", { name: "Company" }).click();
  await expect(page.getByText("Bedrijf 100000", { exact: true })).toBeVisible();
  await page.getByRole("grid").focus();
  await page.keyboard.press("End");
  await expect(page.getByText("Bedrijf 1", { exact: true })).toBeVisible();
  await expectAccessible(page);
});
