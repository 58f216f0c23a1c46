import { describe, expect, test } from "vitest";
import { roles } from "~/api/session";
import type { Prospect, Task, TodayItem } from "~/parts/prospects/api";
import { permissionsOf } from "~/test/render";
import { bucketOf, deedOf, maySnooze, mayWork, placeOf, planAfter, planOf } from "./work";

const prospect = (change: Partial<Prospect> = {}) =>
  ({
    id: "p1",
    company_name: "Meer",
    state: "in_conversation",
    step: "first_meeting",
    frost_percent: 0,
    next_action: "Bellen",
    next_action_kind: "call",
    ...change,
  }) as Prospect;
const task = (change: Partial<Task> = {}) => ({ id: "t1", kind: "call", text: "Bel", due_at: "", ...change }) as Task;
const item = (change: Partial<TodayItem>): TodayItem => ({ section: "now", why: "planned", score: 1, ...change });
const gate = (outcome: string): Task["gate"] => ({
  channel: "phone",
  outcome,
  says: { nl: "x", en: "x" },
  rule: { country: "NL", version: 1, reviewed_on: "2026-09-30" },
});
const reply = { id: "i1", from_name: "Eva", subject: "Re", received_at: "" };

describe("what e, z and Enter do with a line", () => {
  test.each([
    ["a task", item({ task: task({ prospect_id: "p2" }) }), "done", true, "prospects/p2"],
    ["a step of a campaign", item({ task: task({ lead_id: "l1" }) }), "done", true, "leads/l1"],
    [
      "a step that calls whom may be called",
      item({ task: task({ lead_id: "l1", gate: gate("allow") }) }),
      "done",
      true,
      "leads/l1",
    ],
    [
      "a step that the gate has closed",
      item({ task: task({ lead_id: "l1", gate: gate("blocked") }) }),
      "open",
      false,
      "leads/l1",
    ],
    [
      "a step for which evidence is missing now",
      item({ task: task({ lead_id: "l1", gate: gate("needs_evidence") }) }),
      "open",
      false,
      "leads/l1",
    ],
    ["a task about nobody", item({ task: task() }), "done", true, undefined],
    ["a planned action", item({ prospect: prospect() }), "next", true, "prospects/p1"],
    ["an answer that is due", item({ why: "response_overdue", prospect: prospect() }), "open", false, "prospects/p1"],
    [
      "nothing planned",
      item({ why: "cooling", prospect: prospect({ next_action: null }) }),
      "plan",
      false,
      "prospects/p1",
    ],
    ["a reply", item({ why: "needs_look", reply }), "open", false, "inbox/i1"],
  ])("%s", (_, line, deed, snooze, place) => {
    const to = placeOf(line);
    expect([deedOf(line), maySnooze(line), to && `${to.part}/${to.id}`]).toEqual([deed, snooze, place]);
  });
});

test("the next action is asked for a prospect, after a reading for a reply", () => {
  expect(planOf(item({ prospect: prospect() }))).toMatchObject({ id: "p1", company: "Meer", hasAction: true });
  expect(planOf(item({ task: task({ prospect_id: "p2", company_name: "Zee" }) }))).toEqual({
    id: "p2",
    company: "Zee",
    hasAction: false,
  });
  expect(planOf(item({ reply }))).toBeNull();
});

test("after a task only an open prospect without a plan is asked about", () => {
  expect(planAfter(prospect({ next_action: null }))).toMatchObject({ id: "p1", hasAction: false });
  expect(planAfter(prospect())).toBeNull();
  expect(planAfter(prospect({ next_action: null, state: "won" }))).toBeNull();
});

test("tasks stand by when they are due", () => {
  const now = new Date(2026, 10, 25, 14, 30);
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();
  expect([at(25, 14), at(25, 17), at(26, 9), at(30, 9)].map((due) => bucketOf(due, now))).toEqual([
    "late",
    "today",
    "week",
    "week",
  ]);
  expect(bucketOf(new Date(2026, 11, 20).toISOString(), now)).toBe("later");
});

describe("whose a line is to work", () => {
  test.each([
    ["a planned action", item({ prospect: prospect() }), ["owner", "manager", "sales"]],
    ["a task of a prospect", item({ task: task({ prospect_id: "p2" }) }), ["owner", "manager", "sales"]],
    ["a step of a campaign", item({ task: task({ lead_id: "l1" }) }), ["owner", "manager", "marketing", "sales"]],
    [
      "a question about somebody's data",
      item({ task: task({ kind: "privacy", lead_id: "l1" }) }),
      ["owner", "manager"],
    ],
    ["a reply", item({ why: "needs_look", reply }), []],
  ])("%s", (_, line, expected) => {
    expect(roles.filter((role) => mayWork(line, permissionsOf[role]))).toEqual(expected);
  });
});
