import { expect, test } from "./test";

test("a promotion is undone with a reason, and the lead is a lead again", async ({ seller }) => {
  const { page, t } = seller;
  await seller.begin();
  await seller.setUp();
  await seller.bringIn();
  await seller.makeCampaign();
  await seller.approach();
  await seller.replyAs("bas@delta.example", "Klinkt goed, stuur maar wat meer informatie.");
  await seller.goTo("prospects");
  await page.getByRole("button", { name: "Metaal Delta BV", exact: true }).click();
  await page.getByRole("button", { name: t("prospects.receipt") }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: t("kit.receipt.contest") })
    .click();
  const asking = page.getByRole("dialog", { name: t("inbox.undo.title") });
  await expect(asking.getByRole("button", { name: t("inbox.undo.verb") })).toBeDisabled();
  await asking.getByLabel(t("inbox.undo.wrong_reading")).check();
  await asking.getByRole("button", { name: t("inbox.undo.verb") }).click();
  await expect(asking).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(seller.heading(t("prospects.state.undone"))).toBeVisible();
  await seller.goTo("prospects");
  await expect(page.getByText(t("prospects.about"))).toBeVisible();
  await seller.goTo("leads");
  await expect(page.getByRole("row").filter({ hasText: "Bas Peters" })).not.toContainText(t("leads.state.promoted"));

  await test.step("looking at the opt-out address changes nothing, its button stops everything", async () => {
    const mail = await seller.mailOf("eva@zomer.example");
    const address = mail.links.find((link) => link.includes("/u/")) ?? "";
    const state = async () =>
      ((await seller.call("GET", "/suppressions")) as { items: { reason: string }[] }).items.map((one) => one.reason);
    const outside = await page.context().browser()?.newPage({ locale: "nl-NL" });
    if (outside === undefined) throw new Error("the browser is gone");
    await outside.goto(address);
    await outside.reload();
    expect(await state()).toEqual([]);
    await outside.getByRole("button").click();
    await expect(outside.getByRole("button")).toHaveCount(0);
    expect(await state()).toEqual(["unsubscribed"]);
    await outside.close();
    await page.getByRole("row").filter({ hasText: "Eva van der Meer" }).click();
    await expect(page.getByText(t("leads.verdict.no"), { exact: true })).toBeVisible();
  });
});
