import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { Permission } from "~/api/session";
import type { MessageKey } from "~/i18n";

export interface Section {
  /** Stands in the address: `/settings/mailboxes`. */
  id: string;
  label: MessageKey;
  /** Who may look at it at all; missing: everybody. */
  permission?: Permission;
  Component: LazyExoticComponent<ComponentType>;
}

/** The sections of the settings, in the order of the list; each is loaded when it is opened. */
export const sections: readonly Section[] = [
  { id: "mailboxes", label: "mailboxes.title", Component: lazy(() => import("./mailboxes/Mailboxes")) },
  { id: "website", label: "website.title", Component: lazy(() => import("./website/Website")) },
  { id: "booking", label: "booking.title", Component: lazy(() => import("./booking/Booking")) },
  { id: "inlets", label: "inlets.title", Component: lazy(() => import("./inlets/Inlets")) },
  { id: "register", label: "settings.register", Component: lazy(() => import("./register/Register")) },
  { id: "rules", label: "rules.title", Component: lazy(() => import("./rules/Rules")) },
  { id: "profile", label: "settings.profile", Component: lazy(() => import("./profile/Profile")) },
  { id: "workspace", label: "settings.workspace", Component: lazy(() => import("./workspace/Workspace")) },
  { id: "people", label: "settings.people", Component: lazy(() => import("./people/People")) },
  { id: "tokens", permission: "configure", label: "settings.tokens", Component: lazy(() => import("./tokens/Tokens")) },
  {
    id: "webhooks",
    permission: "configure",
    label: "webhooks.title",
    Component: lazy(() => import("./webhooks/Webhooks")),
  },
  { id: "policy", label: "policy.title", Component: lazy(() => import("./policy/Policy")) },
  { id: "privacy", label: "privacy.title", Component: lazy(() => import("./privacy/Retention")) },
  { id: "jobs", permission: "configure", label: "settings.jobs", Component: lazy(() => import("./jobs/GivenUp")) },
  {
    id: "audit",
    permission: "manage_members",
    label: "settings.audit",
    Component: lazy(() => import("./audit/Audit")),
  },
];
