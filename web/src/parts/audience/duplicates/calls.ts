import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { type Subject, keys } from "~/api/query";
import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type PairLine = Schemas["PairLine"];
export type PairPage = Schemas["PairPage"];
export type PairDetail = Schemas["PairDetail"];
export type PairSide = Schemas["PairSideView"];
export type FactPair = Schemas["FactPairView"];
export type SignOf = Schemas["SignView"];
export type Merge = Schemas["MergeView"];
export type Decision = "same" | "different" | "later";
/** Pairs that nobody looked at, or that were put off. */
export type QueueState = "open" | "later";

/** The queue, the pair with the most at stake first. */
export function usePairs(state: QueueState) {
  return useQuery({
    queryKey: keys.list("audience", { duplicates: state }),
    queryFn: () => read(api.GET("/api/v1/duplicates", { params: { query: { state, limit: 50 } } })),
  });
}

/** One pair side by side; `keep` is the company that a person wants to stay. */
export function usePair(id: string, keep: string | undefined) {
  return useQuery({
    queryKey: keys.one("audience", id, `duplicate ${keep ?? ""}`),
    queryFn: () => read(api.GET("/api/v1/duplicates/{id}", { params: { path: { id }, query: { keep } } })),
    placeholderData: keepPreviousData,
  });
}

/** What was made one, newest first. */
export function useMerges() {
  return useInfiniteQuery({
    queryKey: keys.list("audience", "merges"),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Schemas["MergePage"]) => page.next_cursor ?? undefined,
    queryFn: ({ pageParam }) =>
      read(api.GET("/api/v1/merges", { params: { query: { cursor: pageParam, limit: 50 } } })),
  });
}

export async function decide(id: string, decision: Decision, keep: string | undefined): Promise<Merge | null> {
  const done = await read(
    api.PUT("/api/v1/duplicates/{id}/decision", { params: { path: { id } }, body: { decision, keep } }),
  );
  return done.merge ?? null;
}

export async function reopen(id: string): Promise<void> {
  await api.DELETE("/api/v1/duplicates/{id}/decision", { params: { path: { id } } });
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
