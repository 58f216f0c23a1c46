import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { MessageKey } from "~/i18n";

export interface Section {
  /** Stands in the address: `/settings/mailboxes`. */
  id: string;
  label: MessageKey;
  Component: LazyExoticComponent<ComponentType>;
}

/** The sections of the settings, in the order of the list; each is loaded when it is opened. */
export const sections: readonly Section[] = [
  { id: "mailboxes", label: "mailboxes.title", Component: lazy(() => import("./mailboxes/Mailboxes")) },
  { id: "profile", label: "settings.profile", Component: lazy(() => import("./profile/Profile")) },
  { id: "workspace", label: "settings.workspace", Component: lazy(() => import("./workspace/Workspace")) },
  { id: "people", label: "settings.people", Component: lazy(() => import("./people/People")) },
  { id: "tokens", label: "settings.tokens", Component: lazy(() => import("./tokens/Tokens")) },
  { id: "audit", label: "settings.audit", Component: lazy(() => import("./audit/Audit")) },
];
