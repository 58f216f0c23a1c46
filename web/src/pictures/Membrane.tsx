import { useId } from "react";
import { useI18n } from "~/i18n";
import { IconGlyph } from "~/kit/icons";
import type { Meaning } from "~/theme/theme";
import type { Gate, GateCount } from "./gates";
import { type Wave, fixed, pathThrough, ribbon, streamThickness, wavePoints } from "./layout/membrane";
import { hot, pictureClasses as classes } from "./Picture";

export interface MembraneProps<Id extends string> {
  wave: Wave;
  /** The membrane lies down: phones. */
  flip: boolean;
  from: Meaning;
  to: Meaning;
  gates: readonly Gate<Id>[];
  counts: Record<Id, GateCount>;
  keptId: Id | null;
  handlers: (id: Id) => object;
  /** Width of a gate across the membrane, in pixels, when it stands. */
  gateWidth: number;
}

/** The border between two fields: two rows of tiny cells, with gates, and streams through the gates. */
export function Membrane<Id extends string>(props: MembraneProps<Id>) {
  const { wave, flip, from, to, gates, counts, gateWidth } = props;
  const id = useId();
  const largest = Math.max(0, ...gates.map((gate) => counts[gate.id].count));
  return (
    <g>
      <defs>
        <linearGradient id={`${id}-in`} x1={0} y1={0} x2={flip ? 0 : 1} y2={flip ? 1 : 0}>
          <stop offset={0} stopColor={`var(--${from})`} stopOpacity={0} />
          <stop offset={1} stopColor={`var(--${from})`} stopOpacity={0.55} />
        </linearGradient>
        <linearGradient id={`${id}-out`} x1={0} y1={0} x2={flip ? 0 : 1} y2={flip ? 1 : 0}>
          <stop offset={0} stopColor={`var(--${to})`} stopOpacity={0.6} />
          <stop offset={1} stopColor={`var(--${to})`} stopOpacity={0} />
        </linearGradient>
      </defs>
      <Cells wave={wave} flip={flip} offset={-4.5} colour={`var(--${from})`} />
      <Cells wave={wave} flip={flip} offset={4.5} colour={`var(--${to})`} />
      {gates.map((gate, index) => (
        <Stream
          key={gate.id}
          wave={wave}
          flip={flip}
          along={wave.gates[index] ?? 0}
          count={counts[gate.id].count}
          largest={largest}
          paint={id}
          from={from}
          to={to}
          reach={flip ? 60 : gateWidth / 2 + 72}
          gateHalf={flip ? 20 : gateWidth / 2}
        />
      ))}
      {gates.map((gate, index) =>
        flip ? (
          <RoundGate key={gate.id} {...props} gate={gate} along={wave.gates[index] ?? 0} isAbove={index % 2 === 0} />
        ) : (
          <WideGate key={gate.id} {...props} gate={gate} along={wave.gates[index] ?? 0} />
        ),
      )}
    </g>
  );
}

function Cells({ wave, flip, offset, colour }: { wave: Wave; flip: boolean; offset: number; colour: string }) {
  return (
    <path
      d={pathThrough(wavePoints(wave, offset, 4), flip)}
      fill="none"
      stroke={colour}
      strokeWidth={3}
      strokeLinecap="round"
      strokeDasharray="0.1 7"
      opacity={0.75}
    />
  );
}

interface StreamProps {
  wave: Wave;
  flip: boolean;
  along: number;
  count: number;
  largest: number;
  paint: string;
  from: Meaning;
  to: Meaning;
  /** How far a stream can be seen on each side, in pixels. */
  reach: number;
  /** How much of that the gate covers. */
  gateHalf: number;
}

/** What flows through one gate: cool towards it, warm away from it, with some dots on their way. */
function Stream({ wave, flip, along, count, largest, paint, from, to, reach, gateHalf }: StreamProps) {
  const thickness = streamThickness(count, largest, flip ? 22 : 26, 3);
  if (thickness === 0) return null;
  const pull = (along - wave.length / 2) * (flip ? 0.06 : 0.12);
  const before = { x: wave.at - reach, y: along - pull };
  const after = { x: wave.at + reach, y: along - pull };
  const gate = { x: wave.at, y: along };
  // The part of the way that the gate itself does not cover.
  const visible = 1 - gateHalf / reach;
  const dots = Math.min(5, Math.ceil(Math.sqrt(count)));
  return (
    <g>
      <path d={ribbon(before, gate, thickness * 0.4, thickness, flip)} fill={`url(#${paint}-in)`} />
      <path d={ribbon(after, gate, thickness * 1.3, thickness, flip)} fill={`url(#${paint}-out)`} />
      {Array.from({ length: dots }, (_, index) => {
        const share = 0.2 + ((index + 0.5) / dots) * (visible - 0.2);
        const wobble = ((index % 2) - 0.5) * Math.min(thickness * 0.4, 7);
        const put = (x: number, y: number) => (flip ? { cx: y, cy: x } : { cx: x, cy: y });
        const y = (end: { y: number }) => end.y + (along - end.y) * share + wobble;
        return (
          <g key={index}>
            <circle {...put(before.x + (wave.at - before.x) * share, y(before))} r={2.6} fill={`var(--${from})`} />
            <circle {...put(after.x + (wave.at - after.x) * share, y(after))} r={2.6} fill={`var(--${to})`} />
          </g>
        );
      })}
    </g>
  );
}

