import { api, read } from "~/api/client";
import type { components } from "~/api/schema";

export type Promotion = components["schemas"]["PromotionLine"];
type Page = components["schemas"]["PromotionPage"];

interface Wanted {
  /** `R1` to `R6`, `manual`, or empty for all. */
  rule: string;
  /** Only those that were taken back. */
  isUndone: boolean;
}

const perPage = 50;
/** So many pages without anything taken back are looked through at once; then the person decides to go on. */
const pagesMax = 10;

/** One page of what is wanted. The server does not know "taken back", so pages are looked through for it. */
export async function promotionsFrom(
  cursor: string,
  wanted: Wanted,
  fetch: (cursor: string, rule: string) => Promise<Page> = page,
): Promise<{ items: Promotion[]; next: string | undefined }> {
  let next: string | undefined = cursor;
  for (let n = 0; n < pagesMax && next !== undefined; n += 1) {
    const found: Page = await fetch(next, wanted.rule);
    next = found.next_cursor ?? undefined;
    const items = wanted.isUndone ? found.items.filter((item) => item.undone_at != null) : found.items;
    if (items.length > 0) return { items, next };
  }
  return { items: [], next };
}

function page(cursor: string, rule: string): Promise<Page> {
  const query = { limit: perPage, cursor: cursor || undefined, rule: rule || undefined };
  return read(api.GET("/api/v1/promotions", { params: { query } }));
}
