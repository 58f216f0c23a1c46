import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type BookingPage = Schemas["BookingPageItem"];
export type BookingBody = Schemas["BookingPageBody"];
export type Availability = Schemas["AvailabilityDoc"];
type Hours = Schemas["HoursDoc"];

/** 0 is Monday, as the server counts. */
export const weekdays = [0, 1, 2, 3, 4, 5, 6] as const;

export interface Stretch {
  from: string;
  until: string;
}

/** The stretches of each weekday, in order; a day without any is closed. */
export type Week = readonly (readonly Stretch[])[];

export function weekOf(weekly: readonly Hours[]): Week {
  return weekdays.map((weekday) =>
    weekly
      .filter((hours) => hours.weekday === weekday)
      .map(({ from, until }) => ({ from: from.slice(0, 5), until: until.slice(0, 5) })),
  );
}

export function weeklyOf(week: Week): Hours[] {
  return week.flatMap((day, weekday) => day.map(({ from, until }) => ({ weekday, from, until })));
}

/** What is wrong with a day; the server refuses the same, this says it while typing. */
export function dayProblem(day: readonly Stretch[]): "order" | "overlap" | null {
  if (day.some(({ from, until }) => from === "" || until === "" || from >= until)) return "order";
  const sorted = [...day].sort((a, b) => a.from.localeCompare(b.from));
  return sorted.some((stretch, at) => at > 0 && stretch.from < (sorted[at - 1]?.until ?? "")) ? "overlap" : null;
}

/** What a day gets when it is opened, or when a second stretch is added. */
export function nextStretch(day: readonly Stretch[]): Stretch {
  const last = day.at(-1);
  if (last === undefined) return { from: "09:00", until: "17:00" };
  const [hour = 0, minute = 0] = last.until.split(":").map(Number);
  const start = Math.min(hour * 60 + minute + 60, 22 * 60);
  const clock = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  return { from: clock(start), until: clock(Math.min(start + 120, 23 * 60 + 30)) };
}

/** "Eerste kennismaking" becomes `eerste-kennismaking`. */
export function slugOf(title: string): string {
  return title
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
}

/** A careful beginning: office hours, half an hour, not before tomorrow. */
export const newAvailability: Availability = {
  weekly: weeklyOf(weekdays.map((weekday) => (weekday < 5 ? [{ from: "09:00", until: "17:00" }] : []))),
  length_minutes: 30,
  buffer_before_minutes: 0,
  buffer_after_minutes: 15,
  notice_minutes: 24 * 60,
  horizon_days: 30,
  per_day_max: 6,
};

export function bodyOf(page: BookingPage): BookingBody {
  const { slug, host_user_id, mailbox_id, title, availability, time_zone, active } = page;
  return { slug, host_user_id, mailbox_id, title, availability, time_zone, active };
}
