import type { Page } from "@playwright/test";
import type { Seller } from "./seller";
import { expect, test } from "./test";

for (const language of ["nl", "en"] as const) {
  test.describe(language, () => {
    test.use({ language });

    test("from an empty folder to a customer", async ({ seller, browser }) => {
      await test.step("the first start", () => seller.begin());
      await test.step("who we are, and a mailbox", () => seller.setUp());
      await test.step("a list comes in", () => seller.bringIn());
      await test.step("a campaign", () => seller.makeCampaign());
      await test.step("approve, and out it goes", () => seller.approach());
      await test.step("a lead answers and is a prospect", () => becomeProspect(seller));
      await test.step("qualify and plan", () => qualify(seller));
      await test.step("along the board", () => move(seller));
      const address = await test.step("a quote", () => offer(seller));
      await test.step("the customer accepts", async () => {
        // Somebody else at another computer: no log-in, no cookies.
        const customer = await browser.newPage({ locale: language === "nl" ? "nl-NL" : "en-GB" });
        await accept(customer, address);
        await customer.close();
      });
      await test.step("a customer, in the funnel and the plan", () => won(seller));
    });
  });
}

async function becomeProspect(seller: Seller): Promise<void> {
  const { page, t } = seller;
  await seller.goTo("prospects");
  await expect(page.getByText(t("prospects.about"))).toBeVisible();
  await seller.replyAs("eva@zomer.example", "Dat klinkt interessant. Kun je me er meer over vertellen?\n\nGroet, Eva");
  // Nobody reloads: it appears by itself.
  const card = page.getByRole("listitem").filter({ hasText: "Bakkerij Zomer B.V." });
  await expect(card).toContainText("Eva van der Meer");
  // The bell says so too, and leads there.
  await seller.button("notices.unread", { n: 1 }).click();
  const who = t("notices.who.both", { contact: "Eva van der Meer", company: "Bakkerij Zomer B.V." });
  await page
    .getByRole("dialog")
    .getByRole("button", { name: t("notices.kind.lead.promoted", { who }) })
    .click();
  await expect(seller.heading("Bakkerij Zomer B.V.", 1)).toBeVisible();
  await page.getByRole("button", { name: t("prospects.receipt") }).click();
  const receipt = page.getByRole("dialog");
  await expect(receipt).toContainText("R1");
  await expect(receipt).toContainText("Planning bij Bakkerij Zomer B.V.");
  await page.keyboard.press("Escape");
  await expect(receipt).toBeHidden();
}

async function qualify(seller: Seller): Promise<void> {
  const { page, t } = seller;
  await page.getByLabel(t("prospects.finding.aspect")).selectOption("need");
  await page.getByLabel(t("prospects.finding.level")).selectOption("confirmed");
  await page.getByLabel(t("prospects.finding.note")).fill("Planning staat in losse lijsten.");
  await seller.button("prospects.finding.add").click();
  const known = page.getByRole("list", { name: t("kit.qualification") });
  await expect(known.getByRole("listitem").filter({ hasText: t("kit.criterion.need") })).toContainText(
    t("kit.finding.confirmed"),
  );
  await page.getByLabel(t("prospects.next.text")).fill("Bellen over de planning");
  await page
    .getByRole("button", { name: new RegExp(`${t("prospects.next.done")}|${t("prospects.next.set")}`) })
    .click();
  await expect(
    page
      .locator("section")
      .filter({ hasText: t("prospects.next.title") })
      .first(),
  ).toContainText("Bellen over de planning");
}

/** A step by the mouse, a step by the keys. */
async function move(seller: Seller): Promise<void> {
  const { page, t } = seller;
  await seller.button("prospects.back.board").click();
  const column = (step: string) => page.getByRole("region", { name: t(`prospects.step.${step}`), exact: true });
  const cardIn = (step: string) => column(step).getByRole("listitem").filter({ hasText: "Bakkerij Zomer B.V." });
  await cardIn("to_qualify").dragTo(column("first_meeting"));
  await expect(cardIn("first_meeting")).toBeVisible();
  await page.getByRole("button", { name: t("prospects.move_to", { company: "Bakkerij Zomer B.V." }) }).focus();
  await page.keyboard.press("Enter");
  const goal = page.getByRole("menuitem", { name: t("prospects.step.demo_proposal") });
  await expect(goal).toBeVisible();
  for (let n = 0; n < 5 && !(await goal.evaluate((one) => one === document.activeElement)); n += 1) {
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  await expect(cardIn("demo_proposal")).toBeVisible();
}

async function offer(seller: Seller): Promise<string> {
  const { page, t } = seller;
  await page.getByRole("button", { name: "Bakkerij Zomer B.V.", exact: true }).click();
  await seller.button("prospects.new_quote").click();
  await expect(seller.heading(t("pipeline.new_quote"), 1)).toBeVisible();
  await page.getByLabel(t("pipeline.title"), { exact: true }).fill("Planbord");
  await page.getByLabel(t("pipeline.line.description")).fill("Licentie, eerste jaar");
  await page.getByLabel(t("pipeline.line.price")).fill("12000");
  await seller.button("pipeline.send").click();
  const link = page.getByRole("link", { name: t("pipeline.public_page") });
  await expect(link).toBeVisible();
  return (await link.getAttribute("href")) ?? "";
}

async function accept(customer: Page, address: string): Promise<void> {
  await customer.goto(address);
  await expect(customer.getByText("Planbord", { exact: true })).toBeVisible();
  await customer.getByRole("textbox").first().fill("Eva van der Meer");
  await customer.getByRole("checkbox").check();
  await customer.locator("form[action$=acceptance] button").click();
  await expect(customer.getByRole("status")).toContainText("Eva van der Meer");
}

async function won(seller: Seller): Promise<void> {
  const { page, t } = seller;
  // The quote that was open tells it by itself.
  await expect(page.getByText(t("pipeline.quote.accepted"), { exact: true })).toBeVisible();
  await seller.button("pipeline.to_prospect").click();
  await expect(page.getByRole("main")).toContainText(t("kit.stage.customer"));
  await seller.goTo("funnel");
  await page.getByText(t("pictures.table"), { exact: true }).last().click();
  const customers = page.getByRole("row").filter({ has: page.getByText(t("kit.stage.customer"), { exact: true }) });
  await expect(customers.getByRole("cell").nth(0)).toHaveText("1");
  await expect(customers.getByRole("cell").nth(1)).toHaveText(t("kit.k_of_n", { k: 1, n: 1 }));
  await seller.goTo("planner");
  await expect(page.getByRole("table", { name: t("planner.quarters") })).toContainText(
    t("planner.came_true", { value: "1" }),
  );
}
