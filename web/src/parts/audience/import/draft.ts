import type { components } from "~/api/schema";
import { type Ground, noGround } from "../../leads/GroundFields";

export type StartInput = components["schemas"]["StartInput"];
export type Preview = components["schemas"]["PreviewView"];
export type Trial = components["schemas"]["Trial"];
export type AmbiguousRow = components["schemas"]["TrialAmbiguous"];

export const policies = ["fill", "overwrite", "keep"] as const;
export type Policy = (typeof policies)[number];
export type DateOrder = "day_first" | "month_first";
export type Mapping = Readonly<Record<number, string>>;

/** What was decided about one row. */
export type RowChoice =
  | { action: "skip" | "new" }
  | { action: "company"; company_id: string }
  /** What wins in this row; with the company, when it was asked which one it is. */
  | { action: Policy; company_id?: string };

/** A word in a column of fixed meanings that nobody knows. */
export interface UnknownWord {
  field: string;
  value: string;
  rows_n: number;
}

/** All that a person chose about one file, before it is begun. */
export interface Draft {
  /** Meaning by number of the column; null while the proposal stands. */
  mapping: Mapping | null;
  encoding: string;
  country: string;
  ground: Ground;
  policy: Policy;
  rows: Readonly<Record<number, RowChoice>>;
  /** What a word means, by `wordKey`; empty for nothing. */
  words: Readonly<Record<string, string>>;
  dateOrder: DateOrder | null;
  /** Rows and words that a trial asked about: decided ones stay here, though the next trial asks no more. */
  askedRows: readonly AmbiguousRow[];
  askedWords: readonly UnknownWord[];
}

export const newDraft: Draft = {
  mapping: null,
  encoding: "",
  country: "",
  ground: noGround,
  policy: "fill",
  rows: {},
  words: {},
  dateOrder: null,
  askedRows: [],
  askedWords: [],
};

/** What is kept for when the page is loaded anew: choices only. What a trial asked about the rows is asked again. */
export function textOf({ mapping, encoding, country, ground, policy, dateOrder }: Draft): string {
  return JSON.stringify({ mapping, encoding, country, ground, policy, dateOrder });
}

