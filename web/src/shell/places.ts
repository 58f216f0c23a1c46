import type { MessageKey } from "~/i18n";
import type { IconName } from "~/kit/icons";
import type { Meaning } from "~/theme/theme";

/** The pages of the rail, in its order. The letter is what follows `g`. */
export const places = [
  { id: "today", path: "/today", icon: "today", letter: "t" },
  { id: "inbox", path: "/inbox", icon: "inbox", letter: "i" },
  { id: "leads", path: "/leads", icon: "lead", letter: "l", meaning: "lead" },
  { id: "prospects", path: "/prospects", icon: "prospect", letter: "p", meaning: "prospect" },
  { id: "pipeline", path: "/pipeline", icon: "opportunity", letter: "d", meaning: "opportunity" },
  { id: "campaigns", path: "/campaigns", icon: "campaigns", letter: "c" },
  { id: "audience", path: "/audience", icon: "audience", letter: "a" },
  { id: "funnel", path: "/funnel", icon: "funnel", letter: "f" },
  { id: "planner", path: "/planner", icon: "planner", letter: "n" },
  { id: "settings", path: "/settings", icon: "settings", letter: "s" },
  { id: "practice", path: "/practice", icon: "practice", letter: "o" },
] as const satisfies readonly Place[];

interface Place {
  id: string;
  path: string;
  icon: IconName;
  letter: string;
  meaning?: Meaning;
}

export type PlaceId = (typeof places)[number]["id"];

/** A phone has room for four; the rest stands behind "More". */
export const phonePlaces: readonly PlaceId[] = ["today", "inbox", "prospects", "leads"];

export function placeLabel(id: PlaceId): MessageKey {
  return `shell.nav.${id}`;
}

/** The practice inbox is there only where one practises. */
export function placesOf(mode: "live" | "practice") {
  return places.filter((place) => place.id !== "practice" || mode === "practice");
}
