import { type ReactNode, createContext, useContext, useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { useI18n } from "~/i18n";
import { notifyProblem } from "~/kit/notify";
import { type Action, type ActionContext, ActionRegistry, available } from "./registry";
import { isTyping, keyOf, match, sequenceTimeoutMs } from "./shortcut";

interface Actions {
  registry: ActionRegistry;
  context: ActionContext;
  run: (action: Action, path?: string) => void;
}

const Context = createContext<Actions | null>(null);

interface ActionsProviderProps {
  context: ActionContext;
  /** The shell's own actions: there on every page. */
  base: readonly Action[];
  children: ReactNode;
}

export function ActionsProvider({ context, base, children }: ActionsProviderProps) {
  const registry = useMemo(() => new ActionRegistry(), []);
  const i18n = useI18n();
  const latest = useRef({ context, i18n });
  latest.current = { context, i18n };

  useEffect(() => registry.add(base), [registry, base]);

  const run = useMemo(
    () =>
      (action: Action, path = "") => {
        const { context: now, i18n: words } = latest.current;
        const offers = () => available(registry.all(), latest.current.context);
        const start = async () => {
          await action.perform(now, path);
          if (action.then === undefined) return;
          const next = await registry.offered(action.then, offers);
          await next?.perform(latest.current.context, path);
        };
        // A shortcut has no button that could show its failure, so it is told in the corner.
        start().catch((error: unknown) => notifyProblem(error, words));
      },
    [registry],
  );

  useEffect(() => {
    let pressed: string[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key))
        return;
      const typing = isTyping(event.target);
      const actions = available(registry.all(), latest.current.context).filter(
        (action) => action.shortcut !== undefined && (action.whileTyping === true || (!typing && !covered)),
      );
      const shortcuts = actions.map((action) => action.shortcut ?? "");
      clearTimeout(timer);
      let found = match([...pressed, keyOf(event)], shortcuts);
      if (found.kind === "none" && pressed.length > 0) found = match([keyOf(event)], shortcuts);
      pressed = found.kind === "begun" ? [...pressed, keyOf(event)] : [];
      if (found.kind === "begun") timer = setTimeout(() => (pressed = []), sequenceTimeoutMs);
      if (found.kind !== "whole") return;
      const { shortcut } = found;
      const action = actions.find((candidate) => candidate.shortcut === shortcut);
      // Enter and Space on a button belong to that button.
      if (action === undefined || (ownsKey(event.target) && /^(Enter|Space)$/.test(shortcut))) return;
      event.preventDefault();
      run(action);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", onKeyDown);
    };
  }, [registry, run]);

  const value = useMemo(() => ({ registry, context, run }), [registry, context, run]);
  return <Context value={value}>{children}</Context>;
}

/** Whether a dialog covered the page when the key went down; one that this very key closes still counts. */
let covered = false;
// Asked for when this file is loaded, so that it comes before the listeners of any dialog.
window.addEventListener("keydown", () => (covered = document.querySelector("[aria-modal='true']") !== null), true);

/** A button does something with the key; the tab or link of what is open already does nothing, so the page may. */
function ownsKey(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const owner = target.closest("button, a, summary, [role='menuitem'], [role='option']");
  return owner !== null && !owner.matches("[role='tab'][aria-selected='true'], [aria-current='page']");
}

function useActionsContext(): Actions {
  const value = useContext(Context);
  if (value === null) throw new Error("Actions are used outside ActionsProvider");
  return value;
}

/** All that can be done now, with the way to do it. */
export function useAvailableActions(): { actions: Action[]; context: ActionContext; run: Actions["run"] } {
  const { registry, context, run } = useActionsContext();
  const all = useSyncExternalStore(registry.subscribe, registry.all);
  return { actions: available(all, context), context, run };
}

/**
 * Offers a page's actions while the page is there. The array may be new on every render; what is on offer changes only
 * when an id, label or shortcut does, and `perform` and `when` always see the latest render.
 */
export function useActions(actions: readonly Action[]): void {
  const value = useContext(Context);
  const registry = value?.registry;
  const latest = useRef(actions);
  latest.current = actions;
  const shape = JSON.stringify(
    actions.map(({ id, label, vars, section, shortcut, icon }) => [id, label, vars, section, shortcut, icon]),
  );
  useEffect(() => {
    // Without a shell (the gallery, a test) there is nobody to offer them to.
    if (registry === undefined) return undefined;
    const find = (id: string) => latest.current.find((action) => action.id === id);
    return registry.add(
      latest.current.map((action) => ({
        ...action,
        when: (context) => {
          const now = find(action.id);
          return now !== undefined && (now.when === undefined || now.when(context));
        },
        perform: (context, path) => find(action.id)?.perform(context, path),
      })),
    );
  }, [registry, shape]);
}
