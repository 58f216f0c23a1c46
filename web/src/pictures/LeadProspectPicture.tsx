import { useI18n } from "~/i18n";
import { meaningStyle } from "~/kit/chips";
import { KofN } from "~/kit/figures";
import { StageGlyph } from "~/kit/icons";
import type { Signal } from "~/kit/Receipt";
import { type ConversationStep, type GateCount, conversationSteps, signalGates } from "./gates";
import { type Box, laneDots, laneScale, leadDots } from "./layout/dots";
import { type Wave, bodyPath, gatePlaces } from "./layout/membrane";
import { GateDetail, Membrane } from "./Membrane";
import { DetailCard, Numbers, Picture, pictureClasses as classes, uprightBelow, useDetail } from "./Picture";

export interface LeadProspectData {
  /** Leads now, by whether anybody ever approached them. */
  leads: { never_approached: number; approached: number };
  /** Open prospects now, by the step of their conversation. */
  prospects: Record<ConversationStep, number>;
  /** Leads that became prospects in the period, by the signal that did it. */
  gates: Record<Signal, GateCount>;
  /** Of `n` leads approached in the period, `k` became prospects. */
  became: { k: number; n: number };
  /** From our first approach to their first act, in days; null when there is none yet. */
  median_days_to_first_act: number | null;
}

interface LeadProspectPictureProps {
  data: LeadProspectData;
  /** Opens a lead or prospect by id. */
  onOpen?: (id: string) => void;
  /** Lists all who went through a gate. */
  onAll?: (gate: string) => void;
  width?: number;
}

/** What a lead is, what a prospect is, how many there are, and which of their own acts take them across. */
export function LeadProspectPicture({ data, onOpen, onAll, width }: LeadProspectPictureProps) {
  const { t, format } = useI18n();
  const leads = data.leads.never_approached + data.leads.approached;
  const prospects = conversationSteps.reduce((sum, step) => sum + data.prospects[step], 0);
  const days = data.median_days_to_first_act;
  return (
    <Picture
      title={t("pictures.lead_prospect")}
      width={width}
      numbers={
        <Numbers
          items={[
            { label: t("shell.nav.leads"), value: format.number(leads), beside: t("pictures.now") },
            {
              label: t("pictures.still_lead"),
              value: format.number(data.leads.approached),
              beside: t("pictures.now"),
            },
            {
              label: t("pictures.became_prospect"),
              value: <KofN {...data.became} />,
              beside: t("pictures.of_approached"),
            },
            {
              label: t("pictures.first_act"),
              value: days === null ? t("kit.unknown") : format.days(days),
              beside: days === null ? undefined : t("pictures.median"),
            },
          ]}
        />
      }
      table={{
        head: [t("pictures.what"), t("pictures.how_many")],
        rows: [
          [t("pictures.never_approached"), format.number(data.leads.never_approached)],
          [t("pictures.still_lead"), format.number(data.leads.approached)],
          ...signalGates.map((gate) => [
            t("pictures.through", { gate: t(gate.label) }),
            format.number(data.gates[gate.id].count),
          ]),
          ...conversationSteps.map((step) => [t(`pictures.step.${step}`), format.number(data.prospects[step])]),
        ],
      }}
      below={<Definitions />}
    >
      {(measured) => (
        <Drawing data={data} leads={leads} prospects={prospects} width={measured} onOpen={onOpen} onAll={onAll} />
      )}
    </Picture>
  );
}

function Definitions() {
  const { t } = useI18n();
  return (
    <div className={classes.definitions} style={{ gridTemplateColumns: "repeat(auto-fit, minmax(260px, 1fr))" }}>
      <p className={classes.definition} style={meaningStyle("lead")}>
        <strong>{t("kit.stage.lead")}</strong>: {t("pictures.lead.definition")}
      </p>
      <p className={classes.definition} style={meaningStyle("prospect")}>
        <strong>{t("kit.stage.prospect")}</strong>: {t("pictures.prospect.definition")}
      </p>
    </div>
  );
}

interface DrawingProps {
  data: LeadProspectData;
  leads: number;
  prospects: number;
  width: number;
  onOpen?: (id: string) => void;
  onAll?: (gate: string) => void;
}

