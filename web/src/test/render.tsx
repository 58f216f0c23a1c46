import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type RenderResult, render } from "@testing-library/react";
import { type ReactNode, useMemo } from "react";
import { ActionsProvider } from "~/actions/ActionsProvider";
import type { Action, ActionContext } from "~/actions/registry";
import { I18nProvider, type Language } from "~/i18n";
import en from "~/i18n/en";
import nl from "~/i18n/nl";
import { cssVariablesResolver, theme } from "~/theme/theme";

const catalogues = { en, nl };
const nothing = () => undefined;

/** A context in which every way out is a no-op; a test puts in what it watches. */
export function actionContext(change: Partial<ActionContext> = {}): ActionContext {
  const workspace = {
    id: "w1",
    name: "Bureau Noord",
    mode: "live",
    role: "owner",
    time_zone: "Europe/Amsterdam",
  } as const;
  return {
    path: "/today",
    role: "owner",
    workspace,
    workspaces: [workspace],
    language: "en",
    scheme: "light",
    density: "normal",
    go: nothing,
    chooseWorkspace: nothing,
    setLanguage: nothing,
    setScheme: nothing,
    setDensity: nothing,
    openPalette: nothing,
    openShortcuts: nothing,
    logOut: nothing,
    ...change,
  };
}

interface Options {
  language?: Language;
  context?: Partial<ActionContext>;
  base?: readonly Action[];
}

const noActions: readonly Action[] = [];

/** Renders with all that a component of ours expects around it. */
export function show(children: ReactNode, options: Options = {}): RenderResult {
  return render(<Around {...options}>{children}</Around>);
}

function Around({ language = "en", context, base = noActions, children }: Options & { children: ReactNode }) {
  const client = useMemo(() => new QueryClient({ defaultOptions: { queries: { retry: false } } }), []);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} env="test">
      <I18nProvider
        language={language}
        catalogue={catalogues[language]}
        timeZone="Europe/Amsterdam"
        onLanguage={nothing}
      >
        <QueryClientProvider client={client}>
          <ActionsProvider context={actionContext(context)} base={base}>
            {children}
          </ActionsProvider>
        </QueryClientProvider>
      </I18nProvider>
    </MantineProvider>
  );
}
