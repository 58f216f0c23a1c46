import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { MailboxBody } from "./presets";

export function useMailboxes() {
  return useQuery({ queryKey: keys.list("mailbox"), queryFn: () => read(api.GET("/api/v1/mailboxes")) });
}

/** Also those that were put away. */
export function useAllMailboxes() {
  return useQuery({
    queryKey: keys.list("mailbox", { archived: true }),
    queryFn: () => read(api.GET("/api/v1/mailboxes", { params: { query: { archived: true } } })),
  });
}

function useMailboxChange<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: keys.all("mailbox") }) });
}

export function useSaveMailbox(id: string | null) {
  return useMailboxChange(async (body: MailboxBody): Promise<string> => {
    if (id === null) return (await read(api.POST("/api/v1/mailboxes", { body }))).id;
    await api.PUT("/api/v1/mailboxes/{id}", { params: { path: { id } }, body });
    return id;
  });
}

export function usePauseMailbox(id: string) {
  const params = { params: { path: { id } } };
  return useMailboxChange(async (pause: boolean) => {
    if (pause) await api.POST("/api/v1/mailboxes/{id}/pause", params);
    else await api.DELETE("/api/v1/mailboxes/{id}/pause", params);
  });
}

export function useArchiveMailbox(id: string) {
  const params = { params: { path: { id } } };
  return useMailboxChange(async (away: boolean) => {
    if (away) await api.POST("/api/v1/mailboxes/{id}/archive", params);
    else await api.DELETE("/api/v1/mailboxes/{id}/archive", params);
  });
}

export function useCheckMailbox(id: string) {
  return useMailboxChange((_: void) => read(api.POST("/api/v1/mailboxes/{id}/check", { params: { path: { id } } })));
}
