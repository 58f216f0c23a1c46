import { useEffect, useState } from "react";

/**
 * What is typed between the key that opens a field and the moment when the field has the focus. On the page beneath, the
 * same letters would be lost or act as shortcuts.
 */
export function useTypedAhead(isOpening: boolean): string {
  const [typed, setTyped] = useState("");
  useEffect(() => {
    if (!isOpening) return;
    const take = (event: KeyboardEvent) => {
      if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      setTyped((before) => before + event.key);
    };
    window.addEventListener("keydown", take, { capture: true });
    return () => {
      window.removeEventListener("keydown", take, { capture: true });
      setTyped("");
    };
  }, [isOpening]);
  return typed;
}

/** Whether the letters arrive where somebody writes them. */
function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[role=dialog]") !== null;
}
