import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { type Language, useI18n } from "~/i18n";
import { notifyProblem } from "~/kit/notify";

type Schemas = components["schemas"];
export type SiteFact = Schemas["WebsiteFactView"];
export type SiteReading = Schemas["WebsiteReadingView"];

const pollMs = 1500;
const siteKey = (id: string) => keys.one("company", id, "website");

/** What a company's website said; asked again and again while it is being read. */
export function useSite(id: string) {
  const client = useQueryClient();
  const site = useQuery({
    queryKey: siteKey(id),
    queryFn: () => read(api.GET("/api/v1/companies/{id}/website", { params: { path: { id } } })),
    refetchInterval: (query) => (query.state.data?.waits_in == null ? false : pollMs),
  });
  const waits = site.data?.waits_in != null;
  const waited = useRef(false);
  useEffect(() => {
    // A reading that ended may have filled blanks of the company.
    if (waited.current && !waits) void client.invalidateQueries({ queryKey: keys.one("company", id) });
    waited.current = waits;
  }, [waits, client, id]);
  return site;
}

/** Has the website read now. */
export function useReadSite(id: string) {
  const client = useQueryClient();
  const i18n = useI18n();
  return useMutation({
    mutationFn: () => read(api.POST("/api/v1/companies/{id}/website", { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: siteKey(id) }),
    onError: (error) => notifyProblem(error, i18n),
  });
}

/** Kinds of facts in the order in which they are of use. */
const order = [
  "description",
  "legal_name",
  "kvk",
  "vat_id",
  "address",
  "phone",
  "email",
  "person",
  "news",
  "vacancy",
  "technology",
  "language",
];

/** Facts by kind, in that order; a kind that is new to this page comes last. What refuses stands apart. */
export function byKind(facts: readonly SiteFact[]): [string, SiteFact[]][] {
  const groups = new Map<string, SiteFact[]>();
  for (const fact of facts) {
    if (fact.kind !== "no_approach") groups.set(fact.kind, [...(groups.get(fact.kind) ?? []), fact]);
  }
  const place = (kind: string) => (order.includes(kind) ? order.indexOf(kind) : order.length);
  return [...groups].sort(([a], [b]) => place(a) - place(b));
}

/** What a fact says, as people read it: a language by its name, anything else as it stands on the site. */
export function factValue({ kind, value }: Pick<SiteFact, "kind" | "value">, language: Language): string {
  if (kind !== "language" || !/^[a-z]{2,3}$/.test(value)) return value;
  return new Intl.DisplayNames([language], { type: "language" }).of(value) ?? value;
}

/** The facts that say one of the words, one for each page. */
export function proving(facts: readonly SiteFact[], words: readonly string[]): SiteFact[] {
  const folded = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const wanted = words.map(folded);
  const found = facts.filter((fact) => wanted.some((word) => folded(fact.value).includes(word)));
  return found.filter((fact, place) => found.findIndex((other) => other.url === fact.url) === place);
}

/** The address of a page as it is read: host and path, without what says nothing. */
export function pageName(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `${host.replace(/^www\./, "")}${pathname === "/" ? "" : pathname}`;
  } catch {
    return url;
  }
}

/** The address of a company's own site, however it was written down; undefined for what is none. */
export function siteAddress(website: string): string | undefined {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(website) ? website : `https://${website}`;
  return isPage(url) && URL.canParse(url) ? url : undefined;
}

/** A company's site as it is read in a list: without what every address begins with. */
export function siteName(website: string | null | undefined): string {
  return website == null ? "" : pageName(siteAddress(website) ?? website);
}

/** Only a page on the web is linked to: what a stranger's site says never becomes another kind of address. */
export function isPage(url: string): boolean {
  return /^https?:\/\//i.test(url);
}
