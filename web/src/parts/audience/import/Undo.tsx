import { Button } from "@mantine/core";
import { useState } from "react";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { PartLink } from "~/shell/PartLink";
import classes from "../Audience.module.css";
import { Figures } from "./Counts";
import type { ImportRun } from "./ImportWizard";
import { useMove } from "./useMove";

/** Until its day an upload can be taken back; before that it is said exactly what goes and what stays. */
export function TakeBack({ run, until }: { run: ImportRun; until: string }) {
  const { t, format } = useI18n();
  const mayWork = useMay("work_audience");
  const move = useMove(run.id);
  const [isAsking, setAsking] = useState(false);
  if (!mayWork) return null;
  return (
    <div>
      <h3 className={classes.heading}>{t("audience.import.undo.heading")}</h3>
      <p className={classes.muted}>{t("audience.import.undo.until", { date: format.dateTime(until) })}</p>
      <div className={`${classes.buttons} ${classes.after}`}>
        <Button variant="default" onClick={() => setAsking(true)}>
          {t("audience.import.undo")}
        </Button>
      </div>
      <ConfirmDialog
        opened={isAsking}
        title={t("audience.import.undo.title", { file: run.file_name })}
        verb={t("audience.import.undo")}
        danger
        onConfirm={() => move.mutateAsync("undo")}
        onClose={() => setAsking(false)}
      >
        <ul className={classes.says}>
          <li>
            {t("audience.import.undo.goes", {
              people: t("audience.n.people_new", { n: run.contacts_created_n }),
              companies: t("audience.n.companies_new", { n: run.companies_created_n }),
            })}
          </li>
          <li>{t("audience.import.undo.restores")}</li>
          <li>{t("audience.import.undo.merges")}</li>
          <li>{t("audience.import.undo.stays")}</li>
          <li>{t("audience.import.undo.never_mail")}</li>
          <li>{t("audience.import.undo.once")}</li>
        </ul>
      </ConfirmDialog>
    </div>
  );
}

/** What taking back did: what went, what is as before, and what stayed with the reason. */
export function Undone({ run }: { run: ImportRun }) {
  const { t } = useI18n();
  const report = run.undo;
  const isDone = report?.is_done === true;
  return (
    <section className={classes.stack}>
      <h2 className={classes.heading}>
        {t(isDone ? "audience.import.undone" : "audience.import.undoing", { file: run.file_name })}
      </h2>
      {!isDone && (
        <p className={classes.muted} role="status">
          {t("audience.import.leave")}
        </p>
      )}
      {report !== undefined && report !== null && (
        <>
          <Figures
            counts={[
              [t("audience.undo.people_removed"), report.people_removed_n],
              [t("audience.undo.companies_removed"), report.companies_removed_n],
              [t("audience.undo.restored"), report.restored_n],
              [t("audience.undo.people_kept"), report.people_kept_n],
              [t("audience.undo.companies_kept"), report.companies_kept_n],
              [t("audience.undo.facts_kept"), report.facts_kept_n],
            ]}
          />
          {report.people_kept_n + report.companies_kept_n + report.facts_kept_n > 0 && (
            <p className={classes.muted}>{t("audience.import.undo.kept")}</p>
          )}
        </>
      )}
      <div className={classes.buttons}>
        <Button component={PartLink} part="audience">
          {t("audience.import.again")}
        </Button>
      </div>
    </section>
  );
}
