import type { I18n } from "~/i18n";
import type { SourcedFact } from "./calls";
import { pageName } from "./website";

/** Where a record comes from, in words: how it came in, else the name of its list. */
export function recordSource({ t, known }: I18n, source: string): string {
  const key = known(`companies.source.${source}`);
  return t("companies.source", { source: key === undefined ? source : t(key) });
}

/** Where a fact comes from that changed after its record was made, and when. */
export function factSource(i18n: I18n, fact: SourcedFact): string {
  const { t, known, format } = i18n;
  const date = format.date(fact.at);
  if (fact.source === "register") return t("companies.from_register", { date });
  if (fact.source === "list") {
    const key = known(`companies.source.${fact.list ?? ""}`);
    return t("companies.from_list", { list: key === undefined ? (fact.list ?? t("kit.unknown")) : t(key), date });
  }
  if (fact.page != null) return t("companies.from_website", { page: pageName(fact.page), date });
  return t("companies.typed", { by: fact.by ?? t("kit.unknown"), date });
}
