import { type ReactNode, createContext, useContext, useMemo } from "react";
import { type Format, createFormat } from "./format";
import { type Catalogue, type Language, type MessageKey, type Translate, createTranslate, knownKey } from "./translate";

export type { Format } from "./format";
export type { Catalogue, Language, MessageKey, Translate, Vars } from "./translate";
export { languages } from "./translate";

const storageKey = "kiem.language";

export interface I18n {
  t: Translate;
  format: Format;
  language: Language;
  /** The key if the catalogue has it: for codes and reasons that the server names. */
  known: (key: string) => MessageKey | undefined;
  setLanguage: (language: Language) => void;
}

const I18nContext = createContext<I18n | null>(null);

interface I18nProviderProps {
  language: Language;
  catalogue: Catalogue;
  /** The workspace's time zone; the browser's when there is no workspace yet. */
  timeZone?: string;
  onLanguage: (language: Language) => void;
  children: ReactNode;
}

export function I18nProvider({ language, catalogue, timeZone, onLanguage, children }: I18nProviderProps) {
  const value = useMemo<I18n>(
    () => ({
      t: createTranslate(language, catalogue),
      format: createFormat(language, timeZone),
      language,
      known: (key) => knownKey(catalogue, key),
      setLanguage: onLanguage,
    }),
    [language, catalogue, timeZone, onLanguage],
  );
  return <I18nContext value={value}>{children}</I18nContext>;
}

export function useI18n(): I18n {
  const value = useContext(I18nContext);
  if (value === null) throw new Error("useI18n is used outside I18nProvider");
  return value;
}

export function useT(): Translate {
  return useI18n().t;
}

export function useFormat(): Format {
  return useI18n().format;
}

const chunks = {
  en: { first: () => import("./en.first"), rest: () => import("./en.rest") },
  nl: { first: () => import("./nl.first"), rest: () => import("./nl.rest") },
};

let rest: Promise<unknown> = Promise.resolve();

/** All words of a language. Each language is loaded by itself: nobody loads both. */
export async function loadCatalogue(language: Language): Promise<Catalogue> {
  const [first, others] = await Promise.all([chunks[language].first(), chunks[language].rest()]);
  return { ...first.default, ...others.default };
}

/** The words that the first page needs. The others are put into the same catalogue as soon as they are here. */
export async function loadFirstWords(language: Language): Promise<Catalogue> {
  const others = chunks[language].rest();
  const catalogue = { ...(await chunks[language].first()).default } as Catalogue;
  rest = others.then((module) => Object.assign(catalogue, module.default));
  // Whoever waits for them hears of a failure; nobody else needs to.
  rest.catch(() => undefined);
  return catalogue;
}

/** Resolves when the words of every part are there. */
export function restOfWords(): Promise<unknown> {
  return rest;
}

/** What the person chose here before, else what the browser asks for, else English. */
export function preferredLanguage(): Language {
  const stored = readStored();
  if (stored !== null) return stored;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find((tag): tag is Language => tag === "nl" || tag === "en") ?? "en";
}

export function rememberLanguage(language: Language): void {
  document.documentElement.lang = language;
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // Storage can be switched off; the choice then holds until the page is closed.
  }
}

function readStored(): Language | null {
  try {
    const value = localStorage.getItem(storageKey);
    return value === "nl" || value === "en" ? value : null;
  } catch {
    return null;
  }
}
