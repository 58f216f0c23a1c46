import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { Chip, StatusDot } from "~/kit/chips";
import type { Column } from "~/kit/DataList";
import { Money, When } from "~/kit/figures";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";
import { useAddress } from "~/shell/address";
import { RecordList } from "~/shell/RecordList";
import { type Prospect, isActive } from "./api";
import { sorts, useOwner, useProspectList } from "./calls";
import { NoProspects } from "./NoProspects";
import { RecordPanel } from "./RecordPage";
import { endReason, standingMeaning, standingWord, standings } from "./standing";
import { OwnerSwitch, ViewSwitch } from "./ViewSwitch";
import classes from "./List.module.css";

/** Everybody who ever became a prospect: in conversation, resting until a date, ended with a reason, or a customer. */
export function List() {
  const { t } = useI18n();
  const address = useAddress();
  const whose = useOwner();
  const { pages, rows, column, isFiltered } = useProspectList();
  const columns = useColumns();
  const states = Object.keys(standings) as (keyof typeof standings)[];
  return (
    <Page
      title={t("shell.nav.prospects")}
      fills
      actions={
        <>
          <OwnerSwitch {...whose} />
          <ViewSwitch />
        </>
      }
    >
      <RecordList
        id="prospects"
        label={t("shell.nav.prospects")}
        pages={pages}
        rows={rows}
        columns={columns}
        beside={["company", "state"]}
        tile={(row) => <Tile row={row} />}
        sorts={sorts}
        column={column}
        filters={[
          {
            id: "state",
            label: t("prospects.filter.state"),
            options: states.map((value) => ({ value, label: t(`prospects.filter.${value}`) })),
          },
        ]}
        empty={isFiltered ? <NothingFound /> : <NoProspects />}
        detail={(id) => <RecordPanel key={id} id={id} />}
        detailLabel={t("prospects.record")}
        onFull={() => address.set({ full: "yes" })}
      />
    </Page>
  );
}

function useColumns(): Column<Prospect>[] {
  const { t } = useI18n();
  const ownerName = useOwnerNames();
  return [
    {
      id: "company",
      header: t("prospects.column.company"),
      width: "minmax(150px, 2.4fr)",
      sortable: true,
      cell: (row) => <strong>{row.company_name}</strong>,
    },
    {
      id: "person",
      header: t("prospects.column.person"),
      width: "minmax(120px, 1.4fr)",
      cell: (row) => row.contact_name,
    },
    {
      id: "state",
      header: t("prospects.column.state"),
      width: "minmax(160px, 1.6fr)",
      cell: (row) => <Standing row={row} />,
    },
    {
      id: "value",
      header: t("prospects.column.value"),
      width: "96px",
      align: "end",
      sortable: true,
      cell: (row) => <Money cents={row.value_cents ?? null} currency={row.currency} short />,
    },
    {
      id: "fit",
      header: t("prospects.column.fit"),
      width: "72px",
      align: "end",
      sortable: true,
      cell: (row) => row.fit_score ?? <span className={classes.muted}>{t("kit.unknown")}</span>,
    },
    {
      id: "owner",
      header: t("prospects.column.owner"),
      width: "minmax(120px, 1fr)",
      cell: (row) => ownerName(row.owner_id),
    },
    {
      id: "due",
      header: t("prospects.column.due"),
      width: "minmax(180px, 2fr)",
      sortable: true,
      cell: (row) => <Next row={row} />,
    },
    {
      id: "touch",
      header: t("prospects.column.touch"),
      width: "minmax(144px, 1fr)",
      sortable: true,
      cell: (row) =>
        row.touched_at == null ? (
          <span className={classes.muted}>{t("kit.unknown")}</span>
        ) : (
          <When at={row.touched_at} />
        ),
    },
  ];
}

function useOwnerNames(): (id: string) => string {
  const { t } = useI18n();
  const members = useQuery({ queryKey: keys.list("member"), queryFn: () => read(api.GET("/api/v1/members")) });
  return (id) => members.data?.items.find((member) => member.id === id)?.name ?? t("kit.unknown");
}

/** The step, or how it ended, with the date or the reason that belongs to it. */
function Standing({ row }: { row: Prospect }) {
  const words = useI18n();
  const reason = endReason(row, words);
  return (
    <span className={classes.standing}>
      <StatusDot
        meaning={standingMeaning(row)}
        label={
          row.nurture_until == null
            ? standingWord(row, words)
            : words.t("prospects.rests_until", { date: words.format.date(row.nurture_until) })
        }
      />
      {reason !== undefined && <span className={classes.muted}>{reason}</span>}
    </span>
  );
}

function Next({ row }: { row: Prospect }) {
  const { t } = useI18n();
  if (row.next_action_at != null)
    return (
      <>
        <When at={row.next_action_at} as="due" /> {row.next_action}
      </>
    );
  return isActive(row) ? (
    <Chip meaning="danger" icon="warning">
      {t("prospects.no_next_action")}
    </Chip>
  ) : null;
}

function Tile({ row }: { row: Prospect }) {
  return (
    <>
      <div className={classes.tile}>
        <strong>{row.company_name}</strong>
        <Standing row={row} />
      </div>
      <div className={classes.tile}>
        <span className={classes.cut}>{row.contact_name}</span>
        <span className={classes.cut}>
          <Next row={row} />
        </span>
      </div>
    </>
  );
}

function NothingFound() {
  const { t } = useI18n();
  return <EmptyState icon="search" title={t("prospects.none.title")} sentence={t("prospects.none.sentence")} />;
}
