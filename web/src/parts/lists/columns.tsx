import { useI18n } from "~/i18n";
import type { Column } from "~/kit/DataList";
import { When } from "~/kit/figures";
import { FitScore } from "~/parts/leads/LeadBits";

/** What every row of a list has, whoever it is about. */
interface Row {
  source?: string | null;
  fit_score?: number | null;
  fit_known_percent: number;
  updated_at: string;
}

/** Columns that lists have in common, and how one with a text is made. */
export function useColumnParts<R extends Row>() {
  const { t } = useI18n();
  const text = (id: string, width: string, of: (row: R) => string | null | undefined): Column<R> => ({
    id,
    header: t(`lists.column.${id}` as "lists.column.town"),
    width,
    cell: (row) => of(row) ?? "",
  });
  const fit: Column<R> = {
    id: "fit",
    header: t("lists.column.fit"),
    width: "124px",
    align: "end",
    sortable: true,
    cell: (row) => <FitScore score={row.fit_score ?? null} known={row.fit_known_percent} />,
  };
  const source = text("source", "minmax(120px, 1fr)", (row) => row.source);
  const changed: Column<R> = {
    id: "changed",
    header: t("lists.column.changed"),
    width: "130px",
    cell: (row) => <When at={row.updated_at} as="date" />,
  };
  return { text, fit, source, changed };
}
