import type { ReactNode } from "react";
import { type Column, DataList } from "~/kit/DataList";
import { type Filter, FilterBar } from "~/kit/FilterBar";
import { SplitView } from "~/kit/SplitView";
import { useAddress } from "./address";
import classes from "./RecordList.module.css";

/** What the list needs of a query that brings in page after page. */
interface Pages {
  isPending: boolean;
  error: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
}

interface RecordListProps<Row extends { id: string }, SortColumn extends string> {
  /** Names the list, so that it finds its place back after a visit elsewhere. */
  id: string;
  label: string;
  pages: Pages;
  rows: readonly Row[];
  rowName?: (row: Row) => string;
  /** Every row there is, when the server counted them. */
  total?: number;
  /** Whether there may be more than `total`. */
  hasMore?: boolean;
  /** Whether further rows are being looked for by themselves. */
  isLooking?: boolean;
  columns: readonly Column<Row>[];
  /** The columns for which there is room while a record is open. */
  beside: readonly string[];
  tile: (row: Row) => ReactNode;
  /** The columns that the server sorts by, each in its one direction; and the one that it sorts by now. */
  sorts: Readonly<Record<SortColumn, "asc" | "desc">>;
  column: SortColumn;
  filters: readonly Filter[];
  selected?: ReadonlySet<string>;
  onSelect?: (selected: ReadonlySet<string>) => void;
  /** Stands between the filters and the rows. */
  above?: ReactNode;
  empty: ReactNode;
  detail: (id: string) => ReactNode;
  detailLabel: string;
  /** Opens the record on a page of its own. */
  onFull?: () => void;
}

/** A list of records whose search, filters, order and open record stand in the address; the open one stands beside it. */
export function RecordList<Row extends { id: string }, SortColumn extends string>({
  pages,
  rows,
  total,
  hasMore,
  isLooking = false,
  columns,
  beside,
  sorts,
  column,
  filters,
  above,
  detail,
  detailLabel,
  onFull,
  ...list
}: RecordListProps<Row, SortColumn>) {
  const address = useAddress();
  const { id, open } = address;
  const at = rows.findIndex((row) => row.id === id);
  const goTo = (index: number) => {
    const row = rows[index];
    return at < 0 || row === undefined ? undefined : () => open(row.id);
  };
  return (
    <SplitView
      list={
        <div className={classes.list}>
          <div className={classes.filters}>
            <FilterBar
              query={address.query}
              onQuery={address.setQuery}
              filters={filters}
              values={Object.fromEntries(filters.map((filter) => [filter.id, address.search[filter.id]]))}
              onFilter={(name, value) => address.set({ [name]: value }, { replace: true })}
            />
          </div>
          {above}
          <div className={classes.rows}>
            <DataList
              {...list}
              rows={rows}
              rowId={(row) => row.id}
              columns={id === undefined ? columns : columns.filter((each) => beside.includes(each.id))}
              total={total}
              hasMore={hasMore ?? (total === undefined && pages.hasNextPage)}
              sort={{ column, direction: sorts[column] }}
              onSort={({ column: wanted }) =>
                address.setSort({ column: wanted, direction: sorts[wanted as SortColumn] })
              }
              activeId={id ?? null}
              onOpen={(row) => open(row.id)}
              loading={pages.isPending || isLooking}
              error={pages.error}
              onRetry={() => void pages.refetch()}
              onNearEnd={() => {
                if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
              }}
            />
          </div>
        </div>
      }
      detail={id === undefined ? null : detail(id)}
      detailLabel={detailLabel}
      position={at < 0 ? undefined : { at: at + 1, of: total ?? rows.length }}
      onPrevious={goTo(at - 1)}
      onNext={goTo(at + 1)}
      onClose={() => open(undefined)}
      onFull={onFull}
    />
  );
}
