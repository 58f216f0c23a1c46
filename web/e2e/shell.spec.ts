import { expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

const words = {
  en: {
    logIn: "Log in",
    email: "E-mail address",
    password: "Password",
    today: "Today",
    wrong: "do not belong together",
  },
  nl: {
    logIn: "Inloggen",
    email: "E-mailadres",
    password: "Wachtwoord",
    today: "Vandaag",
    wrong: "horen niet bij elkaar",
  },
} satisfies Record<Language, object>;

for (const language of ["nl", "en"] as const) {
  const word = words[language];

  test.describe(language, () => {
    test.use({ locale: language === "nl" ? "nl-NL" : "en-GB" });

    test("a wrong password is told, the right one lets in", async ({ page }) => {
      await answer(page, { presence: "logged_out", language });
      await page.goto("/prospects");
      await page.getByLabel(word.email).fill("sanne@bureau.example");
      await page.getByLabel(word.password, { exact: true }).fill("verkeerd");
      await page.getByRole("button", { name: word.logIn, exact: true }).click();
      await expect(page.getByRole("alert")).toContainText(word.wrong);
      await expectAccessible(page);
      await keep(page, `log-in-${language}`);
      await page.getByLabel(word.password, { exact: true }).fill("een lang zinnetje");
      await page.getByRole("button", { name: word.logIn, exact: true }).click();
      // Where one wanted to go is where one arrives.
      await expect(page.getByRole("heading", { level: 1, name: "Prospects" })).toBeVisible();
    });

    test("the first one becomes the owner", async ({ page }) => {
      const answered = await answer(page, { presence: "needs_owner", language });
      await page.goto("/");
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectAccessible(page);
      await keep(page, `first-start-${language}`);
      const fields = page.getByRole("textbox");
      await fields.nth(0).fill("Sanne de Vries");
      await fields.nth(1).fill("sanne@bureau.example");
      await page.locator("input[name=password]").fill("een lang zinnetje");
      await page.locator("input[name=workspace_name]").fill("Bureau Noord");
      await page.locator("button[type=submit]").click();
      await expect(page.getByRole("heading", { level: 1, name: word.today })).toBeVisible();
      expect(answered.changes[0]).toMatchObject({ call: "POST /api/v1/setup", body: { language, practice: true } });
    });

    for (const theme of ["light", "dark"] as const)
      test(`every page of the rail explains itself, ${theme}`, async ({ page }) => {
        await answer(page, { language, theme });
        await page.goto("/");
        await expect(page.getByRole("heading", { level: 1, name: word.today })).toBeVisible();
        const links = page.getByRole("navigation").first().getByRole("listitem").getByRole("link");
        await expect(links).toHaveCount(11);
        for (let index = 0; index < 11; index += 1) {
          const link = links.nth(index);
          await link.click();
          await expect(link).toHaveAttribute("aria-current", "page");
          const heading = page.getByRole("heading", { level: 1 });
          await expect(heading).toHaveText((await link.getAttribute("title")) ?? "");
          await expectAccessible(page);
        }
        await keep(page, `shell-${language}-${theme}`);
      });
  });
}

test("keys go, find and do", async ({ page }) => {
  await answer(page);
  await page.goto("/today");
  await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await expect(page.getByRole("heading", { level: 1, name: "Funnel" })).toBeVisible();

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toContainText("Go to Funnel");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Where to, who, or what to do?").fill("jansen");
  await expect(page.getByText("Jansen Installatie")).toBeVisible();
  await keep(page, "palette");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/prospects\/p1$/);
});

