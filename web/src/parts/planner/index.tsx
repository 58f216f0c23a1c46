import { Button, SegmentedControl } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { api, read } from "~/api/client";
import { isProblem } from "~/api/problem";
import type { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { NumberField } from "~/kit/fields";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { Page } from "~/kit/Page";
import { ErrorState, Skeleton } from "~/kit/states";
import { type PlanMeasure, PlanPicture, type PlanRatioId } from "~/pictures/PlanPicture";
import { useReach } from "~/parts/audience/useReach";
import { useAddress } from "~/shell/address";
import { LawfulReach } from "./LawfulReach";
import {
  type Definition,
  type Mending,
  type PlanView,
  leadsNeeded,
  measures,
  noLags,
  noRatios,
  planData,
} from "./planner";
import classes from "./Planner.module.css";

/** From the goal back to today's mails, beside what came true; every number can be tried before it is kept. */
export default function PlannerPage() {
  const { t } = useI18n();
  const address = useAddress();
  const year = chosenYear(address.search.year);
  const [draft, setDraft] = useState<{ year: number; definition: Definition } | null>(null);
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set());
  const mayPlan = useMay("edit_plan");
  const [round, setRound] = useState(0);
  const plan = useQuery({
    queryKey: keys.one("plan", String(year)),
    queryFn: () => read(api.GET("/api/v1/plan/{year}", { params: { path: { year } } })),
  });
  const reach = useReach();
  // Until somebody saved a plan its figures are an example: nobody is behind on those.
  const isExample = plan.data !== undefined && plan.data.updated_at == null;
  const fresh = isExample && mayPlan && year === new Date().getFullYear() ? startingNow(plan.data.definition) : null;
  const own = draft?.year === year ? draft.definition : null;
  const tried = own ?? fresh;
  const preview = useQuery({
    queryKey: keys.one("plan", String(year), JSON.stringify(tried)),
    queryFn: () => read(api.POST("/api/v1/plan/preview", { body: { year, definition: tried as Definition } })),
    enabled: tried !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const found = (tried === null ? undefined : preview.data) ?? plan.data;
  const shown = isExample && found !== undefined ? withoutFlags(found) : found;
  const definition = tried ?? plan.data?.definition;
  // All at once: a line that comes later would push down what somebody is typing in.
  const isWaiting = plan.isPending || reach.isPending;
  const tellWrong = useCallback((name: string, isWrong: boolean) => {
    setWrong((before) => new Set(isWrong ? [...before, name] : [...before].filter((each) => each !== name)));
  }, []);
  const discard = () => {
    setDraft(null);
    setRound(round + 1);
  };
  return (
    <Page
      title={t("shell.nav.planner")}
      about={t("planner.short")}
      actions={
        <Actions
          year={year}
          tried={tried}
          hasDraft={own !== null || wrong.size > 0}
          isWrong={wrong.size > 0}
          onDone={discard}
        />
      }
    >
      {isWaiting && !plan.isError && <Skeleton shape="picture" />}
      {plan.isError && <ErrorState error={plan.error} onRetry={() => void plan.refetch()} />}
      {!isWaiting && reach.data !== undefined && shown !== undefined && (
        <LawfulReach
          summary={reach.data}
          // Figures of an example are nobody's plan.
          needed={isExample && own === null ? 0 : leadsNeeded(shown, new Date().getFullYear())}
        />
      )}
      {!isWaiting && isExample && (
        <p className={classes.typed} role="note">
          {t(mayPlan ? "planner.example" : "planner.example.wait", { year: String(year) })}
        </p>
      )}
      {!isWaiting && definition !== undefined && mayPlan && (
        <Numbers
          key={`${year} ${round}`}
          onWrong={tellWrong}
          definition={definition}
          view={shown}
          problem={isProblem(preview.error) && tried !== null ? (preview.error as ApiProblem) : null}
          onChange={(next) => setDraft({ year, definition: next })}
        />
      )}
      {!isWaiting && shown !== undefined && definition !== undefined && (
        <Plan
          view={shown}
          definition={definition}
          onChange={mayPlan ? (next) => setDraft({ year, definition: next }) : undefined}
        />
      )}
    </Page>
  );
}

/** A plan that begins today begins this month. */
function startingNow(definition: Definition): Definition {
  return { ...definition, first_month: new Date().getMonth() + 1 };
}

function withoutFlags(view: PlanView): PlanView {
  return { ...view, mending: null, picture: { ...view.picture, breaks_first: null } };
}

function chosenYear(text: string | undefined): number {
  const year = Number(text);
  return Number.isInteger(year) && year >= 2000 && year <= 2100 ? year : new Date().getFullYear();
}

interface ActionsProps {
  year: number;
  tried: Definition | null;
  /** Somebody typed something. */
  hasDraft: boolean;
  /** Something of it does not fit. */
  isWrong: boolean;
  onDone: () => void;
}

function Actions({ year, tried, hasDraft, isWrong, onDone }: ActionsProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const address = useAddress();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (body: Definition) => read(api.PUT("/api/v1/plan/{year}", { params: { path: { year } }, body })),
    onSuccess: (view) => {
      client.setQueryData(keys.one("plan", String(year)), view);
      void client.invalidateQueries({ queryKey: keys.all("funnel") });
      notifyDone(t("planner.saved", { year: String(year) }));
      onDone();
    },
    onError: (error) => notifyProblem(error, i18n),
  });
  const go = (next: number) => address.set({ year: String(next) }, { replace: true });
  return (
    <>
      <Button variant="default" onClick={() => go(year - 1)} aria-label={t("planner.year_before")}>
        {year - 1}
      </Button>
      <b className={`num ${classes.year}`} aria-live="polite">
        {year}
      </b>
      <Button variant="default" onClick={() => go(year + 1)} aria-label={t("planner.year_after")}>
        {year + 1}
      </Button>
      {hasDraft && (
        <Button variant="default" onClick={onDone}>
          {t("planner.discard")}
        </Button>
      )}
      {tried !== null && (
        <Button onClick={() => save.mutate(tried)} loading={save.isPending} disabled={isWrong}>
          {t("planner.save")}
        </Button>
      )}
    </>
  );
}

