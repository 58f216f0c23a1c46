import type { components } from "~/api/schema";
import { type Grade, grades } from "~/kit/chips";
import type { IconName } from "~/kit/icons";

type Schemas = components["schemas"];
export type Act = Schemas["PracticeAct"];
export type Standing = Schemas["PracticeStandingView"];

export const actKinds = [
  "reply",
  "click",
  "session",
  "booking",
  "calendar_reply",
  "quote_request",
  "unsubscribe",
  "unsubscribe_view",
  "objection",
  "bounce",
  "complaint",
] as const;
export type ActKind = (typeof actKinds)[number];

const icons: Partial<Record<ActKind, IconName>> = {
  reply: "reply",
  click: "link",
  session: "visits",
  booking: "appointment",
  calendar_reply: "appointment",
  quote_request: "quote_request",
};

export function actIcon(kind: string): IconName {
  const known = actKinds.find((each) => each === kind);
  return (known === undefined ? undefined : icons[known]) ?? "warning";
}

export function gradeOf(act: Act): Grade | undefined {
  return grades.find((each) => each === act.grade);
}

/** The rule behind a click's grade; replies and visits are graded by what they are and need no rule in words. */
export function clickRule(act: Act): string | undefined {
  return act.kind === "click" && /^C\d+$/.test(act.rule ?? "") ? (act.rule ?? undefined) : undefined;
}

/** How long Kiem waits before it trusts a click or a visit, with some room for the page to hear of it. */
const settleMs = 90_000 + 30_000;

/** What these rules say of a click does not change with what follows. */
const finalRules = ["C1", "C2", "C3", "C4", "C6"];

/** Whether something may still change by itself: an act that is not judged, or one that has not settled. */
export function isSettling(standing: Standing | null | undefined, now: number): boolean {
  return (standing?.acts ?? []).some((act) => {
    if (now - Date.parse(act.at) >= settleMs) return false;
    if (act.kind === "reply") return act.grade == null && act.label == null;
    const isFinal = act.grade === "human_certain" || finalRules.includes(act.rule ?? "");
    return (act.kind === "click" || act.kind === "session") && !isFinal;
  });
}
