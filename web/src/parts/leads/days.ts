/** The day so many days from now, as a date field has it (`2026-11-25`). */
export function dayFromNow(days: number, now = new Date()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** The moment at which a day begins for the person at the page. */
export function startOfDay(date: string): string {
  return new Date(`${date}T00:00`).toISOString();
}
