import { Button } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { When } from "~/kit/figures";
import { TextField } from "~/kit/fields";
import { ErrorState, Skeleton } from "~/kit/states";
import classes from "./Audience.module.css";

type Entry = components["schemas"]["SuppressionView"];

const listKey = keys.list("audience", "suppressions");

/** Who must never be approached. Beats every ground, campaign and list; the address itself is not kept. */
export function Suppressions() {
  const { t } = useI18n();
  const maySuppress = useMay("suppress");
  return (
    <section className={classes.stack}>
      <p className={classes.muted}>{t("audience.suppressions.about")}</p>
      {maySuppress && <Add />}
      <Runs />
      <Entries />
    </section>
  );
}

function Add() {
  const { t } = useI18n();
  const client = useQueryClient();
  const [address, setAddress] = useState("");
  const [reason, setReason] = useState("");
  const add = useMutation({
    mutationFn: () => api.POST("/api/v1/suppressions", { body: { address, reason } }),
    onSuccess: async () => {
      setAddress("");
      setReason("");
      await client.invalidateQueries({ queryKey: keys.all("audience") });
      await client.invalidateQueries({ queryKey: keys.all("lead") });
    },
  });
  const problem = add.error instanceof ApiProblem ? add.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <div className={classes.pair}>
        <TextField
          label={t("audience.suppressions.address")}
          name="address"
          problem={problem}
          value={address}
          onChange={setAddress}
        />
        <TextField
          label={t("audience.suppressions.reason")}
          name="reason"
          problem={problem}
          value={reason}
          onChange={setReason}
        />
      </div>
      {add.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={add.error} />}
      <div className={classes.buttons}>
        <Button type="submit" variant="default" loading={add.isPending}>
          {t("audience.suppressions.add")}
        </Button>
      </div>
    </form>
  );
}

/** Companies that were put on the list together, and how far it is. */
function Runs() {
  const { t } = useI18n();
  const runs = useQuery({
    queryKey: keys.list("audience", "suppression-runs"),
    queryFn: () => read(api.GET("/api/v1/suppression-runs")),
    refetchInterval: (query) =>
      query.state.data?.items.some((run) => run.finished_at == null) === true ? 1000 : false,
  });
  const items = runs.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <div>
      <h2 className={classes.heading}>{t("audience.suppressions.runs")}</h2>
      <ul className={classes.rows}>
        {items.map((run) => (
          <li key={run.id} className={classes.row}>
            <span className={`${classes.grow} num`}>
              {run.finished_at == null ? (
                <>
                  {t("audience.suppressions.run.going", { done: run.done_n, n: run.companies_n })}{" "}
                  <progress
                    max={Math.max(1, run.companies_n)}
                    value={run.done_n}
                    aria-label={t("audience.suppressions.run.progress")}
                  />
                </>
              ) : (
                [
                  t("audience.suppressions.run.companies", { n: run.done_n }),
                  t("audience.suppressions.run.people", { n: run.people_n }),
                  t("audience.suppressions.run.stopped", { n: run.stopped_n }),
                ].join(", ")
              )}
            </span>
            <span className={classes.muted}>{run.reason}</span>
            <When at={run.created_at} as="date" />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Sources of the program's own that the reason beside them says already; any other is a person's words or a file. */
const saidByReason = new Set(["reply", "opt_out", "mail", "mail_report", "manual"]);

function Entries() {
  const { t, known } = useI18n();
  const client = useQueryClient();
  const [removing, setRemoving] = useState<Entry | null>(null);
  // To approach somebody again is more than to stop: it takes whoever works the audience.
  const mayRemove = useMay("work_audience");
  const pages = useInfiniteQuery({
    queryKey: listKey,
    queryFn: ({ pageParam }) =>
      read(api.GET("/api/v1/suppressions", { params: { query: { cursor: pageParam, limit: 100 } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  if (pages.isPending) return <Skeleton shape="cards" rows={4} />;
  if (pages.error !== null) return <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />;
  const entries = pages.data.pages.flatMap((page) => page.items);
  if (entries.length === 0) return <p className={classes.muted}>{t("audience.suppressions.none")}</p>;
  return (
    <div className={classes.stack}>
      <ul className={classes.rows}>
        {entries.map((entry) => {
          const key = known(`audience.suppressed.${entry.reason}`);
          return (
            <li key={entry.key} className={classes.row}>
              <span className={classes.grow}>
                <strong>{entry.hint}</strong>
              </span>
              <span>{key === undefined ? entry.reason : t(key)}</span>
              {!saidByReason.has(entry.source) && <span className={classes.muted}>{entry.source}</span>}
              <When at={entry.created_at} as="date" />
              {mayRemove && entry.reason !== "erased" && (
                <Button variant="default" size="xs" onClick={() => setRemoving(entry)}>
                  {t("audience.suppressions.remove")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {pages.hasNextPage && (
        <div className={classes.buttons}>
          <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t("audience.suppressions.more")}
          </Button>
        </div>
      )}
      <ConfirmDialog
        opened={removing !== null}
        title={t("audience.suppressions.remove.title")}
        verb={t("audience.suppressions.remove")}
        danger
        reasons={[
          { value: "mistake", label: t("audience.suppressions.mistake") },
          { value: "consent", label: t("audience.suppressions.consent") },
        ]}
        onConfirm={async ({ value, text }) => {
          const reason = [value === "other" ? null : value, text].filter(Boolean).join(": ");
          await api.DELETE("/api/v1/suppressions/{key}", {
            params: { path: { key: removing?.key ?? "" }, query: { reason } },
          });
          await client.invalidateQueries({ queryKey: keys.all("audience") });
        }}
        onClose={() => setRemoving(null)}
      >
        {t("audience.suppressions.remove.text", { who: removing?.hint ?? "" })}
      </ConfirmDialog>
    </div>
  );
}
