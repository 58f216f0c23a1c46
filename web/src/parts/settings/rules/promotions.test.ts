import { expect, it, vi } from "vitest";
import { type Promotion, promotionsFrom } from "./promotions";

const one = (id: string, undone_at: string | null = null): Promotion => ({
  id,
  undone_at,
  company_name: "Klant",
  decided_at: "2026-11-24T09:00:00Z",
  explanation_en: "",
  explanation_nl: "",
  lead_id: "l1",
  prospect_id: "p1",
  rule: "R1",
});

it("looks through pages until something was taken back, and goes on from there", async () => {
  const pages: Record<string, { items: Promotion[]; next_cursor: string | null }> = {
    "": { items: [one("a"), one("b")], next_cursor: "2" },
    "2": { items: [one("c"), one("d", "2026-11-25T09:00:00Z")], next_cursor: "3" },
    "3": { items: [one("e")], next_cursor: null },
  };
  const fetch = vi.fn((cursor: string) => Promise.resolve(pages[cursor] ?? { items: [], next_cursor: null }));
  const all = await promotionsFrom("", { rule: "R1", isUndone: false }, fetch);
  expect(all).toEqual({ items: [one("a"), one("b")], next: "2" });
  const undone = await promotionsFrom("", { rule: "R1", isUndone: true }, fetch);
  expect(undone.items.map(({ id }) => id)).toEqual(["d"]);
  expect(await promotionsFrom(undone.next ?? "", { rule: "R1", isUndone: true }, fetch)).toEqual({
    items: [],
    next: undefined,
  });
});

it("does not look through a whole history at once", async () => {
  const fetch = vi.fn(() => Promise.resolve({ items: [one("a")], next_cursor: "x" }));
  expect(await promotionsFrom("", { rule: "", isUndone: true }, fetch)).toEqual({ items: [], next: "x" });
  expect(fetch).toHaveBeenCalledTimes(10);
});
