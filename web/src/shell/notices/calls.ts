import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { notifyProblem } from "~/kit/notify";
import type { NoticePage } from "./notices";

const pageLength = 30;
/** Something always happens in a large import; the list is asked for at most once in this time. */
const newsMs = 1000;

const page = (cursor?: string): Promise<NoticePage> =>
  read(api.GET("/api/v1/notifications", { params: { query: { cursor, limit: pageLength } } }));

/** The newest notifications and how many are unread. */
export function useNewest() {
  return useQuery({ queryKey: keys.list("notification", "newest"), queryFn: () => page() });
}

/** All notifications, page by page. */
export function useAll() {
  return useInfiniteQuery({
    queryKey: keys.list("notification", "all"),
    queryFn: ({ pageParam }) => page(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: NoticePage) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** Notes that one was read, or everything up to it. */
export function useMarkRead() {
  const client = useQueryClient();
  const words = useI18n();
  return useMutation({
    mutationFn: (body: { up_to: string; only: boolean }) => api.POST("/api/v1/notifications/read", { body }),
    onError: (error) => notifyProblem(error, words),
    onSettled: () => client.invalidateQueries({ queryKey: keys.all("notification") }),
  });
}

/** Asks for the notifications anew after something happened. The same function on every render. */
export function useNews(): () => void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: keys.all("notification") });
    }, newsMs);
  }, [client]);
}