test("language and colours change at once and are kept with the person", async ({ page }) => {
  const answered = await answer(page);
  await page.goto("/leads");
  await expect(page.getByRole("heading", { level: 1, name: "Leads" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Where to, who, or what to do?").fill("nederlands");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("navigation").first()).toContainText("Doelgroep");
  await expect(page.locator("html")).toHaveAttribute("lang", "nl");
  await page.getByRole("button", { name: /Jouw account/ }).click();
  await page.getByText("Donker").click();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await expectAccessible(page);
  expect(answered.changes).toEqual([
    { call: "PATCH /api/v1/me", body: { language: "nl" }, workspace: "w1" },
    { call: "PATCH /api/v1/me", body: { theme: "dark" }, workspace: "w1" },
  ]);
});

test("another workspace is another world, and practice cannot be overlooked", async ({ page }) => {
  await answer(page);
  await page.goto("/today");
  await expect(page.getByRole("complementary", { name: "Practice mode" })).toBeVisible();
  await page.getByRole("button", { name: /Switch workspace/ }).click();
  await page.getByRole("menuitem", { name: /Zonnepark Advies/ }).click();
  await expect(page.getByRole("complementary", { name: "Practice mode" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Practice inbox" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("button", { name: /Switch workspace: Zonnepark Advies/ })).toBeVisible();
});

for (const language of ["nl", "en"] as const)
  test(`an owner makes another workspace and is there at once (${language})`, async ({ page }) => {
    const w = {
      nl: { make: "Nieuwe werkruimte", name: "Naam van je werkruimte", verb: "Werkruimte maken", today: "Vandaag" },
      en: { make: "New workspace", name: "Name of your workspace", verb: "Make workspace", today: "Today" },
    }[language];
    const answered = await answer(page, { language });
    await page.goto("/leads");
    await page.getByRole("button", { name: /Bureau Noord/ }).click();
    await page.getByRole("menuitem", { name: w.make }).press("Enter");
    await page.getByLabel(w.name).fill("Klant BV");
    await expectAccessible(page);
    await keep(page, `workspace-new-${language}`);
    await page.getByRole("button", { name: w.verb }).click();
    await expect(page.getByRole("button", { name: /: Klant BV/ })).toBeVisible();
    await expect(page.getByRole("heading", { level: 1, name: w.today })).toBeVisible();
    expect(answered.changes[0]).toMatchObject({
      call: "POST /api/v1/workspaces",
      body: { name: "Klant BV", practice: false },
    });
    // On a phone the same stands under More.
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("button", { name: language === "nl" ? "Meer" : "More" }).click();
    await page.getByRole("dialog").getByRole("button", { name: w.make }).click();
    await expect(page.getByLabel(w.name)).toBeVisible();
    await expectAccessible(page);
    await keep(page, `workspace-new-phone-${language}`);
  });

for (const language of ["nl", "en"] as const)
  test(`an empty workspace says what to do first, step by step (${language})`, async ({ page }) => {
    const w = {
      nl: {
        start: "In vijf stappen naar je eerste mail",
        go: "Doen: Haal je doelgroep binnen",
        done: "Bekijken: Koppel een mailbox",
        audience: "Doelgroep",
      },
      en: {
        start: "To your first mail in five steps",
        go: "Go: Bring in your audience",
        done: "Look: Connect a mailbox",
        audience: "Audience",
      },
    }[language];
    await answer(page, { language });
    const empty = { items: [], total: 0, next_cursor: null };
    await page.route("**/api/v1/today?**", (route) => route.fulfill({ json: { items: [] } }));
    await page.route("**/api/v1/today", (route) => route.fulfill({ json: { items: [] } }));
    await page.route("**/api/v1/workspace", (route) =>
      route.fulfill({ json: { sender_company: "Bureau Noord", postal_address: "Dorpsstraat 1" } }),
    );
    await page.route("**/api/v1/mailboxes", (route) => route.fulfill({ json: { items: [{ id: "m1" }] } }));
    await page.route("**/api/v1/leads?**", (route) => route.fulfill({ json: empty }));
    await page.route("**/api/v1/campaigns", (route) => route.fulfill({ json: empty }));
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto("/today");
    await expect(page.getByRole("heading", { name: w.start })).toBeVisible();
    await expect(page.getByRole("link", { name: w.done })).toBeVisible();
    await expect(page.locator("[aria-current=step]")).toContainText("3");
    await expectAccessible(page);
    await keep(page, `first-steps-${language}`);
    await page.getByRole("link", { name: w.go }).press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: w.audience })).toBeVisible();
  });

test("logging out leaves nothing behind", async ({ page }) => {
  await answer(page);
  await page.goto("/today");
  await page.getByRole("button", { name: /Your account/ }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByRole("heading", { name: "Log in to Kiem" })).toBeVisible();
});

test.describe("on a phone of 360 pixels", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test("four pages and more, and nothing is wider than the screen", async ({ page }) => {
    await answer(page, { language: "nl" });
    await page.goto("/today");
    await page.getByRole("button", { name: "Meer" }).click();
    await expectAccessible(page);
    await keep(page, "phone-more");
    await page.getByRole("dialog").getByRole("link", { name: "Campagnes" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Campagnes" })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await expectAccessible(page);
    await keep(page, "phone");
  });
});
