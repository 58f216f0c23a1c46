import { useI18n } from "~/i18n";
import { OnItsWay } from "../OnItsWay";
import { Counts } from "./Counts";
import type { ImportRun } from "./ImportWizard";
import { useMove } from "./useMove";

/** An upload on its way, or waiting. */
export function Running({ run }: { run: ImportRun }) {
  const { t } = useI18n();
  const isPaused = run.state === "paused";
  return (
    <OnItsWay
      of="import"
      title={t(isPaused ? "audience.import.paused" : "audience.import.running", { file: run.file_name })}
      isPaused={isPaused}
      done={run.done_n}
      total={run.rows_n}
      doneOf={t("audience.import.done_of", { done: run.done_n, rows: run.rows_n })}
      move={useMove(run.id)}
    >
      <Counts run={run} />
    </OnItsWay>
  );
}
