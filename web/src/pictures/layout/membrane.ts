import type { Point } from "./dots";

/** The wave of a membrane: it swings around a line, still at every gate. */
export interface Wave {
  /** Where the line is, across. */
  at: number;
  /** How long, along. */
  length: number;
  /** Places of the gates, along. */
  gates: number[];
  amplitude: number;
}

/** Spreads `count` gates evenly along a membrane, with half a gap before the first and after the last. */
export function gatePlaces(count: number, from: number, to: number): number[] {
  const gap = (to - from) / count;
  return Array.from({ length: count }, (_, index) => from + gap * (index + 0.5));
}

/** How far the membrane swings out at a place: nothing at a gate, most between two gates, to alternating sides. */
export function swing({ at, gates, amplitude }: Wave, along: number): number {
  const first = gates[0];
  const second = gates[1];
  if (first === undefined) return at;
  const gap = second === undefined ? first * 2 : second - first;
  return at + amplitude * Math.sin(((along - first) / gap) * Math.PI);
}

/** Points along the wave, every few pixels, moved aside by `offset`. */
export function wavePoints(wave: Wave, offset = 0, every = 6): Point[] {
  const count = Math.max(2, Math.ceil(wave.length / every) + 1);
  return Array.from({ length: count }, (_, index) => {
    const along = (wave.length * index) / (count - 1);
    return { x: swing(wave, along) + offset, y: along };
  });
}

/** A path through points. `flip` exchanges the axes: the same membrane lying down. */
export function pathThrough(points: readonly Point[], flip = false): string {
  return points
    .map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${fixed(flip ? y : x)} ${fixed(flip ? x : y)}`)
    .join("");
}

/** The body on one side of the membrane: a box with rounded outer corners whose inner side is the wave. */
export function bodyPath(wave: Wave, outer: number, radius: number, gap: number, flip = false): string {
  const side = Math.sign(outer - wave.at);
  const edge = wavePoints(wave, side * gap);
  const last = wave.length;
  const put = (x: number, y: number) => (flip ? `${fixed(y)} ${fixed(x)}` : `${fixed(x)} ${fixed(y)}`);
  const inset = outer - side * radius;
  return [
    pathThrough(edge, flip),
    `L${put(inset, last)}`,
    `Q${put(outer, last)} ${put(outer, last - radius)}`,
    `L${put(outer, radius)}`,
    `Q${put(outer, 0)} ${put(inset, 0)}`,
    "Z",
  ].join("");
}

/** A ribbon between two points that leaves and arrives straight, thin at `from` and `thickness` at `to`. */
export function ribbon(from: Point, to: Point, thinness: number, thickness: number, flip = false): string {
  const middle = (from.x + to.x) / 2;
  const put = (x: number, y: number) => (flip ? `${fixed(y)} ${fixed(x)}` : `${fixed(x)} ${fixed(y)}`);
  const a = thinness / 2;
  const b = thickness / 2;
  return [
    `M${put(from.x, from.y - a)}`,
    `C${put(middle, from.y - a)} ${put(middle, to.y - b)} ${put(to.x, to.y - b)}`,
    `L${put(to.x, to.y + b)}`,
    `C${put(middle, to.y + b)} ${put(middle, from.y + a)} ${put(from.x, from.y + a)}`,
    "Z",
  ].join("");
}

/** Thickness of a stream for a count: square root, so that one can be seen beside a hundred. */
export function streamThickness(count: number, largest: number, max: number, min = 2): number {
  if (count <= 0 || largest <= 0) return 0;
  return min + (max - min) * Math.sqrt(count / largest);
}

export function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
