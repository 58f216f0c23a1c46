import { Modal } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useCallback, useEffect, useId, useMemo, useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { Kbd } from "~/kit/chips";
import { Icon, type IconName } from "~/kit/icons";
import { useAvailableActions } from "./ActionsProvider";
import { companiesFirst, findActions } from "./find";
import classes from "./Palette.module.css";
import type { Action, ActionSection, FoundKind } from "./registry";

const foundIcon = {
  company: "company",
  lead: "lead",
  prospect: "prospect",
  campaign: "campaigns",
} as const satisfies Record<FoundKind, IconName>;

interface Found {
  kind: FoundKind;
  id: string;
  title: string;
  detail: string;
}

/** A newer server may find kinds that this page cannot open yet; those are left out. */
function openable(item: components["schemas"]["SearchResult"]): Found[] {
  return item.kind in foundIcon ? [{ ...item, kind: item.kind as FoundKind }] : [];
}

/** Where a found thing opens. */
export function foundPath(found: Pick<Found, "kind" | "id">): string {
  const place = found.kind === "company" ? "companies" : `${found.kind}s`;
  return `/${place}/${encodeURIComponent(found.id)}`;
}

type Section = ActionSection | "find";
const order: readonly Section[] = ["find", "go", "do", "view"];

/** One line of the palette. */
interface Choice {
  key: string;
  section: Section;
  icon: IconName;
  label: string;
  detail?: string;
  shortcut?: string;
  choose: () => void;
}

interface PaletteProps {
  opened: boolean;
  /** What was typed before the field was there. */
  typed?: string;
  onClose: () => void;
}

/** Anything is two keys away: go to, find, do. Typing never leaves the field; the arrows move the choice. */
export default function Palette({ opened, typed = "", onClose }: PaletteProps) {
  const { t } = useI18n();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={600}
      yOffset="12vh"
      transitionProps={{ duration: 80 }}
      attributes={{ content: { "aria-label": t("actions.palette") } }}
    >
      <PaletteBody typed={typed} onClose={onClose} />
    </Modal>
  );
}

function PaletteBody({ typed, onClose }: { typed: string; onClose: () => void }) {
  const { t } = useI18n();
  const id = useId();
  const [query, setQuery] = useState("");
  useEffect(() => setQuery((now) => (now === "" || typed.startsWith(now) ? typed : now)), [typed]);
  const [at, setAt] = useState(0);
  // An action that was chosen and is about somebody: now it is asked about whom.
  const [asking, setAsking] = useState<Action | null>(null);
  const found = useFound(query, asking?.about?.kinds);
  const ask = useCallback((action: Action) => {
    setAsking(action);
    setQuery("");
  }, []);
  const choices = useChoices(query, found.items, asking, onClose, ask);
  const question = t(asking?.about?.question ?? "actions.palette.placeholder");
  // New letters, new choices: the first one is meant.
  useEffect(() => setAt(0), [query, found.items]);
  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [id, at]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Backspace" && query === "" && asking !== null) setAsking(null);
    const last = Math.max(0, choices.length - 1);
    if (event.key === "Enter") {
      event.preventDefault();
      choices[at]?.choose();
      return;
    }
    const next = { ArrowDown: at >= last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setAt(next);
  };

  return (
    <>
      <div className={classes.field}>
        <Icon name="search" />
        {asking !== null && <span className={classes.asking}>{t(asking.label, asking.vars)}</span>}
        <input
          className={classes.input}
          role="combobox"
          aria-expanded
          aria-controls={id}
          aria-activedescendant={choices.length === 0 ? undefined : `${id}-${at}`}
          aria-autocomplete="list"
          aria-label={question}
          placeholder={question}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          data-autofocus
        />
      </div>
      <ChoiceList id={id} choices={choices} at={at} onPoint={setAt} />
      <div role="status" className={classes.note}>
        {found.isSearching
          ? t("actions.palette.searching")
          : found.failed
            ? t("actions.palette.failed")
            : choices.length === 0
              ? t(
                  asking === null
                    ? "actions.palette.empty"
                    : query === ""
                      ? "actions.palette.name"
                      : "actions.palette.nobody",
                )
              : null}
      </div>
    </>
  );
}

