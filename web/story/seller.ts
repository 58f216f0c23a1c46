import { type APIResponse, type Page, expect } from "@playwright/test";
import { type Language, wordsOf } from "./words";

export type Words = ReturnType<typeof wordsOf>;

/** One row cannot be read, on purpose. */
export const list =
  "Bedrijfsnaam;Website;Plaats;Branche;Voornaam;Tussenvoegsel;Achternaam;Functie;E-mailadres\r\n" +
  "Bakkerij Zomer B.V.;zomer.example;Goes;Voeding;Eva;van der;Meer;Directeur;eva@zomer.example\r\n" +
  "Metaal Delta BV;delta.example;Breda;Metaal;Bas;;Peters;Bedrijfsleider;bas@delta.example\r\n" +
  "Groothandel Dommel;dommel.example;Eindhoven;Groothandel;Jan;;Kok;Directeur;geen adres\r\n";

/** Somebody who begins with Kiem, with the words of the page in their language. */
export class Seller {
  readonly t: Words;

  constructor(
    readonly page: Page,
    readonly language: Language,
  ) {
    this.t = wordsOf(language);
  }

  button(key: string, vars?: Record<string, string | number>) {
    return this.page.getByRole("button", { name: this.t(key, vars), exact: true });
  }

  heading(name: string | RegExp, level?: number) {
    return this.page.getByRole("heading", { name, level });
  }

  async goTo(part: string): Promise<void> {
    await this.page
      .getByRole("navigation")
      .first()
      // A number may follow the word; another part may end in it.
      .getByRole("link", { name: new RegExp(`^${this.t(`shell.nav.${part}`)}\\b`) })
      .click();
    await expect(this.heading(this.t(`shell.nav.${part}`), 1)).toBeVisible();
  }

  /** A call of the page itself, with its log-in and its workspace. */
  async call(method: string, path: string, data?: unknown): Promise<unknown> {
    const session = await this.page.request.get("/api/v1/session");
    const { workspaces } = (await session.json()) as { workspaces: { id: string }[] };
    const headers = { "Kiem-Workspace": workspaces[0]?.id ?? "", "Sec-Fetch-Site": "same-origin" };
    const answer: APIResponse = await this.page.request.fetch(`/api/v1${path}`, { method, headers, data });
    expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
    return answer.headers()["content-type"]?.includes("json") ? answer.json() : undefined;
  }

  /** The first one becomes the owner of a practice workspace. */
  async begin(): Promise<void> {
    const { page, t } = this;
    await page.goto("/");
    await expect(this.heading(t("account.setup.title"))).toBeVisible();
    await page.getByLabel(t("account.name")).fill("Sanne de Vries");
    await page.getByLabel(t("account.email")).fill("sanne@voorbeeld.example");
    await page.locator("input[name=password]").fill("een lang zinnetje");
    await page.getByLabel(t("account.workspace")).fill("Voorbeeld BV");
    await expect(page.getByLabel(t("account.practice"))).toBeChecked();
    await this.button("account.setup").click();
    await expect(this.heading(t("shell.nav.today"), 1)).toBeVisible();
    await expect(page.getByRole("complementary", { name: t("shell.practice") })).toBeVisible();
  }

  /** Who we are under every mail; the practice mailbox is there already. */
  async setUp(): Promise<void> {
    const { page, t } = this;
    await this.goTo("settings");
    await page.getByRole("link", { name: t("mailboxes.title"), exact: true }).click();
    await expect(this.heading("Sanne de Vries", 3)).toBeVisible();
    await page.getByRole("link", { name: t("settings.workspace"), exact: true }).click();
    await page.getByLabel(t("settings.company"), { exact: true }).fill("Voorbeeld BV");
    await page.getByLabel(t("settings.postal")).fill("Keizersgracht 1, 1015 CJ Amsterdam");
    await this.button("settings.save").click();
    await expect(page.getByText(t("settings.saved"), { exact: true }).first()).toBeVisible();
  }