interface Layout {
  height: number;
  wave: Wave;
  flip: boolean;
  outer: [number, number];
  head: { lead: { x: number; y: number }; prospect: { x: number; y: number } };
  leadBox: Box;
  laneBox: Box;
  gateWidth: number;
}

function Drawing({ data, leads, prospects, width, onOpen, onAll }: DrawingProps) {
  const { t } = useI18n();
  const detail = useDetail<Signal>();
  const layout = width < uprightBelow ? upright(width) : lying(width);
  const { wave, flip, outer, head } = layout;
  const current = signalGates.find((gate) => gate.id === detail.current);
  const along = current === undefined ? 0 : (wave.gates[signalGates.indexOf(current)] ?? 0);
  return (
    <>
      <svg
        className={classes.svg}
        height={layout.height}
        viewBox={`0 0 ${width} ${layout.height}`}
        role="group"
        aria-label={t("pictures.lead_prospect")}
      >
        <path d={bodyPath(wave, outer[0], 12, 11, flip)} fill="var(--lead-soft)" />
        <path d={bodyPath(wave, outer[1], 12, 11, flip)} fill="var(--prospect-soft)" />
        <FieldHead stage="lead" count={leads} verb={t("pictures.we_approach")} {...head.lead} />
        <FieldHead stage="prospect" count={prospects} verb={t("pictures.we_talk.all")} {...head.prospect} />
        <LeadField data={data} layout={layout} />
        <Lanes prospects={data.prospects} box={layout.laneBox} />
        <Membrane
          wave={wave}
          flip={flip}
          from="lead"
          to="prospect"
          gates={signalGates}
          counts={data.gates}
          keptId={detail.kept}
          handlers={detail.handlers}
          gateWidth={layout.gateWidth}
        />
      </svg>
      {current !== undefined && (
        <DetailCard
          canvasWidth={width}
          isKept={detail.kept === current.id}
          at={flip ? { x: along, y: wave.at + 64 } : { x: wave.at, y: along + 26 }}
          style={meaningStyle("prospect")}
        >
          <GateDetail
            gate={current}
            {...data.gates[current.id]}
            onOpen={detail.kept === current.id ? onOpen : undefined}
            onAll={detail.kept === current.id ? onAll : undefined}
          />
        </DetailCard>
      )}
    </>
  );
}

/** Side by side: leads left, prospects right. */
function lying(width: number): Layout {
  const height = 400;
  const at = Math.round(width * 0.48);
  const gateWidth = width < 900 ? 176 : 188;
  const innerLeft = 24;
  const gates = gatePlaces(signalGates.length, 16, height - 16);
  const laneLeft = at + gateWidth / 2 + 72;
  return {
    height,
    flip: false,
    wave: { at, length: height, gates, amplitude: 9 },
    outer: [0, width],
    head: { lead: { x: innerLeft, y: 24 }, prospect: { x: laneLeft, y: 24 } },
    leadBox: { x: innerLeft, y: 96, width: at - gateWidth / 2 - innerLeft - 32, height: height - 96 - 40 },
    laneBox: { x: laneLeft, y: 96, width: width - laneLeft - 24, height: height - 96 - 16 },
    gateWidth,
  };
}

/** One above the other: leads above, prospects below, the membrane lying between. */
function upright(width: number): Layout {
  const at = 340;
  const height = 748;
  return {
    height,
    flip: true,
    wave: { at, length: width, gates: gatePlaces(signalGates.length, 0, width), amplitude: 7 },
    outer: [0, height],
    head: { lead: { x: 16, y: 16 }, prospect: { x: 16, y: at + 78 } },
    leadBox: { x: 16, y: 84, width: width - 32, height: at - 84 - 78 },
    laneBox: { x: 16, y: at + 146, width: width - 32, height: height - at - 146 - 12 },
    gateWidth: 0,
  };
}

function FieldHead({
  stage,
  count,
  verb,
  x,
  y,
}: {
  stage: "lead" | "prospect";
  count: number;
  verb: string;
  x: number;
  y: number;
}) {
  const { t, format } = useI18n();
  const printed = format.number(count);
  return (
    <g>
      <text x={x} y={y + 24} className={classes.huge} fill={`var(--${stage})`}>
        {printed}
      </text>
      <g transform={`translate(${x} ${y + 36}) scale(0.75)`} color={`var(--${stage})`}>
        <StageGlyph stage={stage} />
      </g>
      <text x={x + 24} y={y + 50} className={classes.strong}>
        {t(`pictures.many.${stage}`)}
        <tspan dx={8} className={classes.quiet} fontWeight={450}>
          {verb}
        </tspan>
      </text>
    </g>
  );
}

