import type { Action, FoundKind } from "./registry";
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
  if (words.length === 0) return shown.filter((action) => action.typedOnly !== true);
  const fits = (text: string) => {
    const parts = plain(text).split(/[\s-]+/);
    return words.every((word) => parts.some((part) => part.startsWith(word)));
  };
  const label = (action: Action) => t(action.label, action.vars);
  const all = (action: Action) => `${label(action)} ${action.keywords === undefined ? "" : t(action.keywords)}`;
  const first = shown.filter((action) => fits(label(action)));
  return [...first, ...shown.filter((action) => !first.includes(action) && fits(all(action)))];
}

/** Whoever types the name of a company means the company before its people; all else keeps its order. */
export function companiesFirst<Item extends { kind: FoundKind; title: string }>(found: readonly Item[], query: string) {
  const typed = plain(query.trim());
  const place = ({ kind, title }: Item) => {
    if (kind !== "company" || !plain(title).startsWith(typed)) return 2;
    return plain(title) === typed ? 0 : 1;
  };
  return [...found].sort((a, b) => place(a) - place(b));
}
