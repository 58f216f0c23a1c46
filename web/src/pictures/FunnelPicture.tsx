import { useId } from "react";
import { useI18n } from "~/i18n";
import { meaningStyle } from "~/kit/chips";
import { smallestSample } from "~/kit/figures";
import { StageGlyph } from "~/kit/icons";
import { type Meaning, type Stage, stages } from "~/theme/theme";
import { type Band, type BandInput, type FunnelLayout, change, funnelLayout } from "./layout/funnel";
import { fixed, streamThickness } from "./layout/membrane";
import { DetailCard, Picture, hot, pictureClasses as classes, uprightBelow, useDetail } from "./Picture";

export const leakKinds = ["resting", "nurture", "disqualified", "lost"] as const;
export type LeakKind = (typeof leakKinds)[number];

export interface Leak {
  kind: LeakKind;
  count: number;
  reasons: readonly { label: string; count: number }[];
}

export interface FunnelStep {
  /** Of `n` that could go on, `k` did. */
  k: number;
  n: number;
  /** The usual time between the two; null when there is too little to say. */
  median_days: number | null;
}

export interface FunnelData {
  stages: Record<Stage, BandInput>;
  /** By the stage that a step leads to. */
  steps: Record<Exclude<Stage, "lead">, FunnelStep>;
  /** By the stage that they leave. */
  leaks: Record<Exclude<Stage, "customer">, readonly Leak[]>;
}

interface FunnelPictureProps {
  data: FunnelData;
  aside?: React.ReactNode;
  width?: number;
}

const leakMeaning: Record<LeakKind, Meaning | undefined> = {
  resting: undefined,
  nurture: "nurture",
  disqualified: undefined,
  lost: "danger",
};

/** From leads to customers: how many, what part goes on, how long that takes, and where they leak away. */
export function FunnelPicture({ data, aside, width }: FunnelPictureProps) {
  const { t, format } = useI18n();
  const known = (value: number | null) => (value === null ? t("kit.unknown") : format.number(value));
  const rows = stages.map((stage) => {
    const { count, plan, before } = data.stages[stage];
    const step = stage === "lead" ? null : data.steps[stage];
    const leaks = stage === "customer" ? [] : data.leaks[stage];
    return [
      t(`kit.stage.${stage}`),
      format.number(count),
      step === null ? "" : t("kit.k_of_n", { k: step.k, n: step.n }),
      step === null ? "" : step.median_days === null ? t("kit.unknown") : format.days(step.median_days),
      known(plan),
      known(before),
      leaks.map((leak) => `${t(`pictures.leak.${leak.kind}`)} ${format.number(leak.count)}`).join(", "),
    ];
  });
  const hasPlan = stages.some((stage) => data.stages[stage].plan !== null);
  const hasBefore = stages.some((stage) => data.stages[stage].before !== null);
  return (
    <Picture
      title={t("pictures.funnel")}
      aside={aside}
      width={width}
      table={{
        head: [
          t("pictures.stage"),
          t("pictures.how_many"),
          t("pictures.came_from"),
          t("pictures.usual_time"),
          t("pictures.plan"),
          t("pictures.before"),
          t("pictures.left"),
        ],
        rows,
      }}
      below={
        (hasPlan || hasBefore) && (
          <div className={classes.legend}>
            {hasPlan && (
              <span>
                <LegendMark kind="plan" /> {t("pictures.plan")}
              </span>
            )}
            {hasBefore && (
              <span>
                <LegendMark kind="before" /> {t("pictures.before")}
              </span>
            )}
            <span>{t("pictures.scale")}</span>
          </div>
        )
      }
    >
      {(measured) => <Drawing data={data} width={measured} />}
    </Picture>
  );
}

function LegendMark({ kind }: { kind: "plan" | "before" }) {
  return (
    <svg width={22} height={12} viewBox="0 0 22 12" aria-hidden style={{ verticalAlign: "-1px" }}>
      {kind === "plan" ? (
        <rect
          x={1}
          y={1}
          width={20}
          height={10}
          rx={3}
          fill="none"
          stroke="var(--ink)"
          strokeDasharray="1.5 3"
          strokeLinecap="round"
        />
      ) : (
        <path d="M5 1v10M17 1v10" stroke="var(--ink)" strokeWidth={1.5} />
      )}
    </svg>
  );
}

