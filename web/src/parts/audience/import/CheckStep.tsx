import type { UseMutationResult } from "@tanstack/react-query";
import { useI18n } from "~/i18n";
import { ErrorState } from "~/kit/states";
import { Figures } from "./Counts";
import type { StepProps } from "./Decide";
import { Fact } from "./Fact";
import classes from "./Import.module.css";
import { Problems } from "./Problems";
import { StepFrame } from "./StepFrame";
import { Warnings } from "./Warnings";
import { type Trial, rowsIn } from "./draft";
import type { Step } from "./steps";

interface CheckStepProps extends StepProps {
  start: UseMutationResult<unknown, Error, void>;
  onStep: (step: Step) => void;
}

const shownFacts = 3;
const atTheEnd = ["same_file"];

/** What will happen, in a sentence and in numbers; after this it happens. */
export function CheckStep({ preview, trial, isFresh, draft, start, onBack, onStep }: CheckStepProps) {
  const { t, known } = useI18n();
  if (trial === null) return null;
  const n = trial.is_complete ? rowsIn(trial) : preview.import.rows_n;
  const written = trial.facts.filter((fact) => fact.is_written).slice(0, shownFacts);
  const basis = known(`leads.basis.${draft.ground.basis}`);
  return (
    <StepFrame
      title={t("audience.check")}
      about={t("audience.check.about")}
      onBack={onBack}
      onNext={n > 0 ? () => start.mutate() : undefined}
      next={t("audience.import.start", { n })}
      isBusy={start.isPending || !isFresh}
    >
      <Warnings warnings={preview.warnings.filter((warning) => atTheEnd.includes(warning))} />
      {n === 0 && <p role="alert">{t("audience.check.nothing")}</p>}
      {!trial.is_complete && <p role="alert">{t("audience.check.part", { n: trial.rows_n })}</p>}
      <Sentences trial={trial} policy={draft.policy} />
      <Figures
        counts={[
          [t("audience.rows.created"), trial.created_n],
          [t("audience.rows.matched"), trial.matched_n],
          [t("audience.rows.repeated"), trial.repeated_n],
          [t("audience.rows.ambiguous"), trial.ambiguous_n],
          [t("audience.rows.rejected"), trial.rejected_n],
          [t("audience.count.suppressed"), trial.suppressed_n],
        ]}
      />
      {written.length > 0 && (
        <section>
          <h3 className={classes.heading}>{t("audience.check.facts")}</h3>
          <ul className={classes.factList}>
            {written.map((fact, index) => (
              <Fact
                key={`${fact.row_number}-${fact.field}`}
                fact={fact}
                whose={fact.row_number === written[index - 1]?.row_number ? undefined : fact.record}
              />
            ))}
          </ul>
          {trial.written_n > written.length && (
            <button type="button" className={classes.link} onClick={() => onStep("differences")}>
              {t("audience.check.all_facts", { n: trial.written_n + trial.kept_n })}
            </button>
          )}
        </section>
      )}
      <Problems problems={trial.problems} preview={preview} />
      <p className={classes.about}>
        {t("audience.check.ground", {
          basis: basis === undefined ? draft.ground.basis : t(basis),
          source: draft.ground.source,
        })}{" "}
        <button type="button" className={classes.link} onClick={() => onStep("ground")}>
          {t("audience.check.change")}
        </button>
      </p>
      {start.error !== null && <ErrorState error={start.error} />}
    </StepFrame>
  );
}

/** What will happen, as one would say it. */
function Sentences({ trial, policy }: { trial: Trial; policy: StepProps["draft"]["policy"] }) {
  const { t } = useI18n();
  const both = (people: number, companies: number, kind: "new" | "known") => ({
    people: t(`audience.n.people_${kind}`, { n: people }),
    companies: t(`audience.n.companies_${kind}`, { n: companies }),
  });
  const says: string[] = [];
  if (trial.people_created_n + trial.companies_created_n > 0) {
    says.push(t("audience.check.new", both(trial.people_created_n, trial.companies_created_n, "new")));
  }
  if (trial.people_matched_n + trial.companies_matched_n > 0) {
    const known = both(trial.people_matched_n, trial.companies_matched_n, "known");
    const isKept = trial.written_n === 0;
    const written = isKept ? t("audience.check.kept_all") : t(`audience.check.${policy}`, { n: trial.written_n });
    says.push(`${t("audience.check.known", known)} ${written}`);
  }
  if (trial.ambiguous_n + trial.rejected_n > 0) {
    says.push(t("audience.check.left_out", { n: trial.ambiguous_n + trial.rejected_n }));
  }
  if (trial.suppressed_n > 0) says.push(t("audience.check.suppressed", { n: trial.suppressed_n }));
  says.push(t("audience.check.no_mail"));
  return (
    <ul className={classes.says}>
      {says.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}
