import { useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { isGone, isProblem } from "~/api/problem";
import { useMay } from "~/api/session";
import { undoMerge, useMakeOld } from "./calls";
import type { Decision, Kind, Line } from "./kinds";
import { type Said, placeIn, remember } from "./steps";

export type Review = ReturnType<typeof useReview>;

/** The queue one pair at a time: what is said, and what was said. */
export function useReview(kind: Kind, queue: readonly Line[]) {
  const makeOld = useMakeOld();
  const mayDecide = useMay("work_audience");
  const [wanted, setWanted] = useState(0);
  const [said, setSaid] = useState<readonly Said[]>([]);
  const [chosen, setChosen] = useState<{ pair: string; record: string }>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const index = placeIn(queue.length, wanted);
  const current = queue[index];
  // Who stays, or whose facts do, was chosen for this pair only.
  const keep = chosen !== undefined && chosen.pair === current?.id ? chosen.record : undefined;
  const guarded = async (act: () => Promise<string | undefined>) => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await makeOld(await act());
    } catch (problem) {
      setFailure(problem);
      // Somebody else was quicker: show how it stands now.
      if (isGone(problem) || isProblem(problem, 409)) await makeOld();
    } finally {
      setBusy(false);
    }
  };
  return {
    kind,
    current,
    index,
    last: said[0],
    busy,
    failure,
    mayDecide,
    keep,
    /** Chooses a record; nothing leaves it to Kiem. */
    letStay: (record: string | undefined) =>
      setChosen(current === undefined || record === undefined ? undefined : { pair: current.id, record }),
    goTo: (next: number) => {
      setFailure(null);
      setWanted(placeIn(queue.length, next));
    },
    say: (decision: Decision) =>
      void guarded(async () => {
        if (current === undefined) return undefined;
        const merge = await kind.decide(current.id, decision, decision === "same" ? keep : undefined);
        setSaid((before) => remember(before, { decision, pairId: current.id, names: current.names, merge }));
        setWanted(index);
        return current.id;
      }),
    takeBack: () =>
      void guarded(async () => {
        const last = said[0];
        if (last === undefined) return undefined;
        await (last.merge === null ? kind.reopen(last.pairId) : undoMerge(last.merge.id));
        setSaid((before) => before.slice(1));
        return undefined;
      }),
  };
}

/** One key per decision. */
export function useReviewKeys({ kind, say, takeBack, goTo, index, current, last, busy, mayDecide }: Review) {
  const canSay = () => mayDecide && !busy && current !== undefined;
  const moves = () => !busy && current !== undefined;
  useActions([
    {
      id: "duplicates.same",
      label: `audience.duplicates.${kind.of}.same`,
      section: "do",
      shortcut: "s",
      when: canSay,
      perform: () => say("same"),
    },
    {
      id: "duplicates.different",
      label: "audience.duplicates.different",
      section: "do",
      shortcut: "d",
      when: canSay,
      perform: () => say("different"),
    },
    {
      id: "duplicates.later",
      label: "audience.duplicates.later",
      section: "do",
      shortcut: "l",
      when: canSay,
      perform: () => say("later"),
    },
    {
      id: "duplicates.undo",
      label: "audience.duplicates.undo",
      section: "do",
      shortcut: "z",
      when: () => mayDecide && !busy && last !== undefined,
      perform: takeBack,
    },
    {
      id: "duplicates.next",
      label: "kit.list.next",
      section: "list",
      shortcut: "j",
      keyOnly: true,
      when: moves,
      perform: () => goTo(index + 1),
    },
    {
      id: "duplicates.previous",
      label: "kit.list.previous",
      section: "list",
      shortcut: "k",
      keyOnly: true,
      when: moves,
      perform: () => goTo(index - 1),
    },
  ]);
}
