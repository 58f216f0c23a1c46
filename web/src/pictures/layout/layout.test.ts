import { describe, expect, it } from "vitest";
import { packBubbles, packTogether } from "./bubbles";
import { columns, ticks } from "./columns";
import { dotCount, dotUnit, dotsMax, laneDots, laneScale, leadDots, spread } from "./dots";
import { bandWidth, change, funnelLayout } from "./funnel";
import { gatePlaces, streamThickness, swing, wavePoints } from "./membrane";

const box = { x: 10, y: 20, width: 300, height: 200 };
const inside = (point: { x: number; y: number }, margin = 0) =>
  point.x - margin >= box.x - 1e-6 &&
  point.x + margin <= box.x + box.width + 1e-6 &&
  point.y - margin >= box.y - 1e-6 &&
  point.y + margin <= box.y + box.height + 1e-6;

describe("dots", () => {
  it("draws the same picture for the same numbers", () => {
    expect(leadDots(40, 60, box, "right")).toEqual(leadDots(40, 60, box, "right"));
  });

  it("spreads evenly: no quarter of the box has twice its share", () => {
    const points = spread(200, box);
    const quarters = [0, 0, 0, 0];
    for (const point of points) {
      const at = (point.x > box.x + 150 ? 1 : 0) + (point.y > box.y + 100 ? 2 : 0);
      quarters[at]! += 1;
    }
    for (const quarter of quarters) expect(quarter).toBeGreaterThan(40);
  });

  it.each([
    [0, 1],
    [500, 1],
    [501, 2],
    [1000, 2],
    [1001, 5],
    [2501, 10],
    [1_000_000, 2000],
  ])("one dot stands for a number people count in: %i leads, %i a dot", (total, unit) => {
    expect(dotUnit(total)).toBe(unit);
    expect(total / unit).toBeLessThanOrEqual(dotsMax);
  });

  it("never draws something as nothing, nor nothing as something", () => {
    expect(dotCount(1, 2000)).toBe(1);
    expect(dotCount(0, 1)).toBe(0);
  });

  it("keeps every lead inside its field, the approached nearer to the membrane", () => {
    const { never, approached, radius } = leadDots(120, 80, box, "right");
    expect(never).toHaveLength(120);
    expect(approached).toHaveLength(80);
    for (const point of [...never, ...approached]) expect(inside(point, radius)).toBe(true);
    const mean = (points: { x: number }[]) => points.reduce((sum, point) => sum + point.x, 0) / points.length;
    expect(mean(approached)).toBeGreaterThan(mean(never) + 80);
  });

  it.each([0, 1, 5, 6, 40, 200, 5000])("keeps %i prospects inside their lane", (count) => {
    const lane = { x: 10, y: 20, width: 300, height: 40 };
    const scale = laneScale(count, lane);
    const points = laneDots(count, lane, scale);
    expect(points).toHaveLength(count === 0 ? 0 : Math.max(1, Math.round(count / scale.unit)));
    for (const point of points) {
      expect(point.x + scale.radius).toBeLessThanOrEqual(lane.x + lane.width);
      expect(point.y - scale.radius).toBeGreaterThanOrEqual(lane.y - 0.01);
      expect(point.y + scale.radius).toBeLessThanOrEqual(lane.y + lane.height + 0.01);
    }
  });
});

describe("membrane", () => {
  it("stands still at every gate", () => {
    const gates = gatePlaces(5, 0, 400);
    const wave = { at: 200, length: 400, gates, amplitude: 8 };
    for (const gate of gates) expect(swing(wave, gate)).toBeCloseTo(200);
    expect(Math.max(...wavePoints(wave).map((point) => Math.abs(point.x - 200)))).toBeGreaterThan(7);
  });

  it("shows one beside a hundred, and nothing for none", () => {
    expect(streamThickness(0, 100, 20)).toBe(0);
    expect(streamThickness(1, 100, 20)).toBeGreaterThan(2);
    expect(streamThickness(100, 100, 20)).toBe(20);
  });
});

describe("bubbles", () => {
  const deals = [120_000, 80_000, 45_000, 45_000, 12_000, 9000, 3000, 3000, 1500, 500];

  it("makes the area the value", () => {
    const placed = packBubbles(deals, (value) => value, { ...box, width: 600, height: 400 }).bubbles;
    const largest = placed.find((bubble) => bubble.item === 120_000)!;
    const third = placed.find((bubble) => bubble.item === 45_000)!;
    expect((largest.radius / third.radius) ** 2).toBeCloseTo(120 / 45, 1);
  });

  it("lets none overlap and none stick out", () => {
    const placed = packBubbles(deals, (value) => value, box).bubbles;
    expect(placed).toHaveLength(deals.length);
    for (const bubble of placed) expect(inside(bubble, bubble.radius)).toBe(true);
    for (const a of placed)
      for (const b of placed)
        if (a !== b) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThanOrEqual(a.radius + b.radius);
  });

  it("has nothing to show for no value", () => {
    expect(packBubbles([0, 0], (value) => value, box).bubbles).toEqual([]);
  });

  it("draws a euro as large on one side as on the other", () => {
    const [left, right] = packTogether(
      [
        { items: deals, box },
        { items: [20_000], box },
      ],
      (value) => value,
    );
    const nine = left.find((bubble) => bubble.item === 9000)!;
    expect((right[0]!.radius / nine.radius) ** 2).toBeCloseTo(20 / 9, 1);
  });
});

describe("funnel", () => {
  const input = {
    lead: { count: 10_000, plan: 12_000, before: 8000 },
    prospect: { count: 300, plan: 360, before: null },
    opportunity: { count: 90, plan: null, before: 100 },
    customer: { count: 0, plan: 30, before: 0 },
  };

  it("is on one square-root scale for counts, plan and comparison", () => {
    const { bands } = funnelLayout(input, 600, { bandHeight: 50, gapHeight: 70 });
    const [lead, prospect, , customer] = bands;
    expect(lead!.planWidth).toBe(600);
    expect(lead!.width / prospect!.width).toBeCloseTo(Math.sqrt(10_000 / 300));
    expect(customer!.width).toBe(0);
    expect(prospect!.beforeWidth).toBeNull();
    expect(bands[1]!.top).toBe(120);
  });

  it("never widens beyond what there is", () => {
    expect(bandWidth(1, 1_000_000, 600)).toBe(6);
    expect(bandWidth(5, 0, 600)).toBe(0);
  });

  it("does not divide by nothing", () => {
    expect(change(10, 0)).toBeNull();
    expect(change(10, null)).toBeNull();
    expect(change(12, 10)).toBeCloseTo(0.2);
  });
});

describe("columns", () => {
  it.each([
    [0, [0]],
    [87, [0, 25, 50, 75, 100]],
    [3, [0, 1, 2, 3]],
    [100, [0, 25, 50, 75, 100]],
  ])("has round ticks up to %i", (largest, expected) => {
    expect(ticks(largest)).toEqual(expected);
  });

  it("leaves a month that has not begun without a column", () => {
    const { columns: drawn } = columns(
      [
        { month: "2026-10", plan: 50, actual: 100 },
        { month: "2026-11", plan: 50, actual: null },
      ],
      200,
      100,
    );
    expect(drawn[0]).toMatchObject({ actualHeight: 100, planHeight: 50 });
    expect(drawn[1]!.actualHeight).toBeNull();
  });
});
