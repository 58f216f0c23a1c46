import { useMemo } from "react";
import { useI18n } from "~/i18n";
import { meaningStyle } from "~/kit/chips";
import { KofN, Money } from "~/kit/figures";
import { StageGlyph } from "~/kit/icons";
import { type DealGate, type GateCount, dealGates } from "./gates";
import { type Bubble, packTogether } from "./layout/bubbles";
import { type Box, laneDots, laneScale } from "./layout/dots";
import { type Wave, bodyPath, gatePlaces } from "./layout/membrane";
import { GateDetail, Membrane } from "./Membrane";
import { DetailCard, Numbers, Picture, hot, pictureClasses as classes, uprightBelow, useDetail } from "./Picture";

export interface Deal {
  id: string;
  company: string;
  /** Null when nobody has put a value on it yet. */
  value_cents: number | null;
  /** 0..1; null for a prospect, or when there is too little history. */
  chance: number | null;
}

export interface ProspectOpportunityData {
  prospects: readonly Deal[];
  opportunities: readonly Deal[];
  gates: Record<DealGate, GateCount>;
  /** Of `n` prospects of the period, `k` became opportunities. */
  became: { k: number; n: number };
}

interface ProspectOpportunityPictureProps {
  data: ProspectOpportunityData;
  onOpen?: (id: string) => void;
  /** Lists all who went through a gate. */
  onAll?: (gate: string) => void;
  width?: number;
}

type Side = "prospect" | "opportunity";

