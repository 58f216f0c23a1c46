import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type FactPair = Schemas["FactPairView"];
export type Merge = Schemas["MergeView"];
export type Decision = "same" | "different" | "later";
/** Pairs that nobody looked at, or that were put off. */
export type QueueState = "open" | "later";

/** Two records in the queue. */
export interface Line {
  id: string;
  /** What both are called, so that they can be told apart; empty when nobody knows. */
  names: readonly [string, string];
}

/** The queue, and how far the work is. */
export interface Queue extends Pick<Schemas["PairPage"], "open_n" | "later_n" | "decided_n" | "waiting_n"> {
  items: readonly Line[];
}

/** What hangs on a record: the catalogue's word below `stake`, with its number if it has one. */
export interface Stake {
  word: string;
  n?: number;
}

/** Why two records may be one: the catalogue's words below `sign`, and how strongly it speaks. */
export interface Sign {
  words: string;
  speaks: "agrees" | "resembles" | "differs";
}

/** One of two records. */
export interface Side {
  id: string;
  name: string;
  /** What it is called where the other is called too, so that they can be told apart. */
  called: string;
  /** Where it is shown in full; a person outside the marketing list has no such place. */
  link: { part: "companies" | "leads"; id: string } | null;
  stakes: readonly Stake[];
  source: string;
  created_at: string;
}

/** Two records side by side. */
export interface Pair {
  first: Side;
  second: Side;
  /** Where both people work. */
  company: { id: string; name: string } | null;
  facts: readonly FactPair[];
  signs: readonly Sign[];
  /** The company that would stay; of people both records become one, and only facts can be let stay. */
  stays: string | null;
  obstacle: string | null;
}

/** What differs between the review of companies and that of people. The words stand below the same name. */
export interface Kind {
  of: "companies" | "people";
  /** The queue, the pair with the most at stake first. */
  queue: (state: QueueState, limit: number) => Promise<Queue>;
  /** One pair; `keep` is the record that is to stay, or whose facts are. */
  pair: (id: string, keep: string | undefined) => Promise<Pair>;
  decide: (id: string, decision: Decision, keep: string | undefined) => Promise<Merge | null>;
  reopen: (id: string) => Promise<void>;
}
