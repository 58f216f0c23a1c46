import { useI18n } from "~/i18n";
import { SelectField } from "~/kit/fields";
import page from "../Audience.module.css";
import { ColumnRow } from "./ColumnRow";
import type { StepProps } from "./Decide";
import classes from "./Import.module.css";
import { StepFrame } from "./StepFrame";
import { Warnings } from "./Warnings";
import { hasCompany, mapped } from "./draft";

// Days that can be read in two ways are asked about among the values.
const askedLater = ["date_ambiguous"];

/** What each column means, with the reason of the proposal beside it. */
export function ColumnsStep({
  preview,
  mapping,
  change,
  draft,
  problem,
  onNext,
  mayWork,
}: StepProps & { mayWork: boolean }) {
  const { t, known } = useI18n();
  const refused = problem?.errors.find((error) => error.field.startsWith("mapping"));
  const isEmpty = preview.import.rows_n === 0;
  const isNameless = !hasCompany(mapping);
  const preset = known(`audience.preset.${preview.preset ?? ""}`);
  const usedN = Object.keys(mapping).length;
  return (
    <StepFrame
      title={t("audience.import.columns")}
      about={t("audience.import.columns.about")}
      onNext={mayWork && !isEmpty && !isNameless ? onNext : undefined}
    >
      <Warnings warnings={preview.warnings.filter((warning) => !askedLater.includes(warning))} />
      {isEmpty && <p role="alert">{t("audience.import.no_rows")}</p>}
      {isNameless && <p role="alert">{t("audience.columns.no_company")}</p>}
      {refused !== undefined && <p role="alert">{refused.detail}</p>}
      <p className={classes.facts}>
        {preset !== undefined && <strong>{t("audience.columns.preset", { name: t(preset) })}</strong>}
        <span className="num">{t("audience.import.rows", { n: preview.import.rows_n })}</span>
        <span className="num">{t("audience.columns.used", { k: usedN, n: preview.header.length })}</span>
      </p>
      <ul className={page.rows}>
        {preview.header.map((_, column) => (
          <ColumnRow
            key={column}
            preview={preview}
            column={column}
            mapping={mapping}
            isLocked={!mayWork}
            onField={(field) => change((before) => ({ ...before, mapping: mapped(mapping, column, field) }))}
          />
        ))}
      </ul>
      {preview.format === "csv" && (
        <div className={classes.narrow}>
          <SelectField
            label={t("audience.import.encoding")}
            hint={t("audience.import.encoding.hint")}
            value={draft.encoding === "" ? preview.encoding : draft.encoding}
            onChange={(encoding) => change((before) => ({ ...before, encoding }))}
            options={preview.encodings.map((each) => ({ value: each, label: each }))}
          />
        </div>
      )}
    </StepFrame>
  );
}
