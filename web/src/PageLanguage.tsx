import { type ReactNode, createContext, useCallback, useContext, useMemo, useState } from "react";
import { type Catalogue, I18nProvider, type Language, loadCatalogue, rememberLanguage } from "./i18n";

interface PageLanguage {
  /** Dates are shown in the workspace's zone, which is known only after the log-in. */
  setTimeZone: (timeZone: string | undefined) => void;
}

const Context = createContext<PageLanguage>({ setTimeZone: () => undefined });

export function usePageLanguage(): PageLanguage {
  return useContext(Context);
}

interface PageLanguageProviderProps {
  initial: { language: Language; catalogue: Catalogue };
  children: ReactNode;
}

/** Holds the language of the page. A change loads the other catalogue first, so that no half-translated page is seen. */
export function PageLanguageProvider({ initial, children }: PageLanguageProviderProps) {
  const [current, setCurrent] = useState(initial);
  const [timeZone, setTimeZone] = useState<string | undefined>();
  const onLanguage = useCallback((language: Language) => {
    rememberLanguage(language);
    loadCatalogue(language).then(
      (catalogue) => setCurrent((before) => (before.language === language ? before : { language, catalogue })),
      // The catalogue did not come (the line is away): the page stays readable in the language that it has.
      (error: unknown) => console.error(error),
    );
  }, []);
  const value = useMemo(() => ({ setTimeZone }), []);
  return (
    <Context value={value}>
      <I18nProvider {...current} timeZone={timeZone} onLanguage={onLanguage}>
        {children}
      </I18nProvider>
    </Context>
  );
}
