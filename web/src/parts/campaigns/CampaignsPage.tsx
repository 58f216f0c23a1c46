import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { type Column, DataList } from "~/kit/DataList";
import { Icon } from "~/kit/icons";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";
import { useAddress } from "~/shell/address";
import { type Campaign, type Counts, useAllCampaigns, useCampaigns } from "./calls";
import classes from "./Campaigns.module.css";
import { countOf, StateChip } from "./counts";
import { MailTabs } from "./MailTabs";
import { NewCampaign } from "./NewCampaign";

/** All campaigns, and their mails together. */
export function CampaignsPage() {
  const { t } = useI18n();
  const { open, search, set } = useAddress();
  const running = useCampaigns();
  const isAway = search.archived === "yes";
  const all = useAllCampaigns(isAway);
  const { data, error, isPending, refetch } = isAway ? all : running;
  const mayWork = useMay("work_campaigns");
  const [isNew, setNew] = useState(false);
  const [activeId, setActiveId] = useState<string | null>(null);
  const columns = useColumns();
  const rows = (data?.items ?? []).filter((row) => (row.archived_at != null) === isAway);
  const counts = useMemo(() => sumOf(running.data?.items ?? []), [running.data]);
  useActions(
    mayWork
      ? [
          {
            id: "campaign.new",
            label: "campaigns.new",
            section: "do",
            shortcut: "c",
            icon: "plus",
            perform: () => setNew(true),
          },
        ]
      : [],
  );
  const button = mayWork && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setNew(true)}>
      {t("campaigns.new")}
    </Button>
  );
  const list = (
    <DataList
      id="campaigns"
      label={t("shell.nav.campaigns")}
      rows={rows}
      rowId={(row) => row.id}
      columns={columns}
      tile={(row) => <Tile campaign={row} />}
      activeId={activeId}
      onActive={(row) => setActiveId(row.id)}
      onOpen={(row) => open(row.id)}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
      empty={
        isAway ? (
          <EmptyState
            icon="archive"
            title={t("campaigns.archived.empty.title")}
            sentence={t("campaigns.archived.empty")}
          />
        ) : (
          <EmptyState
            icon="campaigns"
            meaning="lead"
            title={t("campaigns.empty.title")}
            sentence={t("campaigns.about")}
            action={button}
          />
        )
      }
    />
  );
  return (
    <Page
      title={t("shell.nav.campaigns")}
      actions={
        <>
          <Button
            variant={isAway ? "light" : "subtle"}
            aria-pressed={isAway}
            leftSection={<Icon name="archive" size={16} />}
            onClick={() => set({ archived: isAway ? undefined : "yes", tab: undefined })}
          >
            {t("kit.archived")}
          </Button>
          {(rows.length > 0 || isAway) && button}
        </>
      }
      fills
    >
      <MailTabs counts={counts} first={{ id: "list", label: t("campaigns.tab.list"), body: list }} />
      <NewCampaign opened={isNew} onClose={() => setNew(false)} onMade={open} />
    </Page>
  );
}

function sumOf(campaigns: readonly Campaign[]): Counts {
  return campaigns.flatMap((campaign) => campaign.messages);
}

function useColumns(): Column<Campaign>[] {
  const { t, format } = useI18n();
  const number = (n: number) => (n === 0 ? <span className={classes.muted}>0</span> : format.number(n));
  return [
    {
      id: "name",
      header: t("campaigns.column.name"),
      width: "minmax(160px, 3fr)",
      cell: (row) => <strong>{row.name}</strong>,
    },
    {
      id: "state",
      header: t("campaigns.column.state"),
      width: "120px",
      cell: (row) => <StateChip state={row.state} />,
    },
    {
      id: "steps",
      header: t("campaigns.column.steps"),
      width: "minmax(148px, 1fr)",
      cell: (row) => <span className={classes.muted}>{stepsInWords(row, t)}</span>,
    },
    {
      id: "people",
      header: t("campaigns.column.people"),
      width: "96px",
      align: "end",
      cell: (row) => number(row.enrolments.reduce((sum, { n }) => sum + n, 0)),
    },
    {
      id: "draft",
      header: t("campaigns.column.draft"),
      width: "112px",
      align: "end",
      cell: (row) => number(countOf(row.messages, "draft")),
    },
    {
      id: "queued",
      header: t("campaigns.column.queued"),
      width: "88px",
      align: "end",
      cell: (row) => number(countOf(row.messages, "queued", "deferred", "claimed", "committing")),
    },
    {
      id: "sent",
      header: t("campaigns.column.sent"),
      width: "88px",
      align: "end",
      cell: (row) => number(countOf(row.messages, "sent")),
    },
    {
      id: "not_sent",
      header: t("campaigns.column.not_sent"),
      width: "96px",
      align: "end",
      cell: (row) => number(countOf(row.messages, "uncertain", "failed", "stopped")),
    },
  ];
}

type T = ReturnType<typeof useI18n>["t"];

/** "3 mails, 7 days". */
export function stepsInWords({ steps }: Campaign, t: T): string {
  const mails = steps.filter((step) => step.kind === "mail").length;
  const days = steps.reduce((sum, step) => sum + (step.wait_days ?? 0), 0);
  const parts = [t("campaigns.mails", { n: mails }), ...(days > 0 ? [t("campaigns.days", { n: days })] : [])];
  return parts.join(", ");
}

function Tile({ campaign }: { campaign: Campaign }) {
  const { t } = useI18n();
  const drafts = countOf(campaign.messages, "draft");
  return (
    <div className={classes.tile}>
      <strong>{campaign.name}</strong>
      <StateChip state={campaign.state} />
      <span className={classes.muted}>
        {drafts > 0 ? t("campaigns.waiting", { n: drafts }) : stepsInWords(campaign, t)}
      </span>
      <span className={classes.muted}>{t("campaigns.sent", { n: countOf(campaign.messages, "sent") })}</span>
    </div>
  );
}
