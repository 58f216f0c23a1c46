import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { When } from "~/kit/figures";
import { ErrorState, Skeleton } from "~/kit/states";
import { CompanyLink } from "~/parts/companies/CompanyLink";
import { factValue } from "~/parts/companies/website";
import { useFieldName } from "../import/useFieldName";
import { usePair } from "./calls";
import classes from "./Duplicates.module.css";
import type { FactPair, Kind, Pair, Side, Sign } from "./kinds";

interface PairViewProps {
  kind: Kind;
  id: string;
  /** The record that a person wants to stay, or whose facts are to. */
  keep: string | undefined;
  /** Chooses it, or leaves it to Kiem; null for who may not. */
  onKeep: ((record: string | undefined) => void) | null;
  /** The decisions. */
  children: (pair: Pair) => ReactNode;
}

/** Two records side by side: why they may be one, what each says, and what would stay. */
export function PairView({ kind, id, keep, onKeep, children }: PairViewProps) {
  const { t } = useI18n();
  const { data: pair, error, refetch } = usePair(kind, id, keep);
  if (error !== null && pair === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (pair === undefined) return <Skeleton shape="record" />;
  const { first, second, company, facts, stays } = pair;
  const isForeseen = facts.some((fact) => fact.survives != null);
  const head = { kind, chosen: stays ?? keep, onKeep: isForeseen ? onKeep : null, isEither: stays === null };
  const names =
    stays === second.id ? { stays: second.name, goes: first.name } : { stays: first.name, goes: second.name };
  return (
    <article className={classes.pair} aria-label={t(`audience.duplicates.${kind.of}.pair`)}>
      <Signs signs={pair.signs} />
      {children(pair)}
      {company !== null && (
        <p className={classes.muted}>
          {t.rich("audience.duplicates.people.work", {
            company: (
              <CompanyLink key="company" id={company.id}>
                {company.name}
              </CompanyLink>
            ),
          })}
        </p>
      )}
      {/* On a phone rows are grids, which would take the meaning of a table away without the roles. */}
      <table className={classes.table} role="table">
        <thead role="rowgroup">
          <tr role="row">
            <td role="cell" />
            <SideHead side={first} {...head} />
            <SideHead side={second} {...head} />
          </tr>
        </thead>
        <tbody role="rowgroup">
          {facts.map((fact) => (
            <Fact key={fact.field} fact={fact} />
          ))}
        </tbody>
      </table>
      {isForeseen && <p className={classes.muted}>{t(`audience.duplicates.${kind.of}.means`, names)}</p>}
    </article>
  );
}

function Signs({ signs }: { signs: readonly Sign[] }) {
  const { t, known } = useI18n();
  if (signs.length === 0) return null;
  return (
    <ul className={classes.signs} aria-label={t("audience.duplicates.why")}>
      {signs.map(({ words, speaks }) => {
        const key = known(`audience.duplicates.sign.${words}`);
        return key === undefined ? null : (
          <li key={words}>
            <Chip
              icon={speaks === "differs" ? "close" : "check"}
              meaning={speaks === "differs" ? "danger" : speaks === "agrees" ? "customer" : "lead"}
            >
              {t(key)}
            </Chip>
          </li>
        );
      })}
    </ul>
  );
}

interface SideHeadProps extends Pick<PairViewProps, "kind" | "onKeep"> {
  side: Side;
  /** The record that stays, or whose facts do. */
  chosen: string | undefined;
  /** Neither needs to be chosen. */
  isEither: boolean;
}

function SideHead({ kind: { of }, side, chosen, onKeep, isEither }: SideHeadProps) {
  const { t, known } = useI18n();
  const nameless = t("leads.nameless");
  const stakes = side.stakes.flatMap(({ word, n }) => {
    const key = known(`audience.duplicates.stake.${word}`);
    return key === undefined ? [] : [t(key, n === undefined ? {} : { n })];
  });
  const choose = (record: string | undefined, label: string, spoken?: string) =>
    onKeep !== null && (
      <Button
        className={classes.keep}
        variant="subtle"
        size="compact-xs"
        aria-label={spoken}
        onClick={() => onKeep(record)}
      >
        {label}
      </Button>
    );
  return (
    <th scope="col" role="columnheader">
      {side.link === null ? (
        side.name || nameless
      ) : (
        <Link to={`/${side.link.part}/{-$id}`} params={{ id: side.link.id }} search={{}}>
          {side.name || nameless}
        </Link>
      )}
      {side.id === chosen ? (
        <span className={classes.stays}>
          <Chip meaning="customer" icon="check">
            {t(`audience.duplicates.${of}.stays`)}
          </Chip>
          {isEither && choose(undefined, t("audience.duplicates.let_go"))}
        </span>
      ) : (
        choose(
          side.id,
          t(`audience.duplicates.${of}.let_stay`),
          t(`audience.duplicates.${of}.let_stay.of`, { name: side.called || nameless }),
        )
      )}
      <span className={classes.under}>{stakes.join(" · ")}</span>
      <span className={classes.under}>
        {t("audience.duplicates.from", { source: side.source })}, <When at={side.created_at} as="date" />
      </span>
    </th>
  );
}

function Fact({ fact }: { fact: FactPair }) {
  const { t, language } = useI18n();
  const nameOf = useFieldName();
  const isSame = fact.first === fact.second;
  const cell = (value: string | null | undefined) => {
    if (value == null)
      return (
        <td role="cell" className={classes.unknown}>
          {t("kit.unknown")}
        </td>
      );
    // Of records that cannot be made one nobody knows what would stay.
    const isOpen = fact.survives == null;
    const survives = value === fact.survives;
    return (
      <td role="cell" className={isOpen ? undefined : survives ? classes.survives : classes.goes}>
        {factValue({ kind: fact.field, value }, language)}
        {!isOpen && !isSame && !survives && <span className="hidden-text"> ({t("audience.duplicates.goes")})</span>}
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
