import { type Page, type Route, expect, test } from "@playwright/test";
import { type Language, answer, expectAccessible, keep } from "./answers";

const json = (route: Route, body: unknown, status = 200) => route.fulfill({ status, json: body });

const person = (n: number, state: string, may_be_mailed: boolean) => ({
  contact_id: `c${n}`,
  lead_id: `l${n}`,
  name: ["Eva Jansen", "Tom Bos", "Noor van der Meer"][n] ?? "",
  company_name: ["Bakkerij Klant", "Metaal Delta", "Drukkerij Noord"][n] ?? "",
  email: `p${n}@klant.example`,
  source: "beurs Zwolle, najaar",
  inform_by: state === "over" ? "2026-11-20" : "2026-12-01",
  state,
  may_be_mailed,
});

const request = (id: string, kind: string, outcome: string | null) => ({
  id,
  kind,
  address: outcome === "erased" ? "" : "eva@klant.example",
  received_on: "2026-11-20",
  due_on: "2026-12-20",
  note: "",
  outcome,
  outcome_note: "",
  handled_at: outcome === null ? null : "2026-11-24T10:00:00Z",
});

/** An audience of which nothing is counted: its picture is not what these pages are about. */
async function emptyReach(page: Page) {
  await page.route("**/api/v1/audience/summary", (route) =>
    json(route, {
      companies_n: 0,
      contacts_n: 0,
      fits_n: 0,
      fit_unknown_n: 0,
      reachable_n: 0,
      lawful_n: 0,
      channels: [],
      unlocks: [],
      loosenings: [],
    }),
  );
}

async function house(page: Page) {
  const written: { call: string; body: unknown }[] = [];
  const write = (route: Route, answered: object, status = 200) => {
    written.push({
      call: new URL(route.request().url()).pathname.replace("/api/v1/", ""),
      body: route.request().postDataJSON(),
    });
    return json(route, answered, status);
  };
  await emptyReach(page);
  await page.route("**/api/v1/uninformed?**", (route) =>
    json(route, {
      items: [person(0, "over", true), person(1, "due_soon", false), person(2, "due_soon", true)],
      over_n: 1,
      due_soon_n: 2,
      on_time_n: 1200,
    }),
  );
  await page.route("**/api/v1/uninformed/told", (route) => write(route, { done: 3, skipped: 0 }));
  await page.route("**/api/v1/uninformed/mails", (route) => write(route, { done: 2, skipped: 0 }));
  await page.route("**/api/v1/privacy-requests", (route) =>
    route.request().method() === "POST"
      ? write(route, { id: "r1" }, 201)
      : json(route, { items: [request("r1", "access", null), request("r2", "erasure", "erased")] }),
  );
  await page.route("**/api/v1/privacy-requests/r1", (route) =>
    json(route, {
      request: request("r1", "access", null),
      contact_id: "c0",
      name: "Eva Jansen",
      held: [
        { nl: "Uw gegevens", en: "Your details", n: 1 },
        { nl: "Mails van ons", en: "Mails from us", n: 3 },
      ],
    }),
  );
  await page.route("**/api/v1/privacy-requests/r1/export.zip", (route) =>
    route.fulfill({ status: 200, contentType: "application/zip", body: "PK" }),
  );
  await page.route("**/api/v1/processing-register?**", (route) =>
    route.fulfill({ status: 200, contentType: "text/html", body: "<!doctype html>" }),
  );
  await page.route("**/api/v1/privacy-requests/r1/handling", (route) => write(route, {}, 200));
  await page.route("**/api/v1/retention", (route) => {
    const kinds = ["lead_unanswered", "lead_untouched", "prospect_closed", "mail_text", "web_visit"];
    const items = kinds.map((kind, n) => ({
      kind,
      days: n === 3 ? 730 : 365,
      days_default: n === 3 ? 730 : 365,
      days_min: 30,
      days_max: 1826,
      reason: "",
      due_n: n === 0 ? 12 : 0,
    }));
    const plan = { uninformed: "restrict", items, fixed: [{ kind: "import_file", days: 7 }, { kind: "suppression" }] };
    return route.request().method() === "PUT" ? write(route, plan) : json(route, plan);
  });
  return written;
}

