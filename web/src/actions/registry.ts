import type { ColourScheme, WorkspaceSummary } from "~/api/session";
import type { Language, MessageKey, Vars } from "~/i18n";
import type { IconName } from "~/kit/icons";
import type { Shortcut } from "./shortcut";

export type Scheme = ColourScheme;
export type Density = "normal" | "compact";

/** What an action may look at and do. The shell fills it. */
export interface ActionContext {
  path: string;
  workspace: WorkspaceSummary;
  workspaces: readonly WorkspaceSummary[];
  language: Language;
  scheme: Scheme;
  density: Density;
  go: (path: string) => void;
  chooseWorkspace: (id: string) => void;
  setLanguage: (language: Language) => void;
  setScheme: (scheme: Scheme) => void;
  setDensity: (density: Density) => void;
  openPalette: () => void;
  openShortcuts: () => void;
  logOut: () => void;
}

export type ActionSection = "go" | "do" | "list" | "view";

/** What can be found by name. */
export type FoundKind = "company" | "lead" | "prospect" | "campaign";

/** One thing that a person can do, as data: the palette, the shortcuts, the shortcut list and buttons all read this. */
export interface Action {
  id: string;
  label: MessageKey;
  vars?: Vars;
  section: ActionSection;
  /** More words to find it by, separated by spaces. */
  keywords?: MessageKey;
  icon?: IconName;
  shortcut?: Shortcut;
  /** Not in the palette: a key that only makes sense where one is. */
  keyOnly?: boolean;
  /** In the palette only when it fits what was typed: what can be done is seen at a glance without it. */
  typedOnly?: boolean;
  /** Works also while a person types in a field. */
  whileTyping?: boolean;
  when?: (context: ActionContext) => boolean;
  /** The palette first asks whom it is about, among these, and hands over where that stands. */
  about?: { kinds: readonly FoundKind[]; question: MessageKey };
  perform: (context: ActionContext, path: string) => void | Promise<void>;
  /** The id of an action of the page that opens: it is done as soon as that page offers it. */
  then?: string;
}

/** How long a page may take to load before what was asked of it is forgotten. */
const offeredWithinMs = 10_000;

/** The actions of the shell and of whatever page is open. A page's own come first and win over equal shortcuts. */
export class ActionRegistry {
  private groups: (readonly Action[])[] = [];
  private snapshot: readonly Action[] = [];
  private readonly listeners = new Set<() => void>();

  /** Adds a page's actions; returns the way to take them away again. */
  add(actions: readonly Action[]): () => void {
    this.groups = [actions, ...this.groups];
    this.changed();
    return () => {
      this.groups = this.groups.filter((group) => group !== actions);
      this.changed();
    };
  }

  readonly all = (): readonly Action[] => this.snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The action of this id, now or as soon as a page offers it; undefined when none does in time. */
  offered(id: string, find: () => readonly Action[], timeoutMs = offeredWithinMs): Promise<Action | undefined> {
    return new Promise((resolve) => {
      const look = () => find().find((action) => action.id === id);
      const finish = (action: Action | undefined) => {
        clearTimeout(timer);
        leave();
        resolve(action);
      };
      const timer = setTimeout(() => finish(undefined), timeoutMs);
      const leave = this.subscribe(() => {
        const action = look();
        if (action !== undefined) finish(action);
      });
      const action = look();
      if (action !== undefined) finish(action);
    });
  }

  private changed(): void {
    const seen = new Set<string>();
    this.snapshot = this.groups.flat().filter((action) => !seen.has(action.id) && seen.add(action.id));
    for (const listener of this.listeners) listener();
  }
}

/** What can be done now, one action for each shortcut. */
export function available(actions: readonly Action[], context: ActionContext): Action[] {
  return actions.filter((action) => action.when === undefined || action.when(context));
}
