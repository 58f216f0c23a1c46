import { Button } from "@mantine/core";
import { useI18n } from "~/i18n";
import { useNow } from "~/kit/figures";
import { EmptyState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import classes from "../Audience.module.css";
import { Counts } from "./Counts";
import { Downloads } from "./Downloads";
import type { ImportRun } from "./ImportWizard";
import { TakeBack } from "./Undo";

/** What came of an upload, the files about it, and the way back. */
export function Result({ run }: { run: ImportRun }) {
  const { t } = useI18n();
  const now = useNow();
  const isFinished = run.state === "finished";
  const isKept = typeof run.undo_until === "string" && Date.parse(run.undo_until) > now;
  const ended = t(run.state === "failed" ? "audience.import.failed" : "audience.import.stopped");
  if (!isFinished && run.done_n === 0) {
    return (
      <EmptyState
        icon="info"
        title={ended}
        sentence={t("audience.import.nothing_in")}
        action={
          <Button component={PartLink} part="audience">
            {t("audience.import.again")}
          </Button>
        }
      />
    );
  }
  return (
    <section className={classes.stack}>
      <h2 className={classes.heading}>{isFinished ? t("audience.import.finished", { file: run.file_name }) : ended}</h2>
      {!isFinished && (
        <p className={`num ${classes.muted}`}>
          {t("audience.import.done_of", { done: run.done_n, rows: run.rows_n })} {t("audience.import.stays")}
        </p>
      )}
      <Counts run={run} />
      <div className={classes.buttons}>
        <Button component={PartLink} part="leads" search={{ sort: "-newest" }}>
          {t("audience.import.to_leads")}
        </Button>
        {isFinished && (
          <Button component={PartLink} part="campaigns" variant="default">
            {t("audience.import.to_campaigns")}
          </Button>
        )}
      </div>
      {(isKept || run.errors_n > 0) && (
        <div>
          <h3 className={classes.heading}>{t("audience.import.files")}</h3>
          {isKept && <p className={classes.muted}>{t("audience.import.result.about")}</p>}
          {run.errors_n > 0 && <p className={classes.muted}>{t("audience.import.errors.about")}</p>}
          <div className={`${classes.buttons} ${classes.after}`}>
            <Downloads id={run.id} hasResult={isKept} hasErrors={run.errors_n > 0} />
          </div>
        </div>
      )}
      {isKept && <TakeBack run={run} until={run.undo_until ?? ""} />}
    </section>
  );
}