const words = {
  nl: {
    over: "Wordt niet benaderd sinds",
    all: "Alle 3 hieronder",
    told: "Is verteld",
    how: "Hoe",
    exempt: "Hoeft niet",
    why: "Waarom",
    mail: "Mail ze dit",
    handle: "Behandel",
    held: "Mails van ons: 3",
    erase: "Wis deze persoon",
    find: "Zoek en leg vast",
    address: "E-mailadres",
    night: "Komende nacht: 12",
    longer: "Waarom langer",
    save: "Bewaartermijnen opslaan",
    register: "Register van verwerkingen downloaden",
  },
  en: {
    over: "Not approached since",
    all: "All 3 below",
    told: "Was told",
    how: "How",
    exempt: "Need not be told",
    why: "Why",
    mail: "Mail them this",
    handle: "Handle",
    held: "Mails from us: 3",
    erase: "Erase this person",
    find: "Find and write down",
    address: "E-mail address",
    night: "Next night: 12",
    longer: "Why longer",
    save: "Save the periods",
    register: "Download the register of processing",
  },
} as const;

for (const language of ["nl", "en"] as const satisfies readonly Language[]) {
  const w = words[language];

  for (const [device, width] of [
    ["phone", 390],
    ["desk", 1440],
  ] as const)
    test(`informing: people are told by mail or by hand (${language}, ${device})`, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 });
      await answer(page, { language });
      const written = await house(page);
      await page.goto("/audience?view=informing");
      await expect(page.getByText(w.over)).toBeVisible();
      const mail = page.getByRole("button", { name: w.mail });
      await expect(mail).toBeDisabled();
      await page.getByLabel(w.all).check();
      await expectAccessible(page);
      await keep(page, `informing-${device}-${language}`);
      await mail.click();
      await page.getByRole("dialog").getByRole("button", { name: w.mail }).click();
      await expect.poll(() => written[0]).toEqual({ call: "uninformed/mails", body: { contacts: ["c0", "c2"] } });
      // Who was told is chosen no longer once the dialog is gone; only then somebody else is.
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await expect(mail).toBeDisabled();
      await page.getByLabel(w.all).check();
      await page.getByRole("button", { name: w.told }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel(w.how).selectOption({ label: w.exempt });
      await expect(dialog.getByRole("button", { name: w.told })).toBeDisabled();
      await dialog.getByLabel(w.why).fill("Art. 14(5)(b)");
      await expectAccessible(page);
      await dialog.getByRole("button", { name: w.told }).click();
      await expect
        .poll(() => written[1])
        .toEqual({
          call: "uninformed/told",
          body: { contacts: ["c0", "c1", "c2"], how: "exempt", note: "Art. 14(5)(b)" },
        });
      const room = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(room).toBeLessThanOrEqual(0);
    });

  test(`requests: what is held, and what is done about it (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await house(page);
    await page.goto("/audience?view=requests");
    await page.getByLabel(w.address).fill("eva@klant.example");
    await page.getByRole("button", { name: w.find }).click();
    await expect.poll(() => written[0]?.call).toBe("privacy-requests");
    await expect(page.getByText(w.held)).toBeVisible();
    const file = page.waitForEvent("download");
    await page.getByRole("button", { name: /ZIP/ }).click();
    expect((await file).suggestedFilename()).toMatch(/\.zip$/);
    await expectAccessible(page);
    await keep(page, `requests-${language}`);
    await page.getByRole("button", { name: w.erase }).click();
    await page.getByRole("dialog").getByRole("button", { name: w.erase }).click();
    await expect
      .poll(() => written[1])
      .toEqual({ call: "privacy-requests/r1/handling", body: { outcome: "erased", note: "" } });
  });

  test(`settings: a longer period asks why, and the next night is told (${language})`, async ({ page }) => {
    await answer(page, { language });
    const written = await house(page);
    await page.goto("/settings/privacy");
    await expect(page.getByText(w.night)).toBeVisible();
    await expect(page.getByLabel(w.longer)).toHaveCount(0);
    const file = page.waitForEvent("download");
    await page.getByRole("button", { name: w.register }).click();
    expect((await file).suggestedFilename()).toMatch(/\.html$/);
    const first = page.locator("input[name='lead_unanswered.days']");
    await first.fill("500");
    await page.getByLabel(w.longer).fill("Inkoop duurt hier jaren");
    await expectAccessible(page);
    await keep(page, `retention-${language}`);
    await page.getByRole("button", { name: w.save }).click();
    await expect
      .poll(() => (written[0]?.body as { periods: unknown[] } | undefined)?.periods[0])
      .toEqual({ kind: "lead_unanswered", days: 500, reason: "Inkoop duurt hier jaren" });
  });
}
