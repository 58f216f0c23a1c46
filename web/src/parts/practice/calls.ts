import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { isSettling } from "./standing";

type Schemas = components["schemas"];
export type PracticeMail = Schemas["PracticeView"];
export type PracticeLine = Schemas["PracticeItem"];

/** What Kiem sent in practice mode, newest first. */
export function usePracticeMails(q: string) {
  return useInfiniteQuery({
    queryKey: keys.list("message", { practice: q }),
    queryFn: ({ pageParam }) =>
      read(
        api.GET("/api/v1/practice/mails", {
          params: { query: { ...(q === "" ? {} : { q }), ...(pageParam === "" ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** How often the page looks again while something is on its way or has not settled. */
const lookAgainMs = 3000;

/** One mail with what Kiem made of its reader. Live events refresh it; a grade settles without one, so then it looks. */
export function usePracticeMail(id: string, isWaiting: boolean) {
  return useQuery({
    queryKey: keys.one("engagement", id, "practice"),
    queryFn: () => read(api.GET("/api/v1/practice/mails/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => (isWaiting || isSettling(query.state.data?.standing, Date.now()) ? lookAgainMs : false),
  });
}

export function useAnswer(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["PracticeReplyBody"]) =>
      read(api.POST("/api/v1/practice/mails/{id}/replies", { params: { path: { id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.list("message").slice(0, 2) }),
  });
}

/** Gives the mail back as undeliverable. */
export function useBounce(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => read(api.POST("/api/v1/practice/mails/{id}/bounce", { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all("engagement") }),
  });
}

/** Where a lead can go besides the mail: the website, the booking page, the quote form. */
export function useDoors() {
  const sites = useQuery({
    queryKey: keys.list("workspace", "sites"),
    queryFn: () => read(api.GET("/api/v1/sites")),
  });
  const pages = useQuery({
    queryKey: keys.list("workspace", "booking"),
    queryFn: () => read(api.GET("/api/v1/booking-pages")),
  });
  const inlets = useQuery({
    queryKey: keys.list("workspace", "inlets"),
    queryFn: () => read(api.GET("/api/v1/inlets")),
  });
  return {
    site: sites.data?.items.find((site) => site.practice_url != null)?.practice_url ?? undefined,
    booking: pages.data?.items.find((page) => page.active)?.url,
    form: inlets.data?.items.find((inlet) => inlet.active && inlet.kind === "quote_form")?.url,
    error: sites.error ?? pages.error ?? inlets.error,
    isPending: sites.isPending || pages.isPending || inlets.isPending,
  };
}
