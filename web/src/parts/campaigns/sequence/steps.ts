import type { Campaign, CampaignBody, Counts, Step } from "../calls";

/** A step while it is being written. `key` stays the same while it moves. */
export interface StepDraft extends Step {
  key: string;
  kind: StepKind;
}

export const taskChannels = ["phone", "post"] as const;
export type TaskChannel = (typeof taskChannels)[number];

/** How the task of a step reaches the lead; undefined when it does not. */
export function channelOf({ task_channel }: Pick<Step, "task_channel">): TaskChannel | undefined {
  return taskChannels.find((channel) => channel === task_channel);
}

// "Bel" is also a country's beginning and "post" a verb's end: only whole words count.
const reaching: Record<TaskChannel, RegExp> = {
  phone: /\b(bel|bellen|belt|nabellen|opbellen|telefoneer|telefoneren|call|phone|ring)\b/i,
  post: /\b(brief|briefje|kaart|kaartje|ansichtkaart|letter|postcard|card)\b/i,
};

/** What a task without a channel seems to be, by its words; undefined when they do not sound like reaching anybody. */
export function doubtOf({ task, ...step }: Pick<Step, "task" | "task_channel">): TaskChannel | undefined {
  if (channelOf(step) !== undefined) return undefined;
  return taskChannels.find((channel) => reaching[channel].test(task ?? ""));
}

export const stepKinds = ["mail", "wait", "task"] as const;
export type StepKind = (typeof stepKinds)[number];

/** The most that a sequence may have. */
export const stepsMax = 30;

let made = 0;
const newKey = () => `new-${(made += 1)}`;

export function draftsOf(steps: readonly Step[]): StepDraft[] {
  return steps.map((step) => ({ ...step, kind: kindOf(step.kind), key: step.id ?? newKey() }));
}

function kindOf(text: string): StepKind {
  return stepKinds.find((kind) => kind === text) ?? "mail";
}

export function newStep(kind: StepKind): StepDraft {
  const blank = { id: null, wait_days: null, subject: null, body: null, task: null, task_channel: null };
  return { ...blank, kind, key: newKey(), ...(kind === "wait" ? { wait_days: 3 } : {}) };
}

/** As the server takes it: only what belongs to the kind. */
export function toStep({ id, kind, wait_days, subject, body, task, task_channel }: StepDraft): Step {
  return {
    id,
    kind,
    wait_days: kind === "wait" ? wait_days : null,
    subject: kind === "mail" ? (subject ?? "") : null,
    body: kind === "mail" ? (body ?? "") : null,
    task: kind === "task" ? (task ?? "") : null,
    task_channel: kind === "task" ? (task_channel ?? null) : null,
  };
}

/** How many people are or were in the sequence. */
export function peopleIn(enrolments: Counts): number {
  return enrolments.reduce((sum, count) => sum + count.n, 0);
}

/** People stand at a position: once there are any, steps that the server knows stay where they are. */
export function isFixed(step: StepDraft, hasPeople: boolean): boolean {
  return hasPeople && step.id !== null && step.id !== undefined;
}

/** Whether the step at `index` may go `by` places up (-1) or down (1). */
export function mayMove(steps: readonly StepDraft[], index: number, by: -1 | 1, hasPeople: boolean): boolean {
  const step = steps[index];
  const other = steps[index + by];
  if (step === undefined || other === undefined) return false;
  return !isFixed(step, hasPeople) && !isFixed(other, hasPeople);
}

export function move(steps: readonly StepDraft[], index: number, by: -1 | 1): StepDraft[] {
  const next = [...steps];
  const [step] = next.splice(index, 1);
  if (step !== undefined) next.splice(index + by, 0, step);
  return next;
}

/** The first mail has a subject and the sender's identity; later ones keep its thread when theirs is empty. */
export function isFirstMail(steps: readonly StepDraft[], index: number): boolean {
  return steps.findIndex((step) => step.kind === "mail") === index;
}

/** Which mail of the sequence this is, from 1. */
export function mailNumber(steps: readonly StepDraft[], index: number): number {
  return steps.slice(0, index + 1).filter((step) => step.kind === "mail").length;
}

/** The day on which a step falls when the first falls on day 1 and nothing is held up. */
export function dayOf(steps: readonly StepDraft[], index: number): number {
  const waits = steps.slice(0, index).filter((step) => step.kind === "wait");
  return 1 + waits.reduce((sum, step) => sum + (step.wait_days ?? 0), 0);
}

export function bodyOf(campaign: Campaign, steps: readonly StepDraft[]): CampaignBody {
  const { name, language, mailbox_id, window } = campaign;
  return { name, language, mailbox_id, window, steps: steps.map(toStep) };
}

/** Whether saving would change anything. */
export function isChanged(before: readonly Step[], now: readonly StepDraft[]): boolean {
  const text = (steps: readonly StepDraft[]) => JSON.stringify(steps.map(toStep));
  return text(draftsOf(before)) !== text(now);
}
