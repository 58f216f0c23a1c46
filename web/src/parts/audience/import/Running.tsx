import { Button } from "@mantine/core";
import { useState } from "react";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import classes from "../Audience.module.css";
import { Counts } from "./Counts";
import type { ImportRun } from "./ImportWizard";
import { useMove } from "./useMove";

/** An upload on its way, or waiting: it can be left alone, paused, taken up again and stopped. */
export function Running({ run }: { run: ImportRun }) {
  const { t } = useI18n();
  const mayWork = useMay("work_audience");
  const move = useMove(run.id);
  const [isAsking, setAsking] = useState(false);
  const isPaused = run.state === "paused";
  return (
    <section className={classes.stack}>
      <h2 className={classes.heading}>
        {t(isPaused ? "audience.import.paused" : "audience.import.running", { file: run.file_name })}
      </h2>
      <progress
        className={classes.progress}
        max={Math.max(1, run.rows_n)}
        value={run.done_n}
        aria-label={t("audience.import.progress")}
      />
      <p className={`num ${classes.muted}`} role="status">
        {t("audience.import.done_of", { done: run.done_n, rows: run.rows_n })}{" "}
        {t(isPaused ? "audience.import.waits" : "audience.import.leave")}
      </p>
      <Counts run={run} />
      {mayWork && (
        <div className={classes.buttons}>
          <Button
            variant={isPaused ? "filled" : "default"}
            loading={move.isPending && !isAsking}
            onClick={() => move.mutate(isPaused ? "resume" : "pause")}
          >
            {t(isPaused ? "audience.import.resume" : "audience.import.pause")}
          </Button>
          <Button variant="default" onClick={() => setAsking(true)}>
            {t("audience.import.stop")}
          </Button>
        </div>
      )}
      <ConfirmDialog
        opened={isAsking}
        title={t("audience.import.stop.title")}
        verb={t("audience.import.stop")}
        danger
        onConfirm={() => move.mutateAsync("stop")}
        onClose={() => setAsking(false)}
      >
        {t("audience.import.stop.text")}
      </ConfirmDialog>
    </section>
  );
}
