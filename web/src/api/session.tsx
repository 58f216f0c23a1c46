import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { api, read, setApiWorkspace } from "./client";
import { isProblem } from "./problem";
import { forgetWorkspace, keys } from "./query";
import type { components } from "./schema";

export type Session = components["schemas"]["Session"];
export type WorkspaceSummary = components["schemas"]["WorkspaceSummary"];
export type Role = WorkspaceSummary["role"];
export type LogIn = components["schemas"]["LogIn"];
export type SetUp = components["schemas"]["SetUp"];
export type MeChange = components["schemas"]["MeChange"];

/** Who is there: somebody, nobody yet (log in), or nobody ever (first start). */
export type Presence = { kind: "logged_in"; session: Session } | { kind: "logged_out" } | { kind: "needs_owner" };

const workspaceStorageKey = "kiem.workspace";

export function usePresence() {
  return useQuery({ queryKey: keys.session(), queryFn: fetchPresence, staleTime: 5 * 60_000 });
}

export async function fetchPresence(): Promise<Presence> {
  try {
    const session = await read(api.GET("/api/v1/session"));
    return session.needs_owner ? { kind: "needs_owner" } : { kind: "logged_in", session };
  } catch (error) {
    if (!isProblem(error, 401)) throw error;
    const setup = await read(api.GET("/api/v1/setup"));
    return { kind: setup.needs_owner ? "needs_owner" : "logged_out" };
  }
}

export function useLogIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: LogIn) => read(api.POST("/api/v1/session", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.session() }),
  });
}

export function useSetUp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SetUp) => read(api.POST("/api/v1/setup", { body })),
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
    mutationFn: (body: MeChange) => read(api.PATCH("/api/v1/me", { body })),
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

/** The workspace of last time if it is still one of theirs, else the server's choice, else the first. */
export function startWorkspace(session: Session): WorkspaceSummary | undefined {
  const wanted = readStored() ?? session.workspace_id;
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
