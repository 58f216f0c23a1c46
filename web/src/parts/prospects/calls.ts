import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useWorkspace } from "~/api/session";
import { useAddress } from "~/shell/address";
import { standings, statesOf } from "./standing";

/** How each column of the list is asked for, and the one direction that the server sorts it in. */
export const sorts = { due: "asc", company: "asc", value: "desc", fit: "desc", touch: "desc" } as const;
export type SortColumn = keyof typeof sorts;

/** Mine or everybody's, as the address says; `usual` when it says nothing. */
export function useOwner(usual: "me" | "all" = "all") {
  const { session } = useWorkspace();
  const { search, set } = useAddress();
  const choice = search.owner === "me" || search.owner === "all" ? search.owner : usual;
  return {
    choice,
    owner: choice === "me" ? session.user.id : undefined,
    choose: (next: "me" | "all") => set({ owner: next === usual ? undefined : next }, { replace: true }),
  };
}

export function useBoard(owner: string | undefined, enabled = true) {
  return useQuery({
    queryKey: keys.list("prospect", { board: owner ?? "all" }),
    queryFn: () => read(api.GET("/api/v1/prospects/board", { params: { query: { owner } } })),
    enabled,
  });
}

/** The list that the address describes, page by page. */
export function useProspectList(enabled = true) {
  const { query, search, sort } = useAddress();
  const { owner } = useOwner();
  const column: SortColumn = sort !== undefined && sort.column in sorts ? (sort.column as SortColumn) : "due";
  const filters = { state: statesOf(search.state), owner, search: query === "" ? undefined : query, sort: column };
  const pages = useInfiniteQuery({
    queryKey: keys.list("prospect", filters),
    queryFn: ({ pageParam }) =>
      read(api.GET("/api/v1/prospects", { params: { query: { ...filters, cursor: pageParam, limit: 100 } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled,
  });
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const isFiltered = query !== "" || (search.state ?? "") in standings || owner !== undefined;
  return { pages, rows, column, isFiltered };
}

/** The lines of Today. */
export function useToday(owner: string | undefined, enabled = true) {
  return useQuery({
    queryKey: keys.list("work", { today: owner ?? "all" }),
    queryFn: () => read(api.GET("/api/v1/today", { params: { query: { owner } } })),
    enabled,
  });
}

/** Today is one's own for who sells; whoever leads sees everybody's. */
export function useTodayOwner() {
  const { workspace } = useWorkspace();
  return useOwner(workspace.role === "sales" ? "me" : "all");
}

/** The prospects before and after one, in the order of the list that the address came from. */
export function useNeighbours(id: string) {
  const { search } = useAddress();
  const from: "today" | "list" | "board" =
    search.from === "today" ? "today" : search.view === "list" ? "list" : "board";
  const { owner } = useOwner();
  const own = useTodayOwner();
  const today = useToday(own.owner, from === "today");
  const list = useProspectList(from === "list");
  const board = useBoard(owner, from === "board");
  const ids = useMemo(() => {
    if (from === "list") return list.rows.map((row) => row.id);
    if (from === "board") return board.data?.columns.flatMap((column) => column.items.map((card) => card.id)) ?? [];
    return (today.data?.items ?? []).flatMap((item) => item.prospect?.id ?? item.task?.prospect_id ?? []);
  }, [from, list.rows, board.data, today.data]);
  const place = neighboursOf(ids, id);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list.pages;
  const wantsMore = from === "list" && place !== undefined && place.next === undefined && hasNextPage;
  useEffect(() => {
    if (wantsMore && !isFetchingNextPage) void fetchNextPage();
  }, [wantsMore, isFetchingNextPage, fetchNextPage]);
  return { from, place };
}

interface Place {
  at: number;
  of: number;
  previous?: string;
  next?: string;
}

/** The place of one in a list, from 1; undefined when it is not in it. Who stands in it twice counts once. */
export function neighboursOf(list: readonly string[], id: string): Place | undefined {
  const ids = [...new Set(list)];
  const index = ids.indexOf(id);
  return index < 0 ? undefined : { at: index + 1, of: ids.length, previous: ids[index - 1], next: ids[index + 1] };
}
