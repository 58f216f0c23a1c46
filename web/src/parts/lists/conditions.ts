import type { components } from "~/api/schema";

export type Condition = components["schemas"]["ListCondition"];
export type ListId = "companies" | "people";

/** How a field is compared. */
export type Op = "is" | "is_not" | "starts_with" | "at_least" | "at_most";

/** What the values of a field are, and which there are when they are few. */
type Values =
  | { kind: "text" }
  | { kind: "score" }
  | { kind: "yes_no" }
  | { kind: "import" }
  | { kind: "member" }
  | { kind: "campaign" }
  | { kind: "choice"; values: readonly string[]; words: string };

export interface Field {
  id: string;
  lists: readonly ListId[];
  ops: readonly Op[];
  values: Values;
}

const both = ["companies", "people"] as const;
const companies = ["companies"] as const;
const people = ["people"] as const;
const choice = (words: string, ...values: string[]): Values => ({ kind: "choice", values, words });
const yesNo: Values = { kind: "yes_no" };
const text: Values = { kind: "text" };
/** What the send gate says of a channel: that it is open, what only this channel lacks, and what any may lack. */
const gate = (...ofChannel: string[]): Values =>
  choice(
    "lists.gate.",
    "allowed",
    ...ofChannel,
    "no_ground",
    "country_unknown",
    "country_needs_consent",
    "legal_form_unknown",
    "designation_unproven",
    "consent_unproven",
    "not_informed",
    "suppressed",
    "ended",
  );

/** The fields of the lists, as `kiem_domain::listing` has them. */
export const fields: readonly Field[] = [
  { id: "town", lists: both, ops: ["is", "is_not", "starts_with"], values: text },
  { id: "postcode", lists: both, ops: ["starts_with", "is", "is_not"], values: text },
  { id: "region", lists: both, ops: ["is", "is_not"], values: text },
  { id: "country", lists: both, ops: ["is", "is_not"], values: text },
  { id: "sbi", lists: both, ops: ["starts_with", "is", "is_not"], values: text },
  { id: "industry", lists: both, ops: ["is", "is_not"], values: text },
  {
    id: "size",
    lists: both,
    ops: ["is", "is_not"],
    values: choice("", "1", "2-4", "5-9", "10-19", "20-49", "50-99", "100-199", "200-499", "500+"),
  },
  { id: "fit", lists: both, ops: ["at_least", "at_most"], values: { kind: "score" } },
  {
    id: "fit_group",
    lists: both,
    ops: ["is", "is_not"],
    values: choice("lists.fit_group.", "fits", "unknown", "misfit"),
  },
  {
    id: "stage",
    lists: companies,
    ops: ["is", "is_not"],
    values: choice("kit.stage.", "lead", "prospect", "opportunity", "customer"),
  },
  { id: "owner", lists: companies, ops: ["is"], values: { kind: "member" } },
  { id: "website", lists: companies, ops: ["is"], values: yesNo },
  { id: "phone", lists: both, ops: ["is"], values: yesNo },
  { id: "address", lists: companies, ops: ["is"], values: yesNo },
  { id: "non_mailing", lists: companies, ops: ["is"], values: yesNo },
  {
    id: "state",
    lists: people,
    ops: ["is", "is_not"],
    values: choice("leads.state.", "new", "approached", "paused", "resting", "promoted", "blocked"),
  },
  { id: "email", lists: people, ops: ["is"], values: yesNo },
  { id: "ground", lists: people, ops: ["is"], values: yesNo },
  { id: "title", lists: people, ops: ["is", "is_not", "starts_with"], values: text },
  {
    id: "seniority",
    lists: people,
    ops: ["is", "is_not"],
    values: choice("lists.seniority.", "owner", "c_level", "director", "head", "manager", "ic"),
  },
  { id: "needs_look", lists: people, ops: ["is"], values: yesNo },
  { id: "campaign", lists: people, ops: ["is", "is_not"], values: { kind: "campaign" } },
  { id: "approached", lists: people, ops: ["is"], values: yesNo },
  { id: "approachable", lists: people, ops: ["is"], values: yesNo },
  { id: "by_mail", lists: people, ops: ["is", "is_not"], values: gate("no_address", "guessed_address") },
  { id: "by_phone", lists: people, ops: ["is", "is_not"], values: gate("no_phone", "no_calls") },
  { id: "by_post", lists: people, ops: ["is", "is_not"], values: gate("no_postal_address", "non_mailing") },
  {
    id: "unlock",
    lists: people,
    ops: ["is", "is_not"],
    values: choice(
      "lists.unlock.",
      "inform",
      "find_designated_address",
      "prove_designation",
      "prove_consent",
      "record_ground",
      "find_legal_form",
      "find_country",
      "find_address",
      "call",
      "write_letter",
      "ask_consent",
    ),
  },
  { id: "reachable", lists: people, ops: ["is"], values: yesNo },
  { id: "import", lists: both, ops: ["is"], values: { kind: "import" } },
];

export function fieldsOf(list: ListId): readonly Field[] {
  return fields.filter((field) => field.lists.includes(list));
}

/** The conditions that stand in the address. What is not readable is none. */
export function readConditions(list: ListId, json: string | undefined): Condition[] {
  if (json === undefined || json === "") return [];
  let all: unknown;
  try {
    all = JSON.parse(json);
  } catch {
    return [];
  }
  if (!Array.isArray(all)) return [];
  return all.filter((one: unknown): one is Condition => {
    if (typeof one !== "object" || one === null) return false;
    const { field, op, values } = one as Partial<Condition>;
    const known = fieldsOf(list).find((each) => each.id === field);
    return (
      known?.ops.some((each) => each === op) === true &&
      Array.isArray(values) &&
      values.length > 0 &&
      values.every((value) => typeof value === "string")
    );
  });
}

/** As they stand in the address; none is nothing. */
export function writeConditions(conditions: readonly Condition[]): string | undefined {
  return conditions.length === 0 ? undefined : JSON.stringify(conditions);
}

/** Values that were typed with commas between them, each once. */
export function typedValues(text: string): string[] {
  const values = text.split(",").map((value) => value.trim());
  return [...new Set(values.filter((value) => value !== ""))];
}

/** The list with a condition put at its place, or at the end. */
export function withCondition(all: readonly Condition[], at: number | undefined, one: Condition): Condition[] {
  return at === undefined ? [...all, one] : all.map((each, index) => (index === at ? one : each));
}

/** The columns to show: those that were chosen and exist, or the usual ones. */
export function chosenColumns(all: readonly string[], usual: readonly string[], chosen: readonly string[]): string[] {
  const known = chosen.filter((column) => all.includes(column));
  return known.length === 0 ? [...usual] : known;
}

/** The columns with one moved by a place. */
export function moved(columns: readonly string[], column: string, by: -1 | 1): string[] {
  const from = columns.indexOf(column);
  const to = from + by;
  if (from < 0 || to < 0 || to >= columns.length) return [...columns];
  const next = [...columns];
  next.splice(from, 1);
  next.splice(to, 0, column);
  return next;
}
