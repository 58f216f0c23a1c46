import type { LeadDetail } from "../calls";

export const factNames = [
  "first_name",
  "last_name",
  "title",
  "company",
  "city",
  "industry",
  "employees",
  "domain",
] as const;
export type FactName = (typeof factNames)[number];

/** Something that we know about a lead, and where from. */
export interface Fact {
  name: FactName;
  value: string;
  source: string;
  /** When it last changed. */
  at: string;
}

/** What a mail can speak of, as far as it is known. */
export function factsOf(lead: LeadDetail): Fact[] {
  const { contact, company } = lead;
  const lastName = [contact.infix, contact.family_name].filter(Boolean).join(" ");
  const person = { source: contact.source, at: contact.updated_at };
  const firm = { source: company.source, at: company.updated_at };
  const all: (Omit<Fact, "value"> & { value: string | null | undefined })[] = [
    { name: "first_name", value: contact.given_name, ...person },
    { name: "last_name", value: contact.family_name ? lastName : null, ...person },
    { name: "title", value: contact.title, ...person },
    { name: "company", value: company.name, ...firm },
    { name: "city", value: company.city, ...firm },
    { name: "industry", value: company.industry, ...firm },
    { name: "employees", value: company.employees_n?.toString(), ...firm },
    { name: "domain", value: company.domain, ...firm },
  ];
  return all.flatMap((fact) => (fact.value?.trim() ? [{ ...fact, value: fact.value.trim() }] : []));
}

export interface Piece {
  text: string;
  fact?: Fact;
}

const isWordCharacter = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}]/u.test(character);

/** The text in pieces, with the facts that stand in it as whole words. The longest fact wins where two begin. */
export function piecesOf(text: string, facts: readonly Fact[]): Piece[] {
  const longestFirst = [...facts].sort((a, b) => b.value.length - a.value.length);
  const pieces: Piece[] = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const fact = isWordCharacter(text[at - 1])
      ? undefined
      : longestFirst.find(({ value }) => text.startsWith(value, at) && !isWordCharacter(text[at + value.length]));
    if (fact === undefined) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain !== "") pieces.push({ text: plain });
    plain = "";
    pieces.push({ text: fact.value, fact });
    at += fact.value.length;
  }
  if (plain !== "") pieces.push({ text: plain });
  return pieces;
}
