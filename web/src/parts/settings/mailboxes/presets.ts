import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type Mailbox = Schemas["MailboxView"];
export type MailboxBody = Schemas["MailboxBody"];
export type Server = Schemas["ServerView"];

export const providers = ["microsoft365", "google", "own"] as const;
export type Provider = (typeof providers)[number];

export const securities = ["tls", "start_tls", "plain_loopback"] as const;
export type Security = (typeof securities)[number];

interface Endpoint {
  host: string;
  port: number;
  security: Security;
}

/** The addresses that the providers document for submission and reading. */
const known: Record<Exclude<Provider, "own">, { smtp: Endpoint; imap: Endpoint }> = {
  microsoft365: {
    smtp: { host: "smtp.office365.com", port: 587, security: "start_tls" },
    imap: { host: "outlook.office365.com", port: 993, security: "tls" },
  },
  google: {
    smtp: { host: "smtp.gmail.com", port: 465, security: "tls" },
    imap: { host: "imap.gmail.com", port: 993, security: "tls" },
  },
};

/** The servers of a provider for an address; an own server usually answers to names below the address's domain. */
export function serversOf(provider: Provider, address: string): { smtp: Server; imap: Server } {
  const login = (endpoint: Endpoint): Server => ({ ...endpoint, username: address.trim(), extra_root: null });
  if (provider !== "own") return { smtp: login(known[provider].smtp), imap: login(known[provider].imap) };
  const domain = address.split("@")[1]?.trim() ?? "";
  const below = (name: string) => (domain === "" ? "" : `${name}.${domain}`);
  return {
    smtp: login({ host: below("smtp"), port: 465, security: "tls" }),
    imap: login({ host: below("imap"), port: 993, security: "tls" }),
  };
}

/** Which provider a mailbox's servers belong to. */
export function providerOf(smtp: Server | null | undefined): Provider {
  const found = providers.find((provider) => provider !== "own" && known[provider].smtp.host === smtp?.host);
  return found ?? "own";
}

/** The usual port of a protection, so that changing one does not leave the other behind. */
export function usualPort(kind: "smtp" | "imap", security: Security): number {
  if (kind === "smtp") return security === "tls" ? 465 : security === "start_tls" ? 587 : 25;
  return security === "tls" ? 993 : 143;
}

/** Starts careful: a new mailbox that sends much on its first day is taken for spam. */
export const newDailyCap = 40;
export const newGapSeconds = 90;

/** A mailbox to begin with. Practice mail never leaves the machine, so that kind has no servers. */
export function newMailbox(isPractice: boolean): MailboxBody {
  return {
    kind: isPractice ? "sandbox" : "smtp_imap",
    address: "",
    display_name: "",
    ...(isPractice ? { smtp: null, imap: null } : serversOf("microsoft365", "")),
    sent_folder: "",
    password: null,
    signature: "",
    daily_cap: newDailyCap,
    gap_seconds_min: newGapSeconds,
  };
}

/** As it stands, to be changed; the password stays what it is unless a new one is typed. */
export function bodyOf(mailbox: Mailbox): MailboxBody {
  const { kind, address, display_name, smtp, imap, sent_folder, signature, daily_cap, gap_seconds_min } = mailbox;
  return {
    kind,
    address,
    display_name,
    smtp,
    imap,
    sent_folder,
    signature,
    daily_cap,
    gap_seconds_min,
    password: null,
  };
}

/** Hours that a full day of mails takes with this gap between two. */
export function hoursFor(dailyCap: number, gapSeconds: number): number {
  return (Math.max(0, dailyCap - 1) * gapSeconds) / 3600;
}
