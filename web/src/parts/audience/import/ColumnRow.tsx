import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import classes from "./Import.module.css";
import { type Mapping, type Preview, examples } from "./draft";
import { useFieldName } from "./useFieldName";

/** Below this a proposal is worth a look. */
const sureFrom = 80;

interface ColumnRowProps {
  preview: Preview;
  column: number;
  mapping: Mapping;
  isLocked: boolean;
  onField: (field: string) => void;
}

/** One column: its name and some of its cells, what it means, and how we know. */
export function ColumnRow({ preview, column, mapping, isLocked, onField }: ColumnRowProps) {
  const { t } = useI18n();
  const fieldName = useFieldName();
  const field = mapping[column] ?? "";
  const heading = preview.header[column] ?? "";
  const name = preview.has_header && heading !== "" ? heading : t("audience.import.column", { n: column + 1 });
  const cells = examples(preview, column);
  return (
    <li className={`${classes.column} ${field === "" ? classes.unused : ""}`}>
      <div className={classes.about}>
        <strong className={classes.heading}>{name}</strong>
        <span className={classes.cells}>{cells.length === 0 ? t("audience.columns.empty") : cells.join(" · ")}</span>
      </div>
      <select
        className={classes.select}
        aria-label={t("audience.import.meaning", { column: name })}
        value={field}
        disabled={isLocked}
        onChange={(event) => onField(event.currentTarget.value)}
      >
        <option value="">{t("audience.field.none")}</option>
        {preview.fields.map((each) => (
          <option key={each} value={each}>
            {fieldName(each)}
          </option>
        ))}
      </select>
      <Why preview={preview} column={column} field={field} />
    </li>
  );
}

function Why({ preview, column, field }: { preview: Preview; column: number; field: string }) {
  const { t, known, format } = useI18n();
  const fieldName = useFieldName();
  const proposal = preview.mapping.find((each) => each.column === column);
  if (proposal === undefined || proposal.field !== field) {
    const isUnknown = proposal === undefined && field === "";
    return <span className={classes.why}>{t(isUnknown ? "audience.why.unknown" : "audience.why.chosen")}</span>;
  }
  const preset = known(`audience.preset.${preview.preset ?? ""}`);
  const looks = known(`audience.looks.${field}`);
  const why = {
    vendor_name: preset === undefined ? t("audience.why.vendor_name") : t("audience.why.preset", { name: t(preset) }),
    values: t("audience.why.values", { what: looks === undefined ? fieldName(field) : t(looks) }),
    own_name: t("audience.why.own_name"),
    close_spelling: t("audience.why.close_spelling"),
  }[proposal.why];
  const isUnsure = proposal.confidence_percent < sureFrom;
  return (
    <span className={`${classes.why} ${isUnsure ? classes.unsure : ""}`}>
      <Icon name={isUnsure ? "info" : "check"} size={14} />
      <span>
        {why ?? proposal.why} · <span className="num">{format.percent(proposal.confidence_percent / 100)}</span>
        {isUnsure && <> · {t("audience.why.look")}</>}
      </span>
    </span>
  );
}
