import type { Box, Point } from "./dots";

export interface Bubble<Item> extends Point {
  item: Item;
  radius: number;
}

const goldenAngle = Math.PI * (3 - Math.sqrt(5));

/** Two groups of circles that can be compared: one scale for both, the one at which both fit. */
export function packTogether<Item>(
  groups: readonly [{ items: readonly Item[]; box: Box }, { items: readonly Item[]; box: Box }],
  valueOf: (item: Item) => number,
): [Bubble<Item>[], Bubble<Item>[]] {
  const [first, second] = groups;
  const scaleMax = Math.min(
    packBubbles(first.items, valueOf, first.box).scale,
    packBubbles(second.items, valueOf, second.box).scale,
  );
  return [
    packBubbles(first.items, valueOf, first.box, { scaleMax }).bubbles,
    packBubbles(second.items, valueOf, second.box, { scaleMax }).bubbles,
  ];
}

/**
 * Circles whose area is their value, the largest first, each at the free place nearest to the middle along one spiral.
 * Same values, same picture. Shrinks all of them until they fit in the box; `scale` is the radius of the value 1.
 */
export function packBubbles<Item>(
  items: readonly Item[],
  valueOf: (item: Item) => number,
  box: Box,
  limits: { radiusMax?: number; scaleMax?: number } = {},
): { bubbles: Bubble<Item>[]; scale: number } {
  const { radiusMax = 64, scaleMax = Number.POSITIVE_INFINITY } = limits;
  const sorted = [...items].sort((a, b) => valueOf(b) - valueOf(a));
  const total = sorted.reduce((sum, item) => sum + Math.max(0, valueOf(item)), 0);
  if (total <= 0 || box.width <= 0 || box.height <= 0) return { bubbles: [], scale: scaleMax };
  const largest = Math.max(...sorted.map(valueOf));
  let scale = Math.min(
    scaleMax,
    Math.sqrt((box.width * box.height * 0.62) / (Math.PI * total)),
    radiusMax / Math.sqrt(largest),
  );
  for (let attempt = 0; attempt < 24; attempt += 1) {
    const placed = place(sorted, (item) => Math.max(2.5, Math.sqrt(Math.max(0, valueOf(item))) * scale), box);
    if (placed !== null) return { bubbles: placed, scale };
    scale *= 0.92;
  }
  return { bubbles: [], scale };
}

function place<Item>(sorted: readonly Item[], radiusOf: (item: Item) => number, box: Box): Bubble<Item>[] | null {
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const stretch = box.width / box.height;
  const placed: Bubble<Item>[] = [];
  let from = 0;
  let lastRadius = Number.POSITIVE_INFINITY;
  for (const item of sorted) {
    const radius = radiusOf(item);
    // A smaller circle may fit where a larger one did not, so the search starts anew; equal ones go on.
    if (radius < lastRadius) from = 0;
    lastRadius = radius;
    const spot = freeSpot(placed, radius, centre, stretch, box, from);
    if (spot === null) return null;
    from = spot.index;
    placed.push({ item, radius, x: spot.x, y: spot.y });
  }
  return placed;
}

function freeSpot(
  placed: readonly (Point & { radius: number })[],
  radius: number,
  centre: Point,
  stretch: number,
  box: Box,
  from: number,
) {
  const pad = 2;
  for (let index = from; index < 6000; index += 1) {
    const distance = 2.2 * Math.sqrt(index);
    const x = centre.x + Math.cos(index * goldenAngle) * distance * Math.sqrt(stretch);
    const y = centre.y + Math.sin(index * goldenAngle) * (distance / Math.sqrt(stretch));
    const isInside =
      x - radius >= box.x && x + radius <= box.x + box.width && y - radius >= box.y && y + radius <= box.y + box.height;
    if (!isInside) continue;
    const isFree = placed.every((other) => {
      const reach = other.radius + radius + pad;
      return (other.x - x) ** 2 + (other.y - y) ** 2 >= reach * reach;
    });
    if (isFree) return { x, y, index };
  }
  return null;
}
