/** Where the words stand for what an event carries as a code: why it was lost, refused or stopped. */
const groups: readonly (readonly [string, string])[] = [
  ["prospect.lost", "prospects.loss"],
  ["prospect.disqualified", "prospects.disqualify"],
  ["lead.suppressed", "audience.suppressed"],
  ["suppression.", "audience.suppressed"],
  ["message.", "campaigns.reason"],
];

/** The catalogue's key for the detail of an event that may be a code; what a person typed has none there. */
export function reasonKey(kind: string, detail: string): string | undefined {
  // Won by accepting a quote, which stands on the same timeline.
  if (kind === "customer.won" && detail.startsWith("quote:")) return "prospects.won_by.quote";
  const group = groups.find(([start]) => kind.startsWith(start))?.[1];
  return group === undefined ? undefined : `${group}.${detail}`;
}
