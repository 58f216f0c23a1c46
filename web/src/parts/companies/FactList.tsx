import { useI18n } from "~/i18n";
import type { TypedFact } from "./calls";
import classes from "./Companies.module.css";
import { pageName } from "./website";

export interface FactRow {
  /** Names of the fields that the row shows: what was typed in is told by these. */
  fields: readonly string[];
  label: string;
  value: string | number | null | undefined;
}

interface FactListProps {
  rows: readonly FactRow[];
  /** What persons typed in about the same company or person, and what its website filled. */
  typed: readonly TypedFact[];
  /** Where everything else comes from. */
  source: string;
}

/** Facts, each with where it came from: typed in by whom and when, the page of the website, else the source of the whole record. */
export function FactList({ rows, typed, source }: FactListProps) {
  const { t, known, format } = useI18n();
  const sourceKey = known(`companies.source.${source}`);
  const from = t("companies.source", { source: sourceKey === undefined ? source : t(sourceKey) });
  return (
    <dl className={classes.facts}>
      {rows.map(({ fields, label, value }) => {
        const hand = typed.find((fact) => fields.includes(fact.field));
        const isKnown = value !== null && value !== undefined && value !== "";
        return (
          <div key={label} id={`fact-${fields[0]}`}>
            <dt>{label}</dt>
            <dd
              className={isKnown ? undefined : classes.muted}
              title={hand === undefined && isKnown ? from : undefined}
            >
              {isKnown ? value : t("kit.unknown")}
              {hand !== undefined && (
                <span className={classes.typed}>
                  {hand.source === "register"
                    ? t("companies.from_register", { date: format.date(hand.at) })
                    : hand.page == null
                      ? t("companies.typed", { by: hand.by ?? t("kit.unknown"), date: format.date(hand.at) })
                      : t("companies.from_website", { page: pageName(hand.page), date: format.date(hand.at) })}
                </span>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
