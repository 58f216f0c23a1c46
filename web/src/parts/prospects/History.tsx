import { Button, SegmentedControl } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import type { IconName } from "~/kit/icons";
import { ErrorState, Skeleton } from "~/kit/states";
import { Timeline, type TimelineItem } from "~/kit/Timeline";
import type { TimelineEntry } from "./api";
import { detailOf, textOf } from "./reasons";
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
  ["company.", "audience"],
  ["contact.", "person"],
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

type Words = Pick<ReturnType<typeof useI18n>, "t" | "known" | "format">;

/** What the event is about, in the words of the page: the step it moved to, the thing that was learned, until when. */
function aboutOf(entry: TimelineEntry, { t, known, format }: Words): string[] {
  const until = entry.kind === "prospect.nurtured" ? textOf(entry, "until") : [];
  if (until.length > 0) return until.map((day) => format.date(`${day}T12:00`));
  if (entry.kind.startsWith("company.merge")) return textOf(entry, "name");
  if (entry.kind.startsWith("task.")) return aboutTask(entry, { t, known, format });
  const keys = [
    ...textOf(entry, "to").map((step) => `prospects.step.${step}`),
    ...textOf(entry, "aspect").map((aspect) => `kit.criterion.${aspect}`),
    ...textOf(entry, "value").map((decision) => `prospects.judged.${decision}`),
    ...textOf(entry, "level").map((level) => `kit.finding.${level}`),
  ];
  return keys.flatMap((each) => known(each) ?? []).map((key) => t(key));
}

/** How a task reaches whom, on which ground and by which rule; nothing for one that the gate was not asked about. */
function aboutTask(entry: TimelineEntry, { t, known }: Words): string[] {
  const channel = textOf(entry, "channel").flatMap((each) => known(`campaigns.channel.${each}`) ?? []);
  if (channel.length === 0) return [];
  const basis = textOf(entry, "basis").flatMap((each) => known(`leads.basis.${each}`) ?? []);
  return [
    ...channel.map((key) => t(key)),
    ...(entry.contact_name == null ? [] : [entry.contact_name]),
    ...basis.map((key) => t(key)),
    ...textOf(entry, "rule").map((rule) => t("campaigns.rule", { rule })),
  ];
}

const views = ["all", "mail", "them", "deal"] as const;
type View = (typeof views)[number];

function isIn(view: View, entry: TimelineEntry): boolean {
  switch (view) {
    case "all":
      return true;
    case "mail":
      return entry.kind.startsWith("message.") || entry.kind === "reply.received";
    case "them":
      return byOf(entry) === "them" || /^(visit|booking|quote\.(requested|viewed|accepted|declined))/.test(entry.kind);
    case "deal":
      return /^(quote|opportunity|customer|finding|prospect)\./.test(entry.kind);
  }
}

/** One timeline of the company, newest first, from the first cold mail to the signed quote. */
export function History({ id, of = "prospect" }: { id: string; of?: "prospect" | "company" }) {
  const i18n = useI18n();
  const { t, known } = i18n;
  const [view, setView] = useState<View>("all");
  const history = useInfiniteQuery({
    queryKey: keys.one(of, id, "timeline"),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page) => page.next_cursor ?? undefined,
    queryFn: ({ pageParam }): Promise<Page> => {
      const params = { path: { id }, query: { cursor: pageParam, limit: 50 } };
      return read(
        of === "company"
          ? api.GET("/api/v1/companies/{id}/timeline", { params })
          : api.GET("/api/v1/prospects/{id}/timeline", { params }),
      );
    },
  });
  if (history.isPending) return <Skeleton shape="list" rows={6} />;
  if (history.isError) return <ErrorState error={history.error} onRetry={() => void history.refetch()} />;
  const items = history.data.pages
    .flatMap((page) => page.items)
    .filter((entry) => isIn(view, entry))
    .map((entry): TimelineItem => {
      const key = known(`prospects.event.${entry.kind}`);
      const words = entry.text ?? detailOf(entry, i18n);
      const about = aboutOf(entry, i18n).join(", ");
      return {
        id: entry.id,
        at: entry.at,
        icon: iconOf(entry.kind),
        title: (
          <>
            {key === undefined ? entry.kind : t(key)}
            {entry.subject || about ? `: ${entry.subject || about}` : ""}
            {entry.actor_name ? ` (${entry.actor_name})` : ""}
          </>
        ),
        body: words === undefined ? undefined : <div className={classes.text}>{words}</div>,
        by: byOf(entry),
        meaning: entry.kind.startsWith("customer.") ? "customer" : undefined,
        folded: entry.kind === "message.sent",
      };
    });
  return (
    <div>
      <div className={classes.filters}>
        <h2>{t("prospects.timeline")}</h2>
        <SegmentedControl
          size="xs"
          value={view}
          onChange={(next) => setView(views.find((each) => each === next) ?? "all")}
          data={views.map((value) => ({ value, label: t(`prospects.timeline.${value}`) }))}
          aria-label={t("prospects.timeline.filter")}
        />
      </div>
      <Timeline items={items} label={t("prospects.timeline")} />
      {history.hasNextPage && (
        <Button variant="subtle" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          {t("prospects.older")}
        </Button>
      )}
    </div>
  );
}