interface NumbersProps {
  definition: Definition;
  view: PlanView | undefined;
  problem: ApiProblem | null;
  onChange: (next: Definition) => void;
  onWrong: (name: string, isWrong: boolean) => void;
}

/** What of the definition is a number that must be there, with how it is typed. */
const needed = [
  { name: "goal_cents", label: "planner.goal", scale: 100, min: 1, max: undefined, prefix: "€ " },
  { name: "deal_cents", label: "planner.deal", scale: 100, min: 1, max: undefined, prefix: "€ " },
  { name: "first_month", label: "planner.first_month", scale: 1, min: 1, max: 12, prefix: undefined },
] as const;

function Numbers({ definition, view, problem, onChange, onWrong }: NumbersProps) {
  const { t, format } = useI18n();
  const lags = definition.lag_days ?? noLags;
  const counted = view?.lag_days;
  return (
    <div>
      <div className={classes.form}>
        {needed.map((field) => (
          <NeededField
            key={field.name}
            field={field}
            value={(definition[field.name] ?? 1) / field.scale}
            problem={problem}
            onValue={(value) => onChange({ ...definition, [field.name]: value })}
            onWrong={onWrong}
          />
        ))}
        <NumberField
          label={t("planner.mails_per_lead")}
          name="mails_per_lead"
          problem={problem}
          hint={
            definition.mails_per_lead == null && view !== undefined
              ? t("planner.from_history", { value: format.number(view.picture.mails_per_lead, 1) })
              : undefined
          }
          value={definition.mails_per_lead ?? null}
          onChange={(mails) => (mails ?? 1) > 0 && onChange({ ...definition, mails_per_lead: mails })}
          min={0.1}
          decimals={1}
        />
      </div>
      <details className={classes.lags}>
        <summary>{t("planner.lags")}</summary>
        <div className={classes.form}>
          {(["lead_prospect", "prospect_opportunity", "opportunity_customer"] as const).map((step) => (
            <NumberField
              key={step}
              label={t(`planner.lag.${step}`)}
              name={`lag_days.${step}`}
              problem={problem}
              hint={
                lags[step] == null && counted?.[step] != null
                  ? t("planner.from_history", { value: format.number(counted[step]) })
                  : undefined
              }
              value={lags[step] ?? null}
              onChange={(days) => onChange({ ...definition, lag_days: { ...lags, [step]: days } })}
              min={0}
              max={730}
            />
          ))}
        </div>
      </details>
    </div>
  );
}

