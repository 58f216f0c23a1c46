import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type Language = "nl" | "en";

const source = fileURLToPath(new URL("../src", import.meta.url));

function catalogue(language: Language): ReadonlyMap<string, string> {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" });
  const entries = files
    .filter((file) => file.endsWith(`messages/${language}.json`))
    .flatMap((file) => Object.entries(JSON.parse(readFileSync(`${source}/${file}`, "utf8")) as Record<string, string>));
  return new Map(entries);
}

const catalogues: Record<Language, ReadonlyMap<string, string>> = { nl: catalogue("nl"), en: catalogue("en") };

export const isKey = (word: string): boolean =>
  catalogues.en.has(word) || catalogues.en.has(`${word}.one`) || catalogues.en.has(`${word}.other`);

/** The words of the page in one language, so that a story is told once and seen in both. */
export function wordsOf(language: Language) {
  const plurals = new Intl.PluralRules(language);
  return (key: string, vars: Record<string, string | number> = {}): string => {
    const form = typeof vars.n === "number" ? plurals.select(vars.n) : "other";
    const text = catalogues[language].get(key) ?? catalogues[language].get(`${key}.${form}`);
    if (text === undefined) throw new Error(`no message ${key} in ${language}`);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in vars ? String(vars[name]) : whole));
  };
}
