import { api, read } from "~/api/client";
import type { components } from "~/api/schema";
import type { Kind, Side, Stake } from "./kinds";

type CompanySide = components["schemas"]["PairSideView"];

/** Companies that may be one. */
export const companies: Kind = {
  of: "companies",
  queue: async (state, limit) => {
    const page = await read(api.GET("/api/v1/duplicates", { params: { query: { state, limit } } }));
    return { ...page, items: page.items.map(({ id, first, second }) => ({ id, names: [first.name, second.name] })) };
  },
  pair: async (id, keep) => {
    const found = await read(api.GET("/api/v1/duplicates/{id}", { params: { path: { id }, query: { keep } } }));
    return {
      first: sideOf(found.first),
      second: sideOf(found.second),
      company: null,
      facts: found.facts,
      signs: found.signs.map(({ field, sign }) => ({
        words: `${field}.${sign}`,
        speaks: sign === "agrees" || sign === "differs" ? sign : "resembles",
      })),
      stays: found.stays,
      obstacle: found.obstacle ?? null,
    };
  },
  decide: async (id, decision, keep) => {
    const body = { decision, keep };
    const done = await read(api.PUT("/api/v1/duplicates/{id}/decision", { params: { path: { id } }, body }));
    return done.merge ?? null;
  },
  reopen: async (id) => {
    await api.DELETE("/api/v1/duplicates/{id}/decision", { params: { path: { id } } });
  },
};

function sideOf(side: CompanySide): Side {
  return { ...side, called: side.name, link: { part: "companies", id: side.id }, stakes: companyStakes(side) };
}

/** What hangs on a company, each thing said once: who has an open opportunity is a prospect, and was approached. */
export function companyStakes(side: CompanySide): Stake[] {
  const words = [
    side.has_opportunity ? "opportunity" : null,
    side.has_open_pursuit && !side.has_opportunity ? "prospect" : null,
    side.is_customer ? "customer" : null,
    side.is_approached && !side.has_open_pursuit && !side.is_customer ? "approached" : null,
  ];
  return [
    ...words.flatMap((word) => (word === null ? [] : [{ word }])),
    ...(side.fit_score == null ? [] : [{ word: "fit", n: side.fit_score }]),
    { word: "people_n", n: side.people_n },
  ];
}