interface GateProps<Id extends string> extends MembraneProps<Id> {
  gate: Gate<Id>;
  along: number;
}

function useGateLabel<Id extends string>(gate: Gate<Id>, { count, latest }: GateCount): string {
  const { t } = useI18n();
  const who = latest.map((passage) =>
    t("pictures.passage", { name: passage.name, company: passage.company, why: passage.why }),
  );
  return [`${t(gate.label)}: ${t("pictures.passed", { n: count })}`, ...who].join(". ");
}

/** A gate with room for its word beside the number. */
function WideGate<Id extends string>({
  wave,
  along,
  gate,
  counts,
  keptId,
  handlers,
  gateWidth,
  from,
  to,
}: GateProps<Id>) {
  const { t, format } = useI18n();
  const { count } = counts[gate.id];
  const label = useGateLabel(gate, counts[gate.id]);
  const height = 40;
  const left = wave.at - gateWidth / 2;
  const colour = count === 0 ? "var(--muted)" : `var(--${to})`;
  return (
    <g {...hot(label, keptId === gate.id)} {...handlers(gate.id)}>
      <rect
        className={classes.ring}
        x={left}
        y={along - height / 2}
        width={gateWidth}
        height={height}
        rx={20}
        fill="var(--surface)"
        stroke={count === 0 ? "var(--line-strong)" : `color-mix(in srgb, var(--${from}) 35%, var(--${to}))`}
        strokeDasharray={count === 0 ? "3 4" : undefined}
      />
      <g transform={`translate(${fixed(left + 12)} ${fixed(along - 9)}) scale(0.75)`} color={colour}>
        <IconGlyph name={gate.icon} />
      </g>
      <text x={left + 38} y={along + 4.5} className={classes.word}>
        {t(gate.label)}
      </text>
      <text
        x={left + gateWidth - 14}
        y={along + 5}
        textAnchor="end"
        className={`${classes.strong} ${classes.figureText}`}
        fontSize={15}
      >
        {format.number(count)}
      </text>
    </g>
  );
}

/** A gate on a phone: the icon on the membrane, the word and number above or below, turn by turn. */
function RoundGate<Id extends string>({
  wave,
  along,
  gate,
  counts,
  keptId,
  handlers,
  isAbove,
  from,
  to,
}: GateProps<Id> & { isAbove: boolean }) {
  const { t, format } = useI18n();
  const { count } = counts[gate.id];
  const label = useGateLabel(gate, counts[gate.id]);
  const edge = Math.max(0, Math.min(wave.length, along));
  const anchor = edge < 50 ? "start" : edge > wave.length - 50 ? "end" : "middle";
  const textX = anchor === "start" ? edge - 18 : anchor === "end" ? edge + 18 : edge;
  const halo = {
    paintOrder: "stroke",
    stroke: `var(--${isAbove ? from : to}-soft)`,
    strokeWidth: 4,
    strokeLinejoin: "round",
  } as const;
  const top = isAbove ? wave.at - 40 : wave.at + 36;
  return (
    <g {...hot(label, keptId === gate.id)} {...handlers(gate.id)}>
      <circle
        className={classes.ring}
        cx={along}
        cy={wave.at}
        r={19}
        fill="var(--surface)"
        stroke={count === 0 ? "var(--line-strong)" : `var(--${to})`}
        strokeDasharray={count === 0 ? "3 4" : undefined}
      />
      <g
        transform={`translate(${fixed(along - 9.6)} ${fixed(wave.at - 9.6)}) scale(0.8)`}
        color={count === 0 ? "var(--muted)" : `var(--${to})`}
      >
        <IconGlyph name={gate.icon} />
      </g>
      <text
        x={textX}
        y={top}
        textAnchor={anchor}
        className={`${classes.strong} ${classes.figureText}`}
        fontSize={15}
        {...halo}
      >
        {format.number(count)}
      </text>
      <text x={textX} y={top + 15} textAnchor={anchor} className={`${classes.word} ${classes.small}`} {...halo}>
        {t(gate.label)}
      </text>
    </g>
  );
}

/** Who went through a gate lately, and why. */
export function GateDetail({
  gate,
  count,
  latest,
  onOpen,
  onAll,
}: { gate: Gate } & GateCount & { onOpen?: (id: string) => void; onAll?: (gate: string) => void }) {
  const { t } = useI18n();
  return (
    <>
      <h4>{`${t(gate.label)}: ${t("pictures.passed", { n: count })}`}</h4>
      {latest.length > 0 && (
        <ul>
          {latest.slice(0, 4).map((passage) => (
            <li key={passage.id}>
              <b>{passage.name}</b>, {passage.company}
              <div className={classes.why}>{passage.why}</div>
              {onOpen !== undefined && (
                <button type="button" className={classes.open} onClick={() => onOpen(passage.id)}>
                  {t("kit.list.open")}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {onAll !== undefined && count > 0 && (
        <button type="button" className={classes.open} onClick={() => onAll(gate.id)}>
          {t("pictures.passed.all", { n: count })}
        </button>
      )}
    </>
  );
}
