import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { Sort } from "~/kit/DataList";

interface Address {
  /** The id in the path: what is open beside the list. */
  id: string | undefined;
  /** What stands after the `?`. */
  search: Readonly<Record<string, string | undefined>>;
  query: string;
  sort: Sort | undefined;
  /**
   * Changes what stands after the `?`; undefined takes it away. Going back undoes it unless `replace`; with `keepScroll`
   * the page stays where it is, for what opens within it.
   */
  set: (change: Record<string, string | undefined>, options?: { replace?: boolean; keepScroll?: boolean }) => void;
  setQuery: (query: string) => void;
  setSort: (sort: Sort) => void;
  /** Opens a thing beside the list, or nothing. */
  open: (id: string | undefined) => void;
}

/**
 * The state of a list that belongs in the address, so that it can be sent to a colleague and survives going back:
 * what is open, searched, filtered and sorted (`?q=...&sort=-fit`).
 */
export function useAddress(): Address {
  const { id } = useParams({ strict: false }) as { id?: string };
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const navigate = useNavigate();
  const set = useCallback<Address["set"]>(
    (change, options) =>
      void navigate({
        to: ".",
        search: (before: Record<string, unknown>) => ({ ...before, ...change }),
        replace: options?.replace ?? false,
        resetScroll: options?.keepScroll !== true,
      } as never),
    [navigate],
  );
  const open = useCallback(
    (next: string | undefined) =>
      void navigate({ to: ".", params: { id: next }, search: (before: unknown) => before } as never),
    [navigate],
  );
  const sort = search.sort;
  return {
    id,
    search,
    query: search.q ?? "",
    sort:
      sort === undefined
        ? undefined
        : sort.startsWith("-")
          ? { column: sort.slice(1), direction: "desc" }
          : { column: sort, direction: "asc" },
    set,
    setQuery: (query) => set({ q: query === "" ? undefined : query }, { replace: true }),
    setSort: ({ column, direction }) => set({ sort: direction === "desc" ? `-${column}` : column }, { replace: true }),
    open,
  };
}