interface ChoiceListProps {
  id: string;
  choices: readonly Choice[];
  at: number;
  onPoint: (index: number) => void;
}

function ChoiceList({ id, choices, at, onPoint }: ChoiceListProps) {
  const { t } = useI18n();
  return (
    <div id={id} role="listbox" aria-label={t("actions.palette")} className={classes.list} tabIndex={-1}>
      {order.map((section) => {
        const here = choices.filter((choice) => choice.section === section);
        if (here.length === 0) return null;
        return (
          <div key={section} role="group" aria-label={t(`actions.section.${section}`)}>
            <div className={classes.section} aria-hidden>
              {t(`actions.section.${section}`)}
            </div>
            {here.map((choice) => {
              const index = choices.indexOf(choice);
              return (
                <div
                  key={choice.key}
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === at}
                  className={classes.choice}
                  onPointerMove={() => onPoint(index)}
                  onClick={choice.choose}
                >
                  <Icon name={choice.icon} />
                  <span className={classes.label}>{choice.label}</span>
                  <span className={classes.detail}>
                    {choice.shortcut === undefined ? choice.detail : <Kbd shortcut={choice.shortcut} />}
                  </span>
                </div>
              );
            })}
          </div>
        );
      })}
    </div>
  );
}

/** What was found first, then what can be done, in the order of the sections. */
function useChoices(
  query: string,
  found: readonly Found[],
  asking: Action | null,
  onClose: () => void,
  onAsk: (action: Action) => void,
): Choice[] {
  const { t, known } = useI18n();
  const { actions, context, run } = useAvailableActions();
  return useMemo(() => {
    // Of a campaign the server tells its state; of all others a place or a name.
    const detailOf = (item: Found) => {
      const key = item.kind === "campaign" ? known(`actions.found.campaign.${item.detail}`) : undefined;
      return key === undefined ? item.detail : t(key);
    };
    const things: Choice[] = found.map((item) => ({
      key: `${item.kind}-${item.id}`,
      section: "find",
      icon: foundIcon[item.kind],
      label: item.title,
      detail: [t(`actions.found.${item.kind}`), detailOf(item)].filter(Boolean).join(" · "),
      choose: () => {
        onClose();
        if (asking === null) context.go(foundPath(item));
        else run(asking, foundPath(item));
      },
    }));
    if (asking !== null) return things;
    const deeds: Choice[] = findActions(actions, query, t).map((action) => ({
      key: action.id,
      section: action.section,
      icon: action.icon ?? "arrow",
      label: t(action.label, action.vars),
      shortcut: action.shortcut,
      choose: () => {
        if (action.about !== undefined) return onAsk(action);
        onClose();
        run(action);
      },
    }));
    return order.flatMap((section) => [...things, ...deeds].filter((choice) => choice.section === section));
  }, [t, known, actions, context, run, query, found, asking, onClose, onAsk]);
}

const nothingFound: readonly Found[] = [];

/** More than this many are not looked through for those that are meant: a company may have many people. */
const lookedThrough = 50;

/** Companies, people and campaigns by name, once there are two letters to go by; `kinds` leaves the others out. */
function useFound(query: string, kinds?: readonly FoundKind[]) {
  const [wanted] = useDebouncedValue(query.trim(), 150);
  const isWanted = wanted.length >= 2;
  const { data, isFetching, isError } = useQuery({
    queryKey: keys.list("work", { search: wanted }),
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/search", { params: { query: { q: wanted, limit: lookedThrough } }, signal })),
    enabled: isWanted,
    placeholderData: keepPreviousData,
  });
  const items = useMemo(
    () =>
      companiesFirst(data?.items.flatMap(openable) ?? nothingFound, wanted)
        .filter(({ kind }) => kinds === undefined || kinds.includes(kind))
        .slice(0, 8),
    [data, kinds, wanted],
  );
  return {
    items: isWanted ? items : nothingFound,
    isSearching: isWanted && isFetching,
    failed: isWanted && isError,
  };
}
