import { keepPreviousData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

/** So many rows are looked for before the page waits until somebody scrolls. */
const rowsWanted = 50;

/** A page of a long list, as the server gives it. */
export interface Page<Row> {
  items: Row[];
  next_cursor?: string | null;
  total?: number | null;
  total_is_capped: boolean;
  is_searchable: boolean;
}

/**
 * The rows of a list, page after page. A page may be empty and still lead to the next: then that is asked for at once. With
 * `keepsBefore` what was found last stays until the next is there.
 */
export function usePages<Row>(
  key: QueryKey,
  ask: (cursor?: string) => Promise<Page<Row>>,
  { keepsBefore = false }: { keepsBefore?: boolean } = {},
) {
  const pages = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepsBefore ? keepPreviousData : undefined,
  });
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = pages;
  const isLooking = rows.length < rowsWanted && hasNextPage && !isError;
  useEffect(() => {
    if (isLooking && !isFetchingNextPage) void fetchNextPage();
  }, [isLooking, isFetchingNextPage, fetchNextPage]);
  const first = pages.data?.pages[0];
  const isCapped = first?.total_is_capped === true;
  // What was found is never less than what was counted by looking at a part.
  const total = Math.max(first?.total ?? 0, rows.length);
  return {
    pages,
    rows,
    total,
    isCapped: isCapped && hasNextPage,
    isLooking,
    isSearchable: first?.is_searchable !== false,
  };
}
