import { ApiProblem } from "~/api/problem";
import type { components } from "~/api/schema";
import type { Language } from "~/i18n";

type Schemas = components["schemas"];
export type Pack = Schemas["PackView"];
export type Case = Schemas["CaseView"];
export type Loosening = Schemas["LooseningView"];
export type Ended = Schemas["EndedLooseningView"];

/** The pack of every country without one, and of people whose country is not known. */
export const elsewhere = "*";
/** Where most users write to. */
const home = "NL";

/** A country by its name; `otherwise` names the pack of all the rest. */
export function countryName(code: string, language: Language, otherwise: string): string {
  if (code === elsewhere) return otherwise;
  return /^[A-Z]{2}$/.test(code) ? (new Intl.DisplayNames([language], { type: "region" }).of(code) ?? code) : code;
}

/** The Netherlands first, then by name as the reader's language sorts it; all other countries last. */
export function inOrder(packs: readonly Pack[], language: Language): Pack[] {
  const rank = (code: string) => (code === home ? 0 : code === elsewhere ? 2 : 1);
  const name = (pack: Pack) => countryName(pack.rule.country, language, "");
  return [...packs].sort(
    (a, b) => rank(a.rule.country) - rank(b.rule.country) || name(a).localeCompare(name(b), language),
  );
}

export const people = ["legal_person", "natural_person"] as const;
type Person = (typeof people)[number];

interface Enough {
  basis: string;
  /** The pack does not accept it: somebody decided so. */
  isLoosened: boolean;
}

/** One way to approach somebody, with the grounds that are enough for each kind of person. */
export interface GroundRow {
  channel: string;
  /** Kind of address; of mail only. */
  address: string | null;
  enough: Record<Person, Enough[]>;
}

function isSameCase(a: Case, b: Case): boolean {
  return a.channel === b.channel && a.person === b.person && (a.address ?? null) === (b.address ?? null);
}

/** Grounds that are enough in one case: by the pack, and by what was loosened. */
export function enoughIn(pack: Pack, wanted: Case, loosenings: readonly Loosening[]): Enough[] {
  const bases = pack.cases.find((each) => isSameCase(each.case, wanted))?.bases ?? [];
  const loosened = loosenings.filter(
    (one) => one.country === pack.rule.country && isSameCase(one.case, wanted) && !bases.includes(one.basis),
  );
  return [
    ...bases.map((basis) => ({ basis, isLoosened: false })),
    ...loosened.map(({ basis }) => ({ basis, isLoosened: true })),
  ];
}

/** The table of a country: a row for each way, in the order of the pack. */
export function rowsOf(pack: Pack, loosenings: readonly Loosening[]): GroundRow[] {
  const ways = pack.cases.map(({ case: { channel, address } }) => ({ channel, address: address ?? null }));
  const once = ways.filter(
    (way, at) => ways.findIndex((one) => one.channel === way.channel && one.address === way.address) === at,
  );
  return once.map((way) => {
    const of = (person: Person) => enoughIn(pack, { ...way, person }, loosenings);
    return { ...way, enough: { legal_person: of("legal_person"), natural_person: of("natural_person") } };
  });
}

export type Scope = "nobody" | "legal_role" | "legal" | "everybody" | "some";

/** For whom a weighed interest is enough, which asks nothing of the other side. A guess counts for nobody. */
export function scopeOf(pack: Pack, channel: string): Scope {
  const cases = pack.cases.filter((each) => each.case.channel === channel && each.case.address !== "guessed");
  const open = cases.filter(({ bases }) => bases.includes("legitimate_interest")).map((each) => each.case);
  const isAll = (of: (one: Case) => boolean) =>
    open.length > 0 && open.every(of) && open.length === cases.filter((each) => of(each.case)).length;
  if (open.length === 0) return "nobody";
  if (open.length === cases.length) return "everybody";
  if (isAll(({ person }) => person === "legal_person")) return "legal";
  return isAll(({ person, address }) => person === "legal_person" && address === "role") ? "legal_role" : "some";
}

/** What is being decided, as it stands in the form; empty where nothing is chosen yet. */
export interface Draft {
  country: string;
  channel: string;
  person: string;
  address: string;
  basis: string;
  reason: string;
}

export const noDraft: Draft = { country: "", channel: "", person: "", address: "", basis: "", reason: "" };

/** The case that a draft is about; null while a part of it is missing. Only mail knows kinds of address. */
export function caseOf({ channel, person, address }: Draft): Case | null {
  if (channel === "" || person === "" || (channel === "mail" && address === "")) return null;
  return { channel, person, address: channel === "mail" ? address : null };
}

/** Refusals that are about one answer, by the field that asked for it. */
const refusedField: Readonly<Record<string, string>> = {
  loosening_no_pack: "country",
  loosening_guessed: "case.address",
  loosening_no_such_case: "case.address",
  loosening_allowed_already: "basis",
};

/** The same problem with its sentence at the field that it is about. */
export function atField(error: unknown): ApiProblem | null {
  if (!(error instanceof ApiProblem)) return null;
  const field = refusedField[error.code];
  if (field === undefined || error.errors.length > 0) return error;
  const { status, code, title, detail, params } = error;
  return new ApiProblem(status, code, title, detail, params, [{ field, code, detail: detail || title }]);
}