  /** A list comes in through the wizard: source and basis are asked, the row that cannot be read is told. */
  async bringIn(): Promise<void> {
    const { page, t } = this;
    await this.goTo("audience");
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "beurs.csv", mimeType: "text/csv", buffer: Buffer.from(list) });
    await expect(this.heading(t("audience.import.columns"))).toBeVisible();
    const meaning = page.getByLabel(t("audience.import.meaning", { column: "Bedrijfsnaam" }));
    await expect(meaning.locator("option:checked")).toHaveText(t("audience.field.company_name"));
    await this.button("audience.step.next").click();
    await expect(this.heading(t("audience.import.ground"))).toBeVisible();
    await page.getByLabel(t("leads.ground.basis")).selectOption("designated_address");
    await page.getByLabel(t("leads.ground.source")).fill("uw website, pagina Contact");
    await page.getByLabel(t("leads.ground.detail")).fill("Aanbiedingen van leveranciers graag hierheen");
    await page.getByLabel(t("leads.ground.page")).fill("https://gids.example/leveranciers");
    await page.getByLabel(t("leads.ground.obtained_on")).fill("2026-01-15");
    await page.getByLabel(t("audience.import.country.all")).selectOption("NL");
    await this.button("audience.step.next").click();
    await this.toTheCheck();
    await this.button("audience.import.start", { n: 3 }).click();
    await expect(this.heading(t("audience.import.finished", { file: "beurs.csv" }))).toBeVisible();
    const count = (key: string) =>
      page
        .getByRole("term")
        .filter({ hasText: t(key) })
        .locator("xpath=following-sibling::dd");
    await expect(count("audience.count.contacts_created")).toHaveText("3");
    await expect(count("audience.count.errors")).toHaveText("1");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      this.button("audience.import.errors.download").click(),
    ]);
    const stream = await download.createReadStream();
    const bytes = (await stream.toArray()) as Buffer[];
    expect(Buffer.concat(bytes).toString()).toContain("geen adres");
  }

  /** Takes what Kiem proposes in every step that asks something, up to the check. */
  private async toTheCheck(): Promise<void> {
    const check = this.heading(this.t("audience.check"));
    const asking = this.heading(
      new RegExp(["values", "matching", "differences"].map((step) => this.literal(`audience.${step}`)).join("|")),
    );
    for (;;) {
      await expect(check.or(asking)).toBeVisible();
      if (await check.isVisible()) return;
      const step = await asking.textContent();
      await this.button("audience.step.next").click();
      await expect(this.heading(step ?? "")).toBeHidden();
    }
  }

  private literal(key: string): string {
    return this.t(key).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  }

  /** A campaign of two mails that may go out at any hour, as these stories are played at any hour. */
  async makeCampaign(): Promise<void> {
    const { page, t } = this;
    await this.goTo("campaigns");
    await this.button("campaigns.new").first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("campaigns.field.name"), { exact: true }).fill("Voorjaar");
    for (const day of [6, 7]) await dialog.getByLabel(t(`campaigns.day.${day}`)).check();
    await dialog.getByLabel(t("campaigns.field.from"), { exact: true }).fill("00:00");
    await dialog.getByLabel(t("campaigns.field.to"), { exact: true }).fill("00:00");
    await dialog.getByRole("button", { name: t("campaigns.make") }).click();
    await expect(this.heading("Voorjaar", 1)).toBeVisible();
    await page.getByLabel(t("campaigns.mail.subject"), { exact: true }).fill("Planning bij {{ company.name }}");
    await page
      .getByLabel(t("campaigns.mail.body"), { exact: true })
      .fill(
        'Dag {{ contact.first_name | fallback("daar") }},\n\nHoe plannen jullie nu in {{ company.city | fallback("de regio") }}?',
      );
    for (const kind of ["wait", "mail"]) {
      await this.button("campaigns.step.add").click();
      await page.getByRole("menuitem", { name: t(`campaigns.step.${kind}.add`) }).click();
    }
    await page.getByLabel(t("campaigns.mail.body"), { exact: true }).nth(1).fill("Is dit nu wel een goed moment?");
    await this.button("campaigns.save").click();
    await expect(page.getByText(t("campaigns.all_saved"))).toBeVisible();
    // The first mail, as a real lead will read it.
    await page.getByLabel(t("campaigns.mail.subject"), { exact: true }).first().focus();
    const preview = page.getByRole("region", { name: t("campaigns.preview") });
    await expect(preview).toContainText(/Planning bij (Bakkerij Zomer B\.V\.|Metaal Delta BV|Groothandel Dommel)/);
    await expect(preview).toContainText(/Hoe plannen jullie nu in (Goes|Breda|Eindhoven)\?/);
  }

  /** Everybody is put in, each mail is seen and approved, and what was approved goes out. */
  async approach(): Promise<void> {
    const { page, t } = this;
    await this.button("campaigns.enrol").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: t("campaigns.enrol.all", { n: 3 }) }).click();
    await expect(dialog).toContainText(t("campaigns.enrol.added", { n: 2 }));
    // The one without an address.
    await expect(dialog).toContainText(t("campaigns.enrol.blocked", { n: 1 }));
    await dialog
      .getByRole("button", { name: t("kit.close"), exact: true })
      .last()
      .click();
    await this.button("campaigns.start").click();
    await dialog.getByRole("button", { name: t("campaigns.start"), exact: true }).click();
    await expect(dialog).toBeHidden();
    await page.getByRole("tab", { name: t("campaigns.tab.approve") }).click();
    const place = page.getByRole("status").filter({ hasText: t("kit.k_of_n", { k: 1, n: 2 }) });
    await expect(place).toBeVisible();
    await expect(page.getByRole("article")).toContainText("Hoe plannen jullie nu in");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("status").filter({ hasText: t("kit.k_of_n", { k: 1, n: 1 }) })).toBeVisible();
    await page.getByRole("button", { name: new RegExp(`^${t("campaigns.approve")} `) }).click();
    await expect(this.heading(t("campaigns.approve.empty.title"))).toBeVisible();
    await expect
      .poll(async () => (await this.practiceMails()).map((mail) => mail.address).sort())
      .toEqual(["bas@delta.example", "eva@zomer.example"]);
  }

  async practiceMails(): Promise<{ id: string; address: string; subject: string }[]> {
    return (
      (await this.call("GET", "/practice/mails")) as { items: { id: string; address: string; subject: string }[] }
    ).items;
  }

  /** The mail that a lead got. */
  async mailOf(address: string): Promise<{ id: string; text: string; links: string[] }> {
    const mail = (await this.practiceMails()).find((each) => each.address === address);
    expect(mail, `a mail to ${address}`).toBeDefined();
    return (await this.call("GET", `/practice/mails/${mail?.id}`)) as { id: string; text: string; links: string[] };
  }

  /** Plays the lead. */
  async replyAs(address: string, text: string): Promise<void> {
    const { id } = await this.mailOf(address);
    await this.call("POST", `/practice/mails/${id}/replies`, { text });
  }
}
