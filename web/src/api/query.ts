import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiProblem, isProblem } from "./problem";

/** What a query is about. A live event names one of these, so the first word of a query key is always one of them. */
export type Subject =
  | "company"
  | "contact"
  | "lead"
  | "prospect"
  | "opportunity"
  | "quote"
  | "campaign"
  | "message"
  | "thread"
  | "task"
  | "mailbox"
  | "engagement"
  | "import"
  | "audience"
  | "funnel"
  | "plan"
  | "work"
  | "workspace"
  | "member"
  | "notification";

/** Query keys, so that nobody types one by hand: `keys.list("lead", filters)`, `keys.one("prospect", id)`. */
export const keys = {
  session: () => ["session"] as const,
  all: (subject: Subject) => [subject] as const,
  list: (subject: Subject, filters: unknown = {}) => [subject, "list", filters] as const,
  one: (subject: Subject, id: string, part = "self") => [subject, "one", id, part] as const,
};

export function createQueryClient(): QueryClient {
  // A session that ended elsewhere is noticed at the first call: then the page asks anew who is there.
  const onError = (error: unknown, key?: readonly unknown[]) => {
    if (isProblem(error, 401) && key?.[0] !== "session") void client.invalidateQueries({ queryKey: keys.session() });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: (error, query) => onError(error, query.queryKey) }),
    mutationCache: new MutationCache({ onError: (error) => onError(error) }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // A refusal stays a refusal; only a line or server that is away is worth another try.
        retry: (failures, error) => failures < 2 && isTransient(error),
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
  return client;
}

/** Forgets everything that belongs to the workspace that was left. Who is logged in stays known. */
export function forgetWorkspace(client: QueryClient): void {
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
}

function isTransient(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status === 502 || error.status === 503);
}
