import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { SelectField, TextField } from "~/kit/fields";
import { ErrorState, Skeleton } from "~/kit/states";
import { type Ground, GroundFields, noGround } from "../leads/GroundFields";
import classes from "./Audience.module.css";
import { type ImportRun, useStop } from "./ImportWizard";

type Preview = components["schemas"]["PreviewView"];

/** What the file seems to hold: the person says what the columns mean and on what ground the people may be approached. */
export function ImportForm({ run }: { run: ImportRun }) {
  const [encoding, setEncoding] = useState("");
  const preview = useQuery({
    queryKey: keys.one("import", run.id, `preview-${encoding}`),
    queryFn: () =>
      read(
        api.GET("/api/v1/imports/{id}/preview", {
          params: { path: { id: run.id }, query: { encoding: encoding === "" ? undefined : encoding } },
        }),
      ),
    staleTime: Infinity,
  });
  if (preview.isPending) return <Skeleton shape="record" />;
  if (preview.error !== null) return <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />;
  return <Form key={run.id} preview={preview.data} encoding={encoding} onEncoding={setEncoding} />;
}

interface FormProps {
  preview: Preview;
  encoding: string;
  onEncoding: (encoding: string) => void;
}

function Form({ preview, encoding, onEncoding }: FormProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const { id } = preview.import;
  const [mapping, setMapping] = useState<Readonly<Record<number, string>>>(() =>
    Object.fromEntries(preview.mapping.map((each) => [each.column, each.field])),
  );
  const [ground, setGround] = useState<Ground>(noGround);
  const [country, setCountry] = useState("");
  const stop = useStop(id);
  const mayImport = useMay("work_audience");
  const start = useMutation({
    mutationFn: () =>
      read(
        api.POST("/api/v1/imports/{id}/start", {
          params: { path: { id } },
          body: {
            mapping: Object.entries(mapping).map(([column, field]) => ({ column: Number(column), field })),
            ground,
            default_country: country === "" ? null : country,
            encoding: encoding === "" ? null : encoding,
          },
        }),
      ),
    onSuccess: (run) => client.setQueryData(keys.one("import", id), run),
  });
  const problem = start.error instanceof ApiProblem ? start.error : null;
  const mappingProblem = problem?.errors.find((error) => error.field.startsWith("mapping"));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <form className={classes.stack} onSubmit={submit}>
      <Warnings warnings={preview.warnings} />
      <section>
        <h2 className={classes.heading}>{t("audience.import.columns")}</h2>
        <p className={classes.muted}>{t("audience.import.columns.about")}</p>
        {mappingProblem !== undefined && <p role="alert">{mappingProblem.detail}</p>}
        <Columns preview={preview} mapping={mapping} onMapping={setMapping} />
      </section>
      <section className={classes.form}>
        <div className={classes.pair}>
          {preview.format === "csv" && (
            <SelectField
              label={t("audience.import.encoding")}
              hint={t("audience.import.encoding.hint")}
              value={encoding === "" ? preview.encoding : encoding}
              onChange={onEncoding}
              options={preview.encodings.map((each) => ({ value: each, label: each }))}
            />
          )}
          <TextField
            label={t("audience.import.country")}
            hint={t("audience.import.country.hint")}
            name="default_country"
            problem={problem}
            value={country}
            onChange={setCountry}
          />
        </div>
        <h2 className={classes.heading}>{t("audience.import.ground")}</h2>
        <p className={classes.muted}>{t("audience.import.ground.about")}</p>
        <GroundFields value={ground} onChange={setGround} problem={problem} />
        {start.error !== null && (problem === null || problem.errors.length === 0) && (
          <ErrorState error={start.error} />
        )}
        {preview.import.rows_n === 0 && <p role="alert">{t("audience.import.no_rows")}</p>}
        {mayImport && (
          <div className={classes.buttons}>
            {preview.import.rows_n > 0 && (
              <Button type="submit" loading={start.isPending}>
                {t("audience.import.start", { n: preview.import.rows_n })}
              </Button>
            )}
            <Button variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
              {t("audience.import.drop_file")}
            </Button>
          </div>
        )}
      </section>
    </form>
  );
}

function Warnings({ warnings }: { warnings: readonly string[] }) {
  const { t, known } = useI18n();
  if (warnings.length === 0) return null;
  return (
    <ul className={classes.warnings}>
      {warnings.map((warning) => {
        const key = known(`audience.warning.${warning}`);
        return <li key={warning}>{key === undefined ? warning : t(key)}</li>;
      })}
    </ul>
  );
}

interface ColumnsProps {
  preview: Preview;
  mapping: Readonly<Record<number, string>>;
  onMapping: (mapping: Readonly<Record<number, string>>) => void;
}

/** The first rows, with what each column means above it. A field that is chosen for another column moves there. */
function Columns({ preview, mapping, onMapping }: ColumnsProps) {
  const { t, known } = useI18n();
  const choose = (column: number, field: string) => {
    const rest = Object.entries(mapping).filter(([key, value]) => Number(key) !== column && value !== field);
    onMapping(Object.fromEntries(field === "" ? rest : [...rest, [String(column), field]]));
  };
  const fieldName = (field: string) => {
    const key = known(`audience.field.${field}`);
    return key === undefined ? field : t(key);
  };
  return (
    <div className={classes.scroller} tabIndex={0} role="region" aria-label={t("audience.import.columns")}>
      <table>
        <thead>
          <tr>
            {preview.header.map((name, column) => (
              <th key={column} scope="col">
                {preview.has_header ? name : t("audience.import.column", { n: column + 1 })}
                <select
                  aria-label={t("audience.import.meaning", { column: name })}
                  value={mapping[column] ?? ""}
                  onChange={(event) => choose(column, event.currentTarget.value)}
                >
                  <option value="">{t("audience.field.none")}</option>
                  {preview.fields.map((field) => (
                    <option key={field} value={field}>
                      {fieldName(field)}
                    </option>
                  ))}
                </select>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.sample.slice(0, 8).map((row) => (
            <tr key={row.row_number}>
              {preview.header.map((_, column) => (
                <td key={column}>{row.cells[column] ?? ""}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
