import { ActionIcon, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { Money, When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { Page } from "~/kit/Page";
import { ErrorState, Skeleton } from "~/kit/states";
import { type TodayItem, nextWorkingMorning, momentOf, useChange } from "~/parts/prospects/api";
import { FirstSteps } from "./FirstSteps";
import { NextActionDialog } from "./NextActionDialog";
import classes from "./Today.module.css";

const sections = ["now", "today", "this_week", "waiting"] as const;

function idOf(item: TodayItem): string {
  return item.prospect?.id ?? item.task?.id ?? item.reply?.id ?? "";
}

/** One column: what needs me now, most valuable first, each line with its reason. */
export default function TodayPage() {
  const { t } = useI18n();
  const { session } = useWorkspace();
  const navigate = useNavigate();
  const [isMine, setMine] = useState(false);
  const [active, setActive] = useState(0);
  const [planning, setPlanning] = useState<{ id: string; company: string; hasAction: boolean } | null>(null);
  const owner = isMine ? session.user.id : undefined;
  const today = useQuery({
    queryKey: keys.list("work", { today: owner ?? "all" }),
    queryFn: () => read(api.GET("/api/v1/today", { params: { query: { owner } } })),
  });
  const items = today.data?.items ?? [];
  const chosen = items[Math.min(active, items.length - 1)];
  const done = useChange((id: string) => api.PUT("/api/v1/tasks/{id}/completion", { params: { path: { id } } }));
  const snooze = useChange((id: string) => {
    const next = nextWorkingMorning(new Date());
    const until = momentOf(next.date, next.time);
    return api.PUT("/api/v1/tasks/{id}/snooze", { params: { path: { id } }, body: { until } });
  });
  const open = (item: TodayItem) => {
    const prospect = item.prospect?.id ?? item.task?.prospect_id;
    if (item.reply) void navigate({ to: "/inbox/{-$id}", params: { id: item.reply.id } });
    else if (prospect) void navigate({ to: "/prospects/{-$id}", params: { id: prospect } });
  };
  useActions([
    {
      id: "today.next",
      label: "today.next",
      section: "list",
      shortcut: "j",
      keyOnly: true,
      perform: () => setActive(Math.min(active + 1, items.length - 1)),
    },
    {
      id: "today.previous",
      label: "today.previous",
      section: "list",
      shortcut: "k",
      keyOnly: true,
      perform: () => setActive(Math.max(active - 1, 0)),
    },
    {
      id: "today.done",
      label: "today.done",
      section: "list",
      shortcut: "e",
      keyOnly: true,
      perform: () => {
        if (chosen?.task) done.mutate(chosen.task.id);
        else if (chosen) open(chosen);
      },
    },
    {
      id: "today.snooze",
      label: "today.snooze",
      section: "list",
      shortcut: "z",
      keyOnly: true,
      perform: () => {
        if (chosen?.task) snooze.mutate(chosen.task.id);
      },
    },
    {
      id: "today.set",
      label: "today.set_next",
      section: "list",
      shortcut: "t",
      keyOnly: true,
      perform: () => setPlanning(chosen === undefined ? null : planOf(chosen)),
    },
    {
      id: "today.open",
      label: "kit.list.open",
      section: "list",
      shortcut: "Enter",
      keyOnly: true,
      perform: () => {
        if (chosen) open(chosen);
      },
    },
  ]);
  return (
    <Page
      title={t("shell.nav.today")}
      actions={
        <Button variant="default" aria-pressed={isMine} onClick={() => setMine(!isMine)}>
          {isMine ? t("today.everybody") : t("today.mine")}
        </Button>
      }
    >
      {today.isPending ? (
        <Skeleton shape="list" />
      ) : today.isError ? (
        <ErrorState error={today.error} onRetry={() => void today.refetch()} />
      ) : items.length === 0 ? (
        <FirstSteps />
      ) : (
        <div className={classes.list}>
          {sections.map((section) => {
            const own = items.filter((item) => item.section === section);
            if (own.length === 0) return null;
            return (
              <section key={section} aria-label={t(`today.section.${section}`)}>
                <h2 className={classes.section}>
                  {t(`today.section.${section}`)} <span className="num">{own.length}</span>
                </h2>
                <ul className={classes.items}>
                  {own.map((item) => (
                    <Line
                      key={`${item.why}-${idOf(item)}`}
                      item={item}
                      isActive={item === chosen}
                      onOpen={() => open(item)}
                      onDone={() => item.task && done.mutate(item.task.id)}
                      onSnooze={() => item.task && snooze.mutate(item.task.id)}
                    />
                  ))}
                </ul>
              </section>
            );
          })}
        </div>
      )}
      <NextActionDialog prospect={planning} onClose={() => setPlanning(null)} />
    </Page>
  );
}

/** The prospect whose next action can be set from a line; a reply is read first. */
function planOf({ prospect, task }: TodayItem) {
  if (prospect) {
    return { id: prospect.id, company: prospect.company_name, hasAction: prospect.next_action != null };
  }
  return task?.prospect_id ? { id: task.prospect_id, company: task.company_name ?? "", hasAction: true } : null;
}

interface LineProps {
  item: TodayItem;
  isActive: boolean;
  onOpen: () => void;
  onDone: () => void;
  onSnooze: () => void;
}

function Line({ item, isActive, onOpen, onDone, onSnooze }: LineProps) {
  const { t, known } = useI18n();
  const why = known(`today.why.${item.why}`);
  const { prospect, task, reply } = item;
  const who = prospect?.company_name ?? task?.company_name ?? reply?.company_name ?? reply?.from_name ?? "";
  const what = prospect?.next_action ?? task?.text ?? reply?.subject ?? t("today.plan");
  const at = prospect?.next_action_at ?? task?.due_at ?? reply?.received_at;
  return (
    <li className={`${classes.line} ${isActive ? classes.active : ""}`}>
      <button type="button" className={classes.open} onClick={onOpen}>
        <span
          className={classes.icon}
          data-stage={prospect?.has_opportunity ? "opportunity" : prospect ? "prospect" : undefined}
        >
          <Icon
            name={reply ? "reply" : task ? "task" : prospect?.has_opportunity ? "opportunity" : "prospect"}
            size={18}
          />
        </span>
        <span className={classes.who}>
          {who || what}
          {prospect && <span className={classes.muted}> {prospect.contact_name}</span>}
        </span>
        <span className={classes.what}>
          <span className={item.section === "now" ? classes.urgent : classes.muted}>
            {why === undefined ? item.why : t(why)}
          </span>{" "}
          {who && what}
        </span>
        <span className={classes.when}>{at && <When at={at} as={reply ? "relative" : "due"} />}</span>
        <span className={classes.value}>
          {prospect?.value_cents != null && <Money cents={prospect.value_cents} currency={prospect.currency} short />}
        </span>
      </button>
      {task && (
        <>
          <ActionIcon variant="subtle" color="gray" aria-label={t("today.snooze")} onClick={onSnooze}>
            <Icon name="clock" size={18} />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" aria-label={t("today.done")} onClick={onDone}>
            <Icon name="check" size={18} />
          </ActionIcon>
        </>
      )}
    </li>
  );
}
