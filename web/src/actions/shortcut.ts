/** A shortcut as text: `g t` (one key after the other), `mod+k` (Ctrl, or Cmd on a Mac), `?`, `Enter`. */
export type Shortcut = string;

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** How long a started sequence waits for its next key. */
export const sequenceTimeoutMs = 1200;

/** One key press as a shortcut writes it. Shift counts only for keys that have no character of their own. */
export function keyOf(press: KeyPress): string {
  const named = press.key.length > 1;
  const key = named ? press.key : press.key.toLowerCase();
  const parts = [
    press.ctrlKey || press.metaKey ? "mod" : "",
    press.altKey ? "alt" : "",
    press.shiftKey && (named || /[a-z]/i.test(press.key)) ? "shift" : "",
    key === " " ? "Space" : key,
  ];
  return parts.filter((part) => part !== "").join("+");
}

export type Match = { kind: "whole"; shortcut: Shortcut } | { kind: "begun" } | { kind: "none" };

/** What the keys pressed so far are, among the shortcuts that count now. */
export function match(pressed: readonly string[], shortcuts: readonly Shortcut[]): Match {
  const typed = pressed.join(" ");
  const whole = shortcuts.find((shortcut) => shortcut === typed);
  if (whole !== undefined) return { kind: "whole", shortcut: whole };
  return shortcuts.some((shortcut) => shortcut.startsWith(`${typed} `)) ? { kind: "begun" } : { kind: "none" };
}

/** The keys to print, in order, each sequence step a list: `mod+k` is [["⌘", "K"]] on a Mac. */
export function printed(shortcut: Shortcut, isMac: boolean): string[][] {
  const names: Record<string, string> = {
    mod: isMac ? "⌘" : "Ctrl",
    alt: isMac ? "⌥" : "Alt",
    shift: isMac ? "⇧" : "Shift",
    Enter: "↵",
    Escape: "Esc",
    ArrowUp: "↑",
    ArrowDown: "↓",
    Space: "␣",
  };
  return shortcut
    .split(" ")
    .map((step) => step.split("+").map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key)));
}

/** True while a person types text: then letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type);
}
