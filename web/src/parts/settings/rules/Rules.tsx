import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { KofN } from "~/kit/figures";
import { NumberField, SwitchField, holdsWrong } from "~/kit/fields";
import { notifyDone } from "~/kit/notify";
import { ruleWord } from "~/kit/reason";
import { ErrorState, Skeleton } from "~/kit/states";
import classes from "../Section.module.css";
import { Preview } from "./Preview";
import { Promotions } from "./Promotions";
import { type Draft, type Threshold, type ThresholdValue, changesOf, grouped, unitOf } from "./rules";

const queryKey = keys.one("workspace", "thresholds");

/** When a lead becomes a prospect: the numbers behind the rules, with how often each rule was wrong. */
export default function Rules() {
  const { t } = useI18n();
  const thresholds = useQuery({ queryKey, queryFn: () => read(api.GET("/api/v1/rule-thresholds")) });
  if (thresholds.isError) return <ErrorState error={thresholds.error} onRetry={() => void thresholds.refetch()} />;
  if (thresholds.isPending) return <Skeleton shape="cards" rows={5} />;
  return (
    <div className={classes.stack}>
      <p className={classes.muted}>{t("rules.about")}</p>
      <Quality />
      <Form items={thresholds.data.items} version={thresholds.data.version} />
      <Promotions />
    </div>
  );
}

/** Of each rule's promotions, how many people took back. */
function Quality() {
  const words = useI18n();
  const { t } = words;
  const quality = useQuery({
    queryKey: keys.list("lead", "rule_quality"),
    queryFn: () => read(api.GET("/api/v1/promotions/quality")),
  });
  if (quality.isError) return <ErrorState error={quality.error} onRetry={() => void quality.refetch()} />;
  if (quality.data === undefined || quality.data.length === 0) return null;
  return (
    <table className={classes.table}>
      <caption className="hidden-text">{t("rules.quality")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("rules.quality.rule")}</th>
          <th scope="col">{t("rules.quality.n")}</th>
          <th scope="col">{t("rules.quality.undone")}</th>
        </tr>
      </thead>
      <tbody>
        {quality.data.map((rule) => (
          <tr key={rule.rule}>
            <td>{ruleWord(rule.rule, words)}</td>
            <td className="num">{rule.n}</td>
            <td>
              <KofN k={rule.n_undone} n={rule.n} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Form({ items, version }: { items: readonly Threshold[]; version: number }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const mayChange = useMay("configure");
  const [draft, setDraft] = useState<Draft>({});
  const { shown, fine } = grouped(items);
  const changes = changesOf(items, draft);
  const save = useMutation({
    mutationFn: () => read(api.PATCH("/api/v1/rule-thresholds", { body: { values: changes } })),
    onSuccess: (after) => {
      client.setQueryData(queryKey, after);
      setDraft({});
      notifyDone(t("settings.saved"));
    },
  });
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const field = (item: Threshold) => (
    <Field
      key={item.name}
      item={item}
      value={draft[item.name] === undefined ? item.value : (draft[item.name] ?? null)}
      onChange={(value) => setDraft((before) => ({ ...before, [item.name]: value }))}
      problem={problem}
      disabled={!mayChange}
    />
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!holdsWrong(event.currentTarget)) save.mutate();
  };
  const standard = () => setDraft(Object.fromEntries(items.map((item) => [item.name, item.standard])));
  return (
    <form className={classes.form} onSubmit={submit}>
      {shown.map((group) => (
        <fieldset key={group.id} className={classes.group}>
          <legend>{t(`rules.group.${group.id}`)}</legend>
          <p className={classes.muted}>{t(`rules.group.${group.id}.means`)}</p>
          {group.items.map(field)}
        </fieldset>
      ))}
      <details>
        <summary>{t("rules.fine", { n: fine.length })}</summary>
        <fieldset className={classes.group}>
          <legend>{t("rules.fine.title")}</legend>
          <p className={classes.muted}>{t("rules.fine.means")}</p>
          <div className={classes.pair}>{fine.map(field)}</div>
        </fieldset>
      </details>
      {mayChange && changes.length > 0 && <Preview changes={changes} />}
      <p className={classes.muted}>{t("rules.version", { version })}</p>
      {save.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={save.error} />}
      {mayChange && (
        <div className={classes.buttons}>
          <Button type="submit" loading={save.isPending} disabled={changes.length === 0}>
            {t("settings.save")}
          </Button>
          <Button variant="default" disabled={items.every((item) => item.value === item.standard)} onClick={standard}>
            {t("rules.standard")}
          </Button>
        </div>
      )}
    </form>
  );
}

interface FieldProps {
  item: Threshold;
  /** Null while a number is being typed anew. */
  value: ThresholdValue | null;
  onChange: (value: ThresholdValue | null) => void;
  problem: ApiProblem | null;
  disabled: boolean;
}

function Field({ item, value, onChange, problem, disabled }: FieldProps) {
  const { t, known } = useI18n();
  const key = known(`rules.threshold.${item.name}`);
  const label = key === undefined ? item.name : t(key);
  if (typeof item.value === "boolean")
    return (
      <SwitchField
        label={label}
        name={item.name}
        checked={value === true}
        onChange={onChange}
        problem={problem}
        disabled={disabled}
      />
    );
  const unit = unitOf(item.name);
  const standard = typeof item.standard === "number" ? item.standard : 0;
  const suffix = unit === undefined ? undefined : ` ${t(`rules.unit.${unit}`)}`;
  return (
    <NumberField
      label={label}
      hint={t("rules.hint", { standard, min: item.min ?? 0, max: item.max ?? 0 })}
      name={item.name}
      min={item.min ?? undefined}
      max={item.max ?? undefined}
      suffix={suffix}
      value={typeof value === "number" ? value : null}
      onChange={onChange}
      problem={problem}
      disabled={disabled}
    />
  );
}
