import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { StageBadge } from "~/kit/chips";
import type { Column } from "~/kit/DataList";
import { FitScore } from "~/parts/leads/LeadBits";
import { CompanyRecord } from "~/parts/companies/CompanyRecord";
import { siteName } from "~/parts/companies/website";
import { type Stage, stages } from "~/theme/theme";
import { type CompanyRow, useChangeCell, useCompanies } from "./calls";
import { CompaniesBar, useCompanyKinds } from "./CompaniesBar";
import { useColumnParts } from "./columns";
import { ListPage, useListAddress } from "./ListPage";
import classes from "./Lists.module.css";

const sorts = { company: "asc", fit: "desc", size: "desc", newest: "desc" } as const;
const usual = ["company", "town", "website", "sbi", "size", "stage", "fit"] as const;

function useColumns(): Column<CompanyRow>[] {
  const { t, format } = useI18n();
  const change = useChangeCell<CompanyRow>("company");
  const mayWork = useMay("work_audience");
  /** A fact that is changed in the list: of which field, and as what the row shows it. */
  const editable = (
    field: "name" | "website" | "phone" | "town",
    key: "name" | "website" | "phone" | "city",
  ): Pick<Column<CompanyRow>, "edit"> => ({
    edit: (row) =>
      mayWork
        ? {
            value: row[key] ?? "",
            save: (value) => change({ record: row.id, row, field, value, shown: { [key]: value } }),
          }
        : undefined,
  });
  const { text, fit, source, changed } = useColumnParts<CompanyRow>();
  return [
    {
      ...text("company", "minmax(180px, 2fr)", (row) => row.name || t("kit.unknown")),
      ...editable("name", "name"),
      sortable: true,
    },
    { ...text("town", "minmax(110px, 1fr)", (row) => row.city), ...editable("town", "city") },
    text("postcode", "100px", (row) => row.postcode),
    text("country", "80px", (row) => row.country),
    { ...text("website", "minmax(140px, 1.5fr)", (row) => siteName(row.website)), ...editable("website", "website") },
    { ...text("phone", "150px", (row) => row.phone), ...editable("phone", "phone") },
    text("industry", "minmax(120px, 1fr)", (row) => row.industry),
    text("sbi", "90px", (row) => row.sbi_code),
    {
      ...text("size", "130px", (row) => (row.employees_n == null ? "" : format.number(row.employees_n))),
      align: "end",
      sortable: true,
    },
    text("kvk_number", "110px", (row) => row.kvk_number),
    {
      id: "stage",
      header: t("lists.column.stage"),
      width: "130px",
      cell: (row) => <StageBadge stage={stageOf(row)} />,
    },
    fit,
    source,
    changed,
  ];
}

function stageOf(row: CompanyRow): Stage {
  return stages.find((stage) => stage === row.stage) ?? "lead";
}

/** All companies of the audience. */
export function CompaniesList() {
  const { t } = useI18n();
  const navigate = useNavigate();
  const { asked } = useListAddress("companies", sorts);
  const loaded = useCompanies(asked);
  const columns = useColumns();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const mayChoose = useCompanyKinds().length > 0;
  return (
    <ListPage
      list="companies"
      title={t("lists.companies")}
      loaded={loaded}
      columns={columns}
      usual={usual}
      beside={["company", "fit"]}
      sorts={sorts}
      tile={(row) => <Tile row={row} />}
      rowName={(row) => row.name || t("kit.unknown")}
      selected={selected}
      onSelect={mayChoose ? setSelected : undefined}
      batch={(shown) => (
        <CompaniesBar
          selected={selected}
          onSelect={setSelected}
          asked={asked}
          columns={shown}
          total={loaded.total}
          isCapped={loaded.isCapped}
        />
      )}
      detail={(id) => <CompanyRecord key={id} id={id} isBeside />}
      onFull={(id) => void navigate({ to: "/companies/{-$id}", params: { id } })}
    />
  );
}

function Tile({ row }: { row: CompanyRow }) {
  return (
    <>
      <div className={classes.tile}>
        <strong>{row.name}</strong>
        <StageBadge stage={stageOf(row)} />
      </div>
      <div className={classes.tile}>
        <span>{[row.city, siteName(row.website)].filter(Boolean).join(" · ")}</span>
        <FitScore score={row.fit_score ?? null} known={row.fit_known_percent} isNamed />
      </div>
    </>
  );
}
