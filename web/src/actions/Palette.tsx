import { Spotlight } from "@mantine/spotlight";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { Kbd } from "~/kit/chips";
import { Icon, type IconName } from "~/kit/icons";
import { useAvailableActions } from "./ActionsProvider";
import { findActions } from "./find";
import classes from "./Palette.module.css";
import type { Action, ActionSection } from "./registry";

type Found = components["schemas"]["SearchResult"];

const foundIcon: Record<Found["kind"], IconName> = {
  company: "company",
  contact: "person",
  lead: "lead",
  prospect: "prospect",
  campaign: "campaigns",
};

/** Where a found thing opens. */
export function foundPath(found: Pick<Found, "kind" | "id">): string {
  const id = encodeURIComponent(found.id);
  if (found.kind === "company" || found.kind === "contact") return `/audience/${id}?kind=${found.kind}`;
  return `/${found.kind}s/${id}`;
}

const shownSections: readonly ActionSection[] = ["do", "go", "view"];

/** Anything is two keys away: go to, find, do. */
export default function Palette() {
  const { t } = useI18n();
  const { actions, context, run } = useAvailableActions();
  const [query, setQuery] = useState("");
  const found = useFound(query);
  const fitting = useMemo(() => findActions(actions, query, t), [actions, query, t]);
  const isNothing = fitting.length === 0 && found.items.length === 0 && !found.isSearching;

  return (
    <Spotlight.Root
      shortcut={null}
      query={query}
      onQueryChange={setQuery}
      clearQueryOnClose
      scrollable
      maxHeight="min(440px, 60vh)"
      transitionProps={{ duration: 80 }}
      aria-label={t("actions.palette")}
    >
      <Spotlight.Search
        placeholder={t("actions.palette.placeholder")}
        aria-label={t("actions.palette.placeholder")}
        leftSection={<Icon name="search" />}
      />
      <Spotlight.ActionsList>
        {found.items.length > 0 && (
          <Spotlight.ActionsGroup label={t("actions.section.find")}>
            {found.items.map((item) => (
              <Spotlight.Action key={`${item.kind}-${item.id}`} className={classes.action} onClick={() => context.go(foundPath(item))}>
                <Icon name={foundIcon[item.kind]} />
                <span className={classes.label}>
                  {item.title} <span className={classes.detail}>{item.detail}</span>
                </span>
                <span className={classes.detail}>{t(`actions.found.${item.kind}`)}</span>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        )}
        {shownSections.map((section) => (
          <Section key={section} section={section} actions={fitting} run={run} />
        ))}
        {isNothing && <Spotlight.Empty>{t("actions.palette.empty")}</Spotlight.Empty>}
      </Spotlight.ActionsList>
      {found.isSearching && <div className={classes.note}>{t("actions.palette.searching")}</div>}
      {found.failed && <div className={classes.note}>{t("actions.palette.failed")}</div>}
    </Spotlight.Root>
  );
}

function Section({ section, actions, run }: { section: ActionSection; actions: readonly Action[]; run: (action: Action) => void }) {
  const { t } = useI18n();
  const here = actions.filter((action) => action.section === section);
  if (here.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label={t(`actions.section.${section}`)}>
      {here.map((action) => (
        <Spotlight.Action key={action.id} className={classes.action} onClick={() => run(action)}>
          <Icon name={action.icon ?? "arrow"} />
          <span className={classes.label}>{t(action.label, action.vars)}</span>
          {action.shortcut === undefined ? <span /> : <Kbd shortcut={action.shortcut} />}
        </Spotlight.Action>
      ))}
    </Spotlight.ActionsGroup>
  );
}

/** Companies, people and campaigns by name, once there are two letters to go by. */
function useFound(query: string) {
  const [wanted] = useDebouncedValue(query.trim(), 150);
  const isWanted = wanted.length >= 2;
  const { data, isFetching, isError } = useQuery({
    queryKey: keys.list("work", { search: wanted }),
    queryFn: ({ signal }) => read(api.GET("/api/v1/search", { params: { query: { q: wanted, limit: 8 } }, signal })),
    enabled: isWanted,
    placeholderData: keepPreviousData,
  });
  return {
    items: isWanted ? (data?.items ?? []) : [],
    isSearching: isWanted && isFetching,
    failed: isWanted && isError,
  };
}
