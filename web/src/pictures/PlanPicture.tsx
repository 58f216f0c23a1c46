import { type CSSProperties, Fragment, type ReactNode, useEffect, useState } from "react";
import { useI18n } from "~/i18n";
import { meaningStyle } from "~/kit/chips";
import { smallestSample } from "~/kit/figures";
import { Icon, type IconName } from "~/kit/icons";
import type { Meaning } from "~/theme/theme";
import type { Month } from "./layout/columns";
import { MonthColumns } from "./MonthColumns";
import { Picture } from "./Picture";
import classes from "./PlanPicture.module.css";

/** In the order in which they follow from each other. */
export const planSteps = ["goal", "customers", "opportunities", "prospects", "leads", "mails_per_day"] as const;
export type PlanStep = (typeof planSteps)[number];

/** A number that half of the runs stay below, and one that four in five do. */
export interface Spread {
  p50: number;
  p80: number;
}

export const planRatios = ["opportunity_customer", "prospect_opportunity", "lead_prospect"] as const;
export type PlanRatioId = (typeof planRatios)[number];

export interface PlanRatio {
  /** 0..1, what the plan counts with. */
  value: number;
  /** Own history: `k` of `n`. */
  k: number;
  n: number;
  source: "own" | "typed" | "default";
}

export type PlanMeasure = "revenue" | "customers" | "prospects" | "leads";

export interface PlanData {
  goal_cents: number;
  deal_cents: number;
  customers: Spread;
  opportunities: Spread;
  prospects: Spread;
  leads: Spread;
  mails_per_day: Spread;
  /** Mails that one lead gets on average. */
  mails_per_lead: number;
  ratios: Record<PlanRatioId, PlanRatio>;
  months: { measure: PlanMeasure; months: readonly Month[] };
  /** Where it breaks first, and since which month; null when it holds. */
  breaks_first: { step: PlanStep; month: string | null } | null;
}

interface PlanPictureProps {
  data: PlanData;
  /** What would mend it, as a sentence. */
  mending?: string;
  onRatio?: (id: PlanRatioId, value: number) => void;
  aside?: ReactNode;
  width?: number;
}

const look: Record<PlanStep, { icon: IconName; meaning?: Meaning }> = {
  goal: { icon: "flag" },
  customers: { icon: "customer", meaning: "customer" },
  opportunities: { icon: "opportunity", meaning: "opportunity" },
  prospects: { icon: "prospect", meaning: "prospect" },
  leads: { icon: "lead", meaning: "lead" },
  mails_per_day: { icon: "mail" },
};

/** From the goal back to today's mails: what follows from what, how sure, and where it breaks first. */
export function PlanPicture({ data, mending, onRatio, aside, width }: PlanPictureProps) {
  const { t, format } = useI18n();
  const spread = (step: Exclude<PlanStep, "goal">) => data[step];
  return (
    <Picture
      title={t("pictures.plan_title")}
      aside={aside}
      width={width}
      table={{
        head: [t("pictures.what"), t("pictures.p50"), t("pictures.p80"), t("pictures.ratio")],
        rows: planSteps.map((step) => [
          t(`pictures.plan.${step}`),
          step === "goal" ? format.money(data.goal_cents) : format.number(spread(step).p50),
          step === "goal" ? format.money(data.goal_cents) : format.number(spread(step).p80),
          ratioWords(step),
        ]),
      }}
    >
      {(measured) => (
        <>
          <Chain data={data} isUpright={measured < 860} onRatio={onRatio} />
          {data.breaks_first !== null && mending !== undefined && (
            <p className={classes.mend} role="note">
              <Icon name="flag" />
              <span>{mending}</span>
            </p>
          )}
          <div className={classes.months}>
            <MonthColumns {...data.months} width={measured} brokenMonth={data.breaks_first?.month ?? null} />
          </div>
        </>
      )}
    </Picture>
  );

  function ratioWords(step: PlanStep): string {
    const id = ratioBefore[step];
    if (id === undefined) return "";
    const ratio = data.ratios[id];
    return `${format.percent(ratio.value)} (${t("kit.k_of_n", { k: ratio.k, n: ratio.n })})`;
  }
}

/** The ratio that turns the step before into this one. */
const ratioBefore: Partial<Record<PlanStep, PlanRatioId>> = {
  opportunities: "opportunity_customer",
  prospects: "prospect_opportunity",
  leads: "lead_prospect",
};

function Chain({
  data,
  isUpright,
  onRatio,
}: {
  data: PlanData;
  isUpright: boolean;
  onRatio?: (id: PlanRatioId, value: number) => void;
}) {
  // Standing on a phone it is read downwards, lying it is read from right to left: the goal is where it begins.
  const order = isUpright ? planSteps : [...planSteps].reverse();
  const between = (one: PlanStep, other: PlanStep): PlanStep =>
    planSteps.indexOf(one) > planSteps.indexOf(other) ? one : other;
  return (
    <div className={`${classes.chain} ${isUpright ? classes.upright : ""}`}>
      {order.map((step, index) => {
        const next = order[index + 1];
        return (
          <Fragment key={step}>
            <Card step={step} data={data} />
            {next !== undefined && <Arrow to={between(step, next)} data={data} onRatio={onRatio} />}
          </Fragment>
        );
      })}
    </div>
  );
}

