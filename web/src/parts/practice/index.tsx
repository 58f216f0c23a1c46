import { Button, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { useWorkspace } from "~/api/session";
import { useT } from "~/i18n";
import { Chip } from "~/kit/chips";
import { When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { Page } from "~/kit/Page";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { useCampaigns } from "~/parts/campaigns/calls";
import { countOf } from "~/parts/campaigns/counts";
import { useAddress } from "~/shell/address";
import { PartLink } from "~/shell/PartLink";
import { type PracticeLine, usePracticeMails } from "./calls";
import { MailPane } from "./MailPane";
import classes from "./Practice.module.css";

/** Practice mode: the mails as their readers see them, what a reader can do, and what Kiem makes of it. */
export default function PracticePage() {
  const t = useT();
  const { workspace } = useWorkspace();
  return (
    <Page title={t("shell.nav.practice")} about={t("practice.about")} fills>
      {workspace.mode === "practice" ? (
        <Panes />
      ) : (
        <EmptyState icon="practice" title={t("practice.live.title")} sentence={t("practice.live")} />
      )}
    </Page>
  );
}

function Panes() {
  const t = useT();
  const { id, query, open } = useAddress();
  const mails = usePracticeMails(query);
  const lines = mails.data?.pages.flatMap((page) => page.items) ?? [];
  const at = lines.findIndex((line) => line.id === id);
  const move = (by: number) => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, at + by))];
    if (line !== undefined) open(line.id);
  };
  useActions([
    {
      id: "practice.next",
      label: "kit.list.next",
      section: "list",
      shortcut: "j",
      keyOnly: true,
      perform: () => move(1),
    },
    {
      id: "practice.previous",
      label: "kit.list.previous",
      section: "list",
      shortcut: "k",
      keyOnly: true,
      perform: () => move(-1),
    },
  ]);
  if (mails.isError && mails.data === undefined)
    return <ErrorState error={mails.error} onRetry={() => void mails.refetch()} />;
  if (mails.isSuccess && lines.length === 0 && query === "") return <Nothing />;
  return (
    <div className={`${classes.panes} ${id === undefined ? "" : classes.open}`}>
      <nav className={classes.list} aria-label={t("practice.mails")}>
        <Search />
        {mails.isPending && <Skeleton shape="cards" rows={8} />}
        {mails.isSuccess && lines.length === 0 && <p className={classes.none}>{t("practice.no_match")}</p>}
        <ul className={classes.lines}>
          {lines.map((line) => (
            <li key={line.id}>
              <Line line={line} isActive={line.id === id} query={query} />
            </li>
          ))}
        </ul>
        {mails.hasNextPage && (
          <Button
            variant="subtle"
            fullWidth
            loading={mails.isFetchingNextPage}
            onClick={() => void mails.fetchNextPage()}
          >
            {t("practice.older")}
          </Button>
        )}
      </nav>
      {id === undefined ? (
        <div className={classes.choose}>
          <EmptyState compact icon="practice" title={t("practice.choose.title")} sentence={t("practice.choose")} />
        </div>
      ) : (
        <MailPane key={id} id={id} onClose={() => open(undefined)} />
      )}
    </div>
  );
}

function Search() {
  const t = useT();
  const { query, setQuery } = useAddress();
  const [text, setText] = useState(query);
  const tell = useDebouncedCallback(setQuery, 200);
  return (
    <TextInput
      className={classes.search}
      type="search"
      aria-label={t("practice.search")}
      placeholder={t("practice.search")}
      leftSection={<Icon name="search" size={16} />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
    />
  );
}

/** No mail yet: what is in the way, from an unapproved draft to the sending hours of a weekend. */
function Nothing() {
  const t = useT();
  const campaigns = useCampaigns();
  const counts = campaigns.data?.items.flatMap((campaign) => campaign.messages) ?? [];
  const planned = countOf(counts, "queued", "deferred");
  const drafts = countOf(counts, "draft");
  const state = planned > 0 ? "planned" : drafts > 0 ? "drafts" : "nothing";
  const said = {
    planned: { sentence: t("practice.planned", { n: planned }), next: t("practice.planned.next"), tab: "calendar" },
    drafts: { sentence: t("practice.drafts", { n: drafts }), next: t("practice.drafts.next"), tab: "approve" },
    nothing: { sentence: t("practice.empty"), next: t("practice.empty.next"), tab: undefined },
  }[state];
  return (
    <EmptyState
      icon="practice"
      title={t("practice.empty.title")}
      sentence={said.sentence}
      action={
        <Button component={PartLink} part="campaigns" search={said.tab === undefined ? {} : { tab: said.tab }}>
          {said.next}
        </Button>
      }
    />
  );
}

function Line({ line, isActive, query }: { line: PracticeLine; isActive: boolean; query: string }) {
  const t = useT();
  return (
    <PartLink
      part="practice"
      id={line.id}
      search={query === "" ? {} : { q: query }}
      className={`${classes.line} ${isActive ? classes.active : ""}`}
      aria-current={isActive ? "true" : undefined}
    >
      <strong className={classes.who}>{line.name ?? line.address}</strong>
      <span className={classes.at}>
        <When at={line.received_at} />
      </span>
      <span className={classes.company}>{line.company_name ?? line.address}</span>
      <span className={classes.subject}>{line.subject}</span>
      {line.is_answered && (
        <span className={classes.answered}>
          <Chip icon="reply">{t("practice.answered")}</Chip>
        </span>
      )}
    </PartLink>
  );
}
