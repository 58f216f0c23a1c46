import type { Share } from "./calls";

/** How dark a place is: 0 where nothing can be said, then 1 to 5. */
export function shade(share: Share): number {
  if (share.percent == null) return 0;
  return Math.min(5, 1 + Math.floor(share.percent / 20));
}
