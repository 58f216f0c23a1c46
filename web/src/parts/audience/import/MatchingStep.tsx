import { Button } from "@mantine/core";
import { useState } from "react";
import { useI18n } from "~/i18n";
import { Figures } from "./Counts";
import type { StepProps } from "./Decide";
import classes from "./Import.module.css";
import { StepFrame } from "./StepFrame";
import { type AmbiguousRow, type RowChoice, companyOf, isMatched, withRow } from "./draft";

const shownAtOnce = 20;

/** Who is new and who is known; for rows that may mean several companies it is asked which. */
export function MatchingStep({ trial, draft, change, onBack, onNext }: StepProps) {
  const { t } = useI18n();
  const [shown, setShown] = useState(shownAtOnce);
  const rows = draft.askedRows;
  const open = rows.filter((row) => !isMatched(draft.rows[row.row_number]));
  const all = (action: "new" | "skip") =>
    change((before) => open.reduce((draft, row) => withRow(draft, row.row_number, { action }), before));
  const decided = rows.length - open.length;
  const listed = trial === null ? rows.length : trial.ambiguous.length;
  return (
    <StepFrame
      title={t("audience.matching")}
      about={t(rows.length === 0 ? "audience.matching.nothing" : "audience.matching.about")}
      onBack={onBack}
      onNext={onNext}
    >
      {trial !== null && (
        <Figures
          counts={[
            [t("audience.rows.created"), trial.created_n],
            [t("audience.rows.matched"), trial.matched_n],
            [t("audience.rows.repeated"), trial.repeated_n],
            [t("audience.rows.ambiguous"), trial.ambiguous_n],
          ]}
        />
      )}
      {rows.length > 1 && (
        <div className={classes.bulk}>
          <span className="num" role="status">
            {t("audience.matching.decided", { k: decided, n: rows.length })}
          </span>
          {open.length > 0 && (
            <>
              <Button variant="default" size="xs" onClick={() => all("new")}>
                {t("audience.matching.all_new")}
              </Button>
              <Button variant="default" size="xs" onClick={() => all("skip")}>
                {t("audience.matching.all_skip")}
              </Button>
            </>
          )}
        </div>
      )}
      {rows.slice(0, shown).map((row) => (
        <Row
          key={row.row_number}
          row={row}
          choice={draft.rows[row.row_number]}
          onChoice={(choice) => change((before) => withRow(before, row.row_number, choice))}
        />
      ))}
      {rows.length > shown && (
        <Button variant="default" onClick={() => setShown(shown + shownAtOnce)}>
          {t("audience.more", { n: rows.length - shown })}
        </Button>
      )}
      {trial !== null && trial.ambiguous_n > listed && (
        <p className={classes.about}>{t("audience.matching.first", { n: trial.ambiguous_n - listed })}</p>
      )}
    </StepFrame>
  );
}

interface RowProps {
  row: AmbiguousRow;
  choice: RowChoice | undefined;
  onChoice: (choice: RowChoice | null) => void;
}

/** One row and the companies that it may mean. */
function Row({ row, choice, onChoice }: RowProps) {
  const { t } = useI18n();
  const name = `row-${row.row_number}`;
  const option = (key: string, isChosen: boolean, choose: RowChoice | null, label: string, more = "") => (
    <label key={key}>
      <input type="radio" name={name} checked={isChosen} onChange={() => onChoice(choose)} />
      <span>
        {label} {more !== "" && <span className={classes.cells}>{more}</span>}
      </span>
    </label>
  );
  return (
    <fieldset className={classes.question}>
      <legend>
        {row.name} <span className={`num ${classes.cells}`}>{t("audience.row", { row: String(row.row_number) })}</span>
      </legend>
      {row.candidates.map(({ id, name: company, city, domain }) =>
        option(
          id,
          companyOf(choice) === id,
          { action: "company", company_id: id },
          company,
          [city, domain].filter((text) => typeof text === "string" && text !== "").join(" · ") ||
            t("audience.matching.nothing_known"),
        ),
      )}
      {option("new", choice?.action === "new", { action: "new" }, t("audience.matching.new"))}
      {option("skip", choice?.action === "skip", { action: "skip" }, t("audience.matching.skip"))}
      {!isMatched(choice) && <p className={classes.cells}>{t("audience.matching.open")}</p>}
    </fieldset>
  );
}
