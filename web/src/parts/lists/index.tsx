import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import type { Column } from "~/kit/DataList";
import { BatchBar, useBatchKinds } from "~/parts/leads/BatchBar";
import { FitScore, StateMark, nameOf } from "~/parts/leads/LeadBits";
import { LeadPanel } from "~/parts/leads/LeadPanel";
import { type PersonRow, peopleThatMatch, useChangeCell, usePeople } from "./calls";
import { useColumnParts } from "./columns";
import { ExportMenu } from "./ExportMenu";
import { ListPage, useListAddress } from "./ListPage";
import { SideBySide } from "./SideBySide";
import classes from "./Lists.module.css";

const sorts = { company: "asc", name: "asc", fit: "desc", warmth: "desc", newest: "desc" } as const;
const usual = ["name", "company", "title", "email", "town", "state", "fit"] as const;

function useColumns(): Column<PersonRow>[] {
  const { t } = useI18n();
  const change = useChangeCell<PersonRow>("contact");
  const mayWork = useMay("work_audience");
  const editable = (field: "name" | "phone" | "title"): Pick<Column<PersonRow>, "edit"> => ({
    edit: (row) =>
      mayWork && !row.is_erased
        ? {
            value: row[field] ?? "",
            save: (value) => change({ record: row.contact_id, row, field, value, shown: { [field]: value } }),
          }
        : undefined,
  });
  const { text, fit, source, changed } = useColumnParts<PersonRow>();
  return [
    {
      ...text("name", "minmax(150px, 2fr)", (row) =>
        row.is_erased ? t("leads.erased") : row.name || t("leads.nameless"),
      ),
      ...editable("name"),
      sortable: true,
    },
    { ...text("company", "minmax(150px, 2fr)", (row) => row.company), sortable: true },
    { ...text("title", "minmax(120px, 1.5fr)", (row) => row.title), ...editable("title") },
    text("email", "minmax(160px, 2fr)", (row) => row.email),
    { ...text("phone", "150px", (row) => row.phone), ...editable("phone") },
    text("town", "minmax(100px, 1fr)", (row) => row.city),
    text("country", "80px", (row) => row.country),
    { id: "state", header: t("lists.column.state"), width: "150px", cell: (row) => <StateMark state={row.state} /> },
    fit,
    {
      id: "warmth",
      header: t("lists.column.warmth"),
      width: "90px",
      align: "end",
      sortable: true,
      cell: (row) => row.warmth,
    },
    source,
    changed,
  ];
}

/** Everybody whom the audience holds, prospects and customers too. */
export default function PeoplePage() {
  const { t } = useI18n();
  const navigate = useNavigate();
  const { asked } = useListAddress("people", sorts);
  const loaded = usePeople(asked);
  const columns = useColumns();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const mayChoose = useBatchKinds().length > 0;
  // The list chooses places on it, the review compares people; of who is chosen and not loaded the person is not known.
  const people = loaded.rows.filter((row) => selected.has(row.id)).map((row) => row.contact_id);
  return (
    <ListPage
      list="people"
      title={t("lists.people")}
      loaded={loaded}
      columns={columns}
      usual={usual}
      beside={["name", "company", "fit"]}
      sorts={sorts}
      tile={(row) => <Tile row={row} />}
      rowName={(row) => nameOf(row, t)}
      selected={selected}
      onSelect={mayChoose ? setSelected : undefined}
      batch={(shown) => (
        <BatchBar
          selected={selected}
          onSelect={setSelected}
          allIds={() => peopleThatMatch(asked)}
          total={loaded.total}
          isCapped={loaded.isCapped}
          more={
            <>
              <ExportMenu list="people" asked={asked} columns={shown} chosen={selected} />
              <SideBySide list="people" chosen={people.length === selected.size ? people : []} />
            </>
          }
        />
      )}
      detail={(id) => <LeadPanel key={id} id={id} />}
      onFull={(id) => void navigate({ to: "/leads/{-$id}", params: { id } })}
    />
  );
}

function Tile({ row }: { row: PersonRow }) {
  const { t } = useI18n();
  return (
    <>
      <div className={classes.tile}>
        <strong>{nameOf(row, t)}</strong>
        <StateMark state={row.state} />
      </div>
      <div className={classes.tile}>
        <span>{[row.title, row.company].filter(Boolean).join(", ")}</span>
        <FitScore score={row.fit_score ?? null} known={row.fit_known_percent} isNamed />
      </div>
    </>
  );
}
