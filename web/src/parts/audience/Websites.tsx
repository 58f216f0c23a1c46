import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay, useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { StatusDot } from "~/kit/chips";
import { When } from "~/kit/figures";
import { SelectField } from "~/kit/fields";
import { notifyProblem } from "~/kit/notify";
import { ErrorState, Skeleton } from "~/kit/states";
import type { Meaning } from "~/theme/theme";
import classes from "./Audience.module.css";
import { OnItsWay } from "./OnItsWay";
import { Figures } from "./import/Counts";

type Run = components["schemas"]["WebsiteRunView"];

const pollMs = 1000;
const runsKey = keys.list("audience", "website-runs");
const isMoving = (run: Run) => run.state === "running" || run.state === "paused";
const stateMeaning: Record<string, Meaning> = {
  running: "lead",
  paused: "nurture",
  finished: "customer",
  stopped: "nurture",
  failed: "danger",
};

/** Reading the websites of many companies: whose turn it is, how far it is, and how earlier rounds ended. */
export function Websites() {
  const { t } = useI18n();
  const mayRead = useMay("work_audience");
  const isPractice = useWorkspace().workspace.mode === "practice";
  const runs = useQuery({
    queryKey: runsKey,
    queryFn: () => read(api.GET("/api/v1/website-runs", { params: { query: { limit: 20 } } })),
    refetchInterval: (query) => (query.state.data?.items.some((run) => run.state === "running") ? pollMs : false),
  });
  if (runs.isPending) return <Skeleton shape="cards" rows={3} />;
  if (runs.error !== null) return <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />;
  const { items } = runs.data;
  // A single company that is read from its own page is no round to look at here.
  const moving = items.filter((run) => isMoving(run) && run.companies_n > 1);
  const earlier = items.filter((run) => !isMoving(run) && run.companies_n > 1);
  return (
    <section className={classes.stack}>
      <p className={classes.muted}>{t("audience.websites.about")}</p>
      {moving.map((run) => (
        <Moving key={run.id} run={run} />
      ))}
      {isPractice && <p className={classes.muted}>{t("audience.websites.practice")}</p>}
      {mayRead && !isPractice && moving.length === 0 && <Begin />}
      {earlier.length > 0 && <Earlier runs={earlier} />}
    </section>
  );
}

const fits = ["any", "50", "70"] as const;
const times = ["30", "90", "365"] as const;

function Begin() {
  const { t } = useI18n();
  const client = useQueryClient();
  const [fit, setFit] = useState<(typeof fits)[number]>("any");
  const [days, setDays] = useState<(typeof times)[number]>("90");
  const wanted = { ...(fit === "any" ? {} : { fit_min: Number(fit) }), not_read_days: Number(days) };
  const candidates = useQuery({
    queryKey: keys.list("audience", { websites: wanted }),
    queryFn: () => read(api.GET("/api/v1/website-runs/candidates", { params: { query: wanted } })),
  });
  const begin = useMutation({
    mutationFn: () => read(api.POST("/api/v1/website-runs", { body: wanted })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all("audience") }),
  });
  const n = candidates.data?.companies_n;
  return (
    <div className={classes.form}>
      <div className={classes.pair}>
        <SelectField
          label={t("audience.websites.whose")}
          value={fit}
          onChange={setFit}
          options={fits.map((value) => ({ value, label: t(`audience.websites.fit.${value}`) }))}
        />
        <SelectField
          label={t("audience.websites.since")}
          value={days}
          onChange={setDays}
          options={times.map((value) => ({ value, label: t(`audience.websites.days.${value}`) }))}
        />
      </div>
      <p className={classes.muted} role="status">
        {n === undefined ? " " : n === 0 ? t("audience.websites.nobody") : t("audience.websites.turn", { n })}
      </p>
      {(begin.error ?? candidates.error) !== null && <ErrorState error={begin.error ?? candidates.error} />}
      <div className={classes.buttons}>
        <Button loading={begin.isPending} disabled={n === undefined || n === 0} onClick={() => begin.mutate()}>
          {t("audience.websites.read")}
        </Button>
      </div>
    </div>
  );
}

function useMoveRun(id: string) {
  const i18n = useI18n();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (move: "pause" | "resume" | "stop"): Promise<void> => {
      const params = { path: { id } };
      if (move === "stop") await api.DELETE("/api/v1/website-runs/{id}", { params });
      else if (move === "pause") await api.POST("/api/v1/website-runs/{id}/pause", { params });
      else await api.POST("/api/v1/website-runs/{id}/resume", { params });
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.all("audience") }),
    onError: (error, move) => {
      // A dialog says by itself what was refused.
      if (move !== "stop") notifyProblem(error, i18n);
    },
  });
}

function Moving({ run }: { run: Run }) {
  const { t } = useI18n();
  const isPaused = run.state === "paused";
  return (
    <OnItsWay
      of="websites"
      title={t(isPaused ? "audience.websites.paused" : "audience.websites.running")}
      isPaused={isPaused}
      done={run.done_n}
      total={run.companies_n}
      doneOf={t("audience.websites.done_of", { done: run.done_n, n: run.companies_n })}
      move={useMoveRun(run.id)}
    >
      <Figures
        counts={[
          [t("audience.websites.count.read"), run.read_n],
          [t("audience.websites.count.refused"), run.refused_n],
          [t("audience.websites.count.filled"), run.filled_n],
          [t("audience.websites.count.suppressed"), run.suppressed_n],
        ]}
      />
    </OnItsWay>
  );
}

function Earlier({ runs }: { runs: readonly Run[] }) {
  const { t, known } = useI18n();
  return (
    <div>
      <h2 className={classes.heading}>{t("audience.websites.earlier")}</h2>
      <ul className={classes.rows}>
        {runs.map((run) => {
          const key = known(`audience.websites.state.${run.state}`);
          return (
            <li key={run.id} className={classes.row}>
              <span className={classes.grow}>
                {t("audience.websites.result", {
                  read: run.read_n,
                  n: run.companies_n,
                  filled: run.filled_n,
                  suppressed: run.suppressed_n,
                })}
              </span>
              <StatusDot meaning={stateMeaning[run.state]} label={key === undefined ? run.state : t(key)} />
              <When at={run.created_at} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
