import { Tooltip } from "@mantine/core";
import type { CSSProperties } from "react";
import { useI18n } from "~/i18n";
import type { Meaning, Stage } from "~/theme/theme";
import { printed } from "~/actions/shortcut";
import classes from "./chips.module.css";
import { Icon, type IconName } from "./icons";

/** The colour of a meaning as the two variables that chips read. */
export function meaningStyle(meaning: Meaning | undefined): CSSProperties | undefined {
  if (meaning === undefined) return undefined;
  return { "--chip": `var(--${meaning})`, "--chip-soft": `var(--${meaning}-soft)` } as CSSProperties;
}

/** A stage is never colour alone: icon, word and colour. */
export function StageBadge({ stage, as = "text" }: { stage: Stage; as?: "text" | "chip" }) {
  const { t } = useI18n();
  return (
    <span className={as === "chip" ? classes.chip : classes.badge} style={meaningStyle(stage)}>
      <Icon name={stage} size={16} />
      {t(`kit.stage.${stage}`)}
    </span>
  );
}

export const grades = ["human_certain", "human_likely", "unknown", "machine"] as const;
export type Grade = (typeof grades)[number];

/** How sure it is that a person did this. Only a person's act counts as a signal. */
export function GradeChip({ grade }: { grade: Grade }) {
  const { t } = useI18n();
  const style = grade === "human_certain" ? meaningStyle("prospect") : undefined;
  return (
    <Tooltip label={t(`kit.grade.${grade}.meaning`)} multiline maw={280} withArrow>
      <span className={`${classes.chip} ${grade === "human_certain" ? "" : classes.hollow}`} style={style} tabIndex={0}>
        <GradeMark grade={grade} />
        {t(`kit.grade.${grade}`)}
      </span>
    </Tooltip>
  );
}

function GradeMark({ grade }: { grade: Grade }) {
  const icons: Record<Grade, IconName> = {
    human_certain: "person",
    human_likely: "person",
    unknown: "info",
    machine: "settings",
  };
  return <Icon name={icons[grade]} size={14} />;
}

export const intents = [
  "meeting_request",
  "quote_request",
  "question",
  "interested",
  "referral",
  "not_now",
  "using_competitor",
  "not_interested",
  "unsubscribe",
  "data_request",
  "wrong_person",
  "left_company",
  "out_of_office",
  "auto",
  "other",
] as const;
export type Intent = (typeof intents)[number];

const intentMeaning: Partial<Record<Intent, Meaning>> = {
  meeting_request: "prospect",
  quote_request: "opportunity",
  question: "prospect",
  interested: "prospect",
  referral: "lead",
  not_now: "nurture",
  unsubscribe: "danger",
  data_request: "danger",
};

interface IntentChipProps {
  intent: Intent;
  /** 0..1: how sure the reading is. */
  probability?: number;
  needsLook?: boolean;
}

/** What a reply wants, how sure that is, and whether a person must look. */
export function IntentChip({ intent, probability, needsLook = false }: IntentChipProps) {
  const { t, format } = useI18n();
  return (
    <span className={`${classes.chip} ${needsLook ? classes.hollow : ""}`} style={meaningStyle(intentMeaning[intent])}>
      {needsLook && <Icon name="info" size={14} />}
      {needsLook ? t("kit.intent.needs_look", { guess: t(`kit.intent.${intent}`) }) : t(`kit.intent.${intent}`)}
      {probability !== undefined && <span className={`num ${classes.certainty}`}>{format.percent(probability)}</span>}
    </span>
  );
}

interface ChipProps {
  meaning?: Meaning;
  icon?: IconName;
  hollow?: boolean;
  children: string;
}

/** A word with a colour of meaning. */
export function Chip({ meaning, icon, hollow = false, children }: ChipProps) {
  return (
    <span className={`${classes.chip} ${hollow ? classes.hollow : ""}`} style={meaningStyle(meaning)}>
      {icon !== undefined && <Icon name={icon} size={14} />}
      {children}
    </span>
  );
}

interface StatusDotProps {
  meaning?: Meaning;
  /** The word that the colour only repeats. */
  label: string;
  hollow?: boolean;
  hideLabel?: boolean;
}

export function StatusDot({ meaning, label, hollow = false, hideLabel = false }: StatusDotProps) {
  return (
    <span className={classes.status} style={meaningStyle(meaning)} title={hideLabel ? label : undefined}>
      <span className={`${classes.dot} ${hollow ? classes.dotHollow : ""}`} aria-hidden />
      <span className={hideLabel ? "hidden-text" : undefined}>{label}</span>
    </span>
  );
}

const isMac = typeof navigator !== "undefined" && /mac|iphone|ipad/i.test(navigator.userAgent);

/** A shortcut as keys. */
export function Kbd({ shortcut }: { shortcut: string }) {
  const { t } = useI18n();
  const steps = printed(shortcut, isMac);
  return (
    <span
      className={classes.kbd}
      aria-label={steps.map((step) => step.join(" + ")).join(` ${t("kit.then")} `)}
      role="img"
    >
      {steps.flatMap((step, at) =>
        step.map((key, index) => (
          <kbd key={`${at}-${index}`} className={classes.key}>
            {key}
          </kbd>
        )),
      )}
    </span>
  );
}
