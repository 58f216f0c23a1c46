import { describe, expect, it } from "vitest";
import { ApiProblem } from "~/api/problem";
import { type Loosening, type Pack, atField, caseOf, countryName, inOrder, noDraft, rowsOf, scopeOf } from "./policy";

const strict = ["consent", "existing_customer"];
const every = [...strict, "designated_address", "legitimate_interest"];

type Cell = readonly [channel: string, person: string, address: string | null, bases: string[]];

/** A pack as the server gives it: every case, those of one kind of person after the other. */
function packOf(country: string, special: readonly Cell[] = []): Pack {
  const ways = [
    ["mail", "role"],
    ["mail", "personal"],
    ["mail", "guessed"],
    ["phone", null],
    ["post", null],
  ] as const;
  const cases = ["legal_person", "natural_person"].flatMap((person) =>
    ways.map(([channel, address]) => {
      const cell = special.find((one) => one[0] === channel && one[1] === person && one[2] === address);
      return { case: { channel, person, address }, bases: cell?.[3] ?? strict };
    }),
  );
  const rule = { country, version: 1, reviewed_on: "2026-09-30" };
  return { rule, summary: { nl: "", en: "" }, sources: [], cases };
}

const loosened = (change: Partial<Loosening> = {}): Loosening => ({
  id: "v1",
  country: "NL",
  case: { channel: "mail", person: "legal_person", address: "role" },
  basis: "legitimate_interest",
  reason: "Bekendgemaakte adressen",
  decided_by: "Sanne",
  decided_at: "2026-11-24T09:00:00Z",
  ...change,
});

describe("countries", () => {
  const packs = ["AT", "*", "BE", "DE", "ES", "FR", "GB", "IE", "IT", "NL"].map((code) => packOf(code));
  const codes = (language: "nl" | "en") =>
    inOrder(packs, language)
      .map((pack) => pack.rule.country)
      .join(" ");
  it("stand by their name in the language of the page, the Netherlands first and the rest of the world last", () => {
    expect(codes("nl")).toBe("NL BE DE FR IE IT AT ES GB *");
    expect(codes("en")).toBe("NL AT BE FR DE IE IT ES GB *");
  });
  it("have a name in words, and a code of nobody stays one", () => {
    expect(countryName("GB", "nl", "elders")).toBe("Verenigd Koninkrijk");
    expect(countryName("*", "nl", "elders")).toBe("elders");
    expect(countryName("12", "nl", "elders")).toBe("12");
  });
});

describe("the table of a country", () => {
  it("has a row for each way, with both kinds of person beside each other", () => {
    const rows = rowsOf(packOf("NL", [["mail", "natural_person", "guessed", []]]), []);
    expect(rows.map(({ channel, address }) => [channel, address])).toEqual([
      ["mail", "role"],
      ["mail", "personal"],
      ["mail", "guessed"],
      ["phone", null],
      ["post", null],
    ]);
    expect(rows[2]?.enough.natural_person).toEqual([]);
    expect(rows[2]?.enough.legal_person.map(({ basis }) => basis)).toEqual(strict);
  });
  it("marks what was loosened in this case of this country, and nothing else", () => {
    const others = [
      loosened({ id: "v2", country: "BE" }),
      loosened({ id: "v3", case: { channel: "phone", person: "legal_person" } }),
      loosened({ id: "v4", basis: "consent" }),
    ];
    const [role, personal, , phone] = rowsOf(packOf("NL"), [loosened(), ...others]);
    const marks = (row = role) =>
      row?.enough.legal_person.filter(({ isLoosened }) => isLoosened).map(({ basis }) => basis);
    expect(marks()).toEqual(["legitimate_interest"]);
    expect(marks(personal)).toEqual([]);
    expect(marks(phone), "a case without an address may come without the word for it").toEqual(["legitimate_interest"]);
    expect(role?.enough.natural_person.some(({ isLoosened }) => isLoosened)).toBe(false);
  });
});

describe("for whom a legitimate interest is enough", () => {
  const legal = (address: string | null, channel = "mail"): Cell => [channel, "legal_person", address, every];
  const natural = (address: string | null, channel = "mail"): Cell => [channel, "natural_person", address, every];
  it.each<[string, readonly Cell[], string, string]>([
    ["nobody", [], "mail", "nobody"],
    ["a guess opens nothing", [legal("guessed")], "mail", "nobody"],
    ["role addresses of companies", [legal("role")], "mail", "legal_role"],
    ["companies", [legal("role"), legal("personal")], "mail", "legal"],
    ["companies by telephone", [legal(null, "phone")], "phone", "legal"],
    ["everybody", [legal(null, "post"), natural(null, "post")], "post", "everybody"],
    ["what has no word of its own", [natural("role")], "mail", "some"],
    ["more than role addresses, less than all companies", [legal("role"), natural("role")], "mail", "some"],
    ["a channel that the pack does not have", [], "fax", "nobody"],
  ])("%s", (_, cells, channel, scope) => expect(scopeOf(packOf("XX", cells), channel)).toBe(scope));
});

describe("a draft of a loosening", () => {
  const draft = { ...noDraft, country: "NL", person: "legal_person" };
  it.each([
    [{ channel: "mail", address: "" }, null],
    [
      { channel: "mail", address: "role" },
      { channel: "mail", person: "legal_person", address: "role" },
    ],
    [
      { channel: "phone", address: "role" },
      { channel: "phone", person: "legal_person", address: null },
    ],
    [{ channel: "", address: "" }, null],
  ])("%j is about %j", (part, expected) => expect(caseOf({ ...draft, ...part })).toEqual(expected));
  it("shows a refusal at the answer that it is about", () => {
    const refused = new ApiProblem(409, "loosening_allowed_already", "Mag al", "De regelset staat dit toe.");
    expect(atField(refused)?.field("basis")?.detail).toBe("De regelset staat dit toe.");
    const other = new ApiProblem(403, "forbidden", "Mag niet", "");
    expect(atField(other)).toBe(other);
    expect(atField(new Error("broken"))).toBeNull();
  });
});
