import type { ReactNode } from "react";
import { useI18n } from "~/i18n";
import classes from "./chips.module.css";

export const criteria = ["fit", "need", "authority", "budget", "timing"] as const;
export type Criterion = (typeof criteria)[number];
export type FindingState = "unknown" | "indicated" | "confirmed" | "contradicted";
export type Findings = Record<Criterion, FindingState>;

interface QualificationDotsProps {
  findings: Findings;
  /** One row of dots for a card, or a list with words for a record. */
  as?: "dots" | "list";
  /** In a list: what was found, below its word. */
  details?: Partial<Record<Criterion, ReactNode>>;
}

/** The five findings: unknown is hollow, indicated half, confirmed full, contradicted crossed. */
export function QualificationDots({ findings, as = "dots", details = {} }: QualificationDotsProps) {
  const { t } = useI18n();
  const words = (criterion: Criterion) =>
    `${t(`kit.criterion.${criterion}`)}: ${t(`kit.finding.${findings[criterion]}`)}`;
  return (
    <ul
      className={`${classes.findings} ${as === "list" ? classes.findingsLong : ""}`}
      aria-label={t("kit.qualification")}
    >
      {criteria.map((criterion) => (
        <li key={criterion} className={classes.finding} title={as === "dots" ? words(criterion) : undefined}>
          <FindingDot state={findings[criterion]} />
          {as === "dots" ? (
            <span className="hidden-text">{words(criterion)}</span>
          ) : (
            <span>
              {t(`kit.criterion.${criterion}`)}{" "}
              <span className={classes.findingState}>{t(`kit.finding.${findings[criterion]}`)}</span>
              {details[criterion]}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function FindingDot({ state }: { state: FindingState }) {
  const colours: Partial<Record<FindingState, string>> = {
    unknown: "var(--line-strong)",
    contradicted: "var(--danger)",
  };
  const colour = colours[state] ?? "var(--prospect)";
  return (
    <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden>
      <circle cx={6} cy={6} r={4.75} fill={state === "confirmed" ? colour : "none"} stroke={colour} strokeWidth={1.5} />
      {state === "contradicted" && <path d="M3.5 3.5l5 5m0-5l-5 5" stroke={colour} strokeWidth={1.5} />}
      {state === "indicated" && <path d="M6 1.25a4.75 4.75 0 0 0 0 9.5Z" fill={colour} />}
    </svg>
  );
}
