import { type Action, type ActionContext, type Scheme } from "~/actions/registry";
import type { WorkspaceSummary } from "~/api/session";
import { deeds } from "./deeds";
import { pageActions } from "./pages";
import { places } from "./places";

const schemes: readonly Scheme[] = ["light", "dark", "auto"];

/** What can be done on every page. Pages add theirs with `useActions`. */
export function shellActions(workspaces: readonly WorkspaceSummary[]): Action[] {
  return [
    ...goActions(),
    ...pageActions,
    ...deeds,
    ...workspaces.map(workspaceAction),
    ...own,
    ...schemes.map(schemeAction),
  ];
}

function goActions(): Action[] {
  return places.map((place) => ({
    id: `go.${place.id}`,
    label: `actions.go.${place.id}`,
    section: "go",
    icon: place.icon,
    shortcut: `g ${place.letter}`,
    when: place.id === "practice" ? ({ workspace }: ActionContext) => workspace.mode === "practice" : undefined,
    perform: (context) => context.go(place.path),
  }));
}

function workspaceAction(workspace: WorkspaceSummary): Action {
  return {
    id: `workspace.${workspace.id}`,
    label: "actions.workspace",
    vars: { name: workspace.name },
    keywords: "actions.workspace.words",
    section: "go",
    icon: "workspace",
    when: (context) => context.workspace.id !== workspace.id,
    perform: (context) => context.chooseWorkspace(workspace.id),
  };
}

function schemeAction(scheme: Scheme): Action {
  return {
    id: `scheme.${scheme}`,
    label: `actions.scheme.${scheme}`,
    keywords: "actions.scheme.words",
    section: "view",
    icon: scheme === "light" ? "sun" : scheme === "dark" ? "moon" : "auto",
    when: (context) => context.scheme !== scheme,
    perform: (context) => context.setScheme(scheme),
  };
}

const own: readonly Action[] = [
  {
    id: "palette",
    label: "actions.palette",
    section: "do",
    shortcut: "mod+k",
    keyOnly: true,
    whileTyping: true,
    perform: (context) => context.openPalette(),
  },
  {
    id: "shortcuts",
    label: "actions.shortcuts",
    section: "view",
    icon: "keyboard",
    shortcut: "?",
    perform: (context) => context.openShortcuts(),
  },
  {
    id: "language",
    label: "actions.language.other",
    keywords: "actions.language.words",
    section: "view",
    icon: "globe",
    perform: (context) => context.setLanguage(context.language === "nl" ? "en" : "nl"),
  },
  {
    id: "density",
    label: "actions.density",
    keywords: "actions.density.words",
    section: "view",
    icon: "rows",
    perform: (context) => context.setDensity(context.density === "compact" ? "normal" : "compact"),
  },
  {
    id: "log_out",
    label: "actions.log_out",
    section: "view",
    icon: "logout",
    perform: (context) => context.logOut(),
  },
];
