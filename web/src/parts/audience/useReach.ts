import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";

export type Summary = components["schemas"]["AudienceSummary"];

/** How much of the audience may lawfully be reached today; asked again while a large audience is being counted. */
export function useReach() {
  return useQuery({
    queryKey: keys.list("audience", "summary"),
    queryFn: () => read(api.GET("/api/v1/audience/summary")),
    // Counting a large audience takes seconds.
    refetchInterval: ({ state }) => (state.data?.is_counting === true ? 3_000 : false),
  });
}
