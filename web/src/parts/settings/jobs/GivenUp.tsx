import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { When } from "~/kit/figures";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import type { PlaceId } from "~/shell/places";
import classes from "../Section.module.css";

type Job = components["schemas"]["GivenUpJob"];

const queryKey = keys.list("workspace", "given-up");

/** Work in the background that failed too often, to be tried again by hand. */
export default function GivenUp() {
  const { t } = useI18n();
  const jobs = useQuery({ queryKey, queryFn: () => read(api.GET("/api/v1/jobs/given-up")) });
  if (jobs.isError) return <ErrorState error={jobs.error} onRetry={() => void jobs.refetch()} />;
  if (jobs.isPending) return <Skeleton shape="cards" rows={3} />;
  const { items } = jobs.data;
  if (items.length === 0)
    return (
      <EmptyState compact icon="check" title={t("settings.jobs.none")} sentence={t("settings.jobs.none.sentence")} />
    );
  return (
    <div className={classes.stack}>
      <p className={classes.muted}>{t("settings.jobs.about")}</p>
      <ul className={classes.rows}>
        {items.map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </ul>
    </div>
  );
}

/** Where the record that a kind of work is about stands. */
const places: Record<string, { part: PlaceId; isRecord: boolean; section?: string }> = {
  classify_reply: { part: "inbox", isRecord: true },
  decide: { part: "leads", isRecord: true },
  watch_response: { part: "prospects", isRecord: true },
  rescore: { part: "audience", isRecord: false },
  import: { part: "audience", isRecord: false },
  deliver_webhook: { part: "settings", isRecord: false, section: "webhooks" },
};

function JobRow({ job }: { job: Job }) {
  const i18n = useI18n();
  const { t, known } = i18n;
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => api.POST("/api/v1/jobs/{id}/retry", { params: { path: { id: job.id } } }),
    onSuccess: () => notifyDone(t("settings.jobs.retried")),
    onError: (error) => notifyProblem(error, i18n),
    // Also when it was refused: somebody else tried it again meanwhile.
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  const key = known(`settings.jobs.kind.${job.kind}`);
  const what = key === undefined ? job.kind : t(key);
  const place = places[job.kind];
  const about = known(`settings.jobs.about.${job.kind}`);
  return (
    <li className={classes.row}>
      <span className={classes.what}>
        <strong>{what}</strong>
        <span className={classes.muted}>
          {t("settings.jobs.tries", { n: job.attempts })} <When at={job.run_at} as="dateTime" />
        </span>
        {job.error != null && <code className={classes.muted}>{job.error}</code>}
        {place !== undefined && about !== undefined && (!place.isRecord || job.subject_id != null) && (
          <span>
            <PartLink part={place.part} id={place.isRecord ? (job.subject_id ?? undefined) : place.section}>
              {t(about)}
            </PartLink>
          </span>
        )}
      </span>
      <Button
        variant="default"
        size="xs"
        aria-label={t("settings.jobs.retry.of", { what })}
        loading={retry.isPending}
        onClick={() => retry.mutate()}
      >
        {t("settings.jobs.retry")}
      </Button>
    </li>
  );
}
