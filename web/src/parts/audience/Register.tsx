import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay, useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { SelectField } from "~/kit/fields";
import { ErrorState, Skeleton } from "~/kit/states";
import { mills, useRegisterAccess } from "~/parts/companies/register";
import classes from "./Audience.module.css";
import { OnItsWay } from "./OnItsWay";
import { Figures } from "./import/Counts";
import { NoKey, RegisterCost } from "./RegisterCost";
import { Earlier, pollWhileRunning, sorted, useMoveRound } from "./rounds";

type Run = components["schemas"]["RegisterRunView"];

const runsKey = keys.list("audience", "register-runs");
/** Checking many companies in the register: whose turn it is, what it costs, how far it is, and how earlier rounds ended. */
export function Register() {
  const { t, format } = useI18n();
  const mayCheck = useMay("work_audience");
  const isPractice = useWorkspace().workspace.mode === "practice";
  const access = useRegisterAccess();
  const runs = useQuery({
    queryKey: runsKey,
    queryFn: () => read(api.GET("/api/v1/register-runs", { params: { query: { limit: 20 } } })),
    refetchInterval: pollWhileRunning,
  });
  if (runs.isPending || access.isPending) return <Skeleton shape="cards" rows={3} />;
  const error = runs.error ?? access.error;
  if (error !== null) return <ErrorState error={error} onRetry={() => void runs.refetch()} />;
  const items = runs.data?.items ?? [];
  const { moving, earlier } = sorted(items);
  const hasKey = access.data?.has_key === true;
  return (
    <section className={classes.stack}>
      <p className={classes.muted}>{t("audience.register.about")}</p>
      {moving.map((run) => (
        <Moving key={run.id} run={run} />
      ))}
      {isPractice && <p className={classes.muted}>{t("audience.register.practice")}</p>}
      {!isPractice && !hasKey && <NoKey />}
      {mayCheck && !isPractice && hasKey && moving.length === 0 && <Begin />}
      <Earlier
        of="register"
        runs={earlier}
        result={(run) =>
          t("audience.register.result", {
            checked: run.checked_n,
            n: run.companies_n,
            filled: run.filled_n,
            look: run.look_n,
            cost: mills(format, run.paid_mills),
          })
        }
      />
    </section>
  );
}

const fits = ["70", "50", "any"] as const;

function Begin() {
  const { t, format } = useI18n();
  const client = useQueryClient();
  const [fit, setFit] = useState<(typeof fits)[number]>("70");
  const [isAsking, setAsking] = useState(false);
  const wanted = fit === "any" ? {} : { fit_min: Number(fit) };
  const estimate = useQuery({
    queryKey: keys.list("audience", { register: wanted }),
    queryFn: () => read(api.GET("/api/v1/register-runs/estimate", { params: { query: wanted } })),
  });
  const begin = useMutation({
    mutationFn: (agreed_mills: number) =>
      read(api.POST("/api/v1/register-runs", { body: { ...wanted, agreed_mills } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all("audience") }),
  });
  const found = estimate.data;
  return (
    <div className={classes.form}>
      <SelectField
        label={t("audience.register.whose")}
        value={fit}
        onChange={setFit}
        options={fits.map((value) => ({ value, label: t(`audience.register.fit.${value}`) }))}
      />
      <p className={classes.muted} role="status">
        {found === undefined ? (
          " "
        ) : found.companies_n === 0 ? (
          t("audience.register.nobody")
        ) : (
          <RegisterCost found={found} />
        )}
      </p>
      {estimate.error !== null && <ErrorState error={estimate.error} />}
      <div className={classes.buttons}>
        <Button disabled={found === undefined || found.companies_n === 0} onClick={() => setAsking(true)}>
          {t("audience.register.check")}
        </Button>
      </div>
      {found !== undefined && (
        <ConfirmDialog
          opened={isAsking}
          title={t("audience.register.agree.title")}
          verb={t("audience.register.agree", { cost: mills(format, found.cost_mills) })}
          onConfirm={() => begin.mutateAsync(found.cost_mills)}
          onClose={() => setAsking(false)}
        >
          <RegisterCost found={found} />
        </ConfirmDialog>
      )}
    </div>
  );
}

function Moving({ run }: { run: Run }) {
  const { t, format, known } = useI18n();
  const isPaused = run.state === "paused";
  const why = run.paused_why == null ? undefined : known(`audience.register.paused.${run.paused_why}`);
  const params = { path: { id: run.id } };
  const move = useMoveRound((to) =>
    to === "stop"
      ? api.DELETE("/api/v1/register-runs/{id}", { params })
      : to === "pause"
        ? api.POST("/api/v1/register-runs/{id}/pause", { params })
        : api.POST("/api/v1/register-runs/{id}/resume", { params }),
  );
  return (
    <OnItsWay
      of="register"
      title={t(why ?? (isPaused ? "audience.register.paused.person" : "audience.register.running"))}
      isPaused={isPaused}
      done={run.done_n}
      total={run.companies_n}
      doneOf={t("audience.register.done_of", { done: run.done_n, n: run.companies_n })}
      move={move}
    >
      <Figures
        counts={[
          [t("audience.register.count.checked"), run.checked_n],
          [t("audience.register.count.filled"), run.filled_n],
          [t("audience.register.count.look"), run.look_n],
          [t("audience.register.count.ended"), run.ended_n],
        ]}
      />
      <p className={classes.muted}>{t("audience.register.paid", { cost: mills(format, run.paid_mills) })}</p>
    </OnItsWay>
  );
}
