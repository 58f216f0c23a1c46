import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { StatusDot } from "~/kit/chips";
import { FileDrop } from "~/kit/FileDrop";
import { When } from "~/kit/figures";
import { ErrorState, Skeleton } from "~/kit/states";
import type { Meaning } from "~/theme/theme";
import classes from "./Audience.module.css";

const bytesMax = 50_000_000;
const stateMeaning: Record<string, Meaning> = {
  previewed: "nurture",
  running: "lead",
  finished: "customer",
  failed: "danger",
  stopped: "nurture",
  paused: "nurture",
  undone: "nurture",
};

/** Drop a list here; below it the lists that were brought in before. */
export function Imports({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const mayImport = useMay("work_audience");
  const upload = useMutation({
    mutationFn: async (file: File) => {
      const form = new FormData();
      form.append("file", file);
      return read(api.POST("/api/v1/imports", { body: { file: "" }, bodySerializer: () => form }));
    },
    onSuccess: async (preview) => {
      client.setQueryData(keys.one("import", preview.import.id, "preview-"), preview);
      await client.invalidateQueries({ queryKey: keys.list("import") });
      onOpen(preview.import.id);
    },
  });
  return (
    <section className={classes.stack}>
      {!mayImport ? null : upload.isPending ? (
        <p className={classes.muted} role="status">
          {t("audience.import.reading")}
        </p>
      ) : (
        <FileDrop
          label={t("audience.import.drop")}
          accept=".csv,.txt,.tsv,.xlsx,.xls,.ods,text/csv,text/plain"
          bytesMax={bytesMax}
          hintFor={() => t("audience.import.workbook")}
          onFile={(file) => upload.mutate(file)}
        />
      )}
      {upload.error !== null && <ErrorState error={upload.error} />}
      <Earlier onOpen={onOpen} />
    </section>
  );
}

function Earlier({ onOpen }: { onOpen: (id: string) => void }) {
  const { t, known } = useI18n();
  const imports = useQuery({
    queryKey: keys.list("import"),
    queryFn: () => read(api.GET("/api/v1/imports", { params: { query: { limit: 50 } } })),
  });
  if (imports.isPending) return <Skeleton shape="cards" rows={3} />;
  if (imports.error !== null) return <ErrorState error={imports.error} onRetry={() => void imports.refetch()} />;
  if (imports.data.items.length === 0) return <p className={classes.muted}>{t("audience.import.none")}</p>;
  return (
    <div>
      <h2 className={classes.heading}>{t("audience.import.earlier")}</h2>
      <ul className={classes.rows}>
        {imports.data.items.map((run) => {
          const key = known(`audience.import.state.${run.state}`);
          return (
            <li key={run.id} className={classes.row}>
              <span className={classes.grow}>
                <strong>{run.file_name}</strong>
              </span>
              <StatusDot meaning={stateMeaning[run.state]} label={key === undefined ? run.state : t(key)} />
              <span className="num">{t("audience.import.rows", { n: run.rows_n })}</span>
              <When at={run.created_at} />
              <Button variant="default" size="xs" onClick={() => onOpen(run.id)}>
                {t("audience.import.open")}
              </Button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
