import { api, read } from "~/api/client";
import type { components } from "~/api/schema";
import type { Kind, Side, Stake } from "./kinds";

type PersonSide = components["schemas"]["PersonSideView"];

/** People of one company who may be one person. */
export const people: Kind = {
  of: "people",
  queue: async (state, limit) => {
    const page = await read(api.GET("/api/v1/duplicates/people", { params: { query: { state, limit } } }));
    return { ...page, items: page.items.map(({ id, first, second }) => ({ id, names: toldApart(first, second) })) };
  },
  pair: async (id, keep) => {
    const found = await read(api.GET("/api/v1/duplicates/people/{id}", { params: { path: { id }, query: { keep } } }));
    const email = found.facts.find(({ field }) => field === "email");
    const [first, second] = toldApart(
      { name: found.first.name, email: email?.first },
      { name: found.second.name, email: email?.second },
    );
    return {
      first: sideOf(found.first, first),
      second: sideOf(found.second, second),
      company: { id: found.company_id, name: found.company_name },
      facts: found.facts,
      signs: [
        {
          words: `person.${found.sign}`,
          speaks: found.sign === "linkedin" || found.sign === "name" ? "agrees" : "resembles",
        },
      ],
      stays: null,
      obstacle: found.obstacle ?? null,
    };
  },
  decide: async (id, decision, keep) => {
    const body = { decision, keep };
    const done = await read(api.PUT("/api/v1/duplicates/people/{id}/decision", { params: { path: { id } }, body }));
    return done.merge ?? null;
  },
  reopen: async (id) => {
    await api.DELETE("/api/v1/duplicates/people/{id}/decision", { params: { path: { id } } });
  },
};

function sideOf(side: PersonSide, called: string): Side {
  const link = side.lead_id == null ? null : { part: "leads" as const, id: side.lead_id };
  return { ...side, called, link, stakes: personStakes(side) };
}

interface Called {
  name: string;
  email?: string | null;
}

/** What two people are called: by their address where they have no name, and with it where they have the same. */
export function toldApart(first: Called, second: Called): [string, string] {
  const isOneName = first.name === second.name;
  const called = ({ name, email }: Called) =>
    name === "" ? (email ?? "") : isOneName && email != null ? `${name} (${email})` : name;
  return [called(first), called(second)];
}

/** What hangs on a person; that they were approached is said once. */
export function personStakes({ lead_state: state, is_approached, is_pursued }: PersonSide): Stake[] {
  return [
    { word: `lead.${state ?? "none"}` },
    ...(is_approached && state !== "approached" ? [{ word: "approached" }] : []),
    ...(is_pursued ? [{ word: "pursued" }] : []),
  ];
}
