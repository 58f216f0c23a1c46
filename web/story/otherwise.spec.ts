import type { Page } from "@playwright/test";
import type { Seller } from "./seller";
import { expect, test } from "./test";
import { expectNoRawWords, settled } from "./watch";

const zomer = "Bakkerij Zomer B.V.";
const delta = "Metaal Delta BV";

for (const language of ["nl", "en"] as const) {
  test.describe(language, () => {
    test.use({ language });

    test("what goes otherwise: stop, somebody else, other rules, rest, no prospect after all", async ({ seller }) => {
      await test.step("both were mailed", async () => {
        await seller.begin();
        await seller.setUp();
        await seller.bringIn();
        await seller.makeCampaign();
        await seller.approach();
      });
      await test.step("a prospect says stop, and is answered with a reason only", () => saysStop(seller));
      await test.step("a reply that needs a look is judged", () => judge(seller));
      await test.step("a reply names somebody else", () => namesSomebodyElse(seller));
      await test.step("a colleague answers", () => colleagueAnswers(seller));
      await test.step("other numbers for the rules", () => changeRules(seller));
      await test.step("a promotion is taken back", () => takeBack(seller));
      await test.step("a prospect rests until a date", () => rest(seller));
      await test.step("a prospect is none after all", () => disqualify(seller));
      await test.step("everybody at a domain is left in peace", () => leaveInPeace(seller));
      await test.step("no work was left undone", () => nothingUndone(seller));
    });
  });
}

/** A sentence of the page up to the date in it, which differs by the day on which this is played. */
function before(seller: Seller, key: string, name: string): string {
  return seller.t(key).split(`{${name}}`)[0] ?? "";
}

async function openSection(seller: Seller, key: string): Promise<void> {
  await seller.goTo("settings");
  await seller.page.getByRole("link", { name: seller.t(key), exact: true }).click();
  await settled(seller.page);
}

async function openProspect(seller: Seller, company: string): Promise<void> {
  await seller.goTo("prospects");
  await seller.page.getByRole("button", { name: company, exact: true }).click();
  await expect(seller.heading(company, 1)).toBeVisible();
}

const threads = ({ page, t }: Seller) => page.getByRole("navigation", { name: t("inbox.threads") }).getByRole("link");

async function openThread(seller: Seller, company: string): Promise<void> {
  await seller.goTo("inbox");
  await threads(seller).filter({ hasText: company }).first().click();
}

const timeline = ({ page, t }: Seller) => page.getByRole("list", { name: t("prospects.timeline") });

async function saysStop(seller: Seller): Promise<void> {
  const { page, t } = seller;
  await seller.replyAs("eva@zomer.example", "Dat klinkt interessant. Kun je me er meer over vertellen?");
  await openProspect(seller, zomer);
  await expect(page.getByText(t("prospects.suppressed.title"))).toHaveCount(0);
  await seller.replyAs("eva@zomer.example", "Stop. Stuur mij geen mail meer.");
  // The record that is open says it by itself.
  await expect(page.getByText(t("prospects.suppressed.title"))).toBeVisible();
  await expect(page.getByText(before(seller, "prospects.suppressed.wants_none", "since"))).toHaveCount(2);
  await expectNoRawWords(page, "the record of who said stop");
  await page
    .getByLabel(t("prospects.compose.to", { name: "Eva van der Meer" }))
    .fill("Dag Eva, ik haal je van de lijst.");
  const send = seller.button("prospects.compose.send");
  await expect(send).toBeDisabled();
  await page.getByLabel(t("prospects.suppressed.why")).fill("Zij vroeg om een bevestiging");
  await send.click();
  await expect
    .poll(async () => (await seller.practiceMails()).filter((mail) => mail.address === "eva@zomer.example").length)
    .toBe(2);
  await expect(page.getByLabel(t("prospects.suppressed.why"))).toHaveValue("");
  await openThread(seller, zomer);
  const facts = page.getByRole("complementary", { name: t("inbox.facts") });
  await expect(facts.getByText(t("kit.stage.prospect"), { exact: true })).toBeVisible();
  await expect(page.getByLabel(t("prospects.suppressed.why"))).toBeVisible();
  await openSection(seller, "settings.audit");
  await expect(page.getByText(t("settings.audit.suppression.overridden"))).toBeVisible();
}

async function judge(seller: Seller): Promise<void> {
  const { page, t } = seller;
  await seller.replyAs("bas@delta.example", "Misschien. Moet ik intern even navragen.");
  await seller.goTo("inbox");
  await page.getByText(t("inbox.folder.needs_look"), { exact: true }).click();
  await threads(seller).filter({ hasText: delta }).click();
  await expect(seller.heading(t("inbox.look.title"))).toBeVisible();
  await page.keyboard.press("4");
  await expect(page.getByRole("article").getByText(t("kit.intent.other"))).toBeVisible();
  // What was asked is answered.
  await expect(seller.heading(t("inbox.look.title"))).toBeHidden();
}

