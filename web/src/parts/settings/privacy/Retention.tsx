import { Button, Radio, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { NumberField, TextField, holdsWrong } from "~/kit/fields";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { save } from "~/kit/save";
import { ErrorState, Skeleton } from "~/kit/states";
import classes from "../Section.module.css";

type Plan = components["schemas"]["RetentionList"];
type Kind = components["schemas"]["RetentionView"];

const queryKey = keys.one("workspace", "retention");

/** How long what is kept, what the next night removes, and what happens with people whom nobody told in time. */
export default function Retention() {
  const { t } = useI18n();
  const plan = useQuery({ queryKey, queryFn: () => read(api.GET("/api/v1/retention")) });
  if (plan.isError) return <ErrorState error={plan.error} onRetry={() => void plan.refetch()} />;
  if (plan.isPending) return <Skeleton shape="cards" rows={5} />;
  return (
    <div className={classes.stack}>
      <p className={classes.muted}>{t("privacy.about")}</p>
      <Form plan={plan.data} />
      <Fixed plan={plan.data} />
      <Register />
    </div>
  );
}

interface Period {
  days: number | null;
  reason: string;
}

function Form({ plan }: { plan: Plan }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const mayChange = useMay("configure");
  const [uninformed, setUninformed] = useState(plan.uninformed);
  const [draft, setDraft] = useState<Record<string, Period>>({});
  const periodOf = (kind: Kind): Period => draft[kind.kind] ?? { days: kind.days, reason: kind.reason };
  const save = useMutation({
    mutationFn: () =>
      read(
        api.PUT("/api/v1/retention", {
          body: {
            uninformed,
            periods: plan.items.map((kind) => {
              const { days, reason } = periodOf(kind);
              return { kind: kind.kind, days: days ?? 0, reason };
            }),
          },
        }),
      ),
    onSuccess: (now) => {
      client.setQueryData(queryKey, now);
      setDraft({});
      notifyDone(t("privacy.saved"));
    },
  });
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!holdsWrong(event.currentTarget)) save.mutate();
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <Radio.Group
        label={t("privacy.uninformed")}
        description={t("privacy.uninformed.hint")}
        value={uninformed}
        onChange={setUninformed}
      >
        <Stack gap={8} mt={8}>
          <Radio value="restrict" disabled={!mayChange} label={t("privacy.uninformed.restrict")} />
          <Radio value="remove" disabled={!mayChange} label={t("privacy.uninformed.remove")} />
        </Stack>
      </Radio.Group>
      <ul className={classes.rows}>
        {plan.items.map((kind) => (
          <KindRow
            key={kind.kind}
            kind={kind}
            period={periodOf(kind)}
            disabled={!mayChange}
            problem={problem}
            onChange={(period) => setDraft({ ...draft, [kind.kind]: period })}
          />
        ))}
      </ul>
      {save.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={save.error} />}
      {mayChange && (
        <div className={classes.buttons}>
          <Button type="submit" loading={save.isPending}>
            {t("privacy.save")}
          </Button>
        </div>
      )}
    </form>
  );
}

interface KindRowProps {
  kind: Kind;
  period: Period;
  disabled: boolean;
  problem: ApiProblem | null;
  onChange: (period: Period) => void;
}

function KindRow({ kind, period, disabled, problem, onChange }: KindRowProps) {
  const { t, known, format } = useI18n();
  const label = known(`privacy.kind.${kind.kind}`);
  const hint = known(`privacy.kind.${kind.kind}.hint`);
  const isLonger = (period.days ?? 0) > kind.days_default;
  return (
    <li className={classes.row}>
      <span className={classes.what}>
        <strong>{label === undefined ? kind.kind : t(label)}</strong>
        {hint !== undefined && <span className={classes.muted}>{t(hint)}</span>}
        <span className={classes.muted}>
          {kind.due_n === 0 ? t("privacy.due.none") : t("privacy.due", { n: format.number(kind.due_n) })}
        </span>
      </span>
      <NumberField
        label={t("privacy.days")}
        name={`${kind.kind}.days`}
        problem={problem}
        value={period.days}
        onChange={(days) => onChange({ ...period, days })}
        min={kind.days_min}
        max={kind.days_max}
        required
        disabled={disabled}
      />
      {(isLonger || period.reason !== "") && (
        <TextField
          label={t("privacy.reason")}
          name={`${kind.kind}.reason`}
          problem={problem}
          value={period.reason}
          onChange={(reason) => onChange({ ...period, reason })}
          maxLength={300}
          required={isLonger}
          disabled={disabled}
        />
      )}
    </li>
  );
}

/** The document that the law asks for, for who may see how everything is set up. */
function Register() {
  const i18n = useI18n();
  const { t, language } = i18n;
  const mayRead = useMay("configure");
  const take = useMutation({
    mutationFn: async () => {
      const options = { params: { query: { language } }, parseAs: "blob" } as const;
      save(await read(api.GET("/api/v1/processing-register", options)), t("privacy.register.file"));
    },
    onError: (error) => notifyProblem(error, i18n),
  });
  if (!mayRead) return null;
  return (
    <div className={classes.form}>
      <p className={classes.muted}>{t("privacy.register.about")}</p>
      <div className={classes.buttons}>
        <Button variant="default" loading={take.isPending} onClick={() => take.mutate()}>
          {t("privacy.register")}
        </Button>
      </div>
    </div>
  );
}

function Fixed({ plan }: { plan: Plan }) {
  const { t, known } = useI18n();
  return (
    <div>
      <h3>{t("privacy.fixed")}</h3>
      <ul className={classes.rows}>
        {plan.fixed.map((one) => {
          const key = known(`privacy.fixed.${one.kind}`);
          return (
            <li key={one.kind} className={classes.row}>
              <span className={classes.what}>{key === undefined ? one.kind : t(key)}</span>
              {one.days != null && <span className={classes.muted}>{t("privacy.fixed.days", { n: one.days })}</span>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
