import { useSyncExternalStore } from "react";
import type { Density } from "~/actions/registry";

const storageKey = "kiem.density";
const listeners = new Set<() => void>();
let density: Density = readStored();
document.documentElement.dataset.density = density;

/** Rows of 40 pixels, or 32 for who wants to see more at once. Kept on this computer. */
export function setDensity(next: Density): void {
  density = next;
  document.documentElement.dataset.density = next;
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // Storage can be switched off; the choice then holds until the page is closed.
  }
  for (const listener of listeners) listener();
}

export function useDensity(): { density: Density; rowHeight: number } {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => density,
  );
  return { density: now, rowHeight: now === "compact" ? 32 : 40 };
}

function readStored(): Density {
  try {
    return localStorage.getItem(storageKey) === "compact" ? "compact" : "normal";
  } catch {
    return "normal";
  }
}
