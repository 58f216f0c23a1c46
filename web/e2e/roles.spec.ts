import { type Page, expect, test } from "@playwright/test";
import { type Role, answer, expectAccessible, keep } from "./answers";

const campaign = {
  id: "k1",
  name: "Najaar",
  state: "running",
  mailbox_id: "m1",
  language: "nl",
  steps: [{ id: "s1", kind: "mail", subject: "Planning", body: "Dag" }],
  enrolments: [{ state: "active", n: 3 }],
  messages: [{ state: "draft", n: 1 }],
};
const draft = {
  id: "m1",
  state: "draft",
  recipient: "eva@klant.example",
  recipient_name: "Eva van der Meer",
  subject: "Planning",
  body: "Dag Eva",
  lead_id: null,
};

async function pages(page: Page) {
  const answers: Record<string, unknown> = {
    campaigns: { items: [campaign] },
    "campaigns/k1": campaign,
    "messages**": { items: [draft] },
    mailboxes: { items: [] },
    "mailboxes?**": { items: [] },
    "leads?**": { items: [], total: 0, total_is_capped: false },
    "leads/facets": { countries: [], industries: [] },
    "imports?**": { items: [] },
    "audience/summary": { contacts_n: 0 },
  };
  for (const [path, json] of Object.entries(answers))
    await page.route(`**/api/v1/${path}`, (route) => route.fulfill({ json }));
}

/** What stands on the pages for each role, and what does not. */
const table: readonly { role: Role; shown: string[]; absent: string[]; sections: number }[] = [
  {
    role: "manager",
    shown: ["New campaign", "Add a lead", "Add a mailbox", "Approve", "Hold"],
    absent: [],
    sections: 15,
  },
  {
    role: "marketing",
    shown: ["New campaign", "Add a lead", "Approve", "Hold"],
    absent: ["Add a mailbox"],
    sections: 11,
  },
  {
    role: "sales",
    shown: [],
    absent: ["New campaign", "Add a lead", "Add a mailbox", "Approve", "Hold"],
    sections: 11,
  },
  {
    role: "read_only",
    shown: [],
    absent: ["New campaign", "Add a lead", "Add a mailbox", "Approve", "Hold"],
    sections: 11,
  },
];

for (const { role, shown, absent, sections } of table)
  test(`roles: ${role} is offered what ${role} may do`, async ({ page }) => {
    await answer(page, { role, mode: "live" });
    await pages(page);
    const found = new Set<string>();
    const look = async (path: string) => {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
      for (const name of [...shown, ...absent])
        if ((await page.getByRole("button", { name, exact: name !== "Approve" }).count()) > 0) found.add(name);
    };
    for (const path of ["/campaigns", "/leads", "/settings/mailboxes", "/campaigns?tab=approve", "/campaigns/k1"])
      await look(path);
    await expectAccessible(page);
    await keep(page, `roles-campaign-${role}`);
    expect([...found].sort()).toEqual([...shown].sort());
    await page.goto("/settings");
    await expect(page.getByRole("navigation", { name: "Settings" }).getByRole("link")).toHaveCount(sections);
    await page.goto("/campaigns");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    // The key follows the button.
    await page.keyboard.press("c");
    await expect(page.getByRole("dialog")).toHaveCount(shown.includes("New campaign") ? 1 : 0);
  });
