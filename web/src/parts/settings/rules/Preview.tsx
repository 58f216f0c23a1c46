import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { ErrorState, Skeleton } from "~/kit/states";
import classes from "../Section.module.css";
import type { ThresholdValue } from "./rules";

type Line = components["schemas"]["ReplayedLine"];

/** What the numbers that are not saved yet would have meant in the last 90 days. */
export function Preview({ changes }: { changes: readonly { name: string; value: ThresholdValue | null }[] }) {
  const { t } = useI18n();
  const [asked] = useDebouncedValue(JSON.stringify(changes), 400);
  const replay = useQuery({
    queryKey: [...keys.one("workspace", "thresholds"), "preview", asked],
    queryFn: () => read(api.POST("/api/v1/rule-thresholds/preview", { body: { values: [...changes] } })),
    retry: false,
  });
  // A number out of range stands beside its field when it is saved; it has no meaning to show.
  if (replay.error instanceof ApiProblem && replay.error.status === 422) return null;
  if (replay.isError) return <ErrorState error={replay.error} onRetry={() => void replay.refetch()} />;
  if (replay.data === undefined) return <Skeleton shape="cards" rows={1} />;
  const { more, fewer, n_leads, is_cut } = replay.data;
  return (
    <section className={classes.group} aria-label={t("rules.preview")} aria-live="polite">
      <h3>{t("rules.preview")}</h3>
      <p className={classes.muted}>
        {more.length + fewer.length === 0
          ? t("rules.preview.same", { n: n_leads })
          : t("rules.preview.sum", { more: more.length, fewer: fewer.length, n: n_leads })}
        {is_cut && ` ${t("rules.preview.cut", { n: n_leads })}`}
      </p>
      <Leads title={t("rules.preview.more")} lines={more} />
      <Leads title={t("rules.preview.fewer")} lines={fewer} />
      <p className={classes.muted}>{t("rules.preview.stays")}</p>
    </section>
  );
}

function Leads({ title, lines }: { title: string; lines: readonly Line[] }) {
  const { t, format } = useI18n();
  if (lines.length === 0) return null;
  return (
    <div>
      <h4>{title}</h4>
      <ul className={classes.rows}>
        {lines.map((line) => (
          <li key={line.lead_id} className={classes.row}>
            <span className={classes.what}>
              {t("rules.preview.lead", { name: line.name ?? "?", company: line.company })}
            </span>
            <span className={classes.muted}>
              {[line.rule, line.on === null || line.on === undefined ? undefined : format.date(line.on)]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
