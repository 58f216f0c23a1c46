import type { Action } from "./registry";
import type { Translate } from "~/i18n";

/** Lower case, without accents: "Gérard" is found by "gerard". */
export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
}

/** Every typed word must begin a word of the action's label or keywords. Actions whose label fits come before others. */
export function findActions(actions: readonly Action[], query: string, t: Translate): Action[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const shown = actions.filter((action) => action.keyOnly !== true);
  if (words.length === 0) return shown;
  const fits = (text: string) => {
    const parts = plain(text).split(/[\s-]+/);
    return words.every((word) => parts.some((part) => part.startsWith(word)));
  };
  const label = (action: Action) => t(action.label, action.vars);
  const all = (action: Action) => `${label(action)} ${action.keywords === undefined ? "" : t(action.keywords)}`;
  const first = shown.filter((action) => fits(label(action)));
  return [...first, ...shown.filter((action) => !first.includes(action) && fits(all(action)))];
}
