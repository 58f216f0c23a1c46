import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import classes from "./Profile.module.css";

/** While everybody is scored again: how far it is. It can be left alone. */
export function Scoring() {
  const { t, format } = useI18n();
  const scoring = useQuery({
    queryKey: keys.list("audience", "scoring"),
    queryFn: () => read(api.GET("/api/v1/ideal-profile/scoring")),
    refetchInterval: ({ state }) => (state.data?.version != null && state.data.finished_at == null ? 1000 : false),
  });
  const run = scoring.data;
  if (run?.version == null || run.finished_at != null) return null;
  const label = t("audience.scoring", { done: format.number(run.n_done), total: format.number(run.n_total) });
  return (
    <div className={classes.card} role="status">
      <p className={classes.small}>{label}</p>
      <progress className={classes.progress} value={run.n_done} max={Math.max(1, run.n_total)} aria-label={label} />
    </div>
  );
}
