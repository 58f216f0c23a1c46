import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { notifyProblem } from "~/kit/notify";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import classes from "./Audience.module.css";
import { ImportForm } from "./ImportForm";

export type ImportRun = components["schemas"]["ImportView"];

const pollMs = 800;

/** One upload from its first look to its result: which step is shown follows from how far the upload is. */
export function ImportWizard({ id }: { id: string }) {
  const run = useQuery({
    queryKey: keys.one("import", id),
    queryFn: () => read(api.GET("/api/v1/imports/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => (query.state.data?.state === "running" ? pollMs : false),
  });
  if (run.isPending) return <Skeleton shape="record" />;
  if (run.error !== null) return <ErrorState error={run.error} onRetry={() => void run.refetch()} />;
  switch (run.data.state) {
    case "previewed":
      return <ImportForm run={run.data} />;
    case "running":
      return <Running run={run.data} />;
    default:
      return <Result run={run.data} />;
  }
}

/** Stops an upload; what was brought in stays. */
export function useStop(id: string) {
  const i18n = useI18n();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE("/api/v1/imports/{id}", { params: { path: { id } } }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.all("import") }),
    onError: (error) => notifyProblem(error, i18n),
  });
}

function Running({ run }: { run: ImportRun }) {
  const { t, format } = useI18n();
  const mayStop = useMay("work_audience");
  const stop = useStop(run.id);
  return (
    <section className={classes.stack} aria-live="polite">
      <h2 className={classes.heading}>{t("audience.import.running", { file: run.file_name })}</h2>
      <progress
        className={classes.progress}
        max={Math.max(1, run.rows_n)}
        value={run.done_n}
        aria-label={t("audience.import.progress")}
      />
      <p className={`num ${classes.muted}`}>
        {t("audience.import.done_of", { done: format.number(run.done_n), rows: format.number(run.rows_n) })}{" "}
        {t("audience.import.leave")}
      </p>
      <Counts run={run} />
      {mayStop && (
        <div className={classes.buttons}>
          <Button variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
            {t("audience.import.stop")}
          </Button>
        </div>
      )}
    </section>
  );
}

function Result({ run }: { run: ImportRun }) {
  const i18n = useI18n();
  const { t } = i18n;
  const download = useMutation({
    mutationFn: async () => {
      const csv = await read(
        api.GET("/api/v1/imports/{id}/errors.csv", { params: { path: { id: run.id } }, parseAs: "blob" }),
      );
      save(csv, t("audience.import.errors.file"));
    },
    onError: (error) => notifyProblem(error, i18n),
  });
  if (run.state !== "finished" && run.done_n === 0) {
    return (
      <EmptyState
        icon="info"
        title={t(run.state === "failed" ? "audience.import.failed" : "audience.import.stopped")}
        sentence={t("audience.import.nothing_in")}
        action={
          <Button component={PartLink} part="audience">
            {t("audience.import.again")}
          </Button>
        }
      />
    );
  }
  const title =
    run.state === "finished"
      ? t("audience.import.finished", { file: run.file_name })
      : t(run.state === "failed" ? "audience.import.failed" : "audience.import.stopped");
  return (
    <section className={classes.stack}>
      <h2 className={classes.heading}>{title}</h2>
      <Counts run={run} />
      {run.errors_n > 0 && <p className={classes.muted}>{t("audience.import.errors.about")}</p>}
      <div className={classes.buttons}>
        <Button component={PartLink} part="leads" search={{ sort: "-newest" }}>
          {t("audience.import.to_leads")}
        </Button>
        {run.state === "finished" && (
          <Button component={PartLink} part="campaigns" variant="default">
            {t("audience.import.to_campaigns")}
          </Button>
        )}
        {run.errors_n > 0 && (
          <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
            {t("audience.import.errors.download")}
          </Button>
        )}
      </div>
    </section>
  );
}

function Counts({ run }: { run: ImportRun }) {
  const { t, format } = useI18n();
  const counts: [string, number][] = [
    [t("audience.count.contacts_created"), run.contacts_created_n],
    [t("audience.count.contacts_matched"), run.contacts_matched_n],
    [t("audience.count.companies_created"), run.companies_created_n],
    [t("audience.count.companies_matched"), run.companies_matched_n],
    [t("audience.count.suppressed"), run.suppressed_n],
    [t("audience.count.errors"), run.errors_n],
  ];
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

/** Hands a file to the browser. */
function save(content: unknown, name: string) {
  if (!(content instanceof Blob)) throw new TypeError("the answer is not a file");
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
