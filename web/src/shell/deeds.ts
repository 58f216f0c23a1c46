import type { Action, ActionContext } from "~/actions/registry";
import type { Role } from "~/api/session";

const marketing: readonly Role[] = ["owner", "manager", "marketing"];
const sales: readonly Role[] = ["owner", "manager", "sales"];
const anybody: readonly Role[] = ["owner", "manager", "marketing", "sales"];

/** Whoever may, and not where the page itself offers the same: its own action knows what is open. */
function when(roles: readonly Role[], ownPlace?: RegExp) {
  return ({ role, path }: ActionContext) => roles.includes(role) && ownPlace?.test(path) !== true;
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
    when: isLead ? when(anybody, onLead) : when(sales, onProspect),
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
    when: when(marketing),
    perform: ({ go }) => go("/campaigns?tab=approve"),
  },
  {
    id: "do.campaign",
    label: "actions.do.campaign",
    section: "do",
    icon: "campaigns",
    when: when(marketing, /^\/campaigns$/),
    perform: ({ go }) => go("/campaigns"),
    then: "campaign.new",
  },
  {
    id: "do.import",
    label: "actions.do.import",
    keywords: "actions.do.import.words",
    section: "do",
    icon: "audience",
    when: when(marketing),
    perform: ({ go }) => go("/audience"),
  },
  {
    id: "do.lead",
    label: "actions.do.lead",
    keywords: "actions.do.lead.words",
    section: "do",
    icon: "lead",
    when: when(marketing, /^\/leads/),
    perform: ({ go }) => go("/leads"),
    then: "lead.new",
  },
];
