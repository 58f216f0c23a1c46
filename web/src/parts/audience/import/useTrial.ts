import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "~/api/client";
import { keys } from "~/api/query";
import type { StartInput, Trial } from "./draft";

const pollMs = 600;
/** Several choices in a row are one question. */
const restMs = 400;

let attempts = 0;

export interface Tried {
  /** The newest finished trial, of whichever order. */
  trial: Trial | null;
  /** Whether it is about the order as it stands. */
  isFresh: boolean;
  /** Rows looked at so far by the trial under way. */
  rows_n: number;
  error: unknown;
  /** Why the last order was not taken, also after somebody went back to mend it. */
  refusal: Error | null;
  retry: () => void;
}

/**
 * Asks what would become of the file, and again whenever the order changes. One trial at a time: the server keeps one
 * answer per file, so the answer to an earlier order must not be taken for that to a later one.
 */
export function useTrial(id: string, order: StartInput | null): Tried {
  const wanted = order === null ? null : JSON.stringify(order);
  const [asked, setAsked] = useState<{ order: string; attempt: number } | null>(null);
  const [done, setDone] = useState<{ order: string; trial: Trial } | null>(null);
  const ask = useMutation({
    mutationFn: (text: string) =>
      api.POST("/api/v1/imports/{id}/trial", {
        params: { path: { id } },
        body: JSON.parse(text) as StartInput,
      }),
    onSuccess: (_, text) => setAsked({ order: text, attempt: ++attempts }),
  });
  const found = useQuery({
    queryKey: keys.one("import", id, `trial-${asked?.attempt ?? 0}`),
    queryFn: async () => {
      const { data } = await api.GET("/api/v1/imports/{id}/trial", { params: { path: { id } } });
      return data ?? null;
    },
    enabled: asked !== null && done?.order !== asked.order,
    refetchInterval: (query) => (query.state.data?.is_done === true ? false : pollMs),
    gcTime: 0,
  });
  const trial = found.data;
  const isLooking = ask.isPending || (asked !== null && asked.order !== done?.order && found.error === null);
  const isRefused = ask.error !== null && ask.variables === wanted;
  const { mutate } = ask;
  useEffect(() => {
    if (asked !== null && trial?.is_done === true) setDone({ order: asked.order, trial });
  }, [asked, trial]);
  useEffect(() => {
    if (wanted === null || wanted === done?.order || isLooking || isRefused || found.error !== null) return;
    const timer = setTimeout(() => mutate(wanted), done === null ? 0 : restMs);
    return () => clearTimeout(timer);
  }, [wanted, done, isLooking, isRefused, found.error, mutate]);
  return {
    trial: done?.trial ?? null,
    isFresh: wanted !== null && done?.order === wanted,
    rows_n: trial?.rows_n ?? 0,
    refusal: ask.error,
    error: isRefused ? ask.error : found.error,
    retry: () => (found.error === null ? wanted !== null && mutate(wanted) : void found.refetch()),
  };
}
