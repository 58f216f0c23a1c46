import { Button } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import classes from "./Audience.module.css";

type Move = "pause" | "resume" | "stop";

interface Props<M extends string> {
  /** What it is: under this name stand its words. */
  of: "import" | "websites" | "register";
  /** What goes on, in words. */
  title: string;
  isPaused: boolean;
  done: number;
  total: number;
  /** How far it is, in words. */
  doneOf: string;
  move: UseMutationResult<void, Error, M>;
  /** Its counts. */
  children: ReactNode;
}

/** Long work on its way, or waiting: it can be left alone, paused, taken up again and stopped. */
export function OnItsWay<M extends string>(props: Props<M | Move>) {
  const { of, title, isPaused, done, total, doneOf, move, children } = props;
  const { t } = useI18n();
  const mayWork = useMay("work_audience");
  const [isAsking, setAsking] = useState(false);
  return (
    <section className={classes.stack} aria-label={title}>
      <h2 className={classes.heading}>{title}</h2>
      <progress
        className={classes.progress}
        max={Math.max(1, total)}
        value={done}
        aria-label={t(`audience.${of}.progress`)}
      />
      <p className={`num ${classes.muted}`} role="status">
        {doneOf} {t(isPaused ? `audience.${of}.waits` : `audience.${of}.leave`)}
      </p>
      {children}
      {mayWork && (
        <div className={classes.buttons}>
          <Button
            variant={isPaused ? "filled" : "default"}
            loading={move.isPending && !isAsking}
            onClick={() => move.mutate(isPaused ? "resume" : "pause")}
          >
            {t(isPaused ? `audience.${of}.resume` : `audience.${of}.pause`)}
          </Button>
          <Button variant="default" onClick={() => setAsking(true)}>
            {t(`audience.${of}.stop`)}
          </Button>
        </div>
      )}
      <ConfirmDialog
        opened={isAsking}
        title={t(`audience.${of}.stop.title`)}
        verb={t(`audience.${of}.stop`)}
        danger
        onConfirm={() => move.mutateAsync("stop")}
        onClose={() => setAsking(false)}
      >
        {t(`audience.${of}.stop.text`)}
      </ConfirmDialog>
    </section>
  );
}
