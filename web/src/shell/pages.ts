import type { Action } from "~/actions/registry";
import type { Permission } from "~/api/session";
import type { MessageKey } from "~/i18n";
import type { IconName } from "~/kit/icons";
import { views as audienceViews } from "~/parts/audience/views";

interface Page {
  id: Extract<MessageKey, `actions.page.${string}.words`> extends `actions.page.${infer Id}.words` ? Id : never;
  path: string;
  icon: IconName;
  /** Who may look at it at all; missing: everybody. */
  permission?: Permission;
}

/** The first view is the audience's own page, which stands in the rail. */
const [, ...views] = audienceViews;

const sections = [
  { id: "mailboxes" },
  { id: "website" },
  { id: "booking" },
  { id: "inlets" },
  { id: "register" },
  { id: "rules" },
  { id: "profile" },
  { id: "workspace" },
  { id: "people" },
  { id: "tokens", permission: "configure" },
  { id: "webhooks", permission: "configure" },
  { id: "policy" },
  { id: "privacy" },
  { id: "jobs", permission: "configure" },
  { id: "audit", permission: "manage_members" },
] as const satisfies readonly { id: string; permission?: Permission }[];

/** Pages that stand not in the rail but within one of its parts, to be found by name. */
const pages: readonly Page[] = [
  { id: "companies", path: "/companies", icon: "company" },
  { id: "people", path: "/people", icon: "person" },
  ...views.map((view): Page => ({ id: `audience_${view}`, path: `/audience?view=${view}`, icon: "audience" })),
  ...sections.map(({ id, ...section }): Page => ({
    id: `settings_${id}`,
    path: `/settings/${id}`,
    icon: "settings",
    ...section,
  })),
];

export const pageActions: readonly Action[] = pages.map(({ id, path, icon, permission }) => ({
  id: `page.${id}`,
  label: `actions.page.${id}`,
  keywords: `actions.page.${id}.words`,
  section: "go",
  icon,
  typedOnly: true,
  when: permission === undefined ? undefined : ({ workspace }) => workspace.permissions.includes(permission),
  perform: ({ go }) => go(path),
}));
