import { type Page, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";
import { closedTask, ended, mayCall, mayNotWrite, sales } from "./sales.data";

const words = {
  nl: {
    list: "Lijst",
    state: "Stand",
    lost: "Verloren",
    nurture: "Rust tot een datum",
    noBudget: "Geen budget",
    value: "Waarde",
    find: "Zoeken in de lijst",
    full: "Openen op eigen pagina",
    next: "Volgende",
    back: "Terug naar de lijst",
    tasks: "Taken",
    task: "Nieuwe taak",
    add: "Voeg toe",
    finish: "Gedaan: Referentie zoeken",
    earlier: "1 eerdere bevinding",
    source: "Waar het vandaan komt",
    reply: "Antwoord per mail",
    call: "Telefoontje of gesprek",
    note: "Wat er is gezegd of gezien",
    write: "Schrijf op",
    moved: "Jansen Installatie staat nu in Demo / voorstel",
    no: "Geen goede prospect",
    justLooking: "Kijkt alleen rond",
    help: "Kaart een stap verder",
    skip: "Overslaan: de campagne gaat verder zonder deze taak",
    done: "Gedaan",
    putOff: "Uitstellen tot de volgende werkdag",
    mayCall: "Mag gebeld worden.",
    doNotWrite: "Niet schrijven.",
    allTasks: "Alle taken",
    later: "Later",
    next_for: "Volgende actie voor Jansen Installatie",
    warm: "Stuur een klantcase die past",
    noProspects: "Nog geen prospects",
    start: "Campagne starten",
    picture: "Lead tegenover prospect",
    mine: "Van mij",
  },
  en: {
    list: "List",
    state: "Standing",
    lost: "Lost",
    nurture: "Rests until a date",
    noBudget: "No budget",
    value: "Value",
    find: "Search the list",
    full: "Open on its own page",
    next: "Next",
    back: "Back to the list",
    tasks: "Tasks",
    task: "New task",
    add: "Add",
    finish: "Done: Referentie zoeken",
    earlier: "1 earlier finding",
    source: "Where it comes from",
    reply: "Reply by mail",
    call: "Call or conversation",
    note: "What was said or seen",
    write: "Write it down",
    moved: "Jansen Installatie is now in Demo / proposal",
    no: "Not a good prospect",
    justLooking: "Just looking",
    help: "Card one step on",
    skip: "Skip: the campaign goes on without this task",
    done: "Done",
    putOff: "Put off to the next working day",
    mayCall: "May be called.",
    doNotWrite: "Do not write.",
    allTasks: "All tasks",
    later: "Later",
    next_for: "Next action for Jansen Installatie",
    warm: "Send a case study that fits",
    noProspects: "No prospects yet",
    start: "Start a campaign",
    picture: "Lead against prospect",
    mine: "Mine",
  },
} as const satisfies Record<Language, object>;

// The moments that the pages print are those of the workspace.
test.use({ timezoneId: "Europe/Amsterdam" });

const wide = { width: 1440, height: 900 };
const card = (page: Page, company: string) => page.getByRole("button", { name: company, exact: true });

for (const language of ["nl", "en"] as const) {
  const w = words[language];

  test.describe(language, () => {
    test.use({ viewport: wide });

    test("the list holds who rests, was lost or is a customer, with the date or the reason", async ({ page }) => {
      await answer(page, { language });
      const { asked } = await sales(page);
      await page.goto("/prospects");
      await page.getByText(w.list, { exact: true }).click();
      const grid = page.getByRole("grid");
      for (const one of ended) await expect(grid).toContainText(one.company_name);
      for (const part of [w.noBudget, "Bedrijf gefuseerd", "2027", "Sanne de Vries"])
        await expect(grid).toContainText(part);
      await expectAccessible(page);
      await keep(page, `prospects-list-${language}`);
      await page.getByLabel(w.state).selectOption({ label: w.lost });
      await expect(grid.getByRole("row")).toHaveCount(2);
      await grid.getByRole("button", { name: w.value }).click();
      await page.keyboard.press("/");
      await page.keyboard.type("kroon");
      await expect
        .poll(() =>
          asked.some((call) => /state=lost&/.test(call) && /sort=value/.test(call) && /search=kroon/.test(call)),
        )
        .toBe(true);
      await expect(page).toHaveURL(/view=list.*state=lost.*sort=-value.*q=kroon|q=kroon/);
    });

    test("a prospect opens beside the list, on its own page, and next keeps the list's order", async ({ page }) => {
      await answer(page, { language });
      await sales(page);
      await page.goto("/prospects?view=list");
      await page.getByRole("row").filter({ hasText: "Jansen Installatie" }).click();
      await expect(page.getByRole("heading", { level: 2, name: "Jansen Installatie" })).toBeVisible();
      await expectAccessible(page);
      await keep(page, `prospects-split-${language}`);
      await page.getByRole("button", { name: w.full }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Jansen Installatie" })).toBeVisible();
      await page.keyboard.press("j");
      await expect(page.getByRole("heading", { level: 1, name: "Drukkerij De Wit" })).toBeVisible();
      await page.getByRole("button", { name: w.next, exact: true }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Van Dam Transport" })).toBeVisible();
      await page.keyboard.press("k");
      await expect(page.getByRole("heading", { level: 1, name: "Drukkerij De Wit" })).toBeVisible();
      await page.getByRole("button", { name: w.back }).click();
      await expect(page.getByRole("grid")).toBeVisible();
      await expect(page.getByRole("heading", { level: 2, name: "Drukkerij De Wit" })).toBeVisible();
    });

    test("the record shows its tasks and where each finding comes from, and takes new ones", async ({ page }) => {
      await answer(page, { language });
      const { changed } = await sales(page);
      await page.goto("/prospects/p2");
      const tasks = page.getByRole("region", { name: w.tasks });
      await tasks.getByLabel(w.task).fill("referentie sturen 3-12 14:00");
      await expect(tasks.getByRole("status")).toContainText("14:00");
      await tasks.getByRole("button", { name: w.add }).click();
      await expect(tasks).toContainText("Referentie sturen");
      await tasks.getByRole("button", { name: w.finish }).click();
      await expect(tasks.getByRole("button", { name: w.finish })).toHaveCount(0);
      await expect(page.getByText("Kost twee dagen per week")).toBeVisible();
      await page.getByText(w.earlier).click();
      await expect(page.getByRole("listitem").filter({ hasText: "Te veel telefoon" })).toContainText(w.reply);
      await page.getByLabel(w.source).selectOption({ label: w.call });
      await page.getByLabel(w.note).fill("De directeur beslist");
      await expectAccessible(page);
      await keep(page, `prospects-record-${language}`);
      await page.getByRole("button", { name: w.write, exact: true }).click();
      await expect(page.getByText("De directeur beslist")).toBeVisible();
      expect(changed[0]).toMatchObject({ call: "POST tasks", body: { text: "Referentie sturen", prospect_id: "p2" } });
      expect(changed[1]?.call).toBe("PUT tasks/t9/completion");
      expect(changed[2]).toMatchObject({ call: "POST prospects/p2/findings", body: { source: "person" } });
    });

    test("the board by keyboard: from card to card, a step on, off the board with a reason", async ({ page }) => {
      await answer(page, { language });
      const { changed } = await sales(page);
      await page.goto("/prospects");
      await expect(card(page, "Bakkerij Meer")).toBeVisible();
      // The first key only chooses: nothing happens to a card that nobody pointed at.
      await page.keyboard.press("]");
      await expect(card(page, "Bakkerij Meer")).toBeFocused();
      await page.keyboard.press("ArrowRight");
      await expect(card(page, "Jansen Installatie")).toBeFocused();
      await page.keyboard.press("j");
      await expect(card(page, "Drukkerij De Wit")).toBeFocused();
      await page.keyboard.press("ArrowUp");
      await expectAccessible(page);
      await keep(page, `prospects-board-${language}`);
      await page.keyboard.press("]");
      await expect(page.getByRole("status").filter({ hasText: w.moved })).toBeAttached();
      await expect(card(page, "Jansen Installatie")).toBeFocused();
      expect(changed).toEqual([{ call: "PUT prospects/p2/step", body: { step: "demo_proposal", version: 3 } }]);
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog")).toContainText(w.help);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await page.keyboard.press("x");
      await page.getByLabel(w.justLooking).check();
      await expectAccessible(page);
      await page.getByRole("dialog").getByRole("button", { name: w.no }).click();
      await expect(card(page, "Jansen Installatie")).toHaveCount(0);
      expect(changed[1]).toEqual({
        call: "PUT prospects/p2/disqualification",
        body: { reason: "just_looking", note: "" },
      });
    });

    test("Today: e does what it says and asks for the next action, z only where it exists", async ({ page }) => {
      await answer(page, { language });
      const { changed } = await sales(page);
      await page.goto("/today");
      const phone = page.getByRole("link", { name: /Noor Bakker/ });
      await expect(phone).toHaveAttribute("href", "tel:+31381234567");
      await expectAccessible(page);
      await keep(page, `today-${language}`);
      // The second line cools and has no plan: it cannot be put off, and a proposal stands ready.
      await page.keyboard.press("j");
      await page.keyboard.press("z");
      await page.keyboard.press("e");
      const dialog = page.getByRole("dialog", { name: w.next_for });
      await dialog.getByRole("button", { name: w.warm }).click();
      await expect(dialog.getByRole("textbox")).toHaveValue(w.warm);
      await expectAccessible(page);
      await keep(page, `today-warm-${language}`);
      await page.keyboard.press("Escape");
      await expect(dialog).toHaveCount(0);
      expect(changed).toEqual([]);
      // The third is a task of a prospect without a plan: finished, it asks what comes next.
      await page.keyboard.press("j");
      await page.keyboard.press("e");
      await expect(dialog).toBeVisible();
      expect(changed.map(({ call }) => call)).toEqual(["PUT tasks/t2/completion"]);
      await page.keyboard.press("Escape");
      await expect(dialog).toHaveCount(0);
      // The last is a planned action: put off, it moves to the next working morning.
      await page.keyboard.press("j");
      await page.keyboard.press("z");
      await expect
        .poll(() => changed.at(-1))
        .toMatchObject({
          call: "PUT prospects/p1/next-action",
          body: { next_action: { text: "Bellen over de offerte", kind: "call" }, finished: false, version: 3 },
        });
    });

    test("a step that the gate has closed says why, and can only be left", async ({ page }) => {
      await answer(page, { language });
      const { changed } = await sales(page, { tasks: [closedTask] });
      await page.goto("/today");
      const open = page.getByRole("listitem").filter({ hasText: "Noor Bakker" });
      await expect(open).toContainText(`${w.mayCall} ${mayCall.says[language]}`);
      await expect(open.getByRole("button", { name: w.done, exact: true })).toBeVisible();
      const closed = page.getByRole("listitem").filter({ hasText: "Wim Kok" });
      await expect(closed).toContainText(`${w.doNotWrite} ${mayNotWrite.says[language]}`);
      await expect(closed).toContainText("NL v1");
      await expect(closed.getByRole("button", { name: w.done, exact: true })).toHaveCount(0);
      await expect(closed.getByRole("button", { name: w.putOff })).toHaveCount(0);
      await expectAccessible(page);
      await keep(page, `today-closed-${language}`);
      // On the keyboard too: done opens the lead, putting off does nothing.
      await page.keyboard.press("j");
      await page.keyboard.press("z");
      await page.keyboard.press("e");
      await expect(page).toHaveURL(/\/leads\/l8$/);
      expect(changed).toEqual([]);
      await page.goBack();
      await page.setViewportSize({ width: 390, height: 844 });
      await expect(closed).toContainText(mayNotWrite.says[language]);
      await expectAccessible(page);
      await keep(page, `today-closed-phone-${language}`);
      await closed.getByRole("button", { name: w.skip }).click();
      await expect(closed).toHaveCount(0);
      expect(changed).toEqual([{ call: "PUT tasks/t4/skip", body: null }]);
    });

    test("all tasks: also those of next month; a step of a campaign opens its lead", async ({ page }) => {
      await answer(page, { language });
      const { changed } = await sales(page);
      await page.goto("/today");
      await page.getByText(w.allTasks, { exact: true }).click();
      await expect(page.getByRole("region", { name: w.later })).toContainText("Jaargesprek plannen");
      await expectAccessible(page);
      await keep(page, `today-tasks-${language}`);
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL(/\/leads\/l7$/);
      await page.goBack();
      await page.getByRole("button", { name: w.skip }).click();
      await expect(page.getByText("Bel Noor over de mail")).toHaveCount(0);
      expect(changed).toEqual([{ call: "PUT tasks/t1/skip", body: null }]);
    });

    test("without prospects the picture says what makes one", async ({ page }) => {
      await answer(page, { language });
      await sales(page, { cards: [] });
      await page.goto("/prospects");
      await expect(page.getByRole("heading", { name: w.noProspects })).toBeVisible();
      await expect(page.getByRole("group", { name: w.picture })).toBeVisible();
      await expect(page.getByRole("link", { name: w.start })).toBeVisible();
      await expectAccessible(page);
      await keep(page, `prospects-empty-${language}`);
      await page.goto("/funnel");
      await expect(page.getByRole("group", { name: w.picture })).toBeVisible();
      await expectAccessible(page);
      await keep(page, `funnel-empty-${language}`);
    });
  });
}

test("who sells begins with their own lines; what was chosen stands in the address", async ({ page }) => {
  await answer(page, { role: "sales" });
  const { asked } = await sales(page);
  await page.goto("/today");
  await expect(page.getByText("Bel Noor over de mail")).toBeVisible();
  expect(asked.filter((call) => call.startsWith("today"))).toEqual(["today?owner=u1"]);
  await page.getByText("Everybody", { exact: true }).click();
  await expect(page).toHaveURL(/owner=all/);
  await expect.poll(() => asked).toContain("today");
});

test("next and previous follow Today for who comes from there, and Escape goes back to it", async ({ page }) => {
  await answer(page);
  await sales(page);
  await page.goto("/today");
  await page.getByRole("button", { name: /Jansen Installatie Eva/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Jansen Installatie" })).toBeVisible();
  await expect(page.getByText("1 of 2")).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByRole("heading", { level: 1, name: "Bakkerij Meer" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
});

test.describe("on a phone of 390 pixels", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  const pages = {
    list: "/prospects?view=list",
    split: "/prospects/p2?view=list",
    board: "/prospects",
    record: "/prospects/p2",
    today: "/today",
    tasks: "/today?view=tasks",
    funnel: "/funnel",
  };
  for (const [name, path] of Object.entries(pages))
    test(`nothing is wider than the screen: ${name}`, async ({ page }) => {
      await answer(page, { language: "nl" });
      await sales(page, name === "funnel" ? { cards: [] } : {});
      await page.goto(path);
      await expect(
        page
          .getByRole("main")
          .getByText(/Jansen|Nog niets|prospect/i)
          .first(),
      ).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await expectAccessible(page);
      await keep(page, `phone-sales-${name}`);
    });
});
