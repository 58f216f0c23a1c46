import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useActions } from "~/actions/ActionsProvider";
import { useI18n } from "~/i18n";
import classes from "./DataList.module.css";
import { useDensity } from "./density";
import { EditableCell } from "./EditableCell";
import { Icon } from "./icons";
import { ErrorState, Skeleton } from "./states";

export interface Column<Row> {
  id: string;
  header: string;
  /** A CSS grid track: `minmax(160px, 2fr)`, `96px`. */
  width: string;
  cell: (row: Row) => ReactNode;
  sortable?: boolean;
  /** Numbers stand at the end. */
  align?: "start" | "end";
  /** How the fact is changed where it stands; undefined for a row in which it cannot be. Saving fails when it is refused. */
  edit?: (row: Row) => { value: string; save: (value: string) => Promise<void> } | undefined;
}

export interface Sort {
  column: string;
  direction: "asc" | "desc";
}

interface DataListProps<Row> {
  /** Names this list, so that it finds its place back after a visit elsewhere. */
  id: string;
  label: string;
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** What a row is called, for who hears which box is ticked. */
  rowName?: (row: Row) => string;
  columns: readonly Column<Row>[];
  /** What a row looks like on a phone; the first two columns unless told. */
  tile?: (row: Row) => ReactNode;
  /** Every row there is, when known: the list may hold only the first pages. */
  total?: number;
  /** There are more rows than these, and nobody counted them. */
  hasMore?: boolean;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (selected: ReadonlySet<string>) => void;
  /** The row that is open or pointed at. */
  activeId?: string | null;
  /** Moving through the list (j, k, arrows). */
  onActive?: (row: Row) => void;
  onOpen: (row: Row) => void;
  loading?: boolean;
  error?: unknown;
  onRetry?: () => void;
  /** Called near the end; load the next page. */
  onNearEnd?: () => void;
  empty: ReactNode;
}

const tileHeight = 72;
const places = new Map<string, number>();

/** A list of any length: only what is seen is drawn. `j`/`k` move, `x` selects, Enter opens; it keeps its place. */
export function DataList<Row>(props: DataListProps<Row>) {
  const { rows, loading = false, error, onRetry, empty } = props;
  if (error !== undefined && error !== null && rows.length === 0) return <ErrorState error={error} onRetry={onRetry} />;
  if (loading && rows.length === 0) return <Skeleton shape="list" />;
  if (rows.length === 0) return <>{empty}</>;
  return <Filled {...props} />;
}