interface Place {
  isUpright: boolean;
  /** The middle line of the bands. */
  centre: number;
  widthMax: number;
  /** Where leaks end and their words begin. */
  leakX: number;
  offset: number;
}

type LeakKey = `${Exclude<Stage, "customer">}-${LeakKind}`;

function Drawing({ data, width }: { data: FunnelData; width: number }) {
  const { t } = useI18n();
  const id = useId();
  const detail = useDetail<LeakKey>();
  const isUpright = width < uprightBelow;
  const place: Place = isUpright
    ? { isUpright, centre: width / 2, widthMax: width, leakX: width - 118, offset: 30 }
    : { isUpright, centre: 176 + (width - 176 - 196) / 2, widthMax: width - 176 - 212, leakX: width - 172, offset: 4 };
  const layout = funnelLayout(
    data.stages,
    place.widthMax,
    isUpright ? { bandHeight: 34, gapHeight: 118 } : { bandHeight: 60, gapHeight: 84 },
  );
  const height = layout.height + place.offset + 8;
  const largestLeak = Math.max(0, ...Object.values(data.leaks).flatMap((leaks) => leaks.map((leak) => leak.count)));
  const current = currentLeak(data, detail.current);
  return (
    <>
      <svg
        className={classes.svg}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label={t("pictures.funnel")}
      >
        <FlowPaints id={id} />
        <g transform={`translate(0 ${place.offset})`}>
          {layout.bands.map((band, index) => {
            const next = layout.bands[index + 1];
            return next === undefined ? null : (
              <Flow key={band.stage} band={band} next={next} place={place} paint={`${id}-${band.stage}`} />
            );
          })}
          {layout.bands.map((band) =>
            band.stage === "customer" ? null : (
              <Leaks
                key={band.stage}
                band={band}
                stage={band.stage}
                leaks={data.leaks[band.stage]}
                largest={largestLeak}
                place={place}
                detail={detail}
              />
            ),
          )}
          {layout.bands.map((band) => (
            <BandShape key={band.stage} band={band} input={data.stages[band.stage]} place={place} />
          ))}
          {layout.bands.map((band) =>
            band.stage === "lead" ? null : (
              <StepText key={band.stage} band={band} layout={layout} step={data.steps[band.stage]} place={place} />
            ),
          )}
        </g>
      </svg>
      {current !== null && (
        <DetailCard
          canvasWidth={width}
          isKept={detail.kept !== null}
          at={{ x: place.leakX + 40, y: leakY(layout, current.stage, current.index, place) + place.offset + 16 }}
          style={meaningStyle(leakMeaning[current.leak.kind])}
        >
          <LeakDetail leak={current.leak} />
        </DetailCard>
      )}
    </>
  );
}

/** What flows takes the colour of where it came from and turns into that of where it goes. */
function FlowPaints({ id }: { id: string }) {
  return (
    <defs>
      {stages.slice(0, -1).map((stage, index) => (
        <linearGradient key={stage} id={`${id}-${stage}`} x1={0} y1={0} x2={0} y2={1}>
          <stop offset={0} stopColor={`var(--${stage})`} stopOpacity={0.3} />
          <stop offset={1} stopColor={`var(--${stages[index + 1] ?? stage})`} stopOpacity={0.3} />
        </linearGradient>
      ))}
    </defs>
  );
}