interface NeededFieldProps {
  field: (typeof needed)[number];
  value: number;
  problem: ApiProblem | null;
  onValue: (value: number) => void;
  onWrong: (name: string, isWrong: boolean) => void;
}

/** Only what fits is counted with; what does not stays in its field. */
function NeededField({ field, value, problem, onValue, onWrong }: NeededFieldProps) {
  const { t } = useI18n();
  const { name, label, scale, min, max, prefix } = field;
  const tell = useCallback((isWrong: boolean) => onWrong(name, isWrong), [name, onWrong]);
  const take = (next: number | null) => {
    if (next !== null && next >= min && next <= (max ?? next)) onValue(Math.round(next * scale));
  };
  return (
    <NumberField
      label={t(label)}
      name={name}
      problem={problem}
      value={value}
      onChange={take}
      onWrong={tell}
      min={min}
      max={max}
      prefix={prefix}
      required
    />
  );
}

interface PlanProps {
  view: PlanView;
  definition: Definition;
  /** Missing for those who may look but not plan. */
  onChange?: (next: Definition) => void;
}

function Plan({ view, definition, onChange }: PlanProps) {
  const { t, known, format } = useI18n();
  const [measure, setMeasure] = useState<PlanMeasure>("revenue");
  const ratios = definition.ratios ?? noRatios;
  const hasTyped = Object.values(ratios).some((value) => value != null);
  const setRatio = (id: PlanRatioId, value: number) =>
    onChange?.({ ...definition, ratios: { ...ratios, [id]: Math.round(value * 1e6) / 1e6 } });
  const mending = view.mending ?? null;
  const mendingSentence = ({ key, missing, leads, per_day, available }: Mending) => {
    const sentence = known(`planner.mend.${key}`);
    const values = {
      missing: format.number(missing),
      leads: format.number(leads),
      per_day: format.number(per_day),
      available: format.number(available),
    };
    return sentence === undefined ? undefined : t(sentence as "planner.mend.more_leads", values);
  };
  return (
    <div className={classes.picture}>
      {hasTyped && onChange !== undefined && (
        <p className={classes.typed}>
          {t("planner.typed")}
          <Button variant="default" size="xs" onClick={() => onChange({ ...definition, ratios: noRatios })}>
            {t("planner.use_history")}
          </Button>
        </p>
      )}
      <PlanPicture
        data={planData(view, measure)}
        mending={mending === null ? undefined : mendingSentence(mending)}
        onRatio={onChange === undefined ? undefined : setRatio}
        aside={
          <SegmentedControl
            size="xs"
            value={measure}
            onChange={(next) => setMeasure(measures.find((each) => each === next) ?? "revenue")}
            data={measures.map((value) => ({ value, label: t(`pictures.measure.${value}`) }))}
            aria-label={t("planner.measure")}
          />
        }
      />
      <Quarters view={view} />
    </div>
  );
}

/** Plan and what came true per quarter, as a table to read from. */
function Quarters({ view }: { view: PlanView }) {
  const { t, format } = useI18n();
  const steps = ["customers", "opportunities", "prospects", "leads", "mails"] as const;
  return (
    <div className={classes.tableWrap} tabIndex={0} role="region" aria-label={t("planner.quarters")}>
      <table className={classes.table}>
        <caption>{t("planner.quarters")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("planner.quarter")}</th>
            <th scope="col">{t("planner.revenue")}</th>
            {steps.map((step) => (
              <th key={step} scope="col">
                {t(`planner.step.${step}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.quarters.map(({ period, plan, actual }) => (
            <tr key={period}>
              <th scope="row">{period.slice(5)}</th>
              <td>
                {format.moneyShort(plan.revenue_cents)}
                {actual != null && <CameTrue value={format.moneyShort(actual.revenue_cents)} />}
              </td>
              {steps.map((step) => (
                <td key={step}>
                  {format.number(plan[step])}
                  {actual != null && <CameTrue value={format.number(actual[step])} />}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CameTrue({ value }: { value: string }) {
  const { t } = useI18n();
  return <div className={classes.planned}>{t("planner.came_true", { value })}</div>;
}