/** Moving, opening and selecting by keyboard: letters anywhere on the page, arrows while the list has the focus. */
function useListKeys<Row>(props: DataListProps<Row>, reveal: (index: number) => void) {
  const { rows, rowId, activeId, selected, onSelect, onActive, onOpen } = props;
  const activeIndex = rows.findIndex((row) => rowId(row) === activeId);
  const active = rows[activeIndex];
  const last = rows.length - 1;
  const moveTo = (wanted: number) => {
    const index = Math.max(0, Math.min(last, wanted));
    const row = rows[index];
    if (row === undefined) return;
    reveal(index);
    (onActive ?? onOpen)(row);
  };
  const toggle = (row: Row) => {
    if (onSelect === undefined) return;
    const next = new Set(selected);
    if (!next.delete(rowId(row))) next.add(rowId(row));
    onSelect(next);
  };
  const onOne = (perform: (row: Row) => void) => () => {
    if (active !== undefined) perform(active);
  };
  useActions([
    {
      id: "list.next",
      label: "kit.list.next",
      section: "list",
      shortcut: "j",
      keyOnly: true,
      perform: () => moveTo(activeIndex + 1),
    },
    {
      id: "list.previous",
      label: "kit.list.previous",
      section: "list",
      shortcut: "k",
      keyOnly: true,
      perform: () => moveTo(activeIndex - 1),
    },
    {
      id: "list.open",
      label: "kit.list.open",
      section: "list",
      shortcut: "Enter",
      keyOnly: true,
      when: () => active !== undefined,
      perform: onOne(onOpen),
    },
    {
      id: "list.select",
      label: "kit.list.select",
      section: "list",
      shortcut: "x",
      keyOnly: true,
      // Listed among the keys also while no row is pointed at.
      when: () => onSelect !== undefined,
      perform: onOne(toggle),
    },
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    const target = { ArrowDown: activeIndex + 1, ArrowUp: activeIndex - 1, Home: 0, End: last }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    moveTo(target);
  };
  return { active, toggle, onKeyDown };
}

/** Asks for the next page once for each length that the list has had. */
function useNearEnd(isNearEnd: boolean, rowCount: number, onNearEnd: (() => void) | undefined) {
  useEffect(() => {
    if (isNearEnd) onNearEnd?.();
  }, [isNearEnd, rowCount, onNearEnd]);
}

function Filled<Row>(props: DataListProps<Row>) {
  const { id, label, rows, rowId, columns, total, hasMore = false, selected, onSelect, onNearEnd } = props;
  const { rowHeight } = useDensity();
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const height = isPhone === true ? tileHeight : rowHeight;
  const scroll = useRef<HTMLDivElement>(null);
  const [editing, setEditing] = useState<{ row: string; column: string } | null>(null);

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: 12,
    initialOffset: places.get(id) ?? 0,
    initialRect: { width: 800, height: 600 },
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowId(row);
    },
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, height]);

  const items = virtualizer.getVirtualItems();
  useNearEnd((items.at(-1)?.index ?? 0) >= rows.length - 20, rows.length, onNearEnd);
  const { active, toggle, onKeyDown } = useListKeys(props, (index) =>
    virtualizer.scrollToIndex(index, { align: "auto" }),
  );
  const tracks = [...(onSelect === undefined ? [] : ["40px"]), ...columns.map((column) => column.width)].join(" ");
  const columnCount = columns.length + (onSelect === undefined ? 0 : 1);
  return (
    <div className={classes.frame}>
      <div
        ref={scroll}
        className={classes.scroll}
        style={{ "--columns": tracks, "--tile-height": `${tileHeight}px` } as CSSProperties}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={hasMore && total === undefined ? -1 : (total ?? rows.length) + 1}
        aria-colcount={columnCount}
        aria-activedescendant={active === undefined ? undefined : `${id}-${rowId(active)}`}
        onKeyDown={onKeyDown}
        onScroll={(event) => places.set(id, event.currentTarget.scrollTop)}
      >
        <Head {...props} />
        <div className={classes.body} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <ListRow
                key={item.key}
                {...props}
                row={row}
                index={item.index}
                top={item.start}
                isPhone={isPhone === true}
                onToggle={() => toggle(row)}
                editing={editing?.row === rowId(row) ? editing.column : undefined}
                onEdit={(column) => setEditing(column === undefined ? null : { row: rowId(row), column })}
              />
            );
          })}
        </div>
      </div>
      <Foot count={total ?? rows.length} isMore={hasMore} selected={selected?.size ?? 0}>
        {isPhone === true && <SortChoice {...props} />}
      </Foot>
    </div>
  );
}

interface FootProps {
  count: number;
  isMore: boolean;
  selected: number;
  children: ReactNode;
}

function Foot({ count, isMore, selected, children }: FootProps) {
  const { t } = useI18n();
  return (
    <div className={classes.foot}>
      <div className={`num ${classes.counts}`} role="status">
        <span>{t(isMore ? "kit.list.count_more" : "kit.list.count", { n: count })}</span>
        {selected > 0 && <span>{t("kit.list.selected", { n: selected })}</span>}
      </div>
      {children}
    </div>
  );
}

/** A phone has no row of headers to sort by. */
function SortChoice<Row>({ columns, sort, onSort }: DataListProps<Row>) {
  const { t } = useI18n();
  const sortable = columns.filter((column) => column.sortable === true);
  if (onSort === undefined || sortable.length === 0) return null;
  return (
    <label className={classes.sortChoice}>
      {t("kit.list.sort")}
      <select
        value={sort?.column ?? ""}
        onChange={(event) => onSort({ column: event.currentTarget.value, direction: "asc" })}
      >
        {sortable.every((column) => column.id !== sort?.column) && <option value={sort?.column ?? ""}>–</option>}
        {sortable.map((column) => (
          <option key={column.id} value={column.id}>
            {column.header}
          </option>
        ))}
      </select>
    </label>
  );
}

