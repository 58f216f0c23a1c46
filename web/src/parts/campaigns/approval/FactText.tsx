import { Tooltip } from "@mantine/core";
import { useI18n } from "~/i18n";
import classes from "../Campaigns.module.css";
import { type Fact, piecesOf } from "./facts";

/** A text with what we know about the lead underlined; each says where it came from. */
export function FactText({ text, facts }: { text: string; facts: readonly Fact[] }) {
  const words = useFactWords();
  return (
    <>
      {piecesOf(text, facts).map((piece, index) =>
        piece.fact === undefined ? (
          piece.text
        ) : (
          <Tooltip key={index} label={words(piece.fact)} multiline maw={280} withArrow>
            <span className={classes.fact}>{piece.text}</span>
          </Tooltip>
        ),
      )}
    </>
  );
}

/** "Town · import klanten.csv · 3 Nov 2026". */
export function useFactWords(): (fact: Fact) => string {
  const { t, format } = useI18n();
  return ({ name, source, at }) =>
    t("campaigns.fact.from", { fact: t(`campaigns.fact.${name}`), source, date: format.date(at) });
}

/** The facts of a lead as a list, so that they can be read without hovering. */
export function FactList({ facts }: { facts: readonly Fact[] }) {
  const { t, format } = useI18n();
  return (
    <dl className={classes.facts}>
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt>{t(`campaigns.fact.${fact.name}`)}</dt>
          <dd>
            {fact.value}
            <span className={classes.hint}>
              {t("campaigns.fact.source", { source: fact.source, date: format.date(fact.at) })}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
