/** A point in a picture, in pixels. */
export interface Point {
  x: number;
  y: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** More dots than this cannot be told apart; then one dot stands for several. */
export const dotsMax = 500;

// The steps of the R2 sequence (Roberts, 2018): the plane's answer to the golden ratio. Points fall evenly without a
// grid and always in the same places, so that a picture does not jump when it is drawn again.
const stepX = 0.7548776662466927;
const stepY = 0.5698402909980532;

/**
 * `count` points in a box: rows like a honeycomb, each point nudged by the R2 sequence. The rows keep the points apart,
 * the nudge keeps the eye from seeing rows.
 */
export function spread(count: number, box: Box): Point[] {
  if (count <= 0 || box.width <= 0 || box.height <= 0) return [];
  const rowCount = Math.max(1, Math.round(Math.sqrt((count * box.height * 1.155) / box.width)));
  const points: Point[] = [];
  for (let row = 0; row < rowCount; row += 1) {
    const inRow = Math.floor(((row + 1) * count) / rowCount) - Math.floor((row * count) / rowCount);
    const shift = row % 2 === 0 ? -0.25 : 0.25;
    for (let index = 0; index < inRow; index += 1) {
      const nudgeX = ((points.length * stepX) % 1) - 0.5;
      const nudgeY = ((points.length * stepY) % 1) - 0.5;
      points.push({
        x: box.x + within((index + 0.5 + shift + nudgeX * 0.5) / inRow) * box.width,
        y: box.y + within((row + 0.5 + nudgeY * 0.5) / rowCount) * box.height,
      });
    }
  }
  return points;
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** How many one dot stands for, as a number that people count in: 1, 2, 5, 10, 20, 50, ... */
export function dotUnit(total: number, max: number = dotsMax): number {
  let unit = 1;
  for (let index = 1; total / unit > max; index += 1) {
    unit = [1, 2, 5][index % 3]! * 10 ** Math.floor(index / 3);
  }
  return unit;
}

/** Dots for a count. Something is never drawn as nothing. */
export function dotCount(count: number, unit: number): number {
  return count <= 0 ? 0 : Math.max(1, Math.round(count / unit));
}

/** A radius at which `count` dots fill about a fifth of the box, between 2 and 5.5 pixels. */
export function dotRadius(count: number, box: Box): number {
  if (count <= 0) return 0;
  const fair = Math.sqrt((box.width * box.height * 0.2) / (count * Math.PI));
  return Math.min(5.5, Math.max(2, fair));
}

export interface LeadDots {
  unit: number;
  radius: number;
  /** Never approached: farthest from the membrane. */
  never: Point[];
  /** Approached: nearest to it. */
  approached: Point[];
}

/** One dot per lead, or per `unit` leads. `toward` says on which side the membrane is. */
export function leadDots(never: number, approached: number, box: Box, toward: "right" | "bottom"): LeadDots {
  const unit = dotUnit(never + approached);
  const nNever = dotCount(never, unit);
  const nApproached = dotCount(approached, unit);
  const radius = dotRadius(nNever + nApproached, box);
  const inner: Box = {
    x: box.x + radius,
    y: box.y + radius,
    width: Math.max(0, box.width - 2 * radius),
    height: Math.max(0, box.height - 2 * radius),
  };
  const along = (point: Point) => (toward === "right" ? point.x / box.width : point.y / box.height);
  const across = (point: Point) => (toward === "right" ? point.y / box.height : point.x / box.width);
  // Not a straight line between the two kinds: approaching is a drift, not a wall.
  const drift = (point: Point) => along(point) + 0.07 * Math.sin(across(point) * 9);
  const points = spread(nNever + nApproached, inner).sort((a, b) => drift(a) - drift(b));
  return { unit, radius, never: points.slice(0, nNever), approached: points.slice(nNever) };
}

/** How dots are drawn in a set of lanes: alike in all of them, so that lanes can be compared. */
export interface LaneScale {
  radius: number;
  unit: number;
}

/** The largest dots with which the fullest lane still fits. Shrinks them before it lets one stand for several. */
export function laneScale(largest: number, box: Box): LaneScale {
  const radius = [6, 5, 4, 3].find((candidate) => largest <= perRow(candidate, box) * rowsThatFit(candidate, box));
  if (radius !== undefined) return { radius, unit: 1 };
  return { radius: 3, unit: dotUnit(largest, perRow(3, box) * rowsThatFit(3, box)) };
}

/** Dots in rows from the near end of a lane. */
export function laneDots(count: number, box: Box, scale: LaneScale): Point[] {
  return rows(dotCount(count, scale.unit), scale.radius, box);
}

function perRow(radius: number, box: Box): number {
  return Math.max(1, Math.floor((box.width + 3) / (2 * radius + 3)));
}

function rowsThatFit(radius: number, box: Box): number {
  return Math.max(1, Math.floor((box.height + 3) / (2 * radius + 3)));
}

function rows(count: number, radius: number, box: Box): Point[] {
  const columns = perRow(radius, box);
  const pitch = 2 * radius + 3;
  // Columns fill before rows, so that a few dots stand together instead of in one long line.
  const deep = Math.min(rowsThatFit(radius, box), Math.max(1, Math.ceil(count / columns), count > 5 ? 2 : 1));
  const top = box.y + (box.height - (deep * pitch - 3)) / 2;
  return Array.from({ length: count }, (_, index) => ({
    x: box.x + radius + Math.floor(index / deep) * pitch,
    y: top + radius + (index % deep) * pitch,
  }));
}
