import { ActionIcon, Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api } from "~/api/client";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { TextField } from "~/kit/fields";
import { When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { type ProspectRecord, type Task, momentOf, nextWorkingMorning, useChange } from "./api";
import { planned } from "./words";
import classes from "./Record.module.css";

/** What is to be done for this prospect beside the next action, what was done, and a line to add something. */
export function Tasks({ record }: { record: ProspectRecord }) {
  const { t } = useI18n();
  const { tasks, tasks_done: done } = record;
  const mayWork = useMay("work_prospects") && record.prospect.state !== "undone";
  if (!mayWork && tasks.length + done.length === 0) return null;
  return (
    <section className={classes.box} aria-label={t("prospects.tasks")}>
      <h2>{t("prospects.tasks")}</h2>
      {tasks.length > 0 && (
        <ul className={`${classes.list} ${classes.tasks}`}>
          {tasks.map((task) => (
            <OpenTask key={task.id} task={task} mayWork={mayWork} />
          ))}
        </ul>
      )}
      {mayWork && <NewTask prospectId={record.prospect.id} />}
      {done.length > 0 && (
        <details className={classes.apart}>
          <summary>{t("prospects.tasks.done", { n: done.length })}</summary>
          <ul className={classes.list}>
            {done.map((task) => (
              <li key={task.id} className={classes.muted}>
                <span>{task.text}</span>
                {task.done_at != null && <When at={task.done_at} as="date" />}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function OpenTask({ task, mayWork }: { task: Task; mayWork: boolean }) {
  const { t } = useI18n();
  const path = { path: { id: task.id } };
  const finish = useChange(() => api.PUT("/api/v1/tasks/{id}/completion", { params: path }));
  const snooze = useChange(() => {
    const next = nextWorkingMorning(new Date());
    return api.PUT("/api/v1/tasks/{id}/snooze", { params: path, body: { until: momentOf(next.date, next.time) } });
  });
  const isBusy = finish.isPending || snooze.isPending;
  return (
    <li>
      {mayWork && (
        <ActionIcon
          variant="default"
          size="sm"
          aria-label={t("prospects.task.finish", { text: task.text })}
          disabled={isBusy}
          onClick={() => finish.mutate(undefined)}
        >
          <Icon name="check" size={14} />
        </ActionIcon>
      )}
      <span className={classes.taskText}>{task.text}</span>
      <When at={task.snoozed_until ?? task.due_at} as="due" />
      {mayWork && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={t("prospects.task.snooze", { text: task.text })}
          title={t("today.snooze")}
          disabled={isBusy}
          onClick={() => snooze.mutate(undefined)}
        >
          <Icon name="clock" size={16} />
        </ActionIcon>
      )}
    </li>
  );
}

/** One line says what and when; what was read out of it stands below, before it counts. */
function NewTask({ prospectId }: { prospectId: string }) {
  const { t } = useI18n();
  const [line, setLine] = useState("");
  const plan = planned(line, new Date());
  const add = useChange((task: NonNullable<typeof plan>) =>
    api.POST("/api/v1/tasks", {
      body: { kind: task.kind, text: task.text, due_at: task.at.toISOString(), prospect_id: prospectId },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (plan !== null) add.mutate(plan, { onSuccess: () => setLine("") });
  };
  return (
    <form className={classes.taskForm} onSubmit={submit}>
      <TextField
        label={t("prospects.task.new")}
        placeholder={t("prospects.task.example")}
        value={line}
        onChange={setLine}
      />
      <Button type="submit" variant="default" loading={add.isPending} disabled={plan === null}>
        {t("prospects.task.add")}
      </Button>
      <span role="status" className={classes.muted}>
        {plan !== null && (
          <>
            {plan.text} <When at={plan.at.toISOString()} as="dateTime" />
          </>
        )}
      </span>
    </form>
  );
}
