import type { ReactNode } from "react";
import type en from "./en";

export type Language = "nl" | "en";
export const languages: readonly Language[] = ["nl", "en"];

type CatalogueKey = keyof typeof en;
/** `leads.count` where the catalogue has `leads.count.one` and `leads.count.other`. */
type PluralKey = CatalogueKey extends infer Key ? (Key extends `${infer Base}.one` ? Base : never) : never;
/** A key that the catalogue has. Anything else does not compile. */
export type MessageKey = Exclude<CatalogueKey, `${PluralKey}.one` | `${PluralKey}.other`> | PluralKey;

export type Catalogue = Record<CatalogueKey, string>;
export type Vars = Record<string, string | number>;

export interface Translate {
  (key: MessageKey, vars?: Vars): string;
  /** As `t`, with elements for variables: `t.rich("x", { name: <b>Jan</b> })`. */
  rich: (key: MessageKey, vars: Record<string, ReactNode>) => ReactNode[];
  language: Language;
}

const placeholder = /\{(\w+)\}/g;

/** Builds `t` for one language. A plural takes its form from the variable `n`. */
export function createTranslate(language: Language, catalogue: Catalogue): Translate {
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(locale(language));
  const loose: Record<string, string> = catalogue;

  const pick = (key: string, n: unknown): string => {
    const plain = loose[key];
    if (plain !== undefined) return plain;
    const form = typeof n === "number" ? plurals.select(n) : "other";
    // The types make this reachable only for a key that came from outside; showing the key is then honest.
    return loose[`${key}.${form}`] ?? loose[`${key}.other`] ?? key;
  };
  const show = (value: unknown) => (typeof value === "number" ? numbers.format(value) : String(value));

  const t = (key: MessageKey, vars: Vars = {}) =>
    pick(key, vars.n).replace(placeholder, (whole, name: string) => (name in vars ? show(vars[name]) : whole));

  const rich = (key: MessageKey, vars: Record<string, ReactNode>): ReactNode[] =>
    pick(key, vars.n)
      .split(/(\{\w+\})/)
      .filter((piece) => piece !== "")
      .map((piece) => {
        const name = piece.match(/^\{(\w+)\}$/)?.[1];
        if (name === undefined || !(name in vars)) return piece;
        const value = vars[name];
        return typeof value === "number" ? numbers.format(value) : value;
      });

  return Object.assign(t, { rich, language });
}

/** The locale in which a language writes its dates, numbers and money. */
export function locale(language: Language): string {
  return language === "nl" ? "nl-NL" : "en-GB";
}

/** A key that was put together from a value of the server; undefined when the catalogue does not have it. */
export function knownKey(catalogue: Catalogue, key: string): MessageKey | undefined {
  return key in catalogue || `${key}.one` in catalogue ? (key as MessageKey) : undefined;
}
