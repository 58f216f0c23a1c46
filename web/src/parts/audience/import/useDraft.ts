import { useCallback, useState } from "react";
import { type Draft, newDraft } from "./draft";

/** Until the page is loaded anew: going elsewhere and coming back loses nothing, and nothing of the file is left behind. */
const drafts = new Map<string, Draft>();

export function useDraft(id: string): [Draft, (change: (before: Draft) => Draft) => void] {
  const [draft, setDraft] = useState(() => drafts.get(id) ?? newDraft);
  const change = useCallback(
    (how: (before: Draft) => Draft) => {
      const next = how(drafts.get(id) ?? newDraft);
      drafts.set(id, next);
      setDraft(next);
    },
    [id],
  );
  return [draft, change];
}
