import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { api, read } from "~/api/client";
import { usePages } from "~/api/pages";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import type { Column } from "~/kit/DataList";
import type { Filter } from "~/kit/FilterBar";
import { Icon } from "~/kit/icons";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import { useAddress } from "~/shell/address";
import { RecordList } from "~/shell/RecordList";
import { AddLead } from "./AddLead";
import { idsThatMatch } from "./batch";
import { BatchBar, useBatchKinds } from "./BatchBar";
import { FitScore, StateMark, leadStates, nameOf, type LeadRow } from "./LeadBits";
import { LeadPanel } from "./LeadPanel";
import classes from "./Leads.module.css";

/** How each column of the list is asked for, and the one direction that the server sorts it in. */
const sorts = { company: "asc", name: "asc", fit: "desc", warmth: "desc", newest: "desc" } as const;
type SortColumn = keyof typeof sorts;

const fits = ["80", "60", "40"] as const;

function useLeads() {
  const { query, search, sort } = useAddress();
  const column: SortColumn = sort !== undefined && sort.column in sorts ? (sort.column as SortColumn) : "company";
  const filters = {
    search: query,
    state: search.state,
    country: search.country,
    industry: search.industry,
    fit_min: search.fit === undefined ? undefined : Number(search.fit),
    never_approached: search.only === "never_approached" || undefined,
    needs_look: search.only === "needs_look" || undefined,
    sort: column,
  };
  const loaded = usePages<LeadRow>(keys.list("lead", filters), (cursor) =>
    read(api.GET("/api/v1/leads", { params: { query: { ...filters, cursor, limit: 100 } } })),
  );
  return { ...loaded, filters, column };
}

function useFilters(): Filter[] {
  const { t, known } = useI18n();
  const facets = useQuery({
    queryKey: keys.list("lead", "facets"),
    queryFn: () => read(api.GET("/api/v1/leads/facets")),
  });
  const option = (value: string) => ({ value, label: value });
  return [
    {
      id: "state",
      label: t("leads.filter.state"),
      options: leadStates.map((state) => ({
        value: state,
        label: t(known(`leads.state.${state}`) ?? "leads.state.new"),
      })),
    },
    { id: "country", label: t("leads.filter.country"), options: (facets.data?.countries ?? []).map(option) },
    { id: "industry", label: t("leads.filter.industry"), options: (facets.data?.industries ?? []).map(option) },
    {
      id: "fit",
      label: t("leads.filter.fit"),
      options: fits.map((fit) => ({ value: fit, label: t("leads.filter.fit.from", { fit }) })),
    },
    {
      id: "only",
      label: t("leads.filter.only"),
      options: [
        { value: "never_approached", label: t("leads.filter.never_approached") },
        { value: "needs_look", label: t("leads.filter.needs_look") },
      ],
    },
  ];
}

function useColumns(): Column<LeadRow>[] {
  const { t } = useI18n();
  return [
    {
      id: "name",
      header: t("leads.column.name"),
      width: "minmax(150px, 2fr)",
      sortable: true,
      cell: (row) => nameOf(row, t),
    },
    {
      id: "company",
      header: t("leads.column.company"),
      width: "minmax(150px, 2fr)",
      sortable: true,
      cell: (row) => row.company,
    },
    { id: "title", header: t("leads.column.title"), width: "minmax(120px, 1.5fr)", cell: (row) => row.title ?? "" },
    {
      id: "place",
      header: t("leads.column.place"),
      width: "minmax(100px, 1fr)",
      cell: (row) => [row.city, row.country].filter(Boolean).join(", "),
    },
    { id: "state", header: t("leads.column.state"), width: "130px", cell: (row) => <StateMark state={row.state} /> },
    {
      id: "fit",
      header: t("leads.column.fit"),
      width: "124px",
      align: "end",
      sortable: true,
      cell: (row) => <FitScore score={row.fit_score ?? null} known={row.fit_known_percent} />,
    },
    {
      id: "warmth",
      header: t("leads.column.warmth"),
      width: "90px",
      align: "end",
      sortable: true,
      cell: (row) => row.warmth,
    },
  ];
}

/** The marketing list: everybody who may be approached, and what is known about them. */
export default function LeadsPage() {
  const { t } = useI18n();
  const address = useAddress();
  const { filters: asked, pages, rows, column, total, isCapped, isLooking, isSearchable } = useLeads();
  const filters = useFilters();
  const columns = useColumns();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [adding, setAdding] = useState(false);
  const mayAdd = useMay("work_audience");
  const mayChoose = useBatchKinds().length > 0;
  const isFiltered = address.query !== "" || filters.some((filter) => address.search[filter.id] !== undefined);
  useActions(
    mayAdd ? [{ id: "lead.new", label: "leads.add", section: "do", icon: "plus", perform: () => setAdding(true) }] : [],
  );
  return (
    <Page
      title={t("shell.nav.leads")}
      about={
        isSearchable ? (isCapped ? t("leads.more_than", { n: total }) : t("leads.about")) : t("lists.about.reading")
      }
      fills
      actions={
        mayAdd && (
          <Button variant="default" leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding(true)}>
            {t("leads.add")}
          </Button>
        )
      }
    >
      <RecordList
        id="leads"
        label={t("shell.nav.leads")}
        pages={pages}
        rows={rows}
        rowName={(row) => nameOf(row, t)}
        total={total}
        hasMore={isCapped}
        isLooking={isLooking}
        columns={columns}
        beside={["name", "company", "fit"]}
        tile={(row) => <Tile row={row} />}
        sorts={sorts}
        column={column}
        filters={filters}
        selected={selected}
        onSelect={mayChoose ? setSelected : undefined}
        above={
          <BatchBar
            selected={selected}
            onSelect={setSelected}
            allIds={() => idsThatMatch(asked)}
            total={total}
            isCapped={isCapped}
          />
        }
        empty={isFiltered ? <NothingFound /> : <Nobody />}
        detail={(id) => <LeadPanel key={id} id={id} />}
        detailLabel={t("leads.detail")}
      />
      <AddLead opened={adding} onClose={() => setAdding(false)} onAdded={(id) => address.open(id)} />
    </Page>
  );
}

function Tile({ row }: { row: LeadRow }) {
  const { t } = useI18n();
  return (
    <>
      <div className={classes.tile}>
        <strong>{nameOf(row, t)}</strong>
        <StateMark state={row.state} />
      </div>
      <div className={classes.tile}>
        <span>{[row.company, row.city].filter(Boolean).join(", ")}</span>
        <FitScore score={row.fit_score ?? null} known={row.fit_known_percent} isNamed />
      </div>
    </>
  );
}

function Nobody() {
  const { t } = useI18n();
  const mayAdd = useMay("work_audience");
  return (
    <EmptyState
      icon="lead"
      meaning="lead"
      title={t("shell.nav.leads")}
      sentence={t("leads.about")}
      action={
        mayAdd && (
          <Button component={PartLink} part="audience">
            {t("leads.empty.next")}
          </Button>
        )
      }
    />
  );
}

function NothingFound() {
  const { t } = useI18n();
  return <EmptyState icon="search" title={t("leads.none.title")} sentence={t("leads.none.sentence")} />;
}
