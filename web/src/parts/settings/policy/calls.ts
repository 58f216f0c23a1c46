import { type QueryClient, useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";

/** The rule sets. They are a part of the program: while it runs they do not change. */
export function usePacks() {
  return useQuery({
    queryKey: keys.list("audience", "policy-packs"),
    queryFn: () => read(api.GET("/api/v1/policy-packs")),
    staleTime: Infinity,
  });
}

/** What this workspace loosened, in force and ended. */
export function useLoosenings() {
  return useQuery({
    queryKey: keys.list("audience", "policy-loosenings"),
    queryFn: () => read(api.GET("/api/v1/policy-loosenings")),
  });
}

/** Who may be approached is another answer now, for everybody. */
export async function refreshVerdicts(client: QueryClient): Promise<void> {
  await client.invalidateQueries({ queryKey: keys.all("audience") });
  await client.invalidateQueries({ queryKey: keys.all("lead") });
}
