import type { MessageKey, Translate } from "~/i18n";

/** Where the words stand for what an event carries as a code: why it was lost, refused or stopped. */
const groups: readonly (readonly [string, string])[] = [
  ["prospect.lost", "prospects.loss"],
  ["prospect.disqualified", "prospects.disqualify"],
  ["lead.suppressed", "audience.suppressed"],
  ["suppression.", "audience.suppressed"],
  ["message.", "campaigns.reason"],
  ["task.not_allowed", "campaigns.closed"],
];

/** The catalogue's key for the detail of an event that may be a code; what a person typed has none there. */
export function reasonKey(kind: string, detail: string): string | undefined {
  // Won by accepting a quote, which stands on the same timeline.
  if (kind === "customer.won" && detail.startsWith("quote:")) return "prospects.won_by.quote";
  const group = groups.find(([start]) => kind.startsWith(start))?.[1];
  return group === undefined ? undefined : `${group}.${detail}`;
}

interface Happened {
  kind: string;
  data?: unknown;
}

/** A text among the details of an event; none when it has no such one. */
export function textOf({ data }: Happened, name: string): string[] {
  const value = (data as Record<string, unknown> | null | undefined)?.[name];
  return typeof value === "string" && value !== "" ? [value] : [];
}

interface Words {
  t: Translate;
  known: (key: string) => MessageKey | undefined;
}

/** What an event carries in words: the reason that was chosen, then what somebody wrote with it. */
export function detailOf(event: Happened, { t, known }: Words): string | undefined {
  const texts = ["text", "note", "reason", "evidence", "number", "won_by"].flatMap((name) => textOf(event, name));
  const keyed = texts.map((text) => ({ text, key: known(reasonKey(event.kind, text) ?? "") }));
  const chosen = keyed.flatMap(({ key }) => (key === undefined ? [] : [t(key)]))[0];
  const written = keyed.find(({ key }) => key === undefined)?.text;
  const parts = [chosen, written].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(": ");
}
