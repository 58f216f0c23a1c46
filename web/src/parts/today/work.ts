import type { Permission } from "~/api/session";
import { type Prospect, type TodayItem, isActive } from "~/parts/prospects/api";

/** What `e` does with a line: as its label says. */
export type Deed = "done" | "next" | "plan" | "open";

const theirTurn = ["response_due", "response_overdue", "they_wait"];

/** Whether the gate does not let the person be reached as the task says, or not any more: it can only be left. */
export function isClosed({ task }: TodayItem): boolean {
  return task?.gate != null && task.gate.outcome !== "allow";
}

/**
 * A task is finished, unless it is closed; a planned action too, and then asks for the next; who waits for an answer is
 * opened.
 */
export function deedOf(item: TodayItem): Deed {
  const { task, prospect, why } = item;
  if (task) return isClosed(item) ? "open" : "done";
  if (!prospect || theirTurn.includes(why)) return "open";
  return prospect.next_action == null ? "plan" : "next";
}

/** Whether a line is this person's to work: a task of a lead also for marketing, one about somebody's data for who leads. */
export function mayWork({ task, reply }: TodayItem, permissions: readonly Permission[]): boolean {
  if (reply) return false;
  const may = (permission: Permission) => permissions.includes(permission);
  if (!task) return may("work_prospects");
  if (task.kind === "privacy") return may("configure");
  const isOfLead = task.prospect_id == null && task.lead_id != null;
  return may("work_prospects") || (isOfLead && may("work_campaigns"));
}

/** A task and a planned action can be put off; an answer that is due, a plan that is missing and a closed task cannot. */
export function maySnooze(item: TodayItem): boolean {
  const { task, prospect, why } = item;
  if (task) return !isClosed(item);
  return prospect?.next_action != null && prospect.next_action_kind != null && !theirTurn.includes(why);
}

/** Where a line opens; undefined for a task that is about nobody. */
export function placeOf({ task, prospect, reply }: TodayItem) {
  if (reply) return { part: "inbox", id: reply.id } as const;
  const id = prospect?.id ?? task?.prospect_id;
  if (id != null) return { part: "prospects", id } as const;
  return task?.lead_id == null ? undefined : ({ part: "leads", id: task.lead_id } as const);
}

/** Whose next action is asked for; `prospect` when it is known how warm it is. */
export interface Planning {
  id: string;
  company: string;
  hasAction: boolean;
  prospect?: Pick<Prospect, "state" | "step" | "frost_percent">;
}

/** The prospect whose next action can be set from a line; a reply is read first. */
export function planOf({ prospect, task }: TodayItem): Planning | null {
  if (prospect) {
    const { id, company_name: company } = prospect;
    return { id, company, hasAction: prospect.next_action != null, prospect };
  }
  return task?.prospect_id ? { id: task.prospect_id, company: task.company_name ?? "", hasAction: false } : null;
}

/** What to ask after a task is done: a prospect without a plan needs one, whoever has one is left alone. */
export function planAfter(prospect: Prospect): Planning | null {
  const { id, company_name: company } = prospect;
  return isActive(prospect) && prospect.next_action == null ? { id, company, hasAction: false, prospect } : null;
}

export const buckets = ["late", "today", "week", "later"] as const;
export type Bucket = (typeof buckets)[number];

/** When a task is due, as a person plans: late, today, within seven days, later. */
export function bucketOf(dueAt: string, now: Date): Bucket {
  const due = new Date(dueAt);
  if (due < now) return "late";
  if (due.toDateString() === now.toDateString()) return "today";
  return due.getTime() - now.getTime() < 7 * 24 * 3_600_000 ? "week" : "later";
}
