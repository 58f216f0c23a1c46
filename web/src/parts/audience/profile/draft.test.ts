import { expect, test } from "vitest";
import { type Profile, type Wish, draftOf, emptyWish, inputOf, withLikeness } from "./draft";

const profile = (wishes: Wish[]): Profile => ({ version: 1, wishes, buyers: { department: "finance", seats: ["it"] } });

const wish = (parts: Partial<Wish>): Wish => ({ ...emptyWish, ...parts });

const all: Wish[] = (
  [
    {
      criterion: "industry",
      importance: "wanted",
      weight: 30,
      words: ["bouw"],
      codes: [
        { code: "41", version: "2025" },
        { code: "0111", version: "2008" },
      ],
    },
    {
      criterion: "size",
      importance: "must",
      sizes: [
        { min: 10, max: 19 },
        { min: 500, max: null },
        { min: 25, max: 75 },
      ],
    },
    { criterion: "revenue", importance: "wanted", weight: 10, revenue: { min: 1000000, max: null } },
    { criterion: "country", importance: "never", countries: ["DE"] },
    {
      criterion: "region",
      importance: "wanted",
      weight: 20,
      provinces: ["NL-UT"],
      areas: ["10"],
      near: [
        { area: "35", km: 25 },
        { area: "10", km: 25 },
      ],
      words: ["Zeist"],
    },
    { criterion: "legal_form", importance: "never", legal_forms: ["sole_trader"] },
    { criterion: "technology", importance: "wanted", weight: 20, words: ["Shopify"] },
    { criterion: "technology", importance: "never", words: ["Wix"] },
    { criterion: "site_words", importance: "must", words: ["webshop", "groothandel"] },
    { criterion: "title", importance: "wanted", weight: 30, words: ["inkoop"], seniorities: ["owner"] },
  ] satisfies Partial<Wish>[]
).map(wish);

test("what a profile says is what is sent when nothing is changed", () => {
  const draft = draftOf(profile(all));
  expect(draft.others).toEqual([]);
  expect(inputOf(draft)).toEqual({ wishes: all, buyers: { department: "finance", seats: ["it"] } });
});

test("an empty profile asks nothing", () => {
  const draft = draftOf({ version: 0, wishes: [], buyers: { department: null, seats: [] } });
  expect(inputOf(draft)).toEqual({ wishes: [], buyers: { department: null, seats: [] } });
});

test("what the page cannot show stays as it is", () => {
  const strange: Wish[] = (
    [
      { criterion: "weather", importance: "wanted", weight: 7, words: ["sunny"] },
      { criterion: "country", importance: "must", countries: ["NL"] },
      { criterion: "country", importance: "must", countries: ["BE"] },
      {
        criterion: "region",
        importance: "must",
        near: [
          { area: "35", km: 25 },
          { area: "10", km: 50 },
        ],
      },
    ] satisfies Partial<Wish>[]
  ).map(wish);
  const draft = draftOf(profile(strange));
  expect(draft.others.map((wish) => wish.criterion)).toEqual(["weather", "country", "region"]);
  const sent = inputOf(draft).wishes;
  expect(sent).toHaveLength(4);
  expect(sent).toEqual(expect.arrayContaining(strange));
});

test("a weight between the choices becomes the nearest one", () => {
  const between = wish({ criterion: "country", importance: "wanted", weight: 25, countries: ["NL"] });
  expect(draftOf(profile([between])).blocks.country.importance).toBe("30");
});

test("a trait of customers is added once, each to its own card", () => {
  const numbers = { won_n: 12, won_known_n: 20, rest_n: 100, rest_known_n: 1000, lift: 6, lift_min: 3 };
  let draft = draftOf(profile([]));
  for (const [feature, value] of [
    ["size", "20-49"],
    ["size", "20-49"],
    ["province", "NL-UT"],
    ["legal_form", "private_limited"],
    ["division", "2025:62"],
    ["division", "2008:41"],
  ] as const) {
    draft = withLikeness(draft, { feature, value, ...numbers });
  }
  const wanted = { importance: "wanted", weight: 20 };
  expect(inputOf(draft).wishes).toEqual(
    [
      {
        criterion: "industry",
        codes: [
          { code: "62", version: "2025" },
          { code: "41", version: "2008" },
        ],
      },
      { criterion: "size", sizes: [{ min: 20, max: 49 }] },
      { criterion: "region", provinces: ["NL-UT"] },
      { criterion: "legal_form", legal_forms: ["private_limited"] },
    ].map((parts) => wish({ ...wanted, ...parts })),
  );
});
