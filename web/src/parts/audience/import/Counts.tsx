import { useI18n } from "~/i18n";
import classes from "../Audience.module.css";
import type { ImportRun } from "./ImportWizard";

/** Numbers with their words. */
export function Figures({ counts }: { counts: readonly (readonly [label: string, n: number])[] }) {
  const { format } = useI18n();
  return (
    <dl className={classes.counts}>
      {counts.map(([label, n]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="num">{format.number(n)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What came in so far. */
export function Counts({ run }: { run: ImportRun }) {
  const { t } = useI18n();
  return (
    <Figures
      counts={[
        [t("audience.count.contacts_created"), run.contacts_created_n],
        [t("audience.count.contacts_matched"), run.contacts_matched_n],
        [t("audience.count.companies_created"), run.companies_created_n],
        [t("audience.count.companies_matched"), run.companies_matched_n],
        [t("audience.count.repeated"), run.repeated_n],
        [t("audience.count.ambiguous"), run.ambiguous_n],
        [t("audience.count.suppressed"), run.suppressed_n],
        [t("audience.count.errors"), run.errors_n],
      ]}
    />
  );
}
