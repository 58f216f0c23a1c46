/** What an address in a practice mail opens. */
export const linkKinds = ["click", "opt_out", "appointment", "booking", "quote", "form", "other"] as const;
export type LinkKind = (typeof linkKinds)[number];

const starts: readonly (readonly [string, LinkKind])[] = [
  ["/k/", "click"],
  ["/u/", "opt_out"],
  ["/b/m/", "appointment"],
  ["/b/", "booking"],
  ["/q/", "quote"],
  ["/f/", "form"],
];

export function linkKind(url: string): LinkKind {
  const path = URL.canParse(url) ? new URL(url).pathname : "";
  return starts.find(([start]) => path.startsWith(start))?.[1] ?? "other";
}

export interface Piece {
  text: string;
  /** Set when the piece can be clicked. */
  href?: string;
}

/** A mail's text in pieces, with the addresses that the server found in it as links. Anything else stays plain text. */
export function pieces(text: string, links: readonly string[]): Piece[] {
  // Longest first: an address may be the beginning of another.
  const known = [...new Set(links)].filter((link) => /^https?:\/\//.test(link)).sort((a, b) => b.length - a.length);
  const found: Piece[] = [];
  let rest = text;
  while (rest !== "") {
    const next = known
      .map((link) => ({ link, at: rest.indexOf(link) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at || b.link.length - a.link.length)[0];
    if (next === undefined) return [...found, { text: rest }];
    if (next.at > 0) found.push({ text: rest.slice(0, next.at) });
    found.push({ text: next.link, href: next.link });
    rest = rest.slice(next.at + next.link.length);
  }
  return found;
}

/** An address as it fits on a line; the whole one stands in its title. */
export function shortUrl(url: string, charsMax = 44): string {
  const bare = url.replace(/^https?:\/\//, "");
  return bare.length <= charsMax ? bare : `${bare.slice(0, charsMax - 1)}…`;
}