/** What was kept, as far as it can be read. */
export function draftFrom(text: string | null): Draft {
  const kept = objectFrom(text);
  const string = (value: unknown) => (typeof value === "string" ? value : "");
  const ground = isObject(kept.ground) ? kept.ground : {};
  const fields = Object.keys(noGround) as (keyof Ground)[];
  return {
    ...newDraft,
    mapping: isObject(kept.mapping)
      ? Object.fromEntries(Object.entries(kept.mapping).map(([column, field]) => [column, string(field)]))
      : null,
    encoding: string(kept.encoding),
    country: string(kept.country),
    ground: Object.fromEntries(fields.map((field) => [field, string(ground[field])])) as unknown as Ground,
    policy: policies.find((each) => each === kept.policy) ?? newDraft.policy,
    dateOrder: (["day_first", "month_first"] as const).find((each) => each === kept.dateOrder) ?? null,
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function objectFrom(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

export const wordKey = (field: string, value: string) => `${field}|${value}`;

export function mappingOf(draft: Draft, preview: Preview): Mapping {
  return draft.mapping ?? Object.fromEntries(preview.mapping.map(({ column, field }) => [column, field]));
}

/** Who objects in one of several columns objects, and the first telephone of a row counts; of other fields there is one column. */
const mayRepeat = ["do_not_mail", "do_not_call", "may_mail", "non_mailing", "phone", "company_phone"];

/** A field that is chosen for another column moves there, unless several columns may mean it. */
export function mapped(mapping: Mapping, column: number, field: string): Mapping {
  const isFree = (value: string) => value !== field || mayRepeat.includes(field);
  const rest = Object.entries(mapping).filter(([key, value]) => Number(key) !== column && isFree(value));
  return Object.fromEntries(field === "" ? rest : [...rest, [String(column), field]]);
}

const namesCompany = ["company_name", "website", "email", "kvk_number", "register_number"];

/** Without one of these nobody can be told apart. */
export function hasCompany(mapping: Mapping): boolean {
  return Object.values(mapping).some((field) => namesCompany.includes(field));
}

export function isGrounded({ basis, source, source_detail, evidence_url, obtained_on }: Ground): boolean {
  const needsPage = basis === "designated_address";
  const needsProof = needsPage || basis === "consent";
  const isProven = (!needsProof || source_detail.trim() !== "") && (!needsPage || evidence_url.trim() !== "");
  return basis !== "" && source.trim() !== "" && obtained_on !== "" && isProven;
}

/** What the server is asked to do with the file. */
export function orderOf(draft: Draft, mapping: Mapping): StartInput {
  return {
    mapping: Object.entries(mapping).map(([column, field]) => ({ column: Number(column), field })),
    ground: draft.ground,
    default_country: draft.country === "" ? null : draft.country,
    encoding: draft.encoding === "" ? null : draft.encoding,
    policy: draft.policy,
    rows: Object.entries(draft.rows).map(([row, choice]) => ({ row_number: Number(row), ...choice })),
    values: Object.entries(draft.words).map(([key, to]) => {
      const [field = "", ...word] = key.split("|");
      return { field, from: word.join("|"), to };
    }),
    date_order: draft.dateOrder,
  };
}

/** The draft with what a trial asks, beside what was decided since an earlier one. */
export function remember(draft: Draft, trial: Trial, mapping: Mapping): Draft {
  const rows = new Map<number, AmbiguousRow>();
  for (const row of draft.askedRows) if (isMatched(draft.rows[row.row_number])) rows.set(row.row_number, row);
  for (const row of trial.ambiguous) rows.set(row.row_number, row);
  const words = new Map<string, UnknownWord>();
  for (const word of draft.askedWords) {
    const key = wordKey(word.field, word.value);
    if (draft.words[key] !== undefined && Object.values(mapping).includes(word.field)) words.set(key, word);
  }
  for (const { column, value, rows_n } of trial.values) {
    const field = mapping[column];
    if (field !== undefined) words.set(wordKey(field, value), { field, value, rows_n });
  }
  return {
    ...draft,
    askedRows: [...rows.values()].sort((a, b) => a.row_number - b.row_number),
    askedWords: [...words.values()],
  };
}

/** Whether it was decided which company a row means. */
export function isMatched(choice: RowChoice | undefined): boolean {
  return choice !== undefined && (["skip", "new"].includes(choice.action) || companyOf(choice) !== undefined);
}

/** The company that a row was decided to mean. */
export function companyOf(choice: RowChoice | undefined): string | undefined {
  return choice !== undefined && "company_id" in choice ? choice.company_id : undefined;
}

/** The choice with another policy for its row, or with that of all rows. */
export function withPolicy(choice: RowChoice | undefined, policy: Policy | undefined): RowChoice | null {
  const company_id = companyOf(choice);
  if (policy !== undefined) return company_id === undefined ? { action: policy } : { action: policy, company_id };
  return company_id === undefined ? null : { action: "company", company_id };
}

export function withRow(draft: Draft, row: number, choice: RowChoice | null): Draft {
  const rest = Object.fromEntries(Object.entries(draft.rows).filter(([key]) => Number(key) !== row));
  return { ...draft, rows: choice === null ? rest : { ...rest, [row]: choice } };
}

export function withWord(draft: Draft, { field, value }: UnknownWord, to: string | null): Draft {
  const key = wordKey(field, value);
  const rest = Object.fromEntries(Object.entries(draft.words).filter(([each]) => each !== key));
  return { ...draft, words: to === null ? rest : { ...rest, [key]: to } };
}

/** Days of a column that may be read in two ways. */
export function unsureDays(cells: readonly string[]): string[] {
  const both = cells.filter((cell) => {
    const [, first, second] = /^\s*(\d{1,2})[-/. ](\d{1,2})[-/. ]\d{2,4}\s*$/.exec(cell) ?? [];
    const [a, b] = [Number(first), Number(second)];
    return a >= 1 && b >= 1 && a <= 12 && b <= 12 && a !== b;
  });
  return [...new Set(both)].slice(0, 3);
}

/** The column of days, when its values may be read in two ways and none of them tells which. */
export function daysToOrder(preview: Preview, mapping: Mapping): string[] {
  const column = Object.entries(mapping).find(([, field]) => field === "founded_on")?.[0];
  if (column === undefined) return [];
  const wasProposed = preview.mapping.some((each) => each.field === "founded_on" && each.column === Number(column));
  if (wasProposed && !preview.warnings.includes("date_ambiguous")) return [];
  return unsureDays(preview.sample.map((row) => row.cells[Number(column)] ?? ""));
}

/** Some cells of a column to recognise it by; letters with accents first, as they show a wrong encoding. */
export function examples(preview: Preview, column: number): string[] {
  const cells = preview.sample.map((row) => (row.cells[column] ?? "").trim()).filter((cell) => cell !== "");
  const accented = cells.filter((cell) => /[^ -~]/.test(cell));
  return [...new Set([...accented, ...cells])].slice(0, 3);
}

/** Rows that would come in. */
export function rowsIn(trial: Trial): number {
  return trial.created_n + trial.matched_n + trial.repeated_n;
}

/** Facts by the row that says them. */
export function byRow(facts: Trial["facts"]): { row_number: number; record: string; facts: Trial["facts"] }[] {
  const rows = new Map<string, { row_number: number; record: string; facts: Trial["facts"] }>();
  for (const fact of facts) {
    const key = `${fact.row_number}`;
    const row = rows.get(key) ?? { row_number: fact.row_number, record: fact.record, facts: [] };
    row.facts.push(fact);
    rows.set(key, row);
  }
  return [...rows.values()];
}
