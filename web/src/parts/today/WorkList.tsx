import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { api, read } from "~/api/client";
import { useWorkspace } from "~/api/session";
import { type TodayItem, momentOf, nextWorkingMorning, useChange } from "~/parts/prospects/api";
import { useAddress } from "~/shell/address";
import { Line } from "./Line";
import { NextActionDialog } from "./NextActionDialog";
import { type Planning, deedOf, maySnooze, mayWork, placeOf, planAfter, planOf } from "./work";
import classes from "./Today.module.css";

interface WorkListProps {
  items: readonly TodayItem[];
  sections: readonly { id: string; title: string }[];
}

/** Lines of work by section: Enter opens, `e` does, `z` puts off, `t` sets the next action. */
export function WorkList({ items, sections }: WorkListProps) {
  const [active, setActive] = useState(0);
  const [planning, setPlanning] = useState<Planning | null>(null);
  const chosen = items[Math.min(active, items.length - 1)];
  const { permissions } = useWorkspace().workspace;
  const deeds = useDeeds(setPlanning);
  useWorkKeys({ items, active, setActive, chosen, setPlanning, ...deeds });
  return (
    <div className={classes.list}>
      {sections.map(({ id, title }) => {
        const own = items.filter((item) => item.section === id);
        if (own.length === 0) return null;
        return (
          <section key={id} aria-label={title}>
            <h2 className={classes.section}>
              {title} <span className="num">{own.length}</span>
            </h2>
            <ul className={classes.items}>
              {own.map((item) => (
                <Line
                  key={`${item.why}-${item.prospect?.id ?? item.task?.id ?? item.reply?.id ?? ""}`}
                  item={item}
                  isActive={item === chosen}
                  mayWork={mayWork(item, permissions)}
                  onOpen={() => deeds.open(item)}
                  onDeed={() => deeds.perform(item)}
                  onSnooze={() => deeds.snooze(item)}
                  onLeave={() => deeds.leave(item)}
                />
              ))}
            </ul>
          </section>
        );
      })}
      <NextActionDialog prospect={planning} onClose={() => setPlanning(null)} />
    </div>
  );
}

/** What can be done with a line. */
function useDeeds(plan: (planning: Planning | null) => void) {
  const navigate = useNavigate();
  const { search } = useAddress();
  const finish = useChange(async ({ id, prospect_id }: { id: string; prospect_id?: string | null }) => {
    await api.PUT("/api/v1/tasks/{id}/completion", { params: { path: { id } } });
    if (prospect_id == null) return null;
    const record = await read(api.GET("/api/v1/prospects/{id}", { params: { path: { id: prospect_id } } }));
    return planAfter(record.prospect);
  });
  const putOff = useChange(({ task, prospect }: TodayItem) => {
    const next = nextWorkingMorning(new Date());
    const until = momentOf(next.date, next.time);
    if (task) return api.PUT("/api/v1/tasks/{id}/snooze", { params: { path: { id: task.id } }, body: { until } });
    const { id = "", version, next_action: text, next_action_kind: kind } = prospect ?? {};
    return api.PUT("/api/v1/prospects/{id}/next-action", {
      params: { path: { id } },
      body: { next_action: { text: text ?? "", kind: kind ?? "other", at: until }, finished: false, version },
    });
  });
  const goOn = useChange((id: string) => api.PUT("/api/v1/tasks/{id}/skip", { params: { path: { id } } }));
  const open = (item: TodayItem) => {
    const place = placeOf(item);
    if (place === undefined) return;
    // The record's next and previous are those of this list.
    const from = place.part === "prospects" ? { from: "today", owner: search.owner } : {};
    void navigate({ to: `/${place.part}/{-$id}`, params: { id: place.id }, search: from } as never);
  };
  const perform = (item: TodayItem) => {
    if (deedOf(item) === "open") open(item);
    else if (item.task) finish.mutate(item.task, { onSuccess: plan });
    else plan(planOf(item));
  };
  const snooze = (item: TodayItem) => {
    if (maySnooze(item)) putOff.mutate(item);
  };
  const leave = ({ task }: TodayItem) => {
    if (task?.lead_id != null) goOn.mutate(task.id);
  };
  return { open, perform, snooze, leave };
}

interface WorkKeys extends ReturnType<typeof useDeeds> {
  items: readonly TodayItem[];
  active: number;
  setActive: (index: number) => void;
  chosen: TodayItem | undefined;
  setPlanning: (planning: Planning | null) => void;
}

function useWorkKeys({ items, active, setActive, chosen, setPlanning, open, perform, snooze, leave }: WorkKeys) {
  const shared = { section: "list", keyOnly: true } as const;
  const { permissions } = useWorkspace().workspace;
  const isMine = chosen !== undefined && mayWork(chosen, permissions);
  const plan = chosen === undefined || !permissions.includes("work_prospects") ? null : planOf(chosen);
  useActions([
    {
      ...shared,
      id: "today.next",
      label: "today.next",
      shortcut: "j",
      perform: () => setActive(Math.min(active + 1, items.length - 1)),
    },
    {
      ...shared,
      id: "today.previous",
      label: "today.previous",
      shortcut: "k",
      perform: () => setActive(Math.max(Math.min(active, items.length - 1) - 1, 0)),
    },
    {
      ...shared,
      id: "today.deed",
      label: `today.deed.${chosen === undefined ? "open" : deedOf(chosen)}`,
      shortcut: "e",
      when: () => chosen !== undefined && (isMine || deedOf(chosen) === "open"),
      perform: () => chosen && perform(chosen),
    },
    {
      ...shared,
      id: "today.snooze",
      label: "today.snooze",
      shortcut: "z",
      when: () => isMine && maySnooze(chosen),
      perform: () => chosen && snooze(chosen),
    },
    {
      ...shared,
      id: "today.skip",
      label: "today.skip",
      shortcut: "s",
      when: () => isMine && chosen.task?.lead_id != null,
      perform: () => chosen && leave(chosen),
    },
    {
      ...shared,
      id: "today.set",
      label: "today.set_next",
      shortcut: "t",
      when: () => plan !== null,
      perform: () => setPlanning(plan),
    },
    {
      ...shared,
      id: "today.open",
      label: "kit.list.open",
      shortcut: "Enter",
      when: () => chosen !== undefined && placeOf(chosen) !== undefined,
      perform: () => chosen && open(chosen),
    },
  ]);
}