async function namesSomebodyElse(seller: Seller): Promise<void> {
  const { page, t } = seller;
  await seller.replyAs(
    "bas@delta.example",
    "Ik ga hier niet over. Neem contact op met mijn collega Piet Jansen, piet@delta.example.",
  );
  await seller.goTo("today");
  await expect(page.getByRole("main")).toContainText("Piet Jansen");
  await openThread(seller, delta);
  const card = page.getByRole("form", { name: t("inbox.suggestion") });
  await expect(card).toContainText(t("inbox.suggestion.read", { who: "Piet Jansen, piet@delta.example" }));
  await expectNoRawWords(page, "a suggested lead");
  await card.getByLabel(t("inbox.suggestion.name")).fill("Piet Janssen");
  await card.getByRole("button", { name: t("inbox.suggestion.make") }).click();
  await expect(page.getByText(t("inbox.suggestion.done", { name: "Piet Janssen" }))).toBeVisible();
  await page
    .getByRole("status")
    .getByRole("link", { name: t("inbox.to_lead") })
    .click();
  await expect(seller.heading("Piet Janssen", 2)).toBeVisible();
  // Being named is no ground: nobody may mail him yet.
  await expect(page.getByText(t("leads.verdict.needs_evidence"), { exact: true })).toBeVisible();
  await expect(page.locator("[data-reason=no_ground]")).toBeVisible();
  await expect(timeline(seller)).toContainText(t("prospects.event.lead.suggested"));
  await seller.goTo("today");
  await expect(page.getByRole("main")).not.toContainText("Piet Jansen");
}

/** From an address that nobody knows, at the company of the lead: the company is a prospect, with both people. */
async function colleagueAnswers(seller: Seller): Promise<void> {
  const { page, t } = seller;
  const { id } = await seller.mailOf("bas@delta.example");
  await seller.goTo("practice");
  await page.goto(`/practice/${id}`);
  await page
    .getByLabel(t("practice.text"))
    .fill("Wij hebben interesse. Kun je volgende week bellen voor een afspraak?");
  await page.getByText(t("practice.other_address")).click();
  await page.getByLabel(t("practice.from")).fill("karin@delta.example");
  await seller.button("practice.send", { address: "karin@delta.example" }).click();
  await expect(page.getByRole("complementary", { name: t("practice.standing") })).toContainText(
    t("kit.stage.prospect"),
  );
  await openProspect(seller, delta);
  const people = page.locator("section").filter({ has: seller.heading(t("prospects.people"), 2) });
  await expect(people.getByRole("listitem")).toHaveCount(2);
  await expect(people).toContainText("karin@delta.example");
  // Whoever wrote last is answered.
  await expect(page.getByLabel(t("prospects.compose.to", { name: "karin@delta.example" }))).toBeVisible();
}

async function changeRules(seller: Seller): Promise<void> {
  const { page, t } = seller;
  await openSection(seller, "rules.title");
  await expect(page.getByText(t("rules.version", { version: 1 }))).toBeVisible();
  const certainty = page.getByLabel(t("rules.threshold.r1_probability_min_percent"));
  const preview = page.getByRole("region", { name: t("rules.preview"), exact: true });
  await certainty.fill("84");
  await expect(preview).toContainText(t("rules.preview.same", { n: 2 }));
  await certainty.fill("100");
  await expect(preview).toContainText(t("rules.preview.sum", { more: 0, fewer: 1, n: 2 }));
  await expect(preview).toContainText(t("rules.preview.lead", { name: "Bas Peters", company: delta }));
  await expect(preview).toContainText(t("rules.preview.stays"));
  await expectNoRawWords(page, "the rules with a replay");
  await seller.button("settings.save").click();
  await expect(page.getByText(t("rules.version", { version: 2 }))).toBeVisible();
  await expect(preview).toBeHidden();
  await expect(certainty).toHaveValue(/^100/);
  await seller.button("rules.standard").click();
  await expect(preview).toContainText(t("rules.preview.sum", { more: 1, fewer: 0, n: 2 }));
  await seller.button("settings.save").click();
  await expect(page.getByText(t("rules.version", { version: 3 }))).toBeVisible();
  await expect(certainty).toHaveValue(/^85/);
}