function LeakDetail({ leak }: { leak: Leak }) {
  const { t, format } = useI18n();
  return (
    <>
      <h4>{`${t(`pictures.leak.${leak.kind}`)}: ${t("pictures.left_count", { n: leak.count })}`}</h4>
      <ul>
        {leak.reasons.map((reason) => (
          <li key={reason.label} className={classes.line}>
            <span>{reason.label}</span>
            <span className="num">{format.number(reason.count)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function currentLeak(data: FunnelData, key: LeakKey | null) {
  if (key === null) return null;
  for (const stage of ["lead", "prospect", "opportunity"] as const) {
    const index = data.leaks[stage].findIndex((leak) => `${stage}-${leak.kind}` === key);
    const leak = data.leaks[stage][index];
    if (leak !== undefined) return { stage, index, leak };
  }
  return null;
}

function BandShape({ band, input, place }: { band: Band; input: BandInput; place: Place }) {
  const { centre } = place;
  const left = (width: number) => centre - width / 2;
  const middle = band.top + band.height / 2;
  return (
    <g>
      {band.width > 0 ? (
        <rect
          x={left(band.width)}
          y={band.top}
          width={band.width}
          height={band.height}
          rx={Math.min(8, band.width / 2)}
          fill={`var(--${band.stage})`}
        />
      ) : (
        <line
          x1={centre - 20}
          x2={centre + 20}
          y1={middle}
          y2={middle}
          stroke="var(--line-strong)"
          strokeWidth={1.5}
          strokeDasharray="1 5"
          strokeLinecap="round"
        />
      )}
      {band.planWidth !== null && band.planWidth > 0 && (
        <rect
          x={left(band.planWidth) - 3}
          y={band.top - 3}
          width={band.planWidth + 6}
          height={band.height + 6}
          rx={10}
          fill="none"
          stroke="var(--ink)"
          strokeWidth={1.5}
          strokeDasharray="1.5 4"
          strokeLinecap="round"
        />
      )}
      {band.beforeWidth !== null && band.beforeWidth > 0 && (
        <BeforeMarks band={band} width={band.beforeWidth} centre={centre} />
      )}
      <BandLabel band={band} input={input} place={place} />
    </g>
  );
}

/** Two ticks where the band ended in the period before. */
function BeforeMarks({ band, width, centre }: { band: Band; width: number; centre: number }) {
  const tick = (x: number) => `M${fixed(x)} ${band.top - 5}v${band.height + 10}`;
  const d = tick(centre - width / 2) + tick(centre + width / 2);
  return (
    <>
      <path d={d} stroke="var(--paper)" strokeWidth={4} />
      <path d={d} stroke="var(--ink)" strokeWidth={1.5} />
    </>
  );
}

function BandLabel({ band, input, place }: { band: Band; input: BandInput; place: Place }) {
  const { t, format } = useI18n();
  const { isUpright } = place;
  const middle = band.top + band.height / 2;
  const delta = change(input.count, input.before);
  return (
    <g transform={isUpright ? `translate(0 ${band.top - 26})` : `translate(0 ${middle - 28})`}>
      <g transform="scale(0.8)" color={`var(--${band.stage})`}>
        <StageGlyph stage={band.stage} />
      </g>
      <text x={26} y={15} className={classes.strong}>
        {t(`pictures.many.${band.stage}`)}
      </text>
      {isUpright ? (
        <text
          x={place.widthMax}
          y={15}
          textAnchor="end"
          className={`${classes.strong} ${classes.figureText}`}
          fontSize={18}
        >
          <Delta delta={delta} dx={0} />
          <tspan dx={delta === null ? 0 : 8}>{format.number(input.count)}</tspan>
        </text>
      ) : (
        <text x={0} y={46} className={classes.huge} fill={`var(--${band.stage})`}>
          {format.number(input.count)}
          <Delta delta={delta} dx={8} />
        </text>
      )}
    </g>
  );
}

/** More or less than in the period before, with its sign: never colour alone, and no colour that would judge. */
function Delta({ delta, dx }: { delta: number | null; dx: number }) {
  const { format } = useI18n();
  if (delta === null) return null;
  const sign = delta > 0 ? "+" : delta < 0 ? "−" : "±";
  return (
    <tspan dx={dx} className={classes.quiet} fontSize={12} fontWeight={500} letterSpacing={0}>
      {sign}
      {format.percent(Math.abs(delta))}
    </tspan>
  );
}

function Flow({ band, next, place, paint }: { band: Band; next: Band; place: Place; paint: string }) {
  const { centre, isUpright } = place;
  const top = band.top + band.height;
  const bottom = isUpright ? next.top - 32 : next.top;
  const bend = (bottom - top) * 0.55;
  const a = band.width / 2;
  const b = next.width / 2;
  if (a === 0 || b === 0) return null;
  const d = [
    `M${fixed(centre - a)} ${top}`,
    `C${fixed(centre - a)} ${top + bend} ${fixed(centre - b)} ${bottom - bend} ${fixed(centre - b)} ${bottom}`,
    `H${fixed(centre + b)}`,
    `C${fixed(centre + b)} ${bottom - bend} ${fixed(centre + a)} ${top + bend} ${fixed(centre + a)} ${top}`,
    "Z",
  ].join("");
  return <path d={d} fill={`url(#${paint})`} />;
}

function StepText({ band, layout, step, place }: { band: Band; layout: FunnelLayout; step: FunnelStep; place: Place }) {
  const { t, format } = useI18n();
  const { centre, isUpright } = place;
  const x = isUpright ? 0 : centre;
  const anchor = isUpright ? "start" : "middle";
  const y = isUpright ? band.top - layout.gapHeight + 38 : band.top - layout.gapHeight / 2;
  const isEnough = step.n >= smallestSample;
  // Standing, the words lie over the flow: they get a line each, and an edge that keeps them readable.
  const isStacked = isUpright && !isEnough;
  const beside = isStacked ? { x, dy: 18 } : { dx: 8 };
  return (
    <g className={isUpright ? classes.over : undefined}>
      <text x={x} y={y} textAnchor={anchor} className={`${classes.strong} ${classes.figureText}`} fontSize={15}>
        {isEnough ? format.percent(step.k / step.n) : t("kit.too_few")}
        <tspan {...beside} className={classes.quiet} fontSize={13} fontWeight={450}>
          {t("kit.k_of_n", { k: step.k, n: step.n })}
        </tspan>
      </text>
      {step.median_days !== null && (
        <text x={x} y={y + (isStacked ? 37 : 19)} textAnchor={anchor} className={`${classes.quiet} ${classes.small}`}>
          {t("pictures.usually", { days: format.days(step.median_days) })}
        </text>
      )}
    </g>
  );
}

function leakY(layout: FunnelLayout, stage: Exclude<Stage, "customer">, index: number, place: Place): number {
  const band = layout.bands[stages.indexOf(stage)];
  const bottom = band === undefined ? 0 : band.top + band.height;
  return bottom + (place.isUpright ? 26 : 22) + index * 24;
}

interface LeaksProps {
  band: Band;
  stage: Exclude<Stage, "customer">;
  leaks: readonly Leak[];
  largest: number;
  place: Place;
  detail: ReturnType<typeof useDetail<LeakKey>>;
}

/** Those who left, as thin streams to the side; why, on hover and focus. */
function Leaks({ band, stage, leaks, largest, place, detail }: LeaksProps) {
  const { t, format } = useI18n();
  const { centre, leakX, isUpright } = place;
  const bottom = band.top + band.height;
  let inward = 0;
  return (
    <g>
      {leaks.map((leak, index) => {
        if (leak.count === 0) return null;
        const thickness = streamThickness(leak.count, largest, isUpright ? 10 : 14, 1.5);
        // On a phone the words stand below the band, so a stream leaves before them.
        const edge = Math.min(centre + band.width / 2 - 6, isUpright ? leakX - 16 : Number.POSITIVE_INFINITY);
        const start = Math.max(centre, edge - inward - thickness / 2);
        inward += thickness + 1;
        const end = bottom + (isUpright ? 26 : 22) + index * 24;
        const meaning = leakMeaning[leak.kind];
        const colour = meaning === undefined ? "var(--muted)" : `var(--${meaning})`;
        const key: LeakKey = `${stage}-${leak.kind}`;
        const reasons = leak.reasons.map((reason) => `${reason.label} ${reason.count}`).join(", ");
        const pull = start < leakX - 20 ? Math.max(24, (leakX - start) * 0.5) : 10;
        return (
          <g
            key={leak.kind}
            {...hot(
              `${t(`pictures.leak.${leak.kind}`)}: ${t("pictures.left_count", { n: leak.count })}. ${reasons}`,
              detail.kept === key,
            )}
            {...detail.handlers(key)}
          >
            <path
              d={`M${fixed(start)} ${bottom - 1}C${fixed(start)} ${fixed(end)} ${fixed(leakX - pull)} ${fixed(end)} ${fixed(leakX)} ${fixed(end)}`}
              fill="none"
              stroke={colour}
              strokeOpacity={0.45}
              strokeWidth={thickness}
            />
            <rect
              className={classes.ring}
              x={leakX}
              y={end - 12}
              width={isUpright ? 118 : 168}
              height={24}
              rx={12}
              fill="var(--paper)"
              fillOpacity={0.01}
              stroke="transparent"
            />
            <circle cx={leakX + 8} cy={end} r={3.5} fill={colour} />
            <text x={leakX + 18} y={end + 4.5} className={classes.word}>
              {t(`pictures.leak.${leak.kind}`)}
              <tspan dx={6} className={`${classes.strong} ${classes.figureText}`}>
                {format.number(leak.count)}
              </tspan>
            </text>
          </g>
        );
      })}
    </g>
  );
}
