import { useI18n } from "~/i18n";
import type { components } from "~/api/schema";
import type { Wish } from "./draft";

type Schemas = components["schemas"];
export type Reason = Schemas["FitReasonView"];

/** Wishes and what was found, in the reader's language: the server sends codes and numbers only. */
export function useFitWords() {
  const { t, known, format, language } = useI18n();
  const regions = new Intl.DisplayNames([language], { type: "region" });
  const word = (key: string, otherwise: string) => {
    const found = known(key);
    return found === undefined ? otherwise : t(found);
  };
  const country = (code: string) => (/^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code);
  const province = (code: string) => word(`audience.province.${code}`, code);
  const range = (min: number | null | undefined, max: number | null | undefined, say: (n: number) => string) => {
    if (min != null && max != null) return min === max ? say(min) : `${say(min)}–${say(max)}`;
    return min != null ? t("audience.fit.from", { n: say(min) }) : t("audience.fit.to", { n: say(max ?? 0) });
  };
  const number = (n: number) => format.number(n);
  const euros = (n: number) => format.money(n * 100);
  const sbi = (version: string, code: string) => `SBI ${version}: ${code}`;

  const wanted = (wish: Wish): string =>
    [
      ...wish.words,
      ...wish.codes.map((code) => sbi(code.version, code.code)),
      ...wish.sizes.map((size) => range(size.min, size.max, number)),
      ...(wish.revenue == null ? [] : [range(wish.revenue.min, wish.revenue.max, euros)]),
      ...wish.countries.map(country),
      ...wish.provinces.map(province),
      ...wish.areas.map((area) => t("audience.fit.area", { area })),
      ...wish.near.map((near) => t("audience.fit.near", { km: near.km, area: near.area })),
      ...wish.legal_forms.map((form) => word(`audience.legal_form.${form}`, form)),
      ...wish.seniorities.map((each) => word(`audience.seniority.${each}`, each)),
    ].join(", ");

  const value = ({ kind, value }: Reason["found"][number]): string => {
    if (kind === "people") return format.number(Number(value));
    if (kind === "euros") return euros(Number(value));
    if (kind === "country") return country(value);
    if (kind === "province") return province(value);
    if (kind === "sbi_2008") return sbi("2008", value);
    if (kind === "sbi_2025") return sbi("2025", value);
    if (kind === "activity") return t("audience.fit.code", { code: value });
    if (kind === "legal_form") return word(`audience.legal_form.${value}`, value);
    if (kind === "km") return t("audience.fit.km", { km: format.number(Number(value)) });
    return value;
  };
  // A region that is the name of its province is said once.
  const found = (reason: Reason): string => [...new Set(reason.found.map(value))].join(", ");

  return {
    criterion: (name: string) => word(`audience.criterion.${name}`, name),
    importance: (wish: Wish) => word(`audience.fit.importance.${wish.importance}`, wish.importance),
    seat: (name: string) => word(`audience.seat.${name}`, name),
    department: (name: string) => word(`audience.department.${name}`, name),
    outcome: (name: string) => word(`audience.outcome.${name}`, name),
    why: (name: string) => word(`audience.fit.why.${name}`, name),
    word,
    wanted,
    found,
  };
}
