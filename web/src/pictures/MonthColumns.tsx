import { useI18n } from "~/i18n";
import { Icon, IconGlyph } from "~/kit/icons";
import { type Column, type Month, columns } from "./layout/columns";
import { pictureClasses as classes } from "./Picture";
import type { PlanMeasure } from "./PlanPicture";

interface MonthColumnsProps {
  measure: PlanMeasure;
  months: readonly Month[];
  width: number;
  /** The first month that the plan cannot keep. */
  brokenMonth: string | null;
}

const colour: Record<PlanMeasure, string> = {
  revenue: "var(--customer)",
  customers: "var(--customer)",
  prospects: "var(--prospect)",
  leads: "var(--lead)",
};

/** Months as columns: the plan a dotted outline, what came true filled. */
export function MonthColumns({ measure, months, width, brokenMonth }: MonthColumnsProps) {
  const { t, format } = useI18n();
  const axis = 56;
  const height = 180;
  const top = 28;
  const { columns: drawn, ticks } = columns(months, Math.max(0, width - axis), height);
  const show = (value: number) =>
    measure === "revenue" ? format.moneyShort(value) : format.number(value, value % 1 === 0 ? 0 : 1);
  const highest = ticks.at(-1) || 1;
  const crowded = drawn.length > 0 && (width - axis) / drawn.length < 52;
  if (months.length === 0) return <p className={classes.definition}>{t("pictures.no_months")}</p>;
  return (
    <>
      <svg
        className={classes.svg}
        height={height + top + 30}
        viewBox={`0 0 ${width} ${height + top + 30}`}
        role="img"
        aria-label={describe()}
      >
        {ticks.map((tick) => {
          const y = top + height - (tick / highest) * height;
          return (
            <g key={tick}>
              <line x1={axis} x2={width} y1={y} y2={y} stroke="var(--line)" />
              <text
                x={axis - 8}
                y={y + 4}
                textAnchor="end"
                className={`${classes.quiet} ${classes.small} ${classes.figureText}`}
              >
                {show(tick)}
              </text>
            </g>
          );
        })}
        {drawn.map((column, index) => (
          <MonthColumn
            key={column.month.month}
            column={column}
            left={axis}
            floor={top + height}
            fill={colour[measure]}
            isBroken={column.month.month === brokenMonth}
            label={
              crowded
                ? index % 3 === 0
                  ? format.month(column.month.month)
                  : null
                : monthOnly(format.month(column.month.month))
            }
          />
        ))}
      </svg>
      <Legend measure={measure} isBroken={brokenMonth !== null} />
    </>
  );

  function describe(): string {
    const each = months.map((month) =>
      t("pictures.month", {
        month: format.month(month.month),
        plan: show(month.plan),
        actual: month.actual === null ? t("kit.unknown") : show(month.actual),
      }),
    );
    return `${t(`pictures.measure.${measure}`)}. ${each.join("; ")}`;
  }
}

/** The month without its year: the year is the same all along. */
function monthOnly(month: string): string {
  return month.split(" ")[0] ?? month;
}

interface MonthColumnProps {
  column: Column;
  left: number;
  /** Where nothing is, downwards. */
  floor: number;
  fill: string;
  isBroken: boolean;
  label: string | null;
}

function MonthColumn({ column, left, floor, fill, isBroken, label }: MonthColumnProps) {
  const { width, planHeight, actualHeight } = column;
  const x = left + column.x;
  const middle = x + width / 2;
  return (
    <g>
      {actualHeight !== null && (
        <rect
          x={x}
          y={floor - actualHeight}
          width={width}
          height={actualHeight}
          rx={Math.min(4, actualHeight)}
          fill={fill}
          fillOpacity={0.85}
        />
      )}
      <rect
        x={x}
        y={floor - planHeight}
        width={width}
        height={planHeight}
        rx={4}
        fill={actualHeight === null ? fill : "none"}
        fillOpacity={0.08}
        stroke={isBroken ? "var(--danger)" : "var(--ink)"}
        strokeWidth={1.5}
        strokeDasharray="1.5 4"
        strokeLinecap="round"
      />
      {isBroken && (
        <g
          transform={`translate(${middle - 8} ${floor - Math.max(planHeight, actualHeight ?? 0) - 24}) scale(0.8)`}
          color="var(--danger)"
        >
          <IconGlyph name="flag" />
        </g>
      )}
      {label !== null && (
        <text
          x={middle}
          y={floor + 20}
          textAnchor="middle"
          className={`${classes.small} ${isBroken ? classes.strong : classes.quiet}`}
        >
          {label}
        </text>
      )}
    </g>
  );
}

function Legend({ measure, isBroken }: { measure: PlanMeasure; isBroken: boolean }) {
  const { t } = useI18n();
  return (
    <div className={classes.legend}>
      <span>{t(`pictures.measure.${measure}`)}</span>
      <span>
        <svg width={14} height={12} aria-hidden>
          <rect width={14} height={12} rx={3} fill={colour[measure]} fillOpacity={0.85} />
        </svg>{" "}
        {t("pictures.actual")}
      </span>
      <span>
        <svg width={16} height={14} aria-hidden>
          <rect
            x={1}
            y={1}
            width={14}
            height={12}
            rx={3}
            fill="none"
            stroke="var(--ink)"
            strokeWidth={1.5}
            strokeDasharray="1.5 3"
            strokeLinecap="round"
          />
        </svg>{" "}
        {t("pictures.plan")}
      </span>
      {isBroken && (
        <span style={{ color: "var(--danger)" }}>
          <Icon name="flag" size={14} style={{ verticalAlign: "-2px" }} /> {t("pictures.breaks_first")}
        </span>
      )}
    </div>
  );
}
