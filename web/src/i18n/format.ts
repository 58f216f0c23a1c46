import { type Language, locale } from "./translate";

/** How much, when and how many, as a person in the chosen language writes them. */
export interface Format {
  number: (value: number, decimals?: number) => string;
  /** 12,400 becomes 12.4k: only where a label has no room. */
  short: (value: number) => string;
  /** `ratio` 0..1. Below 10 % one decimal, else none. */
  percent: (ratio: number) => string;
  /** Amount in cents. Whole euros unless there are cents to show. */
  money: (cents: number, currency?: string) => string;
  /** Amount in cents, with € 1.2M for labels in pictures. */
  moneyShort: (cents: number, currency?: string) => string;
  date: (at: string | Date) => string;
  dateTime: (at: string | Date) => string;
  time: (at: string | Date) => string;
  /** "3 days ago", "tomorrow", "in 2 hours". */
  relative: (at: string | Date, now: Date) => string;
  /** Short month and year, for columns: "Nov 2026". `month` as `2026-11`. */
  month: (month: string) => string;
  /** A length of time: "4 days", "6 hours". */
  days: (days: number) => string;
  bytes: (bytes: number) => string;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

function plainMoney(tag: string, cents: number, currency: string, options: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(tag, { style: "currency", currency, ...options }).format(cents / 100);
}

/** The zone is the workspace's, so that colleagues in two countries read the same time. */
export function createFormat(language: Language, timeZone?: string): Format {
  const tag = locale(language);
  const asDate = (at: string | Date) => (typeof at === "string" ? new Date(at) : at);
  const dates = new Intl.DateTimeFormat(tag, { day: "numeric", month: "short", year: "numeric", timeZone });
  const times = new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit", timeZone });
  const dateTimes = new Intl.DateTimeFormat(tag, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  });
  const months = new Intl.DateTimeFormat(tag, { month: "short", year: "numeric", timeZone: "UTC" });
  const relatives = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  const calendarDay = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  const dayNumber = (at: Date) => Date.parse(`${calendarDay.format(at)}T00:00:00Z`) / day;

  return {
    number: (value, decimals = 0) =>
      new Intl.NumberFormat(tag, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value),
    short: (value) => new Intl.NumberFormat(tag, { notation: "compact", maximumFractionDigits: 1 }).format(value),
    percent: (ratio) =>
      new Intl.NumberFormat(tag, {
        style: "percent",
        maximumFractionDigits: ratio !== 0 && Math.abs(ratio) < 0.1 ? 1 : 0,
      }).format(ratio),
    money: (cents, currency = "EUR") =>
      plainMoney(tag, cents, currency, cents % 100 === 0 ? { maximumFractionDigits: 0 } : { minimumFractionDigits: 2 }),
    moneyShort: (cents, currency = "EUR") =>
      plainMoney(tag, cents, currency, { notation: "compact", maximumSignificantDigits: 3 }),
    date: (at) => dates.format(asDate(at)),
    dateTime: (at) => dateTimes.format(asDate(at)),
    time: (at) => times.format(asDate(at)),
    relative: (at, now) => {
      const then = asDate(at);
      const ms = then.getTime() - now.getTime();
      // "0 minutes" would be "within a minute", which sounds like something to come.
      if (Math.abs(ms) < minute / 2) return relatives.format(0, "second");
      if (Math.abs(ms) < 59.5 * minute) return relatives.format(Math.round(ms / minute), "minute");
      const daysApart = dayNumber(then) - dayNumber(now);
      if (daysApart === 0) return relatives.format(Math.round(ms / hour), "hour");
      if (Math.abs(daysApart) < 14) return relatives.format(daysApart, "day");
      if (Math.abs(daysApart) < 60) return relatives.format(Math.round(daysApart / 7), "week");
      if (Math.abs(daysApart) < 730) return relatives.format(Math.round(daysApart / 30.44), "month");
      return relatives.format(Math.round(daysApart / 365.25), "year");
    },
    month: (month) => months.format(new Date(`${month}-01T00:00:00Z`)),
    days: (days) => {
      const [value, unit] = days < 1 ? [Math.max(1, Math.round(days * 24)), "hour"] : [days, "day"];
      return new Intl.NumberFormat(tag, {
        style: "unit",
        unit,
        unitDisplay: "long",
        maximumFractionDigits: value < 10 ? 1 : 0,
      }).format(value);
    },
    bytes: (bytes) => {
      const [value, unit] =
        bytes < 1000 ? [bytes, "byte"] : bytes < 1e6 ? [bytes / 1000, "kilobyte"] : [bytes / 1e6, "megabyte"];
      return new Intl.NumberFormat(tag, {
        style: "unit",
        unit,
        unitDisplay: "short",
        maximumFractionDigits: unit === "megabyte" ? 1 : 0,
      }).format(value);
    },
  };
}
