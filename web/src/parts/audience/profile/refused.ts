import type { FieldProblem } from "~/api/problem";
import { type Draft, type Offered, type Placed, type Values, list, placed } from "./draft";

type Key = keyof Values;

/** One field of one card that was refused. */
export interface Refusal {
  criterion: Offered;
  side: Placed["side"];
  key: Key;
  problem: FieldProblem;
}

/** As the server reads a code: two to five digits, with dots, blanks and the letter of a French code. */
function isCode(text: string): boolean {
  return /^\d{2,5}$/.test(text.replace(/[a-z]$/i, "").replace(/[. ]/g, ""));
}

/** The fields of a card behind the server's name of one; none for what is ticked, where nothing can be mistyped. */
function keysOf(name: string, values: Values): Key[] {
  switch (name) {
    // One list for the server, two fields for who types: that one is marked in which something cannot be read.
    case "codes": {
      const filled = (["codes2025", "codes2008"] as const).filter((key) => list(values[key]).length > 0);
      const wrong = filled.filter((key) => !list(values[key]).every(isCode));
      return wrong.length > 0 ? wrong : filled;
    }
    // From and to are wrong together; it is said at the second.
    case "sizes":
    case "revenue":
      return ["max"];
    case "words":
    case "countries":
    case "areas":
    case "near":
      return [name];
    default:
      return [];
  }
}

/** What else stands in the refused value: changing it changes that as well. */
const beside: Partial<Record<Key, Key>> = { max: "min", near: "km" };

/**
 * Where what was refused of a draft stands on the page. The server counts the wishes that were sent, and their order
 * changes while somebody types: so a field is found once, in what was sent.
 */
export function refusalsOf(sent: Draft, errors: readonly FieldProblem[]): Refusal[] {
  const wishes = placed(sent);
  return errors.flatMap((problem) => {
    const [, place, name = ""] = /^wishes\.(\d+)\.(\w+)/.exec(problem.field) ?? [];
    const wish = wishes[Number(place)];
    if (wish === undefined) return [];
    const { criterion, side } = wish;
    return keysOf(name, sent.blocks[criterion][side]).map((key) => ({ criterion, side, key, problem }));
  });
}

/** What of it still stands as it was refused: who changes a field is told nothing about it until the next try. */
export function stillRefused(refusals: readonly Refusal[], sent: Draft, now: Draft): Refusal[] {
  return refusals.filter(({ criterion, side, key }) => {
    const [then, today] = [sent.blocks[criterion][side], now.blocks[criterion][side]];
    const other = beside[key] ?? key;
    return then[key] === today[key] && then[other] === today[other];
  });
}
