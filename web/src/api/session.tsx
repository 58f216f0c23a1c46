import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { type Language, languages } from "~/i18n";
import { api, read, setApiWorkspace } from "./client";
import { isProblem } from "./problem";
import { forgetWorkspace, keys } from "./query";
import type { components } from "./schema";

type SessionView = components["schemas"]["SessionView"];
export type LogIn = components["schemas"]["LogIn"];
export type SetUp = components["schemas"]["SetUp"];
export type MeChange = components["schemas"]["MeChange"];

export const roles = ["owner", "manager", "marketing", "sales", "read_only"] as const;
export type Role = (typeof roles)[number];
/** Groups of what can be done, as the server's role matrix has them; see `useMay`. */
export const permissions = [
  "view",
  "work_audience",
  "work_campaigns",
  "judge_engagement",
  "work_prospects",
  "suppress",
  "edit_plan",
  "configure",
  "manage_members",
  "manage_workspace",
] as const;
export type Permission = (typeof permissions)[number];
export const colourSchemes = ["light", "dark", "auto"] as const;
export type ColourScheme = (typeof colourSchemes)[number];

export interface User {
  id: string;
  name: string;
  email: string;
  language: Language;
  theme: ColourScheme;
}

export interface WorkspaceSummary {
  id: string;
  name: string;
  mode: "live" | "practice";
  role: Role;
  /** What this person may do here. */
  permissions: readonly Permission[];
  /** Why nothing is sent; null while mails go out. */
  sending_paused_reason: string | null;
  time_zone: string;
}

export interface Session {
  user: User;
  workspaces: readonly WorkspaceSummary[];
}

/** Who is there: somebody, nobody yet (log in), or nobody ever (first start). */
export type Presence = { kind: "logged_in"; session: Session } | { kind: "logged_out" } | { kind: "needs_owner" };

const workspaceStorageKey = "kiem.workspace";

export function usePresence() {
  return useQuery({ queryKey: keys.session(), queryFn: fetchPresence, staleTime: 5 * 60_000 });
}

export async function fetchPresence(): Promise<Presence> {
  try {
    return { kind: "logged_in", session: toSession(await read(api.GET("/api/v1/session"))) };
  } catch (error) {
    if (!isProblem(error, 401)) throw error;
    const setup = await read(api.GET("/api/v1/setup"));
    return { kind: setup.needs_owner ? "needs_owner" : "logged_out" };
  }
}

/** What the server says, as the page's own types. What this page does not know yet becomes the careful choice. */
export function toSession(view: SessionView): Session {
  return {
    user: toUser(view.user),
    workspaces: view.workspaces.map((workspace) => ({
      ...workspace,
      mode: workspace.mode === "practice" ? "practice" : "live",
      role: oneOf(roles, workspace.role, "read_only"),
      permissions: permissions.filter((each) => workspace.permissions.includes(each)),
      sending_paused_reason: workspace.sending_paused_reason ?? null,
    })),
  };
}

function toUser(view: SessionView["user"]): User {
  return {
    ...view,
    language: oneOf(languages, view.language, "en"),
    theme: oneOf(colourSchemes, view.theme, "auto"),
  };
}

function oneOf<Value extends string>(known: readonly Value[], value: string, otherwise: Value): Value {
  return known.find((each) => each === value) ?? otherwise;
}

export function useLogIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: LogIn) => api.POST("/api/v1/session", { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.session() }),
  });
}

export function useSetUp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SetUp) => api.POST("/api/v1/setup", { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.session() }),
  });
}

export function useLogOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE("/api/v1/session"),
    onSuccess: () => {
      setApiWorkspace(null);
      forgetWorkspace(client);
      client.setQueryData<Presence>(keys.session(), { kind: "logged_out" });
    },
  });
}

/** Stores a person's language or colours with the person, so that another computer knows them too. */
export function useChangeMe() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: MeChange) => toUser(await read(api.PATCH("/api/v1/me", { body }))),
    onSuccess: (user) =>
      client.setQueryData<Presence>(keys.session(), (presence) =>
        presence?.kind === "logged_in" ? { ...presence, session: { ...presence.session, user } } : presence,
      ),
  });
}

export interface CurrentWorkspace {
  session: Session;
  workspace: WorkspaceSummary;
  choose: (id: string) => void;
}

/** Filled by the shell: below it there is always a person and a workspace. */
export const WorkspaceContext = createContext<CurrentWorkspace | null>(null);

export function useWorkspace(): CurrentWorkspace {
  const value = useContext(WorkspaceContext);
  if (value === null) throw new Error("useWorkspace is used outside the shell");
  return value;
}

/** Whether this person may do this here. What they may not do is not offered; the server refuses it too. */
export function useMay(permission: Permission): boolean {
  return useWorkspace().workspace.permissions.includes(permission);
}

/** The workspace of last time if it is still one of theirs, else the first. */
export function startWorkspace(session: Session): WorkspaceSummary | undefined {
  const wanted = readStored();
  return session.workspaces.find((workspace) => workspace.id === wanted) ?? session.workspaces[0];
}

/** Makes every further call speak of this workspace, and forgets what the page knew of the other. */
export function enterWorkspace(client: ReturnType<typeof useQueryClient>, id: string): void {
  setApiWorkspace(id);
  forgetWorkspace(client);
  try {
    localStorage.setItem(workspaceStorageKey, id);
  } catch {
    // Storage can be switched off; the server's choice then counts next time.
  }
}

function readStored(): string | null {
  try {
    return localStorage.getItem(workspaceStorageKey);
  } catch {
    return null;
  }
}
