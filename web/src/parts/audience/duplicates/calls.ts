import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { type Subject, keys } from "~/api/query";
import type { components } from "~/api/schema";
import type { Kind, Merge, QueueState } from "./kinds";

/** The queue, the pair with the most at stake first. */
export function useQueue({ of, queue }: Kind, state: QueueState) {
  return useQuery({ queryKey: keys.list("audience", { duplicates: state, of }), queryFn: () => queue(state, 50) });
}

/** How many pairs nobody looked at; undefined as long as it is not known. */
export function useWaiting({ of, queue }: Kind): number | undefined {
  const { data } = useQuery({
    queryKey: keys.list("audience", { duplicates: "waiting", of }),
    // The server counts them for any page: the shortest is enough.
    queryFn: () => queue("open", 1),
  });
  return data?.open_n;
}

/** One pair side by side; `keep` is the record that a person wants to stay, or whose facts are to. */
export function usePair({ pair }: Kind, id: string, keep: string | undefined) {
  return useQuery({
    queryKey: keys.one("audience", id, `duplicate ${keep ?? ""}`),
    queryFn: () => pair(id, keep),
    placeholderData: keepPreviousData,
  });
}

/** What was made one, newest first. */
export function useMerges() {
  return useInfiniteQuery({
    queryKey: keys.list("audience", "merges"),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: components["schemas"]["MergePage"]) => page.next_cursor ?? undefined,
    queryFn: ({ pageParam }) =>
      read(api.GET("/api/v1/merges", { params: { query: { cursor: pageParam, limit: 50 } } })),
  });
}

export function undoMerge(id: string): Promise<Merge> {
  return read(api.POST("/api/v1/merges/{id}/undo", { params: { path: { id } } }));
}

/** Everything that shows companies and people. */
const touched: readonly Subject[] = ["audience", "company", "contact", "lead", "prospect", "thread"];

/** After a decision everything that it touches is asked for anew; not the pair itself, which is no pair any more. */
export function useMakeOld(): (decided?: string) => Promise<void> {
  const client = useQueryClient();
  return async (decided) => {
    const isOld = ({ queryKey }: { queryKey: readonly unknown[] }) => decided === undefined || queryKey[2] !== decided;
    if (decided !== undefined)
      void client.invalidateQueries({ queryKey: ["audience", "one", decided], refetchType: "none" });
    await Promise.all(
      touched.map((subject) => client.invalidateQueries({ queryKey: keys.all(subject), predicate: isOld })),
    );
  };
}
