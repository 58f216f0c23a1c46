import { Button } from "@mantine/core";
import { useState } from "react";
import { useI18n } from "~/i18n";
import type { StepProps } from "./Decide";
import { Fact } from "./Fact";
import classes from "./Import.module.css";
import { StepFrame } from "./StepFrame";
import { type Draft, type Trial, byRow, policies, withPolicy, withRow } from "./draft";

const shownAtOnce = 20;

/** Where the file and a record say different things: what wins, for all rows and for each. */
export function DifferencesStep({ trial, isFresh, draft, change, onBack, onNext }: StepProps) {
  const { t } = useI18n();
  const [shown, setShown] = useState(shownAtOnce);
  const rows = byRow(trial?.facts ?? []);
  const facts = trial === null ? 0 : trial.written_n + trial.kept_n;
  const listed = trial?.facts.length ?? 0;
  return (
    <StepFrame
      title={t("audience.differences")}
      about={t(facts === 0 ? "audience.differences.nothing" : "audience.differences.about")}
      onBack={onBack}
      onNext={onNext}
    >
      <fieldset className={classes.question}>
        <legend>{t("audience.differences.all")}</legend>
        {policies.map((policy) => (
          <label key={policy}>
            <input
              type="radio"
              name="policy"
              checked={draft.policy === policy}
              onChange={() => change((before) => ({ ...before, policy }))}
            />
            <span>
              {t(`audience.policy.${policy}`)}{" "}
              <span className={classes.cells}>{t(`audience.policy.${policy}.means`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {trial !== null && facts > 0 && (
        <p className="num" role="status">
          {isFresh
            ? t("audience.differences.counts", { written: trial.written_n, kept: trial.kept_n })
            : t("audience.looking.again")}
        </p>
      )}
      <div className={isFresh ? classes.list : `${classes.list} ${classes.old}`}>
        {rows.slice(0, shown).map((row) => (
          <Row key={row.row_number} row={row} draft={draft} change={change} />
        ))}
      </div>
      {rows.length > shown && (
        <Button variant="default" onClick={() => setShown(shown + shownAtOnce)}>
          {t("audience.more", { n: rows.length - shown })}
        </Button>
      )}
      {facts > listed && <p className={classes.about}>{t("audience.differences.first", { n: facts - listed })}</p>}
    </StepFrame>
  );
}

interface RowProps {
  row: { row_number: number; record: string; facts: Trial["facts"] };
  draft: Draft;
  change: StepProps["change"];
}

/** The differences of one row, with a choice of its own. */
function Row({ row, draft, change }: RowProps) {
  const { t } = useI18n();
  const choice = draft.rows[row.row_number];
  const own = policies.find((policy) => policy === choice?.action);
  return (
    <section className={classes.row}>
      <header className={classes.rowHead}>
        <span className={classes.rowName}>
          <strong>{row.record}</strong>{" "}
          <span className={`num ${classes.cells}`}>{t("audience.row", { row: String(row.row_number) })}</span>
        </span>
        <select
          className={classes.select}
          aria-label={t("audience.differences.of", { record: row.record, row: String(row.row_number) })}
          value={own ?? ""}
          onChange={(event) => {
            const policy = policies.find((each) => each === event.currentTarget.value);
            change((before) => withRow(before, row.row_number, withPolicy(before.rows[row.row_number], policy)));
          }}
        >
          <option value="">{t("audience.differences.as_all")}</option>
          {policies.map((policy) => (
            <option key={policy} value={policy}>
              {t(`audience.policy.${policy}`)}
            </option>
          ))}
        </select>
      </header>
      <ul className={classes.factList}>
        {row.facts.map((fact) => (
          <Fact key={fact.field} fact={fact} />
        ))}
      </ul>
    </section>
  );
}
