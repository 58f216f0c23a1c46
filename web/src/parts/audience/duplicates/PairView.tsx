import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { When } from "~/kit/figures";
import { ErrorState, Skeleton } from "~/kit/states";
import { CompanyLink } from "~/parts/companies/CompanyLink";
import { useFieldName } from "../import/useFieldName";
import { type FactPair, type PairDetail, type PairSide, type SignOf, usePair } from "./calls";
import classes from "./Duplicates.module.css";

interface PairViewProps {
  id: string;
  /** The company that a person wants to stay. */
  keep: string | undefined;
  /** Chooses who stays; null for who may not. */
  onKeep: ((company: string) => void) | null;
  /** The decisions. */
  children: (pair: PairDetail) => ReactNode;
}

/** Two companies side by side: why they may be one, what each says, and what would stay. */
export function PairView({ id, keep, onKeep, children }: PairViewProps) {
  const { t } = useI18n();
  const { data: pair, error, refetch } = usePair(id, keep);
  if (error !== null && pair === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (pair === undefined) return <Skeleton shape="record" />;
  const stays = pair.stays === pair.first.id ? pair.first : pair.second;
  const goes = pair.stays === pair.first.id ? pair.second : pair.first;
  return (
    <article className={classes.pair} aria-label={t("audience.duplicates.pair")}>
      <Signs signs={pair.signs} />
      {children(pair)}
      {/* On a phone rows are grids, which would take the meaning of a table away without the roles. */}
      <table className={classes.table} role="table">
        <thead role="rowgroup">
          <tr role="row">
            <td role="cell" />
            <SideHead side={pair.first} stays={pair.stays} onKeep={onKeep} />
            <SideHead side={pair.second} stays={pair.stays} onKeep={onKeep} />
          </tr>
        </thead>
        <tbody role="rowgroup">
          {pair.facts.map((fact) => (
            <Fact key={fact.field} fact={fact} />
          ))}
        </tbody>
      </table>
      <p className={classes.muted}>{t("audience.duplicates.means", { stays: stays.name, goes: goes.name })}</p>
    </article>
  );
}

function Signs({ signs }: { signs: readonly SignOf[] }) {
  const { t, known } = useI18n();
  if (signs.length === 0) return null;
  return (
    <ul className={classes.signs} aria-label={t("audience.duplicates.why")}>
      {signs.map(({ field, sign }) => {
        const key = known(`audience.duplicates.sign.${field}.${sign}`);
        return key === undefined ? null : (
          <li key={field}>
            <Chip
              icon={sign === "differs" ? "close" : "check"}
              meaning={sign === "differs" ? "danger" : sign === "agrees" ? "customer" : "lead"}
            >
              {t(key)}
            </Chip>
          </li>
        );
      })}
    </ul>
  );
}

interface SideHeadProps {
  side: PairSide;
  stays: string;
  onKeep: ((company: string) => void) | null;
}

function SideHead({ side, stays, onKeep }: SideHeadProps) {
  const { t } = useI18n();
  const hangs = [
    side.has_opportunity ? t("audience.duplicates.stake.opportunity") : null,
    side.has_open_pursuit && !side.has_opportunity ? t("audience.duplicates.stake.prospect") : null,
    side.is_customer ? t("audience.duplicates.stake.customer") : null,
    side.is_approached && !side.has_open_pursuit && !side.is_customer
      ? t("audience.duplicates.stake.approached")
      : null,
    side.fit_score == null ? null : t("audience.duplicates.fit", { n: side.fit_score }),
    t("audience.duplicates.people", { n: side.people_n }),
  ].filter((each) => each !== null);
  return (
    <th scope="col" role="columnheader">
      <CompanyLink id={side.id}>{side.name}</CompanyLink>
      {side.id === stays ? (
        <span className={classes.stays}>
          <Chip meaning="customer" icon="check">
            {t("audience.duplicates.stays")}
          </Chip>
        </span>
      ) : (
        onKeep !== null && (
          <Button
            className={classes.keep}
            variant="subtle"
            size="compact-xs"
            aria-label={t("audience.duplicates.let_stay.of", { name: side.name })}
            onClick={() => onKeep(side.id)}
          >
            {t("audience.duplicates.let_stay")}
          </Button>
        )
      )}
      <span className={classes.under}>{hangs.join(" · ")}</span>
      <span className={classes.under}>
        {t("audience.duplicates.from", { source: side.source })}, <When at={side.created_at} as="date" />
      </span>
    </th>
  );
}

function Fact({ fact }: { fact: FactPair }) {
  const { t } = useI18n();
  const nameOf = useFieldName();
  const isSame = fact.first === fact.second;
  const cell = (value: string | null | undefined) => {
    if (value == null)
      return (
        <td role="cell" className={classes.unknown}>
          {t("kit.unknown")}
        </td>
      );
    const survives = value === fact.survives;
    return (
      <td role="cell" className={survives ? classes.survives : classes.goes}>
        {value}
        {!isSame && !survives && <span className="hidden-text"> ({t("audience.duplicates.goes")})</span>}
      </td>
    );
  };
  return (
    <tr role="row" className={isSame ? classes.same : undefined}>
      <th scope="row" role="rowheader">
        {nameOf(fact.field)}
      </th>
      {cell(fact.first)}
      {cell(fact.second)}
    </tr>
  );
}
