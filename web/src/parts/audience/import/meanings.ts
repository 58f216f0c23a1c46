import type { Language } from "~/i18n";

/** The countries that Kiem has rules for mailing of, those of most users first. */
const countries =
  "NL BE DE LU FR GB IE AT CH ES PT IT DK SE NO FI IS PL CZ SK HU RO BG GR HR SI EE LV LT CY MT LI MC AD RS BA AL UA TR " +
  "US CA MX BR AU NZ IN CN JP SG HK KR IL AE ZA MA SR CW AW";
const near = 5;
const languages = ["nl", "en", "de", "fr"];

interface Option {
  value: string;
  label: string;
}

function named(codes: readonly string[], type: "region" | "language", language: Language): Option[] {
  const names = new Intl.DisplayNames(language, { type });
  return codes.map((value) => ({ value, label: names.of(value) ?? value }));
}

/** Neighbours first, then by name. */
export function countryOptions(language: Language): Option[] {
  const all = named(countries.split(" "), "region", language);
  const others = all.slice(near).sort((a, b) => a.label.localeCompare(b.label, language));
  return [...all.slice(0, near), ...others];
}

/** What a word in a column of fixed meanings can mean. */
export function meaningsOf(field: string, language: Language): Option[] {
  if (field === "country") return countryOptions(language);
  return field === "language" ? named(languages, "language", language) : [];
}

/** A fact as people read it. */
export function factText(field: string, value: string, language: Language): string {
  if (field === "revenue" && /^-?\d+$/.test(value)) {
    return new Intl.NumberFormat(language).format(Number(value) / 100);
  }
  return meaningsOf(field, language).find((each) => each.value === value)?.label ?? value;
}
