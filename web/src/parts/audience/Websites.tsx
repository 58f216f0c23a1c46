import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay, useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { SelectField } from "~/kit/fields";
import { ErrorState, Skeleton } from "~/kit/states";
import { CompanyLink } from "~/parts/companies/CompanyLink";
import classes from "./Audience.module.css";
import { OnItsWay } from "./OnItsWay";
import { Figures } from "./import/Counts";
import { Earlier, pollWhileRunning, sorted, useMoveRound } from "./rounds";

type Run = components["schemas"]["WebsiteRunView"];

const runsKey = keys.list("audience", "website-runs");
/** Reading the websites of many companies: whose turn it is, how far it is, and how earlier rounds ended. */
export function Websites() {
  const { t } = useI18n();
  const mayRead = useMay("work_audience");
  const isPractice = useWorkspace().workspace.mode === "practice";
  const runs = useQuery({
    queryKey: runsKey,
    queryFn: () => read(api.GET("/api/v1/website-runs", { params: { query: { limit: 20 } } })),
    refetchInterval: pollWhileRunning,
  });
  if (runs.isPending) return <Skeleton shape="cards" rows={3} />;
  if (runs.error !== null) return <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />;
  const { items } = runs.data;
  const { moving, earlier } = sorted(items);
  return (
    <section className={classes.stack}>
      <p className={classes.muted}>{t("audience.websites.about")}</p>
      {moving.map((run) => (
        <Moving key={run.id} run={run} />
      ))}
      {isPractice && <p className={classes.muted}>{t("audience.websites.practice")}</p>}
      {mayRead && !isPractice && moving.length === 0 && <Begin />}
      <Earlier
        of="websites"
        runs={earlier}
        result={(run) =>
          t("audience.websites.result", {
            read: run.read_n,
            n: run.companies_n,
            filled: run.filled_n,
            suppressed: run.suppressed_n,
          })
        }
        more={(run) => run.refused_n > 0 && <Refused run={run} />}
      />
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

function Moving({ run }: { run: Run }) {
  const { t } = useI18n();
  const isPaused = run.state === "paused";
  const params = { path: { id: run.id } };
  const move = useMoveRound((to) =>
    to === "stop"
      ? api.DELETE("/api/v1/website-runs/{id}", { params })
      : to === "pause"
        ? api.POST("/api/v1/website-runs/{id}/pause", { params })
        : api.POST("/api/v1/website-runs/{id}/resume", { params }),
  );
  return (
    <OnItsWay
      of="websites"
      title={t(isPaused ? "audience.websites.paused" : "audience.websites.running")}
      isPaused={isPaused}
      done={run.done_n}
      total={run.companies_n}
      doneOf={t("audience.websites.done_of", { done: run.done_n, n: run.companies_n })}
      move={move}
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

/** Who was not read and why, asked for when it is opened: a website that is wrong can be put right there. */
function Refused({ run }: { run: Run }) {
  const { t, known } = useI18n();
  const [isOpen, setOpen] = useState(false);
  const refused = useQuery({
    queryKey: keys.one("audience", run.id, "refused"),
    queryFn: () => read(api.GET("/api/v1/website-runs/{id}/refused", { params: { path: { id: run.id } } })),
    enabled: isOpen,
  });
  const reasons = refused.data?.reasons ?? [];
  return (
    <details className={classes.refused} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("audience.websites.refused.summary", { n: run.refused_n })}</summary>
      {isOpen && refused.isPending && <Skeleton shape="list" rows={2} />}
      {refused.error !== null && <ErrorState error={refused.error} onRetry={() => void refused.refetch()} />}
      {reasons.map(({ outcome, companies_n }) => {
        const key = known(`audience.websites.refused.reason.${outcome}`);
        const sites = refused.data?.items.filter((site) => site.outcome === outcome) ?? [];
        return (
          <div key={outcome}>
            <h3>{`${key === undefined ? outcome : t(key)}: ${companies_n}`}</h3>
            <ul>
              {sites.map((site) => (
                <li key={site.company_id}>
                  <CompanyLink id={site.company_id}>{site.company}</CompanyLink>
                  <span className={classes.muted}>{site.host}</span>
                </li>
              ))}
              {sites.length < companies_n && (
                <li className={classes.muted}>
                  {t("audience.websites.refused.more", { n: companies_n - sites.length })}
                </li>
              )}
            </ul>
          </div>
        );
      })}
    </details>
  );
}
