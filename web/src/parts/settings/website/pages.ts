import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type Site = Schemas["SiteItem"];
export type SiteBody = Schemas["SiteBody"];
export type NamedPage = Schemas["NamedPage"];

export const visitModes = ["off", "click_session", "consented"] as const;
export type VisitMode = (typeof visitModes)[number];

/** Kinds that a workspace may name a page as, in the order of the list. */
export const pageKinds = [
  "case_study_detail",
  "case_study_index",
  "pricing",
  "contact",
  "product",
  "careers",
  "legal",
  "support",
  "page",
] as const;
export type PageKind = (typeof pageKinds)[number];

export function modeOf(site: { visit_mode: string }): VisitMode {
  return visitModes.find((mode) => mode === site.visit_mode) ?? "off";
}

export function kindOf(page: { kind: string }): PageKind {
  return pageKinds.find((kind) => kind === page.kind) ?? "page";
}

export const newSite: SiteBody = { host: "", visit_mode: "click_session", pages: [] };

export function bodyOf({ host, visit_mode, pages }: Site): SiteBody {
  return { host, visit_mode, pages };
}

/** What a person typed or pasted as paths: one a line, addresses become their path. */
export function pathsIn(text: string): string[] {
  const paths = text
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => (URL.canParse(word) ? new URL(word).pathname : word.startsWith("/") ? word : `/${word}`));
  return [...new Set(paths)];
}
