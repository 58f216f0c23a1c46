const strict = ["consent", "existing_customer"];
const designated = [...strict, "designated_address"];
const every = [...designated, "legitimate_interest"];

const both = (nl: string, en: string) => ({ nl, en });

const ways = [
  ["mail", "role"],
  ["mail", "personal"],
  ["mail", "guessed"],
  ["phone", null],
  ["post", null],
] as const;

/** Grounds of the five ways, of companies and of natural persons. */
type Grounds = readonly (readonly string[])[];

function pack(country: string, legal: Grounds, natural: Grounds, sources: object[], summary = general) {
  const of = (person: string, grounds: Grounds) =>
    ways.map(([channel, address], at) => ({ case: { channel, person, address }, bases: grounds[at] ?? [] }));
  return {
    rule: { country, version: 1, reviewed_on: "2026-09-30" },
    summary,
    sources,
    cases: [...of("legal_person", legal), ...of("natural_person", natural)],
  };
}

const general = both(
  "E-mail vraagt vooraf uitdrukkelijke toestemming, ook van bedrijven, of een klantrelatie. Bellen en post zijn voor dit land nog niet uitgezocht.",
  "E-mail needs prior express consent, from companies too, or a customer relation. Telephone and post were not looked into for this country yet.",
);

const source = (title: string, url: string, is_primary = false) => ({ title, url, date: "2026-08-15", is_primary });

const closed = [strict, strict, strict, strict, strict];
const open = [every, every, strict, strict, strict];

/** The rule sets, much as the server has them, in its order. */
export const packs = {
  notice: both(
    "Dit is onze lezing van de genoemde bronnen, geen juridisch advies. Wie verstuurt is verantwoordelijk.",
    "This is our reading of the sources that are named, no legal advice. Who sends is responsible.",
  ),
  items: [
    pack("AT", closed, closed, [source("Telekommunikationsgesetz 2021, § 174", "https://ris.example/174")]),
    pack("BE", [every, strict, strict, strict, strict], closed, [
      source("KB van 4 april 2003", "https://kb.example/1"),
    ]),
    pack("DE", closed, closed, [source("UWG, § 7", "https://uwg.example/7")]),
    pack("ES", closed, closed, [source("LSSI, artículo 21", "https://lssi.example/21")]),
    pack("FR", open, closed, [source("CNIL: la prospection commerciale", "https://cnil.example/p")]),
    pack("GB", open, closed, [source("PECR 2003, regulation 22", "https://pecr.example/22")]),
    pack("IE", open, closed, [source("S.I. No. 336/2011, regulation 13", "https://si.example/13")]),
    pack("IT", closed, closed, [source("Codice privacy, articolo 130", "https://codice.example/130")]),
    pack(
      "NL",
      [designated, designated, [], every, every],
      [designated, designated, [], strict, every],
      [
        source("Telecommunicatiewet, artikel 11.7", "https://wetten.example/BWBR0009950"),
        source("Wet van 10 februari 2021, Stb. 2021, 103", "https://stb.example/2021-103", true),
      ],
      both(
        "Commerciële e-mail mag alleen met toestemming, aan klanten over eigen soortgelijke producten, of naar een adres dat de ontvanger zelf voor zulke berichten heeft bekendgemaakt. Dat geldt ook voor bedrijven.",
        "Commercial e-mail needs consent, a customer relation (own similar products), or an address that its holder published for such messages. This holds for companies too.",
      ),
    ),
    pack(
      "*",
      [["consent"], ["consent"], [], ["consent"], ["consent"]],
      [["consent"], ["consent"], [], ["consent"], ["consent"]],
      [source("Directive 2002/58/EC, article 13", "https://eur-lex.example/58")],
      both("Alleen wie toestemming gaf mag worden benaderd.", "Only who gave consent may be approached."),
    ),
  ],
};

export const loosening = (id: string, change: object = {}) => ({
  id,
  country: "NL",
  case: { channel: "mail", person: "legal_person", address: "role" },
  basis: "legitimate_interest",
  reason: "Algemene adressen die bedrijven zelf publiceren; de directie aanvaardt het risico.",
  decided_by: "Sanne de Vries",
  decided_at: "2026-11-24T09:00:00Z",
  ...change,
});
