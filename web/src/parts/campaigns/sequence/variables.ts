/** What a template may speak of. The list is the server's (`engine/outreach/template.rs`). */
export const variables = [
  { name: "contact.first_name", mayLack: true },
  { name: "contact.last_name", mayLack: true },
  { name: "contact.name", mayLack: true },
  { name: "contact.title", mayLack: true },
  { name: "company.name", mayLack: false },
  { name: "company.city", mayLack: true },
  { name: "company.industry", mayLack: true },
  { name: "company.domain", mayLack: true },
  { name: "company.employees", mayLack: true },
  { name: "company.news", mayLack: true },
  { name: "company.news_page", mayLack: true },
  { name: "company.news_day", mayLack: true },
  { name: "company.vacancy", mayLack: true },
  { name: "company.vacancy_page", mayLack: true },
  { name: "company.vacancy_day", mayLack: true },
  { name: "company.technologies", mayLack: true },
  { name: "sender.name", mayLack: false },
  { name: "sender.company", mayLack: false },
  { name: "sender.booking_url", mayLack: true },
] as const;

export type VariableName = (typeof variables)[number]["name"];

/** A value that may be unknown comes with a fallback: a mail with an open place is never sent. */
export function written(name: VariableName, fallback: string): string {
  const mayLack = variables.some((variable) => variable.name === name && variable.mayLack);
  return mayLack ? `{{ ${name} | fallback("${fallback.replaceAll('"', "'")}") }}` : `{{ ${name} }}`;
}

/** The text with `piece` in the place of what was marked, and where the cursor then stands. */
export function insertAt(text: string, piece: string, start: number, end: number): { text: string; cursor: number } {
  return { text: text.slice(0, start) + piece + text.slice(end), cursor: start + piece.length };
}

const place = /\{\{-?\s*([a-z_]+(?:\.[a-z_]+)*)\s*([^}]*?)-?\}\}/gi;

const condition = /\{%-?\s*(?:el)?if\b([^%]*)%\}/gi;
const quoted = /"[^"]*"|'[^']*'/g;
/** A variable in a condition, and whether it is only asked whether it is known. */
const inCondition = /\b([a-z_]+(?:\.[a-z_]+)+)\b(\s+is\s+(?:not\s+)?defined\b)?/gi;

interface Asked {
  name: string;
  /** `is defined`, so that an unknown value does no harm. */
  isCareful: boolean;
}

/** Every variable of every condition: also behind `not`, and each of several joined by `and` or `or`. */
function askedIn(template: string): Asked[] {
  return [...template.matchAll(condition)].flatMap(([, words = ""]) =>
    [...words.replace(quoted, "").matchAll(inCondition)].map(([, name = "", careful]) => ({
      name,
      isCareful: careful !== undefined,
    })),
  );
}

export interface Doubts {
  /** May be unknown for somebody and have no fallback. */
  bare: string[];
  /** Are not variables at all. */
  unknown: string[];
}

/** What in a template could keep mails from going out. A hint while writing; the preview says it for each person. */
export function doubts(template: string): Doubts {
  const bare = new Set<string>();
  const unknown = new Set<string>();
  const asked = askedIn(template);
  for (const [, name = "", rest = ""] of template.matchAll(place)) {
    if (name === "link" && rest.startsWith("(")) continue;
    const variable = variables.find((each) => each.name === name);
    // `{% if company.city is defined %}` is the other way to say what happens when it is unknown.
    const isAsked = asked.some((each) => each.name === name && each.isCareful);
    if (variable === undefined) unknown.add(name);
    else if (variable.mayLack && !/\|\s*fallback\s*\(/.test(rest) && !isAsked) bare.add(name);
  }
  // A plain `{% if company.city %}` asks for the value itself, and is refused like it when there is none.
  for (const { name, isCareful } of asked) {
    const variable = variables.find((each) => each.name === name);
    if (variable === undefined) unknown.add(name);
    else if (variable.mayLack && !isCareful) bare.add(name);
  }
  return { bare: [...bare], unknown: [...unknown] };
}
