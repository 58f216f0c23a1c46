import type { Mailbox } from "./presets";

export type Health = "complete" | "behind" | "unread" | "failing" | "paused" | "practice";

/** Healthy means complete: every mail that the server counts was taken in. Anything less is said. */
export function healthOf(mailbox: Mailbox): Health {
  if (mailbox.state === "paused") return "paused";
  if (mailbox.state === "failing") return "failing";
  if (mailbox.kind === "sandbox") return "practice";
  if (mailbox.read_problem) return "failing";
  const { n_on_server: all, n_taken_in: taken } = mailbox;
  if (all === null || all === undefined || taken === null || taken === undefined) return "unread";
  return taken >= all ? "complete" : "behind";
}

export const advices = ["login", "certificate", "name", "refused", "timeout", "other"] as const;
export type Advice = (typeof advices)[number];

// In this order: a log-in that fails over a line that was slow is a log-in that fails.
const signs: readonly [Advice, RegExp][] = [
  ["login", /\b53[045]\b|authenticat|credential|login|log in|password|username/i],
  ["certificate", /certificate|unknownissuer|issuer|tls|handshake|ssl/i],
  ["name", /dns|resolve|lookup|no such host|name or service|not known/i],
  ["timeout", /timed? ?out|deadline|too long/i],
  ["refused", /refused|reset|unreachable|closed/i],
];

/** What to do about a problem, read from the server's words. */
export function adviceFor(words: string): Advice {
  return signs.find(([, sign]) => sign.test(words))?.[0] ?? "other";
}
