import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type Wish = Schemas["WishView"];
export type Profile = Schemas["ProfileView"];
export type ProfileInput = Schemas["ProfileInput"];
export type Likeness = Schemas["LikenessView"];

/** What the page asks about. */
export const offered = [
  "industry",
  "size",
  "revenue",
  "country",
  "region",
  "legal_form",
  "technology",
  "site_words",
  "title",
] as const;
export type Offered = (typeof offered)[number];

/** Classes of the number of people, as Dutch statistics have them. */
export const bands = ["1", "2-4", "5-9", "10-19", "20-49", "50-99", "100-199", "200-499", "500+"] as const;

export const provinces = [
  "NL-DR",
  "NL-FL",
  "NL-FR",
  "NL-GE",
  "NL-GR",
  "NL-LI",
  "NL-NB",
  "NL-NH",
  "NL-OV",
  "NL-UT",
  "NL-ZE",
  "NL-ZH",
  "BE-BRU",
  "BE-VAN",
  "BE-VBR",
  "BE-WBR",
  "BE-WHT",
  "BE-WLG",
  "BE-VLI",
  "BE-WLX",
  "BE-WNA",
  "BE-VOV",
  "BE-VWV",
] as const;

export const legalForms = [
  "private_limited",
  "public_limited",
  "sole_trader",
  "partnership",
  "foundation",
  "association",
  "cooperative",
  "public_body",
] as const;

export const seniorities = ["owner", "c_level", "director", "head", "manager", "ic", "assistant", "intern"] as const;

export const seats = [
  "boss",
  "functional_director",
  "functional_manager",
  "finance",
  "procurement",
  "it",
  "legal",
] as const;

/** How much a wish matters, as the page lets it be chosen; the numbers are weights. */
export const importances = ["must", "30", "20", "10"] as const;
export type Importance = (typeof importances)[number];

export const radiuses = ["25", "50", "75", "100"] as const;

/** What is named of one criterion, as it is typed and ticked. */
export interface Values {
  words: string;
  codes2025: string;
  codes2008: string;
  bands: readonly string[];
  min: number | null;
  max: number | null;
  countries: string;
  provinces: readonly string[];
  areas: string;
  near: string;
  km: string;
  legalForms: readonly string[];
  seniorities: readonly string[];
}

