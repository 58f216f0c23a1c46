import type { ReactNode } from "react";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import type { SourcedFact } from "./calls";
import classes from "./Companies.module.css";
import { factSource, recordSource } from "./sources";

export interface FactRow {
  /** Names of the fields that the row shows: where they come from is told by these. */
  fields: readonly string[];
  label: string;
  value: ReactNode;
}

interface FactListProps {
  rows: readonly FactRow[];
  /** Where facts of the same company or person come from that changed after the record was made. */
  sources: readonly SourcedFact[];
  /** Where everything else comes from. */
  source: string;
}

/** Facts, each with where it came from: who typed it in, the website or the register beside it, a list when asked. */
export function FactList({ rows, sources, source }: FactListProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const from = recordSource(i18n, source);
  return (
    <dl className={classes.facts}>
      {rows.map(({ fields, label, value }) => {
        const given = sources.find((fact) => fields.includes(fact.field));
        const isKnown = value !== null && value !== undefined && value !== "";
        // What came from lists is the rule: said when asked, so that what is no rule stands out.
        const isByList = given === undefined || given.source === "list";
        const byList = given === undefined ? from : factSource(i18n, given);
        return (
          <div key={label} id={`fact-${fields[0]}`}>
            <dt>{label}</dt>
            <dd className={isKnown ? undefined : classes.muted} title={isByList && isKnown ? byList : undefined}>
              {isKnown ? value : t("kit.unknown")}
              {isByList && isKnown && (
                <details className={classes.mark}>
                  <summary aria-label={t("companies.source.of", { fact: label })}>
                    <Icon name="info" size={14} />
                  </summary>
                  {byList}
                </details>
              )}
              {given !== undefined && !isByList && <span className={classes.typed}>{factSource(i18n, given)}</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
