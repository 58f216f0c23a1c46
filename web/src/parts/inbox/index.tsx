import { Button, SegmentedControl } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useActions } from "~/actions/ActionsProvider";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useT } from "~/i18n";
import { IntentChip, StatusDot, intents } from "~/kit/chips";
import { When } from "~/kit/figures";
import { Page } from "~/kit/Page";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { useAddress } from "~/shell/address";
import { useMailboxes } from "~/parts/settings/mailboxes/calls";
import { PartLink } from "~/shell/PartLink";
import classes from "./Inbox.module.css";
import { ThreadPane } from "./ThreadPane";

type Line = components["schemas"]["ThreadLine"];

const folders = ["people", "needs_look", "unmatched", "automatic"] as const;
type Folder = (typeof folders)[number];

/** Three panes: threads, the conversation, and what we know of the person. */
export default function InboxPage() {
  const t = useT();
  const { id, search, set, open } = useAddress();
  const folder: Folder = folders.find((each) => each === search.folder) ?? "people";
  const threads = useInfiniteQuery({
    queryKey: keys.list("thread", { folder }),
    queryFn: ({ pageParam }) =>
      read(
        api.GET("/api/v1/inbox", { params: { query: { folder, ...(pageParam === "" ? {} : { cursor: pageParam }) } } }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const lines = threads.data?.pages.flatMap((page) => page.items) ?? [];
  const isEmpty = id === undefined && threads.isSuccess && lines.length === 0;
  const at = lines.findIndex((line) => line.id === id);
  const move = (by: number) => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, at + by))];
    if (line !== undefined) open(line.id);
  };
  useActions([
    { id: "inbox.next", label: "kit.list.next", section: "list", shortcut: "j", keyOnly: true, perform: () => move(1) },
    {
      id: "inbox.previous",
      label: "kit.list.previous",
      section: "list",
      shortcut: "k",
      keyOnly: true,
      perform: () => move(-1),
    },
  ]);
  return (
    <Page
      title={t("shell.nav.inbox")}
      fills
      actions={
        <SegmentedControl
          aria-label={t("inbox.folder")}
          size="xs"
          value={folder}
          onChange={(value) => set({ folder: value === "people" ? undefined : value })}
          data={folders.map((value) => ({ value, label: t(`inbox.folder.${value}`) }))}
        />
      }
    >
      <div className={`${classes.panes} ${id === undefined ? "" : classes.open} ${isEmpty ? classes.empty : ""}`}>
        <nav className={classes.threads} aria-label={t("inbox.threads")}>
          {threads.isPending && <Skeleton shape="cards" rows={8} />}
          {threads.isError && <ErrorState error={threads.error} onRetry={() => void threads.refetch()} />}
          {threads.isSuccess && lines.length === 0 && <Nothing folder={folder} />}
          <ul className={classes.lines}>
            {lines.map((line) => (
              <li key={line.id}>
                <ThreadRow line={line} active={line.id === id} search={search} />
              </li>
            ))}
          </ul>
          {threads.hasNextPage && (
            <Button
              variant="subtle"
              fullWidth
              loading={threads.isFetchingNextPage}
              onClick={() => void threads.fetchNextPage()}
            >
              {t("kit.next")}
            </Button>
          )}
        </nav>
        {id === undefined ? (
          lines.length > 0 && (
            <div className={classes.choose}>
              <EmptyState compact icon="inbox" title={t("inbox.choose")} sentence={t("inbox.choose.sentence")} />
            </div>
          )
        ) : (
          <ThreadPane key={id} id={id} onClose={() => open(undefined)} />
        )}
      </div>
    </Page>
  );
}

function Nothing({ folder }: { folder: Folder }) {
  const t = useT();
  const mailboxes = useMailboxes();
  const hasMailbox = (mailboxes.data?.items.length ?? 0) > 0;
  return (
    <EmptyState
      compact
      icon="inbox"
      title={folder === "people" ? t("shell.nav.inbox") : t("inbox.none")}
      sentence={folder === "people" ? `${t("inbox.about")} ${t("inbox.none.people")}` : t(`inbox.none.${folder}`)}
      action={
        folder === "people" ? (
          <Button component={PartLink} part={hasMailbox ? "campaigns" : "settings"} variant="default">
            {t(hasMailbox ? "inbox.empty.campaigns" : "inbox.empty.next")}
          </Button>
        ) : undefined
      }
    />
  );
}

interface ThreadRowProps {
  line: Line;
  active: boolean;
  search: Readonly<Record<string, string | undefined>>;
}

function ThreadRow({ line, active, search }: ThreadRowProps) {
  const t = useT();
  const kept: Record<string, string> = search.folder === undefined ? {} : { folder: search.folder };
  const intent = intents.find((each) => each === line.label);
  const who = line.contact_name ?? (line.from_name === "" ? line.from_address : line.from_name);
  return (
    <PartLink
      part="inbox"
      id={line.id}
      search={kept}
      className={`${classes.line} ${active ? classes.active : ""} ${line.is_read ? "" : classes.unread}`}
      aria-current={active ? "true" : undefined}
    >
      <span className={classes.who}>
        {!line.is_read && <StatusDot label={t("inbox.unread")} hideLabel />}
        {who}
      </span>
      <span className={classes.at}>
        <When at={line.received_at} />
      </span>
      <span className={classes.company}>{line.company_name ?? line.from_address}</span>
      <span className={classes.snippet}>{line.snippet === "" ? line.subject : line.snippet}</span>
      {intent !== undefined && (
        <span className={classes.chip}>
          <IntentChip
            intent={intent}
            probability={line.certainty_percent == null ? undefined : line.certainty_percent / 100}
            needsLook={line.needs_look}
          />
        </span>
      )}
    </PartLink>
  );
}
