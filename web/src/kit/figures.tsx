import { Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useI18n } from "~/i18n";
import classes from "./chips.module.css";

/** Below this many, a ratio says more about luck than about the work. */
export const smallestSample = 20;

interface KofNProps {
  k: number;
  n: number;
  /** Below this `n` the ratio is not shown; `smallestSample` unless told. */
  minimum?: number;
}

/** A ratio that carries its sample: "18 % · 108 of 600", or "too few to say · 3 of 5". */
export function KofN({ k, n, minimum = smallestSample }: KofNProps) {
  const { t, format } = useI18n();
  const count = t("kit.k_of_n", { k, n });
  if (n < minimum) {
    return (
      <Tooltip label={t("kit.too_few.meaning", { minimum })} multiline maw={280} withArrow>
        <span className={classes.kofn} tabIndex={0}>
          <span className={classes.kofnCount}>{t("kit.too_few")}</span>
          <span className={`${classes.kofnCount} ${classes.kofnSample}`}>{count}</span>
        </span>
      </Tooltip>
    );
  }
  return (
    <span className={classes.kofn}>
      <span className={classes.kofnRatio}>{format.percent(k / n)}</span>
      <span className={`${classes.kofnCount} ${classes.kofnSample}`}>{count}</span>
    </span>
  );
}

interface MoneyProps {
  /** Amount in cents; null when nobody knows it. */
  cents: number | null;
  currency?: string;
  short?: boolean;
}

export function Money({ cents, currency = "EUR", short = false }: MoneyProps) {
  const { t, format } = useI18n();
  if (cents === null) return <span className={classes.findingState}>{t("kit.unknown")}</span>;
  return (
    <span className={classes.amount} title={short ? format.money(cents, currency) : undefined}>
      {short ? format.moneyShort(cents, currency) : format.money(cents, currency)}
    </span>
  );
}

interface WhenProps {
  at: string;
  /** "relative" (3 days ago), "date", or "due": relative and coloured when late or today. */
  as?: "relative" | "date" | "dateTime" | "due";
}

/** A moment, in the person's words; the exact moment on hover. */
export function When({ at, as = "relative" }: WhenProps) {
  const { format } = useI18n();
  const now = useNow();
  const shown =
    as === "date" ? format.date(at) : as === "dateTime" ? format.dateTime(at) : format.relative(at, new Date(now));
  const tone = as === "due" ? dueTone(Date.parse(at), now) : "";
  return (
    <time dateTime={at} title={format.dateTime(at)} className={`${classes.when} ${tone}`}>
      {shown}
    </time>
  );
}

function dueTone(at: number, now: number): string {
  if (at < now) return classes.late ?? "";
  return at - now < 24 * 3600 * 1000 ? (classes.soon ?? "") : "";
}

// One clock for the whole page, ticking once a minute while something shows a relative time.
const tickers = new Set<() => void>();
let current = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  tickers.add(listener);
  timer ??= setInterval(() => {
    current = Date.now();
    for (const tick of tickers) tick();
  }, 60_000);
  return () => {
    tickers.delete(listener);
    if (tickers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Now in milliseconds, fresh to the minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current);
}
