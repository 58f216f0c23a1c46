import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useI18n } from "~/i18n";
import { type Column, DataList } from "~/kit/DataList";
import { FilterBar } from "~/kit/FilterBar";
import { Page } from "~/kit/Page";
import { SplitView } from "~/kit/SplitView";
import { EmptyState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import { useAddress } from "~/shell/address";
import { type Asked, type ListView, useChooseColumns, useViews } from "./calls";
import { ColumnsMenu } from "./ColumnsMenu";
import { type ListId, chosenColumns, readConditions, writeConditions } from "./conditions";
import { ExportMenu } from "./ExportMenu";
import { FilterChips } from "./FilterChips";
import classes from "./Lists.module.css";
import { ViewsMenu } from "./ViewsMenu";

/** What the address says about a list: what is asked for, and what is open. */
export function useListAddress(list: ListId, sorts: Readonly<Record<string, "asc" | "desc">>) {
  const address = useAddress();
  const { search, query, sort } = address;
  const column = sort !== undefined && sort.column in sorts ? sort.column : "company";
  const conditions = readConditions(list, search.filter);
  const asked: Asked = { search: query, filter: writeConditions(conditions) ?? "", sort: column };
  const columns = search.columns?.split(",") ?? [];
  return { ...address, column, conditions, asked, columns, show: search.show, viewId: search.view };
}

interface Loaded<Row> {
  pages: {
    isPending: boolean;
    error: unknown;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => unknown;
    refetch: () => unknown;
  };
  rows: readonly Row[];
  total: number;
  isCapped: boolean;
  isLooking: boolean;
  isSearchable: boolean;
}

interface ListPageProps<Row extends { id: string }> {
  list: ListId;
  title: string;
  loaded: Loaded<Row>;
  columns: readonly Column<Row>[];
  /** The columns of who never chose any, and those for which there is room while a record is open. */
  usual: readonly string[];
  beside: readonly string[];
  sorts: Readonly<Record<string, "asc" | "desc">>;
  tile: (row: Row) => ReactNode;
  rowName: (row: Row) => string;
  selected: ReadonlySet<string>;
  onSelect: ((selected: ReadonlySet<string>) => void) | undefined;
  /** What can be done with the selection, beside the columns that are shown. */
  batch: (shown: readonly string[]) => ReactNode;
  detail: (id: string) => ReactNode;
  onFull: (id: string) => void;
}

/** A list of companies or people: filters by clicking, saved views, chosen columns, and the open record beside it. */
export function ListPage<Row extends { id: string }>(props: ListPageProps<Row>) {
  const { list, title, loaded, columns, usual, beside, sorts, detail, onFull } = props;
  const { t } = useI18n();
  const address = useListAddress(list, sorts);
  const { show, conditions, asked, column } = address;
  const views = useViews(list);
  const [active, setActive] = useState<string>();
  const chosen = address.columns.length > 0 ? address.columns : (views.data?.columns ?? []);
  const ids = columns.map((each) => each.id);
  const shown = chosenColumns(ids, usual, chosen);
  const seen = show === undefined ? shown : beside;
  const at = loaded.rows.findIndex((row) => row.id === show);
  const open = (id: string | undefined) => address.set({ show: id });
  const goTo = (index: number) => {
    const row = loaded.rows[index];
    return at < 0 || row === undefined ? undefined : () => open(row.id);
  };
  const isFiltered = asked.search !== "" || conditions.length > 0;
  return (
    <Page
      title={title}
      about={t(loaded.isSearchable ? "lists.about" : "lists.about.reading")}
      fills
      actions={<Places list={list} />}
    >
      <SplitView
        list={
          <div className={classes.list}>
            <div className={classes.tools}>
              <FilterBar query={address.query} onQuery={address.setQuery}>
                <Tools {...props} address={address} shown={shown} views={views.data?.items ?? []} />
              </FilterBar>
              <FilterChips
                list={list}
                conditions={conditions}
                onChange={(next) => address.set({ filter: writeConditions(next) }, { replace: true })}
              />
            </div>
            {props.batch(shown)}
            <div className={classes.rows}>
              <DataList
                id={`list-${list}`}
                label={title}
                rows={loaded.rows}
                rowId={(row) => row.id}
                columns={seen.flatMap((id) => columns.find((each) => each.id === id) ?? [])}
                tile={props.tile}
                rowName={props.rowName}
                total={loaded.total}
                hasMore={loaded.isCapped}
                sort={{ column, direction: sorts[column] ?? "asc" }}
                onSort={({ column: wanted }) => address.setSort({ column: wanted, direction: sorts[wanted] ?? "asc" })}
                selected={props.selected}
                onSelect={props.onSelect}
                activeId={show ?? active ?? null}
                onActive={(row) => (show === undefined ? setActive(row.id) : open(row.id))}
                onOpen={(row) => open(row.id)}
                loading={loaded.pages.isPending || loaded.isLooking}
                error={loaded.pages.error}
                onRetry={() => void loaded.pages.refetch()}
                onNearEnd={() => {
                  if (loaded.pages.hasNextPage && !loaded.pages.isFetchingNextPage) void loaded.pages.fetchNextPage();
                }}
                empty={<Empty list={list} isFiltered={isFiltered} />}
              />
            </div>
          </div>
        }
        detail={show === undefined ? null : detail(show)}
        detailLabel={t("lists.detail")}
        position={at < 0 ? undefined : { at: at + 1, of: loaded.total }}
        onPrevious={goTo(at - 1)}
        onNext={goTo(at + 1)}
        onClose={() => open(undefined)}
        onFull={show === undefined ? undefined : () => onFull(show)}
      />
    </Page>
  );
}

interface ToolsProps<Row extends { id: string }> extends ListPageProps<Row> {
  address: ReturnType<typeof useListAddress>;
  shown: readonly string[];
  views: readonly ListView[];
}

/** Views, columns and the file, at the end of the search. */
function Tools<Row extends { id: string }>({ list, columns, address, shown, views }: ToolsProps<Row>) {
  const choose = useChooseColumns(list);
  const { asked, conditions, column } = address;
  const current = views.find((view) => view.id === address.viewId);
  const show = (view: ListView | undefined) => {
    const wanted = view?.definition;
    address.set({
      view: view?.id,
      q: wanted?.search === "" ? undefined : wanted?.search,
      filter: writeConditions(wanted?.conditions ?? []),
      sort: wanted?.sort ?? undefined,
      columns: wanted?.columns?.join(",") || undefined,
    });
  };
  return (
    <div className={classes.buttons}>
      <ViewsMenu
        list={list}
        views={views}
        current={current}
        shown={{ search: asked.search, conditions, sort: column, columns: [...shown] }}
        onOpen={show}
        onKept={(id) => address.set({ view: id }, { replace: true })}
      />
      <ColumnsMenu
        all={columns}
        shown={shown}
        onChange={(next) => {
          // In an open view they are part of it until it is replaced; else they are this person's own.
          if (address.columns.length > 0)
            address.set({ columns: next.length === 0 ? undefined : next.join(",") }, { replace: true });
          else choose.mutate(next);
        }}
      />
      <ExportMenu list={list} asked={asked} columns={shown} />
    </div>
  );
}

/** From one list to the other, and back to the audience. */
function Places({ list }: { list: ListId }) {
  const { t } = useI18n();
  return (
    <nav className={classes.places} aria-label={t("lists.places")}>
      <Link to="/companies/{-$id}" params={{}} search={{}} aria-current={list === "companies" ? "page" : undefined}>
        {t("lists.companies")}
      </Link>
      <Link to="/people/{-$id}" params={{}} search={{}} aria-current={list === "people" ? "page" : undefined}>
        {t("lists.people")}
      </Link>
      <PartLink part="audience">{t("shell.nav.audience")}</PartLink>
    </nav>
  );
}

function Empty({ list, isFiltered }: { list: ListId; isFiltered: boolean }) {
  const { t } = useI18n();
  if (isFiltered) return <EmptyState icon="search" title={t("lists.none.title")} sentence={t("lists.none.sentence")} />;
  return (
    <EmptyState
      icon={list === "companies" ? "company" : "person"}
      title={t(list === "companies" ? "lists.companies" : "lists.people")}
      sentence={t("lists.empty")}
      action={
        <Button component={PartLink} part="audience">
          {t("lists.empty.next")}
        </Button>
      }
    />
  );
}
