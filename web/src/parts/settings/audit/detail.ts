import type { Format, MessageKey, Translate } from "~/i18n";
import { mills } from "~/parts/companies/register";

interface Words {
  t: Translate;
  format: Format;
  known: (key: string) => MessageKey | undefined;
}

const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isMoment = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/;

/** What the trail noted besides who and what: "naam: Voorjaar", "van Verkoop naar Manager". Ids say nothing to a person. */
export function inWords(detail: string, words: Words): string[] {
  const noted = objectIn(detail);
  if (noted === null) return detail === "" ? [] : [detail];
  const { before, after, ...rest } = noted;
  return [...changes(before, after, words), ...Object.entries(rest).flatMap(([key, value]) => said(key, value, words))];
}

function objectIn(detail: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(detail);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Only what became different, each fact by itself however deep it lies. */
function changes(before: unknown, after: unknown, words: Words): string[] {
  if (before === undefined && after === undefined) return [];
  if (!isObject(before) || !isObject(after)) return [step(before, after, words)];
  const [from, to] = [leaves(before), leaves(after)];
  return [...new Set([...from.keys(), ...to.keys()])]
    .filter((path) => plain(path, from.get(path), words) !== plain(path, to.get(path), words))
    .map((path) => {
      const keys = path.split("/");
      const name = keys.filter((key) => !wrapping.has(key)).map((key) => label(key, words));
      return `${name.join(", ")}: ${step(from.get(path), to.get(path), words, keys.at(-1))}`;
    });
}

/** What only holds other facts together says nothing. */
const wrapping = new Set(["settings", "retention"]);

/** Every fact with the way to it: `settings/response_hours`. */
function leaves(value: Record<string, unknown>, at = ""): Map<string, unknown> {
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => {
      const path = at === "" ? key : `${at}/${key}`;
      return isObject(inner) ? [...leaves(inner, path)] : [[path, inner] as const];
    }),
  );
}

function step(before: unknown, after: unknown, words: Words, key = ""): string {
  const [from, to] = [before, after].map((value) => plain(key, value, words) ?? words.t("settings.audit.nothing"));
  return words.t("settings.audit.from_to", { from: from ?? "", to: to ?? "" });
}

function said(key: string, value: unknown, words: Words): string[] {
  const text = plain(key, value, words);
  return text === null ? [] : [`${label(key, words)}: ${text}`];
}

function label(key: string, { t, known }: Words): string {
  const named = known(`settings.audit.detail.${key}`);
  return named === undefined ? key.replaceAll("_", " ") : t(named);
}

/** A value as a person reads it; null when it says nothing. */
function plain(key: string, value: unknown, words: Words): string | null {
  const { t, format, known } = words;
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "boolean") return t(value ? "settings.audit.yes" : "settings.audit.no");
  if (typeof value === "number") {
    if (key.endsWith("_cents")) return format.money(value);
    if (key.endsWith("_mills")) return mills(format, value);
    return format.number(value, Number.isInteger(value) ? 0 : 2);
  }
  if (Array.isArray(value)) {
    const parts = value.map((one) => plain(key, one, words)).filter((one) => one !== null);
    return parts.length === 0 ? null : parts.join(", ");
  }
  if (isObject(value))
    return Object.entries(value)
      .flatMap(([inner, one]) => said(inner, one, words))
      .join(", ");
  const text = String(value);
  if (isId.test(text)) return null;
  if (isMoment.test(text)) return text.length === 10 ? format.date(text) : format.dateTime(text);
  const named = known(`settings.audit.value.${text}`) ?? known(`settings.role.${text}`) ?? known(`leads.basis.${text}`);
  return named === undefined ? text : t(named);
}
