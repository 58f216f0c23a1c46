import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { useNow } from "~/kit/figures";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import type { TodayItem } from "~/parts/prospects/api";
import { PartLink } from "~/shell/PartLink";
import { WorkList } from "./WorkList";
import { bucketOf, buckets } from "./work";
import classes from "./Today.module.css";

const tasksMax = 200;

/** Every open task, also those of next month; Today shows only what is due this week. */
export function AllTasks({ owner }: { owner: string | undefined }) {
  const { t } = useI18n();
  const now = new Date(useNow());
  const tasks = useQuery({
    queryKey: keys.list("task", { owner: owner ?? "all" }),
    queryFn: () => read(api.GET("/api/v1/tasks", { params: { query: { owner, limit: tasksMax } } })),
  });
  if (tasks.isPending) return <Skeleton shape="list" />;
  if (tasks.isError) return <ErrorState error={tasks.error} onRetry={() => void tasks.refetch()} />;
  const items = tasks.data.items.map((task): TodayItem => {
    return { section: bucketOf(task.due_at, now), why: "task", score: 0, task };
  });
  if (items.length === 0)
    return (
      <EmptyState
        icon="task"
        title={t("today.tasks.empty.title")}
        sentence={t("today.tasks.empty")}
        action={
          <Button component={PartLink} part="today">
            {t("today.tasks.back")}
          </Button>
        }
      />
    );
  return (
    <>
      <WorkList items={items} sections={buckets.map((id) => ({ id, title: t(`today.tasks.${id}`) }))} />
      {items.length === tasksMax && <p className={classes.muted}>{t("today.tasks.capped", { n: tasksMax })}</p>}
    </>
  );
}
