/** Made-up answers about who fits. */

const empty = {
  weight: null,
  words: [],
  codes: [],
  sizes: [],
  revenue: null,
  countries: [],
  provinces: [],
  areas: [],
  near: [],
  legal_forms: [],
  seniorities: [],
};

export const wish = (criterion: string, importance: string, parts: object = {}) => ({
  ...empty,
  criterion,
  importance,
  weight: importance === "wanted" ? 30 : null,
  ...parts,
});

const industry = wish("industry", "wanted", { words: ["bouw"], codes: [{ code: "41", version: "2025" }] });
const size = wish("size", "must", { sizes: [{ min: 20, max: 49 }] });
const region = wish("region", "wanted", { provinces: ["NL-UT"], near: [{ area: "35", km: 25 }] });
const form = wish("legal_form", "never", { legal_forms: ["sole_trader"] });

export const profile = (version: number, wishes: object[] = [industry, size, region, form]) => ({
  version,
  wishes,
  buyers: { department: null, seats: [] },
});

/** A fit with one reason of every kind. */
export const fit = {
  score: 88,
  known_percent: 60,
  outcome: "fits",
  reasons: [
    {
      wish: industry,
      verdict: "unknown",
      found: [{ kind: "sbi_2008", value: "41200" }],
      why: "other_version",
    },
    { wish: size, verdict: "match", found: [{ kind: "people", value: "30" }], why: null },
    {
      wish: region,
      verdict: "partial",
      found: [
        { kind: "postcode", value: "1011 AB" },
        { kind: "province", value: "NL-NH" },
        { kind: "km", value: "34" },
      ],
      why: null,
    },
    { wish: form, verdict: "miss", found: [{ kind: "legal_form", value: "private_limited" }], why: null },
  ],
};

export const committee = {
  by_size: true,
  department: null,
  seats: [
    { seat: "boss", contact_ids: ["c1"] },
    { seat: "functional_manager", contact_ids: [] },
  ],
  roles: [{ contact_id: "c1", buying_role: "economic_buyer" }],
};

const example = (n: number, score: number | null) => ({
  id: `b${n}`,
  name: `Bouwbedrijf Voorbeeld ${n}`,
  city: "Utrecht",
  score,
  known_percent: 80,
});

/** Counts of an audience of so many; above 30,000 a part was looked at. */
export function count(companies: number) {
  const isPart = companies > 30_000;
  const of = (outcome: string, share: number, score: number | null) => ({
    outcome,
    n: Math.round(companies * share),
    margin: isPart ? 600 : 0,
    examples: share === 0 ? [] : [1, 2, 3, 4, 5].map((n) => example(n, score)),
  });
  return {
    n_companies: companies,
    n_judged: isPart ? 20_000 : companies,
    outcomes: [of("fits", 0.25, 92), of("partly", 0.2, 50), of("does_not_fit", 0.35, 0), of("unknown", 0.2, null)],
    wishes: [
      {
        wish: 0,
        criterion: "industry",
        importance: "wanted",
        n_match: isPart ? 8_000 : companies * 0.4,
        n_partial: 0,
        n_miss: isPart ? 8_000 : companies * 0.4,
        n_unknown: isPart ? 4_000 : companies * 0.2,
      },
    ],
  };
}

export const lookalike = {
  won_n: 24,
  won_min: 10,
  rest_n: 980,
  n_companies: 1004,
  stands_out: [
    {
      feature: "size",
      value: "50-99",
      won_n: 14,
      won_known_n: 22,
      rest_n: 90,
      rest_known_n: 900,
      lift: 6.4,
      lift_min: 3.6,
    },
    {
      feature: "province",
      value: "NL-GE",
      won_n: 11,
      won_known_n: 24,
      rest_n: 140,
      rest_known_n: 950,
      lift: 3.1,
      lift_min: 1.6,
    },
  ],
  too_thin: [{ feature: "division", won_known_n: 3 }],
};

export const versions = {
  items: [
    {
      profile: profile(2),
      created_by: "Sanne de Vries",
      created_at: "2026-11-24T10:00:00Z",
      restored_from: null,
    },
    {
      profile: profile(1, [wish("country", "must", { countries: ["NL", "BE"] })]),
      created_by: "Noor Bakker",
      created_at: "2026-10-02T08:30:00Z",
      restored_from: null,
    },
  ],
};