function Head<Row>({ rows, rowId, columns, sort, onSort, selected, onSelect }: DataListProps<Row>) {
  const { t } = useI18n();
  const isAll = rows.length > 0 && rows.every((row) => selected?.has(rowId(row)) === true);
  const flip = (column: string) =>
    onSort?.({ column, direction: sort?.column === column && sort.direction === "asc" ? "desc" : "asc" });
  return (
    <div className={classes.head} role="rowgroup">
      <div className={classes.headRow} role="row" aria-rowindex={1}>
        {onSelect !== undefined && (
          <div className={classes.check} role="columnheader">
            <input
              type="checkbox"
              aria-label={t("kit.list.select_all")}
              checked={isAll}
              onChange={() => onSelect(isAll ? new Set() : new Set(rows.map(rowId)))}
            />
          </div>
        )}
        {columns.map((column) => {
          const direction = sort?.column === column.id ? sort.direction : undefined;
          return (
            <div
              key={column.id}
              role="columnheader"
              className={`${classes.headCell} ${column.align === "end" ? classes.end : ""}`}
              aria-sort={direction === undefined ? undefined : direction === "asc" ? "ascending" : "descending"}
            >
              {column.sortable === true && onSort !== undefined ? (
                <button
                  type="button"
                  className={`${classes.sort} ${direction === undefined ? "" : classes.sorted}`}
                  onClick={() => flip(column.id)}
                >
                  {column.header}
                  {direction !== undefined && (
                    <Icon name="sorted" size={12} className={direction === "desc" ? classes.descending : undefined} />
                  )}
                </button>
              ) : (
                column.header
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface ListRowProps<Row> extends DataListProps<Row> {
  row: Row;
  index: number;
  top: number;
  isPhone: boolean;
  onToggle: () => void;
  /** The column that is being edited in this row. */
  editing: string | undefined;
  onEdit: (column: string | undefined) => void;
}

/** What a cell shows, and how it is changed when it can be. */
function Cell<Row>({
  row,
  rowId,
  column,
  columns,
  activeId,
  editing,
  onEdit,
}: ListRowProps<Row> & { column: Column<Row> }) {
  const edit = column.edit?.(row);
  if (edit === undefined) return <>{column.cell(row)}</>;
  const editable = columns.filter((each) => each.edit?.(row) !== undefined).map((each) => each.id);
  const neighbor = (step: -1 | 0 | 1) => (step === 0 ? undefined : editable[editable.indexOf(column.id) + step]);
  return (
    <EditableCell
      label={column.header}
      value={edit.value}
      isEditing={editing === column.id}
      isReachable={activeId === rowId(row)}
      onEdit={() => onEdit(column.id)}
      onSave={edit.save}
      onEnd={(step) => onEdit(neighbor(step))}
    >
      {column.cell(row)}
    </EditableCell>
  );
}

function ListRow<Row>(props: ListRowProps<Row>) {
  const {
    id,
    row,
    rowId,
    rowName,
    index,
    top,
    columns,
    tile,
    isPhone,
    activeId,
    selected,
    onSelect,
    onOpen,
    onToggle,
  } = props;
  const { t } = useI18n();
  const key = rowId(row);
  const isSelected = selected?.has(key) === true;
  const short =
    tile ?? ((value: Row) => columns.slice(0, 2).map((column) => <div key={column.id}>{column.cell(value)}</div>));
  return (
    <div
      id={`${id}-${key}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={onSelect === undefined ? activeId === key : isSelected}
      className={`${classes.row} ${activeId === key ? classes.active : ""}`}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onOpen(row)}
    >
      {onSelect !== undefined && (
        <div
          role="gridcell"
          className={`${classes.cell} ${classes.check}`}
          onClick={(event) => event.stopPropagation()}
        >
          <input
            type="checkbox"
            aria-label={rowName === undefined ? t("kit.list.select") : t("kit.list.select_row", { name: rowName(row) })}
            checked={isSelected}
            onChange={onToggle}
          />
        </div>
      )}
      {isPhone ? (
        <div role="gridcell" className={classes.tile}>
          {short(row)}
        </div>
      ) : (
        columns.map((column) => (
          <div
            key={column.id}
            role="gridcell"
            className={`${classes.cell} ${column.align === "end" ? `num ${classes.end}` : ""}`}
          >
            <Cell {...props} column={column} />
          </div>
        ))
      )}
    </div>
  );
}