/** A wish that names nothing: what a criterion has no use for stays empty. */
export const emptyWish: Wish = {
  criterion: "",
  importance: "",
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

const nothing: Values = {
  words: "",
  codes2025: "",
  codes2008: "",
  bands: [],
  min: null,
  max: null,
  countries: "",
  provinces: [],
  areas: "",
  near: "",
  km: "25",
  legalForms: [],
  seniorities: [],
};

/** One criterion: what is wished, how much, and what must never be. */
export interface Block {
  want: Values;
  importance: Importance;
  never: Values;
}

export interface Draft {
  blocks: Record<Offered, Block>;
  /** Wishes that the page cannot show: made through the API. They stay as they are. */
  others: readonly Wish[];
  department: string;
  seats: readonly string[];
}

/** "bouw, logistiek" as words. */
export function list(text: string): string[] {
  return text
    .split(/[,;\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function rangeOf(band: string): { min: number | null; max: number | null } {
  const [from, to] = band.replace("+", "").split("-").map(Number);
  return { min: from ?? null, max: band.endsWith("+") ? null : (to ?? from ?? null) };
}

function bandOf(range: { min?: number | null; max?: number | null }): string | undefined {
  return bands.find((band) => {
    const { min, max } = rangeOf(band);
    return min === (range.min ?? null) && max === (range.max ?? null);
  });
}

function valuesOf(wish: Wish): Values {
  const codes = (version: string) =>
    wish.codes
      .filter((code) => code.version === version)
      .map((code) => code.code)
      .join(", ");
  const sizes = wish.sizes;
  const own = wish.revenue ?? sizes.find((range) => bandOf(range) === undefined);
  const near = wish.near;
  return {
    words: wish.words.join(", "),
    codes2025: codes("2025"),
    codes2008: codes("2008"),
    bands: sizes.flatMap((range) => bandOf(range) ?? []),
    min: own?.min ?? null,
    max: own?.max ?? null,
    countries: wish.countries.join(", "),
    provinces: wish.provinces,
    areas: wish.areas.join(", "),
    near: near.map((one) => one.area).join(", "),
    km: String(near[0]?.km ?? nothing.km),
    legalForms: wish.legal_forms,
    seniorities: wish.seniorities,
  };
}

/** The wish that the values make; undefined when they name nothing. */
function wishOf(criterion: Offered, values: Values, importance: Importance | "never"): Wish | undefined {
  const own = values.min === null && values.max === null ? [] : [{ min: values.min, max: values.max }];
  const parts: Record<Offered, Partial<Wish>> = {
    industry: {
      words: list(values.words),
      codes: [
        ...list(values.codes2025).map((code) => ({ code, version: "2025" })),
        ...list(values.codes2008).map((code) => ({ code, version: "2008" })),
      ],
    },
    size: { sizes: [...bands.filter((band) => values.bands.includes(band)).map(rangeOf), ...own] },
    revenue: own[0] === undefined ? {} : { revenue: own[0] },
    country: { countries: list(values.countries) },
    region: {
      provinces: [...values.provinces],
      areas: list(values.areas),
      near: list(values.near).map((area) => ({ area, km: Number(values.km) })),
      words: list(values.words),
    },
    legal_form: { legal_forms: [...values.legalForms] },
    technology: { words: list(values.words) },
    site_words: { words: list(values.words) },
    title: { words: list(values.words), seniorities: [...values.seniorities] },
  };
  const part = parts[criterion];
  if (Object.values(part).every((value) => Array.isArray(value) && value.length === 0)) return undefined;
  if (importance === "never" || importance === "must") return { ...emptyWish, criterion, importance, ...part };
  return { ...emptyWish, criterion, importance: "wanted", weight: Number(importance), ...part };
}

/** The choice that comes nearest to a weight. */
function nearest(wish: Wish): Importance {
  if (wish.importance === "must") return "must";
  const weight = wish.weight ?? 20;
  return weight >= 25 ? "30" : weight >= 15 ? "20" : "10";
}

/** Whether two wishes name the same, whatever their weight and order. */
function saysTheSame(a: Wish, b: Wish | undefined): boolean {
  const plain = (wish: Wish) =>
    JSON.stringify(
      Object.entries(wish)
        .filter(([name, value]) => name !== "weight" && value != null && !(Array.isArray(value) && value.length === 0))
        .map(([name, value]) => [name, Array.isArray(value) ? value.map((each) => JSON.stringify(each)).sort() : value])
        .sort(),
    );
  return b !== undefined && plain(a) === plain(b);
}

/** A profile as the page edits it. */
export function draftOf(profile: Profile): Draft {
  const blocks = Object.fromEntries(
    offered.map((criterion) => [criterion, { want: nothing, importance: "20", never: nothing }]),
  ) as Record<Offered, Block>;
  const others: Wish[] = [];
  const taken = new Set<string>();
  for (const wish of profile.wishes) {
    const criterion = offered.find((each) => each === wish.criterion);
    const isNever = wish.importance === "never";
    const place = `${wish.criterion} ${isNever}`;
    const values = valuesOf(wish);
    const importance = isNever ? "never" : nearest(wish);
    if (criterion === undefined || taken.has(place) || !saysTheSame(wish, wishOf(criterion, values, importance))) {
      others.push(wish);
      continue;
    }
    taken.add(place);
    const block = blocks[criterion];
    blocks[criterion] = importance === "never" ? { ...block, never: values } : { ...block, want: values, importance };
  }
  return { blocks, others, department: profile.buyers.department ?? "", seats: profile.buyers.seats };
}

/** One wish of the draft and which part of which card it comes from. */
export interface Placed {
  criterion: Offered;
  side: "want" | "never";
  wish: Wish;
}

/** The wishes that the cards make, in the order in which they are sent. */
export function placed(draft: Draft): Placed[] {
  return offered.flatMap((criterion) => {
    const { want, importance, never } = draft.blocks[criterion];
    const sides = [
      { side: "want" as const, wish: wishOf(criterion, want, importance) },
      { side: "never" as const, wish: wishOf(criterion, never, "never") },
    ];
    return sides.flatMap(({ side, wish }) => (wish === undefined ? [] : [{ criterion, side, wish }]));
  });
}

/** What is sent. */
export function inputOf(draft: Draft): ProfileInput {
  return {
    wishes: [...placed(draft).map(({ wish }) => wish), ...draft.others],
    buyers: { department: draft.department === "" ? null : draft.department, seats: [...draft.seats] },
  };
}

/** A draft with a trait of won customers among its wishes. */
export function withLikeness(draft: Draft, { feature, value }: Likeness): Draft {
  const add = (texts: readonly string[]) => (texts.includes(value) ? texts : [...texts, value]);
  const change = (criterion: Offered, values: (want: Values) => Partial<Values>): Draft => {
    const block = draft.blocks[criterion];
    return {
      ...draft,
      blocks: { ...draft.blocks, [criterion]: { ...block, want: { ...block.want, ...values(block.want) } } },
    };
  };
  if (feature === "size") return change("size", (want) => ({ bands: add(want.bands) }));
  if (feature === "province") return change("region", (want) => ({ provinces: add(want.provinces) }));
  if (feature === "legal_form") return change("legal_form", (want) => ({ legalForms: add(want.legalForms) }));
  const [version, division = ""] = value.split(":");
  const more = (text: string) => (list(text).includes(division) ? text : [...list(text), division].join(", "));
  return change("industry", (want) =>
    version === "2008" ? { codes2008: more(want.codes2008) } : { codes2025: more(want.codes2025) },
  );
}
