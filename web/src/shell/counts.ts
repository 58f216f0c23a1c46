import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { PlaceId } from "./places";

export type WorkCounts = Partial<Record<PlaceId, number>>;

/** How much work waits behind each page. Nothing is shown until it is known: an unknown number is not zero. */
export function useWorkCounts(): WorkCounts {
  const { data } = useQuery({
    queryKey: keys.list("work", "counts"),
    queryFn: () => read(api.GET("/api/v1/work-counts")),
    staleTime: 60_000,
  });
  return data ?? {};
}