/** Who talks, who is about to buy, and how much there is at stake: a euro is the same area on both sides. */
export function ProspectOpportunityPicture({ data, onOpen, onAll, width }: ProspectOpportunityPictureProps) {
  const { t, format } = useI18n();
  const open = sum(data.opportunities, (deal) => deal.value_cents ?? 0);
  const weighted = sum(data.opportunities, (deal) => (deal.value_cents ?? 0) * (deal.chance ?? 0));
  const hasChance = data.opportunities.some((deal) => deal.chance !== null);
  return (
    <Picture
      title={t("pictures.prospect_opportunity")}
      width={width}
      numbers={
        <Numbers
          items={[
            {
              label: t("shell.nav.prospects"),
              value: format.number(data.prospects.length),
              beside: t("pictures.now.no_deal"),
            },
            {
              label: t("pictures.opportunities"),
              value: format.number(data.opportunities.length),
              beside: t("pictures.now"),
            },
            {
              label: t("pictures.became_opportunity"),
              value: <KofN {...data.became} />,
              beside: t("pictures.of_prospects"),
            },
            { label: t("pictures.open_value"), value: <Money cents={open} />, beside: t("pictures.now") },
            {
              label: t("pictures.weighted_value"),
              value: <Money cents={hasChance ? Math.round(weighted / 100) * 100 : null} />,
              beside: t("pictures.now"),
            },
          ]}
        />
      }
      table={{
        head: [t("pictures.company"), t("pictures.what"), t("pictures.value"), t("pictures.chance")],
        rows: [
          ...data.opportunities.map((deal) => row(deal, "opportunity")),
          ...data.prospects.map((deal) => row(deal, "prospect")),
        ],
      }}
      below={
        <div className={classes.definitions} style={{ gridTemplateColumns: "repeat(auto-fit, minmax(260px, 1fr))" }}>
          <p className={classes.definition} style={meaningStyle("prospect")}>
            <strong>{t("kit.stage.prospect")}</strong>: {t("pictures.prospect.definition")}
          </p>
          <p className={classes.definition} style={meaningStyle("opportunity")}>
            <strong>{t("kit.stage.opportunity")}</strong>: {t("pictures.opportunity.definition")}
          </p>
        </div>
      }
    >
      {(measured) => <Drawing data={data} width={measured} onOpen={onOpen} onAll={onAll} />}
    </Picture>
  );

  function row(deal: Deal, side: Side): string[] {
    return [
      deal.company,
      t(`kit.stage.${side}`),
      deal.value_cents === null ? t("kit.unknown") : format.money(deal.value_cents),
      deal.chance === null ? t("kit.unknown") : format.percent(deal.chance),
    ];
  }
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

interface Layout {
  height: number;
  flip: boolean;
  wave: Wave;
  outer: [number, number];
  head: Record<Side, { x: number; y: number }>;
  boxes: Record<Side, Box>;
  unknown: Record<Side, Box>;
}

const gateWidth = 208;

function layoutFor(width: number): Layout {
  if (width < uprightBelow) {
    const at = 360;
    const height = 740;
    const box = { x: 16, width: width - 32 };
    return {
      height,
      flip: true,
      wave: { at, length: width, gates: gatePlaces(2, 0, width), amplitude: 8 },
      outer: [0, height],
      head: { prospect: { x: 16, y: 16 }, opportunity: { x: 16, y: at + 78 } },
      boxes: { prospect: { ...box, y: 76, height: 176 }, opportunity: { ...box, y: at + 138, height: 196 } },
      unknown: { prospect: { ...box, y: 256, height: 32 }, opportunity: { ...box, y: at + 338, height: 28 } },
    };
  }
  const height = 400;
  const at = Math.round(width * 0.47);
  const right = at + gateWidth / 2 + 64;
  return {
    height,
    flip: false,
    wave: { at, length: height, gates: gatePlaces(2, 40, height - 40), amplitude: 11 },
    outer: [0, width],
    head: { prospect: { x: 24, y: 24 }, opportunity: { x: right, y: 24 } },
    boxes: {
      prospect: { x: 24, y: 92, width: at - gateWidth / 2 - 60, height: 236 },
      opportunity: { x: right, y: 92, width: width - right - 20, height: 236 },
    },
    unknown: {
      prospect: { x: 24, y: 340, width: at - gateWidth / 2 - 60, height: 40 },
      opportunity: { x: right, y: 340, width: width - right - 20, height: 40 },
    },
  };
}

/** Those with a value, on one scale. Those without stand apart. */
function bubblesOf(data: ProspectOpportunityData, boxes: Layout["boxes"]) {
  const known = (deals: readonly Deal[]) => deals.filter((deal) => (deal.value_cents ?? 0) > 0);
  return packTogether<Deal>(
    [
      { items: known(data.prospects), box: boxes.prospect },
      { items: known(data.opportunities), box: boxes.opportunity },
    ],
    (deal) => deal.value_cents ?? 0,
  );
}

interface DrawingProps {
  data: ProspectOpportunityData;
  width: number;
  onOpen?: (id: string) => void;
  onAll?: (gate: string) => void;
}

function Drawing({ data, width, onOpen, onAll }: DrawingProps) {
  const { t } = useI18n();
  const gate = useDetail<DealGate>();
  const deal = useDetail<string>();
  const layout = useMemo(() => layoutFor(width), [width]);
  const { wave, flip, outer, head, boxes } = layout;
  const [left, right] = useMemo(() => bubblesOf(data, boxes), [data, boxes]);
  const currentGate = dealGates.find((each) => each.id === gate.current);
  const along = currentGate === undefined ? 0 : (wave.gates[dealGates.indexOf(currentGate)] ?? 0);
  const currentDeal = [...left, ...right].find((bubble) => bubble.item.id === deal.current);
  return (
    <>
      <svg
        className={classes.svg}
        height={layout.height}
        viewBox={`0 0 ${width} ${layout.height}`}
        role="group"
        aria-label={t("pictures.prospect_opportunity")}
      >
        <path d={bodyPath(wave, outer[0], 12, 11, flip)} fill="var(--prospect-soft)" />
        <path d={bodyPath(wave, outer[1], 12, 11, flip)} fill="var(--opportunity-soft)" />
        <Head side="prospect" deals={data.prospects} {...head.prospect} />
        <Head side="opportunity" deals={data.opportunities} {...head.opportunity} />
        <Bubbles side="prospect" bubbles={left} detail={deal} />
        <Bubbles side="opportunity" bubbles={right} detail={deal} />
        <Unknown side="prospect" deals={data.prospects} box={layout.unknown.prospect} />
        <Unknown side="opportunity" deals={data.opportunities} box={layout.unknown.opportunity} />
        <Membrane
          wave={wave}
          flip={flip}
          from="prospect"
          to="opportunity"
          gates={dealGates}
          counts={data.gates}
          keptId={gate.kept}
          handlers={gate.handlers}
          gateWidth={gateWidth}
        />
      </svg>
      {currentGate !== undefined && (
        <DetailCard
          canvasWidth={width}
          isKept={gate.kept !== null}
          at={flip ? { x: along, y: wave.at + 64 } : { x: wave.at, y: along + 26 }}
          style={meaningStyle("opportunity")}
        >
          <GateDetail
            gate={currentGate}
            {...data.gates[currentGate.id]}
            onOpen={gate.kept === currentGate.id ? onOpen : undefined}
            onAll={gate.kept === currentGate.id ? onAll : undefined}
          />
        </DetailCard>
      )}
      {currentDeal !== undefined && (
        <DetailCard
          canvasWidth={width}
          isKept={deal.kept !== null}
          at={{ x: currentDeal.x, y: currentDeal.y + currentDeal.radius + 8 }}
        >
          <DealDetail deal={currentDeal.item} onOpen={deal.kept === currentDeal.item.id ? onOpen : undefined} />
        </DetailCard>
      )}
    </>
  );
}

function Head({ side, deals, x, y }: { side: Side; deals: readonly Deal[]; x: number; y: number }) {
  const { t, format } = useI18n();
  return (
    <g>
      <text x={x} y={y + 24} className={classes.huge} fill={`var(--${side})`}>
        {format.moneyShort(sum(deals, (deal) => deal.value_cents ?? 0))}
      </text>
      <g transform={`translate(${x} ${y + 36}) scale(0.75)`} color={`var(--${side})`}>
        <StageGlyph stage={side} />
      </g>
      <text x={x + 24} y={y + 50} className={classes.strong}>
        {format.number(deals.length)} {t(`pictures.many.${side}`)}
      </text>
    </g>
  );
}

interface BubblesProps {
  side: Side;
  bubbles: readonly Bubble<Deal>[];
  detail: ReturnType<typeof useDetail<string>>;
}

/** As many as a person can go through by keyboard; all of them stand in the table. */
const reachable = 12;

function Bubbles({ side, bubbles, detail }: BubblesProps) {
  const { t, format } = useI18n();
  return (
    <g>
      {bubbles.map(({ item, x, y, radius }, index) => {
        const value = format.money(item.value_cents ?? 0);
        const label = `${item.company}, ${value}${item.chance === null ? "" : `, ${t("pictures.chance")} ${format.percent(item.chance)}`}`;
        const inner = item.chance === null ? 0 : radius * Math.sqrt(item.chance);
        const room = Math.floor((radius * 1.75) / 6.6);
        const props =
          index < reachable ? hot(label, detail.kept === item.id) : { className: classes.hot, "aria-hidden": true };
        return (
          <g key={item.id} {...props} {...detail.handlers(item.id)}>
            <circle
              className={classes.ring}
              cx={x}
              cy={y}
              r={radius}
              fill={`var(--${side})`}
              fillOpacity={side === "opportunity" ? 0.22 : 0.3}
              stroke={`var(--${side})`}
              strokeOpacity={0.6}
            />
            {inner > 0 && (
              <circle cx={x} cy={y} r={inner} fill={`var(--${side})`} fillOpacity={0.34} pointerEvents="none" />
            )}
            {radius > 30 && (
              <text
                x={x}
                y={y - 2}
                textAnchor="middle"
                className={`${classes.strong} ${classes.small}`}
                pointerEvents="none"
              >
                {shorten(item.company, room)}
                <tspan x={x} dy={16} className={classes.figureText} fontWeight={500}>
                  {format.moneyShort(item.value_cents ?? 0)}
                </tspan>
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** Unknown is a value of its own: hollow, apart, counted. */
function Unknown({ side, deals, box }: { side: Side; deals: readonly Deal[]; box: Box }) {
  const { t } = useI18n();
  const count = deals.filter((deal) => deal.value_cents === null || deal.value_cents <= 0).length;
  if (count === 0) return null;
  const lane = { ...box, y: box.y + 16, height: Math.max(8, box.height - 18) };
  const scale = laneScale(count, lane);
  return (
    <g>
      <text x={box.x} y={box.y + 9} className={`${classes.quiet} ${classes.small}`}>
        {t("pictures.value_unknown", { n: count })}
      </text>
      {laneDots(count, lane, scale).map((point, index) => (
        <circle key={index} cx={point.x} cy={point.y} r={scale.radius - 0.75} fill="none" stroke={`var(--${side})`} />
      ))}
    </g>
  );
}

function DealDetail({ deal, onOpen }: { deal: Deal; onOpen?: (id: string) => void }) {
  const { t, format } = useI18n();
  return (
    <>
      <h4>{deal.company}</h4>
      <div className={classes.line}>
        <span className={classes.why}>{t("pictures.value")}</span>
        <Money cents={deal.value_cents} />
      </div>
      <div className={classes.line}>
        <span className={classes.why}>{t("pictures.chance")}</span>
        <span>{deal.chance === null ? t("kit.unknown") : format.percent(deal.chance)}</span>
      </div>
      {onOpen !== undefined && (
        <button type="button" className={classes.open} onClick={() => onOpen(deal.id)}>
          {t("kit.list.open")}
        </button>
      )}
    </>
  );
}

/** Cuts a name at a word when it can. */
export function shorten(name: string, lettersMax: number): string {
  if (name.length <= lettersMax) return name;
  const cut = name.slice(0, Math.max(1, lettersMax - 1));
  const atWord = cut.lastIndexOf(" ");
  return `${(atWord > lettersMax / 2 ? cut.slice(0, atWord) : cut).trimEnd()}…`;
}
