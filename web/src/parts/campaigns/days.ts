import type { Message } from "./calls";

export interface Day {
  /** The day in words, in the workspace's zone; null for what has no moment yet. */
  day: string | null;
  messages: Message[];
}

/** Mails by the day on which they are to go, the earliest first; those without a moment come first of all. */
export function byDay(messages: readonly Message[], dayOf: (at: string) => string): Day[] {
  const sorted = [...messages].sort((a, b) => momentOf(a) - momentOf(b));
  const days: Day[] = [];
  for (const message of sorted) {
    const day = message.due_at ? dayOf(message.due_at) : null;
    const last = days.at(-1);
    if (last !== undefined && last.day === day) last.messages.push(message);
    else days.push({ day, messages: [message] });
  }
  return days;
}

function momentOf({ due_at }: Message): number {
  return due_at ? Date.parse(due_at) : -Infinity;
}
