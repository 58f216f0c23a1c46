import type { Action, ActionContext } from "~/actions/registry";
import type { Permission } from "~/api/session";

/** Whoever may, and not where the page itself offers the same: its own action knows what is open. */
function when(permission: Permission, ownPlace?: RegExp) {
  return ({ workspace, path }: ActionContext) =>
    workspace.permissions.includes(permission) && ownPlace?.test(path) !== true;
}

const onProspect = /^\/prospects\/./;
const onLead = /^\/leads\/./;

/** A deed on somebody's record, from anywhere: asks whom, goes there, and does what that page offers. */
function onRecord(deed: "task" | "call" | "promote" | "disqualify", then: string, icon: Action["icon"]): Action {
  const isLead = deed === "promote";
  return {
    id: `do.${deed}`,
    label: `actions.do.${deed}`,
    keywords: `actions.do.${deed}.words`,
    section: "do",
    icon,
    when: isLead ? when("judge_engagement", onLead) : when("work_prospects", onProspect),
    about: {
      kinds: [isLead ? "lead" : "prospect"],
      question: isLead ? "actions.ask.lead" : "actions.ask.prospect",
    },
    perform: ({ go }, path) => go(path),
    then,
  };
}

/** What people do most, from any page. */
export const deeds: readonly Action[] = [
  onRecord("task", "prospect.task", "task"),
  onRecord("call", "prospect.call", "phone"),
  onRecord("promote", "lead.force_prospect", "prospect"),
  onRecord("disqualify", "prospect.no", "close"),
  {
    id: "do.approve",
    label: "actions.do.approve",
    keywords: "actions.do.approve.words",
    section: "do",
    icon: "check",
    when: when("work_campaigns"),
    perform: ({ go }) => go("/campaigns?tab=approve"),
  },
  {
    id: "do.campaign",
    label: "actions.do.campaign",
    section: "do",
    icon: "campaigns",
    when: when("work_campaigns", /^\/campaigns$/),
    perform: ({ go }) => go("/campaigns"),
    then: "campaign.new",
  },
  {
    id: "do.import",
    label: "actions.do.import",
    keywords: "actions.do.import.words",
    section: "do",
    icon: "audience",
    when: when("work_audience"),
    perform: ({ go }) => go("/audience"),
  },
  {
    id: "do.lead",
    label: "actions.do.lead",
    keywords: "actions.do.lead.words",
    section: "do",
    icon: "lead",
    when: when("work_audience", /^\/leads/),
    perform: ({ go }) => go("/leads"),
    then: "lead.new",
  },
];
