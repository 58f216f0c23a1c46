import { useCallback, useState } from "react";
import { type Draft, draftFrom, textOf } from "./draft";

/** Going elsewhere and coming back loses nothing. */
const drafts = new Map<string, Draft>();

/** As long as the tab is open, also when it is loaded anew. */
const storageKey = (id: string) => `kiem.import.${id}`;

function draftOf(id: string): Draft {
  const known = drafts.get(id);
  if (known !== undefined) return known;
  try {
    return draftFrom(sessionStorage.getItem(storageKey(id)));
  } catch {
    // A browser may keep nothing: then a page that is loaded anew begins anew.
    return draftFrom(null);
  }
}

function keep(id: string, draft: Draft): void {
  drafts.set(id, draft);
  try {
    sessionStorage.setItem(storageKey(id), textOf(draft));
  } catch {
    // As above.
  }
}

export function useDraft(id: string): [Draft, (change: (before: Draft) => Draft) => void] {
  const [draft, setDraft] = useState(() => draftOf(id));
  const change = useCallback(
    (how: (before: Draft) => Draft) => {
      const next = how(draftOf(id));
      keep(id, next);
      setDraft(next);
    },
    [id],
  );
  return [draft, change];
}
