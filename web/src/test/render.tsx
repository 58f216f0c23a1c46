import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type RenderResult, render } from "@testing-library/react";
import { type ReactNode, useMemo } from "react";
import { ActionsProvider } from "~/actions/ActionsProvider";
import type { Action, ActionContext } from "~/actions/registry";
import { type Permission, type Role, WorkspaceContext, type WorkspaceSummary, permissions } from "~/api/session";
import { I18nProvider, type Language } from "~/i18n";
import en from "~/i18n/en";
import nl from "~/i18n/nl";
import { cssVariablesResolver, theme } from "~/theme/theme";

const catalogues = { en, nl };
const nothing = () => undefined;

const marketing: readonly Permission[] = ["view", "work_audience", "work_campaigns", "judge_engagement", "suppress"];
const sales: readonly Permission[] = ["view", "judge_engagement", "work_prospects", "suppress"];

/** The server's role matrix. */
export const permissionsOf: Record<Role, readonly Permission[]> = {
  owner: permissions,
  manager: permissions.filter((each) => each !== "manage_workspace"),
  marketing,
  sales,
  read_only: ["view"],
};

/** The workspace of a test, as a member of this role sees it. */
export function workspaceOf(role: Role = "owner", change: Partial<WorkspaceSummary> = {}): WorkspaceSummary {
  return {
    id: "w1",
    name: "Bureau Noord",
    mode: "live",
    role,
    permissions: permissionsOf[role],
    sending_paused_reason: null,
    time_zone: "Europe/Amsterdam",
    ...change,
  };
}

/** A context in which every way out is a no-op; a test puts in what it watches. */
export function actionContext(change: Partial<ActionContext> = {}): ActionContext {
  const workspace = workspaceOf();
  return {
    path: "/today",
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
  /** As whom a part is looked at that asks what a member may do. */
  role?: Role;
  language?: Language;
  context?: Partial<ActionContext>;
  base?: readonly Action[];
}

const noActions: readonly Action[] = [];

/** Renders with all that a component of ours expects around it. */
export function show(children: ReactNode, options: Options = {}): RenderResult {
  return render(<Around {...options}>{children}</Around>);
}

const user = {
  id: "u1",
  name: "Sanne de Vries",
  email: "sanne@bureau.example",
  language: "en",
  theme: "auto",
} as const;

function Around({ role, language = "en", context, base = noActions, children }: Options & { children: ReactNode }) {
  const workspace = workspaceOf(role);
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
            <WorkspaceContext value={{ session: { user, workspaces: [workspace] }, workspace, choose: nothing }}>
              {children}
            </WorkspaceContext>
          </ActionsProvider>
        </QueryClientProvider>
      </I18nProvider>
    </MantineProvider>
  );
}
