/** What is planned in one line, as people write it: "bel di 10:00", "send the quote tomorrow". */
export interface Planned {
  text: string;
  kind: "call" | "meeting" | "mail" | "other";
  at: Date;
}

const dayWords = [
  ["zo", "zondag", "sun", "sunday"],
  ["ma", "maandag", "mon", "monday"],
  ["di", "dinsdag", "tue", "tuesday"],
  ["wo", "woensdag", "wed", "wednesday"],
  ["do", "donderdag", "thu", "thursday"],
  ["vr", "vrijdag", "fri", "friday"],
  ["za", "zaterdag", "sat", "saturday"],
];
const daysOn: Record<string, number> = { vandaag: 0, today: 0, morgen: 1, tomorrow: 1, overmorgen: 2 };
const kinds: readonly (readonly [Planned["kind"], RegExp])[] = [
  ["call", /^(bel|\w*bellen|call|ring|phone)$/i],
  ["meeting", /^(afspraak|demo|kennismaking|bespreking|meeting|meet)$/i],
  ["mail", /^(mail|mailen|stuur|sturen|send|write|schrijf)$/i],
];
const hour = /^([01]?\d|2[0-3])[:.]([0-5]\d)$/;
const date = /^(\d{1,2})[-/](\d{1,2})$/;
const fillers = new Set(["op", "om", "on", "at"]);

/**
 * Reads the day and the time out of a line; the other words are what is to be done. Without a day it is the next
 * working day, or today when only a time that still comes is named; without a time it is nine o'clock.
 */
export function planned(line: string, now: Date): Planned | null {
  const rest: string[] = [];
  let day: Date | undefined;
  let time: [number, number] | undefined;
  for (const word of line.trim().split(/\s+/)) {
    const bare = word.toLowerCase().replace(/[.,;]$/, "");
    const found = day === undefined ? dayOf(bare, now) : undefined;
    const clock = time === undefined ? hour.exec(bare) : null;
    if (found !== undefined) day = found;
    else if (clock !== null) time = [Number(clock[1]), Number(clock[2])];
    else rest.push(word);
  }
  while (fillers.has(rest.at(-1)?.toLowerCase() ?? "")) rest.pop();
  const text = rest.join(" ");
  if (text === "") return null;
  const at = new Date(day ?? now);
  at.setHours(time?.[0] ?? 9, time?.[1] ?? 0, 0, 0);
  if (day === undefined && (time === undefined || at <= now)) {
    do at.setDate(at.getDate() + 1);
    while (at.getDay() === 0 || at.getDay() === 6);
  }
  const kind = kinds.find(([, words]) => rest.some((word) => words.test(word)))?.[0] ?? "other";
  return { text: text.charAt(0).toUpperCase() + text.slice(1), kind, at };
}

function dayOf(word: string, now: Date): Date | undefined {
  const day = new Date(now);
  const ahead = daysOn[word];
  if (ahead !== undefined) {
    day.setDate(day.getDate() + ahead);
    return day;
  }
  const weekday = dayWords.findIndex((words) => words.includes(word));
  if (weekday >= 0) {
    day.setDate(day.getDate() + ((weekday - day.getDay() + 6) % 7) + 1);
    return day;
  }
  const found = date.exec(word);
  if (found === null) return undefined;
  const wanted = new Date(now.getFullYear(), Number(found[2]) - 1, Number(found[1]));
  if (wanted.getMonth() !== Number(found[2]) - 1) return undefined;
  if (wanted < new Date(now.getFullYear(), now.getMonth(), now.getDate())) wanted.setFullYear(wanted.getFullYear() + 1);
  return wanted;
}
