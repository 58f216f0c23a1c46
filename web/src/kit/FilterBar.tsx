import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { useI18n } from "~/i18n";
import classes from "./FilterBar.module.css";
import { Icon } from "./icons";

export interface Filter {
  id: string;
  label: string;
  options: readonly { value: string; label: string }[];
}

interface FilterBarProps {
  /** The search text; leave out where there is nothing to search. */
  query?: string;
  onQuery?: (query: string) => void;
  filters?: readonly Filter[];
  /** The chosen value by filter; absent means all. */
  values?: Readonly<Record<string, string | undefined>>;
  onFilter?: (id: string, value: string | undefined) => void;
  /** Buttons at the end. */
  children?: ReactNode;
}

/** Search and filters above a list. `/` jumps into the search. */
export function FilterBar({ query, onQuery, filters = [], values = {}, onFilter, children }: FilterBarProps) {
  const { t } = useI18n();
  const isFiltered = filters.some((filter) => values[filter.id] !== undefined) || (query ?? "") !== "";
  const clear = () => {
    onQuery?.("");
    for (const filter of filters) onFilter?.(filter.id, undefined);
  };
  return (
    <div className={classes.bar} role="search">
      {onQuery !== undefined && <SearchBox query={query ?? ""} onQuery={onQuery} />}
      {filters.map((filter) => {
        const value = values[filter.id];
        return (
          <label key={filter.id} className={`${classes.select} ${value === undefined ? "" : classes.set}`}>
            {filter.label}
            <select
              value={value ?? ""}
              onChange={(event) => onFilter?.(filter.id, event.currentTarget.value || undefined)}
            >
              <option value="">{t("kit.filter.all")}</option>
              {filter.options.map((option) => (
                <option key={option.value} value={option.value}>
                  {option.label}
                </option>
              ))}
            </select>
          </label>
        );
      })}
      {isFiltered && (
        <button type="button" className={classes.clear} onClick={clear}>
          {t("kit.filter.clear")}
        </button>
      )}
      <span className={classes.space} />
      {children}
    </div>
  );
}

function SearchBox({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  const { t } = useI18n();
  const [text, setText] = useState(query);
  const input = useRef<HTMLInputElement>(null);
  const tell = useDebouncedCallback(onQuery, 200);
  // The address may change by going back; the box then follows it.
  useEffect(() => setText(query), [query]);
  useActions([
    {
      id: "list.search",
      label: "kit.filter.search",
      section: "list",
      shortcut: "/",
      keyOnly: true,
      perform: () => input.current?.focus(),
    },
  ]);
  return (
    <TextInput
      ref={input}
      className={classes.search}
      type="search"
      aria-label={t("kit.filter.search")}
      placeholder={t("kit.filter.search")}
      leftSection={<Icon name="search" size={16} />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
      onKeyDown={(event) => event.key === "Escape" && input.current?.blur()}
    />
  );
}
