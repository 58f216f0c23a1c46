import { type InfiniteData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { type Page, usePages } from "~/api/pages";
import { isProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { notifyProblem } from "~/kit/notify";
import { selectedMax } from "~/parts/leads/batch";
import type { ListId } from "./conditions";

type Schemas = components["schemas"];
export type CompanyRow = Schemas["CompanyRowView"];
export type PersonRow = Schemas["PersonRowView"];
export type ListView = Schemas["ListViewView"];
export type ViewDefinition = Schemas["ListViewDefinition"];

/** What of a list is asked for, as the server takes it. */
export interface Asked {
  search: string;
  filter: string;
  sort: string;
}

/** Rows of one call. */
const rowsPerPage = 100;

export function useCompanies(asked: Asked) {
  return usePages<CompanyRow>(keys.list("company", asked), (cursor) =>
    read(api.GET("/api/v1/companies", { params: { query: { ...asked, cursor, limit: rowsPerPage } } })),
  );
}

export function usePeople(asked: Asked) {
  return usePages<PersonRow>(keys.list("contact", asked), (cursor) =>
    read(api.GET("/api/v1/contacts", { params: { query: { ...asked, cursor, limit: rowsPerPage } } })),
  );
}

/** More companies are not selected at once: what the server does at once. */
export const companiesMax = 5_000;

/** The ids of all pages, up to `most`. */
async function allIds(most: number, ask: (cursor?: string) => Promise<{ ids: string[]; next: string | undefined }>) {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    ids.push(...page.ids);
    cursor = page.next;
  } while (cursor !== undefined && ids.length < most);
  return ids.slice(0, most);
}

/** The ids of everybody who matches, up to `selectedMax`. */
export function peopleThatMatch(asked: Asked): Promise<string[]> {
  return allIds(selectedMax, async (cursor) => {
    const query = { ...asked, cursor, limit: 200 };
    const page = await read(api.GET("/api/v1/contacts", { params: { query } }));
    const known = page.items.filter((row) => !row.is_erased);
    return { ids: known.map((row) => row.id), next: page.next_cursor ?? undefined };
  });
}

/** The ids of all companies that match, up to `companiesMax`. */
export function companiesThatMatch(asked: Asked): Promise<string[]> {
  return allIds(companiesMax, async (cursor) => {
    const query = { ...asked, cursor, limit: 200 };
    const page = await read(api.GET("/api/v1/companies", { params: { query } }));
    return { ids: page.items.map((row) => row.id), next: page.next_cursor ?? undefined };
  });
}

type Pages<Row> = InfiniteData<Page<Row>, string | undefined>;

/**
 * Changes one fact of a row: seen at once, and taken back when somebody else was first. Fails when the server refuses
 * it, for the field to say why.
 */
export function useChangeCell<Row extends { id: string; updated_at: string }>(subject: "company" | "contact") {
  const client = useQueryClient();
  const words = useI18n();
  const show = (id: string, shown: Partial<Row>) =>
    client.setQueriesData<Pages<Row>>({ queryKey: [subject, "list"] }, (now) =>
      now === undefined || !("pages" in now)
        ? now
        : {
            ...now,
            pages: now.pages.map((page) => ({
              ...page,
              items: page.items.map((row) => (row.id === id ? { ...row, ...shown } : row)),
            })),
          },
    );
  const change = useMutation({
    mutationFn: async ({ record, row, field, value }: CellChange<Row>) => {
      const body = { field, value, seen_at: row.updated_at };
      const params = { path: { id: record } };
      return subject === "company"
        ? read(api.PATCH("/api/v1/companies/{id}", { params, body }))
        : read(api.PATCH("/api/v1/contacts/{id}", { params, body }));
    },
    onMutate: ({ row, shown }) => show(row.id, shown),
    onSuccess: ({ updated_at }, { row }) => show(row.id, { updated_at } as Partial<Row>),
    onError: (_, { row }) => {
      show(row.id, row);
      void client.invalidateQueries({ queryKey: [subject, "list"] });
    },
  });
  return async (wanted: CellChange<Row>) => {
    try {
      await change.mutateAsync(wanted);
    } catch (error) {
      if (!isProblem(error, 409)) throw error;
      notifyProblem(error, words);
    }
  };
}

interface CellChange<Row> {
  /** Id of the company or person. */
  record: string;
  /** The row as it was seen. */
  row: Row;
  field: "name" | "website" | "phone" | "town" | "title";
  value: string;
  /** What the row shows meanwhile. */
  shown: Partial<Row>;
}

const viewsKey = (list: ListId) => keys.list("workspace", ["list-views", list]);

/** The saved views of a list that this person sees, and the columns that they chose. */
export function useViews(list: ListId) {
  return useQuery({
    queryKey: viewsKey(list),
    queryFn: () => read(api.GET("/api/v1/list-views", { params: { query: { list } } })),
  });
}

type ViewChange =
  | { kind: "add"; name: string; is_shared: boolean; definition: ViewDefinition }
  | { kind: "change"; id: string; name: string; is_shared: boolean; definition: ViewDefinition }
  | { kind: "remove"; id: string };

/** Keeps, changes or removes a view; gives the id of the one that is there afterwards. */
export function useChangeView(list: ListId) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (change: ViewChange) => {
      if (change.kind === "add") {
        const { kind: _, ...body } = change;
        return (await read(api.POST("/api/v1/list-views", { body: { list, ...body } }))).id;
      }
      const path = { id: change.id };
      if (change.kind === "remove") {
        await api.DELETE("/api/v1/list-views/{id}", { params: { path } });
        return undefined;
      }
      const { name, is_shared, definition } = change;
      await api.PUT("/api/v1/list-views/{id}", { params: { path }, body: { name, is_shared, definition } });
      return change.id;
    },
    onSettled: () => client.invalidateQueries({ queryKey: viewsKey(list) }),
  });
}

/** Chooses columns: seen at once, kept on the server. */
export function useChooseColumns(list: ListId) {
  const client = useQueryClient();
  const words = useI18n();
  return useMutation({
    mutationFn: (columns: string[]) =>
      api.PUT("/api/v1/list-columns/{list}", { params: { path: { list } }, body: { columns } }),
    onMutate: async (columns) => {
      await client.cancelQueries({ queryKey: viewsKey(list) });
      client.setQueryData<Schemas["ListViewsView"]>(viewsKey(list), (now) => now && { ...now, columns });
    },
    onError: (error) => notifyProblem(error, words),
    onSettled: () => client.invalidateQueries({ queryKey: viewsKey(list) }),
  });
}

/** Writes what is shown, or what was chosen, to a file and hands it to the person. */
export function useExport(list: ListId) {
  const words = useI18n();
  return useMutation({
    mutationFn: async (wanted: Asked & { format: "csv" | "xlsx"; columns: string[]; ids?: string[] }) => {
      const body = { list, ...wanted };
      const answer = await api.POST("/api/v1/list-exports", { body, parseAs: "blob" });
      const name = /filename="([^"]+)"/.exec(answer.response.headers.get("Content-Disposition") ?? "")?.[1];
      const link = document.createElement("a");
      link.href = URL.createObjectURL(answer.data as unknown as Blob);
      link.download = name ?? `kiem.${wanted.format}`;
      link.click();
      // The browser reads it after this turn.
      window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    },
    onError: (error) => notifyProblem(error, words),
  });
}