function Card({ step, data }: { step: PlanStep; data: PlanData }) {
  const { t, format } = useI18n();
  const isBroken = data.breaks_first?.step === step;
  const { icon, meaning } = look[step];
  const value = step === "goal" ? null : data[step];
  const shown = (figure: number) => format.number(figure, figure < 10 && figure % 1 !== 0 ? 1 : 0);
  return (
    <div
      className={`${classes.card} ${isBroken ? classes.broken : ""}`}
      style={meaningStyle(meaning) as CSSProperties | undefined}
    >
      <div className={classes.cardTitle}>
        <Icon name={icon} size={20} />
        <span>{t(`pictures.plan.${step}`)}</span>
        {isBroken && <Icon name="flag" size={20} className={classes.flag} label={t("pictures.breaks_first")} />}
      </div>
      <div className={classes.figures}>
        <div className={classes.p50}>{value === null ? format.moneyShort(data.goal_cents) : shown(value.p50)}</div>
        {value !== null && (
          <>
            <div className={classes.sure}>{t("pictures.even_odds")}</div>
            <div className={classes.p80}>{shown(value.p80)}</div>
            <div className={classes.sure}>{t("pictures.four_in_five")}</div>
          </>
        )}
      </div>
    </div>
  );
}

function Arrow({
  to,
  data,
  onRatio,
}: {
  to: PlanStep;
  data: PlanData;
  onRatio?: (id: PlanRatioId, value: number) => void;
}) {
  const { t, format } = useI18n();
  const id = ratioBefore[to];
  const ratio = id === undefined ? undefined : data.ratios[id];
  return (
    <div className={classes.arrow}>
      {to === "customers" && (
        <>
          <span className="num">{format.moneyShort(data.deal_cents)}</span>
          <Line />
          <span className={classes.under}>{t("pictures.per_deal")}</span>
        </>
      )}
      {to === "mails_per_day" && (
        <>
          <span className="num">{format.number(data.mails_per_lead, 1)}</span>
          <Line />
          <span className={classes.under}>{t("pictures.mails_per_lead")}</span>
        </>
      )}
      {id !== undefined && ratio !== undefined && (
        <>
          <RatioInput id={id} ratio={ratio} onRatio={onRatio} />
          <Line />
          <span className={classes.under}>
            {ratio.source === "typed"
              ? t("pictures.typed", { k: ratio.k, n: ratio.n })
              : ratio.n < smallestSample
                ? t("pictures.default_ratio", { k: ratio.k, n: ratio.n })
                : t("pictures.own_ratio", { percent: format.percent(ratio.k / ratio.n), k: ratio.k, n: ratio.n })}
          </span>
        </>
      )}
    </div>
  );
}

function Line() {
  return (
    <svg className={classes.line} viewBox="0 0 64 14" preserveAspectRatio="none" aria-hidden>
      <path
        d="M64 7H3M8 2 3 7l5 5"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** A ratio that can be typed over, in percent, with a comma or a point. */
function RatioInput({
  id,
  ratio,
  onRatio,
}: {
  id: PlanRatioId;
  ratio: PlanRatio;
  onRatio?: (id: PlanRatioId, value: number) => void;
}) {
  const { t, format, language } = useI18n();
  const shown = printedPercent(ratio.value, language);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  if (onRatio === undefined) return <b className="num">{format.percent(ratio.value)}</b>;
  const commit = () => {
    const value = parsePercent(text);
    if (value === null) setText(shown);
    else if (Math.abs(value - ratio.value) > 1e-6) onRatio(id, value);
  };
  return (
    <span className={classes.ratio}>
      <input
        inputMode="decimal"
        aria-label={t(`pictures.ratio.${id}`)}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
          if (event.key === "Escape") setText(shown);
        }}
      />
      <span className={classes.ratioUnit}>%</span>
    </span>
  );
}

export function printedPercent(ratio: number, language: string): string {
  const percent = ratio * 100;
  const text = percent < 10 && percent % 1 > 0.04 ? percent.toFixed(1) : String(Math.round(percent));
  return language === "nl" ? text.replace(".", ",") : text;
}

/** A typed percentage as a ratio: above nothing, at most all; null for anything else. */
export function parsePercent(text: string): number | null {
  const clean = text.trim().replace("%", "").trim();
  if (!/^\d{1,3}([.,]\d+)?$/.test(clean)) return null;
  const percent = Number(clean.replace(",", "."));
  return percent > 0 && percent <= 100 ? percent / 100 : null;
}
