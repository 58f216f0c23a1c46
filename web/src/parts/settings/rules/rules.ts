import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type Threshold = Schemas["ThresholdItem"];
export type ThresholdValue = Threshold["value"];

/** What people change, in groups; everything else is fine tuning and stays folded. */
export const groups = [
  { id: "reply", names: ["r1_probability_min_percent", "r1_margin_min_percent", "language_model_may_promote"] },
  { id: "visits", names: ["r3_enabled", "visits_min", "visit_days_min"] },
  { id: "cases", names: ["r4_enabled", "case_pages_min", "case_visible_seconds_min", "case_clicks_min"] },
  { id: "warmth", names: ["r6_enabled", "r6_warmth_min", "r6_kinds_min"] },
  {
    id: "periods",
    names: [
      "window_days",
      "after_touch_days_max",
      "settle_seconds",
      "block_days",
      "not_now_pause_days",
      "out_of_office_pause_days",
    ],
  },
] as const;
export type GroupId = (typeof groups)[number]["id"];

/** The thresholds of the groups in their order, and the rest in the server's. A newer server may have more. */
export function grouped(items: readonly Threshold[]) {
  const by = new Map(items.map((item) => [item.name, item]));
  const shown = groups.map(({ id, names }) => ({
    id,
    items: names.flatMap((name) => by.get(name) ?? []),
  }));
  const named = new Set<string>(groups.flatMap((group) => [...group.names]));
  return { shown, fine: items.filter((item) => !named.has(item.name)) };
}

export type Draft = Readonly<Record<string, ThresholdValue | null>>;

/** What differs from what holds; `null` goes back to what Kiem came with. */
export function changesOf(items: readonly Threshold[], draft: Draft): { name: string; value: ThresholdValue | null }[] {
  return items.flatMap((item) => {
    const wanted = draft[item.name];
    if (wanted === undefined || wanted === item.value) return [];
    return [{ name: item.name, value: wanted === item.standard ? null : wanted }];
  });
}

/** The unit stands last in a name: `window_days` is in days. */
export const units = ["seconds", "minutes", "hours", "days", "percent", "points"] as const;
export type Unit = (typeof units)[number];

export function unitOf(name: string): Unit | undefined {
  const words = name.split("_").filter((word) => word !== "min" && word !== "max" && word !== "cap");
  if (/^warmth_.*_cap$/.test(name)) return "points";
  return units.find((unit) => unit === words.at(-1));
}