async function takeBack(seller: Seller): Promise<void> {
  const { page, t } = seller;
  await openProspect(seller, delta);
  await seller.button("prospects.receipt").click();
  const receipt = page.getByRole("article", { name: t("kit.receipt") });
  await receipt.getByRole("button", { name: t("kit.receipt.contest") }).click();
  const asking = page.getByRole("dialog", { name: t("inbox.undo.title") });
  await asking.getByLabel(t("inbox.undo.wrong_reading")).check();
  await asking.getByLabel(t("kit.reason.more")).fill("Het ging over iets anders");
  await asking.getByRole("button", { name: t("inbox.undo.verb") }).click();
  const reason = `${t("inbox.undo.wrong_reading")}: Het ging over iets anders`;
  await expect(receipt).toContainText(t("kit.receipt.undone"));
  await expect(receipt).toContainText(reason);
  await expect(receipt.getByRole("button", { name: t("kit.receipt.contest") })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(timeline(seller)).toContainText(t("prospects.event.promotion.undone"));
  await expect(timeline(seller)).toContainText(reason);
  await openSection(seller, "rules.title");
  const promotions = page.getByRole("region", { name: t("rules.promotions"), exact: true });
  await promotions.getByRole("switch", { name: t("rules.promotions.undone") }).press(" ");
  await expect(promotions.getByRole("listitem")).toHaveCount(1);
  await expect(promotions.getByRole("listitem")).toContainText(reason);
}

async function chooseInMenu({ page, t }: Seller, item: string): Promise<void> {
  await page
    .getByRole("button", { name: t("prospects.more_actions"), exact: true })
    .last()
    .click();
  await page.getByRole("menuitem", { name: t(item) }).click();
}

async function rest(seller: Seller): Promise<void> {
  const { page, t } = seller;
  await openProspect(seller, zomer);
  await chooseInMenu(seller, "prospects.nurture.title");
  const dialog = page.getByRole("dialog", { name: t("prospects.nurture.title") });
  const day = new Date(Date.now() + 40 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  await dialog.getByLabel(t("prospects.nurture.until")).fill(day);
  await dialog.getByLabel(t("prospects.nurture.reason")).fill("Na de verbouwing");
  await dialog.getByRole("button", { name: t("prospects.nurture.title") }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(before(seller, "prospects.rests_until", "date")).first()).toBeVisible();
  await expect(timeline(seller)).toContainText(t("prospects.event.prospect.nurtured"));
  await expect(timeline(seller)).toContainText("Na de verbouwing");
  await expectNoRawWords(page, "a prospect that rests");
}

async function disqualify(seller: Seller): Promise<void> {
  const { page, t } = seller;
  await chooseInMenu(seller, "prospects.disqualify.title");
  const dialog = page.getByRole("dialog", { name: t("prospects.disqualify.title") });
  await dialog.getByLabel(t("prospects.disqualify.no_budget")).check();
  await dialog.getByLabel(t("kit.reason.more")).fill("Het geld gaat naar de verbouwing");
  await dialog.getByRole("button", { name: t("prospects.disqualify.title") }).click();
  await expect(dialog).toBeHidden();
  await expect(timeline(seller)).toContainText(t("prospects.event.prospect.disqualified"));
  await expect(timeline(seller)).toContainText("Het geld gaat naar de verbouwing");
  await expect(timeline(seller)).toContainText(t("prospects.disqualify.no_budget"));
  await expectNoRawWords(page, "a prospect that is none");
  await seller.goTo("prospects");
  await expect(page.getByRole("button", { name: zomer, exact: true })).toHaveCount(0);
  await page.goto("/prospects?view=list&state=disqualified");
  await expect(page.getByRole("row").filter({ hasText: zomer })).toContainText(t("prospects.disqualify.no_budget"));
}

async function leaveInPeace(seller: Seller): Promise<void> {
  const { page, t } = seller;
  await openLead(page, seller, "Piet Janssen");
  await expect(page.locator("[data-reason=suppressed]")).toHaveCount(0);
  await seller.goTo("audience");
  await page.getByText(t("audience.view.suppressions"), { exact: true }).click();
  await page.getByLabel(t("audience.suppressions.address")).fill("delta.example");
  await page.getByLabel(t("audience.suppressions.reason"), { exact: true }).fill("Hun eigen verzoek");
  await seller.button("audience.suppressions.add").click();
  const list = page.getByRole("listitem").filter({ hasText: t("audience.suppressed.manual") });
  await expect(list).toHaveCount(1);
  await expectNoRawWords(page, "the suppression list");
  await openLead(page, seller, "Piet Janssen");
  await expect(page.getByText(t("leads.verdict.no"), { exact: true })).toBeVisible();
  await expect(page.locator("[data-reason=suppressed]")).toBeVisible();
}

async function openLead(page: Page, seller: Seller, name: string): Promise<void> {
  await seller.goTo("leads");
  await page.getByRole("row").filter({ hasText: name }).click();
  await expect(seller.heading(name, 2)).toBeVisible();
}

async function nothingUndone(seller: Seller): Promise<void> {
  const { page, t } = seller;
  await openSection(seller, "settings.jobs");
  await expect(page.getByText(t("settings.jobs.none"), { exact: true })).toBeVisible();
  await expect(page.getByText(t("settings.jobs.none.sentence"))).toBeVisible();
}
