import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import type { IconName } from "~/kit/icons";
import { ErrorState, Skeleton } from "~/kit/states";
import { Timeline, type TimelineItem } from "~/kit/Timeline";
import type { TimelineEntry } from "./api";
import classes from "./Record.module.css";

type Page = components["schemas"]["TimelinePage"];

const icons: readonly (readonly [string, IconName])[] = [
  ["message.", "mail"],
  ["reply.", "reply"],
  ["click.", "case_study"],
  ["visit.", "visits"],
  ["booking.", "appointment"],
  ["quote.", "quote_request"],
  ["opportunity.", "opportunity"],
  ["customer.", "customer"],
  ["note.", "note"],
  ["task.", "task"],
  ["lead.", "lead"],
];

function iconOf(kind: string): IconName {
  return icons.find(([start]) => kind.startsWith(start))?.[1] ?? "prospect";
}

function byOf(entry: TimelineEntry): TimelineItem["by"] {
  if (entry.actor_kind === "lead" || entry.kind.startsWith("reply.") || entry.kind.startsWith("click.")) return "them";
  return entry.actor_kind === "user" || entry.actor_kind === "token" || entry.kind.startsWith("message.")
    ? "us"
    : "program";
}

/** A short text of the event's details, when it carries one. */
function detailOf(entry: TimelineEntry): string | undefined {
  const data = entry.data as Record<string, unknown> | null;
  for (const name of ["text", "note", "reason", "evidence", "number", "won_by"]) {
    const value = data?.[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** One timeline of the company, newest first, from the first cold mail to the signed quote. */
export function History({ id }: { id: string }) {
  const { t, known } = useI18n();
  const history = useInfiniteQuery({
    queryKey: keys.one("prospect", id, "timeline"),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page) => page.next_cursor ?? undefined,
    queryFn: ({ pageParam }): Promise<Page> =>
      read(
        api.GET("/api/v1/prospects/{id}/timeline", {
          params: { path: { id }, query: { cursor: pageParam, limit: 50 } },
        }),
      ),
  });
  if (history.isPending) return <Skeleton shape="list" rows={6} />;
  if (history.isError) return <ErrorState error={history.error} onRetry={() => void history.refetch()} />;
  const items = history.data.pages
    .flatMap((page) => page.items)
    .map((entry): TimelineItem => {
      const key = known(`prospects.event.${entry.kind}`);
      const words = entry.text ?? detailOf(entry);
      return {
        id: entry.id,
        at: entry.at,
        icon: iconOf(entry.kind),
        title: (
          <>
            {key === undefined ? entry.kind : t(key)}
            {entry.subject ? `: ${entry.subject}` : ""}
            {entry.actor_name ? ` (${entry.actor_name})` : ""}
          </>
        ),
        body: words === undefined ? undefined : <div className={classes.text}>{words}</div>,
        by: byOf(entry),
        folded: entry.kind === "message.sent",
      };
    });
  return (
    <div>
      <Timeline items={items} label={t("prospects.timeline")} />
      {history.hasNextPage && (
        <Button variant="subtle" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          {t("prospects.older")}
        </Button>
      )}
    </div>
  );
}
