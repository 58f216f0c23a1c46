import { screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { show } from "~/test/render";
import { LawfulReach } from "./LawfulReach";

vi.mock("~/shell/PartLink", () => ({
  PartLink: ({ part, children }: { part: string; children: string }) => <a href={`/${part}`}>{children}</a>,
}));

const summary: Parameters<typeof LawfulReach>[0]["summary"] = {
  companies_n: 900,
  contacts_n: 1200,
  fits_n: 800,
  fit_unknown_n: 400,
  reachable_n: 1100,
  lawful_n: 1000,
  channels: [{ channel: "mail", lawful_n: 40, loosened_n: 0, blocked: [] }],
  unlocks: [
    {
      unlock: { action: "record_ground", says: { nl: "Leg een grond vast.", en: "Record a ground." } },
      contacts_n: 700,
    },
    { unlock: { action: "call", says: { nl: "Bellen.", en: "Call." } }, contacts_n: 3 },
  ],
  loosenings: [],
  counted_at: null,
  is_counting: false,
};

describe("lawful reach in the planner", () => {
  it("is one line when the plan fits in it", () => {
    show(<LawfulReach summary={summary} needed={40} />);
    expect(screen.getByRole("note").textContent).toBe(
      "Of the 1,200 people in your audience, 40 may lawfully be mailed today. See the audience",
    );
    expect(screen.getByRole("link").getAttribute("href")).toBe("/audience");
  });

  it("says that the plan needs more, and what would help most", () => {
    show(<LawfulReach summary={summary} needed={41} />, { language: "nl" });
    const said = screen.getByRole("note").textContent;
    expect(said).toContain("40 van de 1.200 mensen");
    expect(said).toContain("vraagt in de drukste maand 41 leads");
    expect(said).toContain("(700): De grond vastleggen.");
    expect(said).not.toContain("Bellen");
  });

  it.each([{ contacts_n: 0 }, { is_counting: true, counted_at: null }])("says nothing of nobody: %o", (change) => {
    show(<LawfulReach summary={{ ...summary, ...change }} needed={500} />);
    expect(screen.queryByRole("note")).toBeNull();
  });

  it("goes by the last count while it is counted anew", () => {
    show(<LawfulReach summary={{ ...summary, is_counting: true, counted_at: "2026-11-30T08:00:00Z" }} needed={0} />);
    expect(screen.getByRole("note")).toBeDefined();
  });
});
