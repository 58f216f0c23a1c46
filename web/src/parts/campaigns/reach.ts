import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type Enrolled = Schemas["EnrolView"];
export type Reach = Schemas["ChannelView"];
type Blocked = Schemas["BlockedView"];

/** Two answers about different leads as one. */
export function together(one: Enrolled, other: Enrolled): Enrolled {
  return {
    added: one.added + other.added,
    already: one.already + other.already,
    blocked: one.blocked + other.blocked,
    channels: joined(one.channels, other.channels, (each) => each.channel, sumOfChannel),
  };
}

function sumOfChannel(one: Reach, other: Reach): Reach {
  return {
    channel: one.channel,
    lawful_n: one.lawful_n + other.lawful_n,
    loosened_n: one.loosened_n + other.loosened_n,
    blocked: joined(one.blocked, other.blocked, (each) => each.block, sumOfBlocked),
  };
}

function sumOfBlocked(one: Blocked, other: Blocked): Blocked {
  return { ...one, contacts_n: one.contacts_n + other.contacts_n };
}

function joined<T>(one: readonly T[], other: readonly T[], nameOf: (each: T) => string, sum: (a: T, b: T) => T): T[] {
  const all = new Map(one.map((each) => [nameOf(each), each]));
  for (const each of other) {
    const same = all.get(nameOf(each));
    all.set(nameOf(each), same === undefined ? each : sum(same, each));
  }
  return [...all.values()];
}

/** Reasons that are named; the rest is counted together. */
const reasonsMax = 3;

/** How many a channel does not reach, the most frequent reasons first, and how many there are for others. */
export function missesOf({ lawful_n, blocked }: Reach) {
  const sorted = [...blocked].sort((a, b) => b.contacts_n - a.contacts_n);
  const count = (some: readonly Blocked[]) => some.reduce((sum, each) => sum + each.contacts_n, 0);
  const n = count(sorted);
  return { n, of: n + lawful_n, first: sorted.slice(0, reasonsMax), rest: count(sorted.slice(reasonsMax)) };
}
