import type { components } from "~/api/schema";
import type { Format, Language, MessageKey, Translate } from "~/i18n";
import type { IconName } from "~/kit/icons";
import { shortReason } from "~/kit/reason";
import type { PlaceId } from "../places";

export type Notice = components["schemas"]["NotificationView"];
export type NoticePage = components["schemas"]["NotificationPage"];

interface Words {
  t: Translate;
  known: (key: string) => MessageKey | undefined;
  language: Language;
  format: Pick<Format, "dateTime">;
}

function text(notice: Notice, name: string): string | undefined {
  const value = (notice.data as Record<string, unknown> | null | undefined)?.[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Whom a notification is about: "Eva de Boer of Bakkerij Meer", or as much of it as is known. */
function whoOf(notice: Notice, { t }: Words): string | undefined {
  const [contact, company] = [text(notice, "contact"), text(notice, "company")];
  return contact !== undefined && company !== undefined && contact !== company
    ? t("notices.who.both", { contact, company })
    : (contact ?? company);
}

/** What happened, in one sentence. A kind that a newer server tells is called by its code, not hidden. */
export function sentenceOf(notice: Notice, words: Words): string {
  const { t, known } = words;
  const who = whoOf(notice, words);
  const key = known(`notices.kind.${notice.kind}`);
  if (key !== undefined) {
    return t(key, { who: who ?? t("notices.someone"), endpoint: text(notice, "endpoint") ?? "" });
  }
  const { kind } = notice;
  return who === undefined ? t("notices.unknown", { kind }) : t("notices.unknown.who", { who, kind });
}

/** What else there is to say: why it is a prospect, the subject of the mail, when the appointment is. */
export function detailOf(notice: Notice, { t, language, format }: Words): string | undefined {
  const reason = text(notice, `explanation_${language}`);
  if (reason !== undefined) return shortReason(reason);
  const moment = (name: string) => {
    const at = text(notice, name);
    return at === undefined || Number.isNaN(Date.parse(at)) ? undefined : format.dateTime(at);
  };
  const until = moment("at");
  const parts = [
    text(notice, "title") ?? text(notice, "subject"),
    text(notice, "number"),
    text(notice, "note"),
    moment("starts_at"),
    until === undefined ? undefined : t("notices.until", { when: until }),
  ];
  return parts.filter((part) => part !== undefined).join(" · ") || undefined;
}

const places: Record<string, PlaceId> = {
  prospect: "prospects",
  lead: "leads",
  inbound: "inbox",
  quote: "pipeline",
  campaign: "campaigns",
};
const sections: Record<string, string> = { webhook_endpoint: "webhooks", mailbox: "mailboxes", job: "jobs" };

/** Where the record of a notification opens; undefined when there is none to open. */
export function placeOf(notice: Notice): { part: PlaceId; id?: string; search?: Record<string, string> } | undefined {
  // The work that failed is told of, but the reply itself waits in the inbox.
  if (notice.kind === "reply.unread") return { part: "inbox", search: { folder: "needs_look" } };
  if (notice.kind === "people.uninformed") return { part: "audience", search: { view: "informing" } };
  const section = sections[notice.subject_kind];
  if (section !== undefined) return { part: "settings", id: section };
  const part = places[notice.subject_kind];
  if (part !== undefined && notice.subject_id != null) return { part, id: notice.subject_id };
  // An appointment or a request has no page of its own: it stands on the record of who made it.
  for (const [kind, id] of Object.entries({
    prospects: text(notice, "prospect") ?? text(notice, "prospect_id"),
    leads: text(notice, "lead") ?? text(notice, "lead_id"),
  } as const)) {
    if (id !== undefined) return { part: kind as PlaceId, id };
  }
  return notice.subject_kind === "booking" ? { part: "today" } : undefined;
}

const icons: readonly (readonly [string, IconName])[] = [
  ["lead.promoted", "prospect"],
  ["reply.", "reply"],
  ["booking.", "appointment"],
  ["quote.", "quote_request"],
  ["prospect.assigned", "person"],
  ["prospect.", "close"],
  ["response.", "clock"],
  ["privacy.", "info"],
  ["people.", "info"],
  ["job.", "warning"],
  ["webhook.", "warning"],
];

export function iconOf(notice: Notice): IconName {
  return icons.find(([start]) => notice.kind.startsWith(start))?.[1] ?? "bell";
}

/** What has come since `seen`: unread and not there before. Nothing on the first look, when all is old news. */
export function newcomers(seen: ReadonlySet<string> | undefined, items: readonly Notice[]): Notice[] {
  return seen === undefined ? [] : items.filter((notice) => !notice.is_read && !seen.has(notice.id));
}
