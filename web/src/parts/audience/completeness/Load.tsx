import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { FileDrop } from "~/kit/FileDrop";
import { SelectField, TextField } from "~/kit/fields";
import { ErrorState } from "~/kit/states";
import shared from "../Audience.module.css";

/** As the server: what is larger goes by `kiem completeness load`. */
const bytesMax = 64 * 1024 * 1024;
const editions = ["2025", "2008"] as const;

/** Takes the open data of the company register, with what the file itself does not say. */
export function Load() {
  const { t } = useI18n();
  const client = useQueryClient();
  const mayLoad = useMay("work_audience");
  const [asOf, setAsOf] = useState("");
  const [edition, setEdition] = useState<(typeof editions)[number]>("2025");
  const load = useMutation({
    mutationFn: async (file: File) => {
      const form = new FormData();
      form.append("file", file);
      return read(
        api.POST("/api/v1/audience/completeness/register", {
          params: { query: { edition, as_of: asOf } },
          body: { file: "" },
          bodySerializer: () => form,
        }),
      );
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all("audience") }),
  });
  if (!mayLoad) return <p className={shared.muted}>{t("audience.completeness.not_yours")}</p>;
  return (
    <div className={shared.form}>
      <p>{t("audience.completeness.load.about")}</p>
      <div className={shared.pair}>
        <TextField
          label={t("audience.completeness.as_of")}
          type="date"
          value={asOf}
          onChange={setAsOf}
          name="as_of"
          required
        />
        <SelectField
          label={t("audience.completeness.edition")}
          value={edition}
          onChange={setEdition}
          options={editions.map((value) => ({ value, label: t(`audience.completeness.edition.${value}`) }))}
        />
      </div>
      {asOf === "" ? (
        <p className={shared.muted}>{t("audience.completeness.day_first")}</p>
      ) : load.isPending ? (
        <p className={shared.muted} role="status">
          {t("audience.completeness.loading")}
        </p>
      ) : (
        <FileDrop
          label={t("audience.completeness.drop")}
          accept=".csv,.zip,text/csv,application/zip"
          bytesMax={bytesMax}
          onFile={(file) => load.mutate(file)}
        />
      )}
      {load.error !== null && <ErrorState error={load.error} />}
    </div>
  );
}