function LeadField({ data, layout }: { data: LeadProspectData; layout: Layout }) {
  const { t } = useI18n();
  const { leadBox, flip } = layout;
  const { never_approached, approached } = data.leads;
  const dots = leadDots(never_approached, approached, leadBox, flip ? "bottom" : "right");
  const legendY = leadBox.y + leadBox.height + 26;
  if (never_approached + approached === 0)
    return (
      <text x={leadBox.x} y={leadBox.y + 32} className={classes.quiet}>
        {t("pictures.no_leads")}
      </text>
    );
  return (
    <g>
      {dots.never.map((point, index) => (
        <circle
          key={index}
          cx={point.x}
          cy={point.y}
          r={dots.radius - 0.6}
          fill="var(--lead)"
          fillOpacity={0.16}
          stroke="var(--lead)"
          strokeOpacity={0.5}
        />
      ))}
      {dots.approached.map((point, index) => (
        <circle key={index} cx={point.x} cy={point.y} r={dots.radius} fill="var(--lead)" />
      ))}
      {!flip && (
        <g className={classes.small}>
          <circle
            cx={leadBox.x + 5}
            cy={legendY - 4}
            r={4}
            fill="var(--lead)"
            fillOpacity={0.16}
            stroke="var(--lead)"
            strokeOpacity={0.5}
          />
          <text x={leadBox.x + 16} y={legendY} className={classes.quiet}>
            {t("pictures.legend.never")}
            <tspan dx={14} fill="var(--lead)">
              ●
            </tspan>
            <tspan dx={5}>{t("pictures.legend.approached")}</tspan>
            {dots.unit > 1 && <tspan dx={14}>{t("pictures.dot", { n: dots.unit })}</tspan>}
          </text>
        </g>
      )}
      {flip && dots.unit > 1 && (
        <text x={leadBox.x + leadBox.width} y={40} textAnchor="end" className={`${classes.quiet} ${classes.small}`}>
          {t("pictures.dot", { n: dots.unit })}
        </text>
      )}
    </g>
  );
}

/** Prospects by step: each step a lane, warmer the nearer it is to a deal. */
function Lanes({ prospects, box }: { prospects: Record<ConversationStep, number>; box: Box }) {
  const { t, format } = useI18n();
  const pitch = box.height / conversationSteps.length;
  const laneAt = (index: number): Box => ({
    x: box.x,
    y: box.y + index * pitch + 22,
    width: box.width - 8,
    height: pitch - 28,
  });
  const scale = laneScale(Math.max(...conversationSteps.map((step) => prospects[step])), laneAt(0));
  return (
    <g>
      {scale.unit > 1 && (
        <text x={box.x + box.width} y={box.y - 22} textAnchor="end" className={`${classes.quiet} ${classes.small}`}>
          {t("pictures.dot", { n: scale.unit })}
        </text>
      )}
      {conversationSteps.map((step, index) => {
        const top = box.y + index * pitch;
        const count = prospects[step];
        const points = laneDots(count, laneAt(index), scale);
        const warmth = `color-mix(in srgb, var(--prospect), var(--opportunity) ${index * 25}%)`;
        return (
          <g key={step}>
            <text x={box.x} y={top + 14} className={classes.word}>
              {t(`pictures.step.${step}`)}
            </text>
            <text
              x={box.x + box.width}
              y={top + 14}
              textAnchor="end"
              className={`${classes.strong} ${classes.figureText}`}
            >
              {format.number(count)}
            </text>
            {count === 0 && (
              <line
                x1={box.x}
                x2={box.x + box.width}
                y1={top + 22 + (pitch - 28) / 2}
                y2={top + 22 + (pitch - 28) / 2}
                stroke="var(--line-strong)"
                strokeDasharray="1 6"
                strokeLinecap="round"
              />
            )}
            {points.map((point, at) => (
              <circle key={at} cx={point.x} cy={point.y} r={scale.radius} fill={warmth} />
            ))}
          </g>
        );
      })}
    </g>
  );
}
