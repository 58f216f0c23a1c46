import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { ErrorState } from "~/kit/states";
import { useFitWords } from "./words";
import classes from "./Profile.module.css";

/** Every profile that was ever in use: who wrote it, when, what it asked, and the way back to it. */
export function Versions({ version, mayChange }: { version: number; mayChange: boolean }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const words = useFitWords();
  const client = useQueryClient();
  const versions = useQuery({
    queryKey: keys.list("audience", { versions: version }),
    queryFn: () => read(api.GET("/api/v1/ideal-profile/versions")),
    enabled: version > 0,
  });
  const restore = useMutation({
    mutationFn: (earlier: number) =>
      read(api.POST("/api/v1/ideal-profile/versions/{version}/restore", { params: { path: { version: earlier } } })),
    onSuccess: async (stored, earlier) => {
      client.setQueryData(keys.list("audience", "profile"), stored);
      notifyDone(t("audience.versions.restored", { version: earlier }));
      await Promise.all(["audience", "lead", "company"].map((each) => client.invalidateQueries({ queryKey: [each] })));
    },
    onError: (error) => notifyProblem(error, i18n),
  });
  if (version === 0) return null;
  return (
    <section className={classes.card} aria-label={t("audience.versions")}>
      <div className={classes.cardHead}>
        <h2>{t("audience.versions")}</h2>
      </div>
      {versions.isError && <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />}
      <ol className={classes.versions}>
        {(versions.data?.items ?? []).map(({ profile, created_by, created_at, restored_from }) => (
          <li key={profile.version}>
            <span>
              <strong>{t("audience.versions.number", { version: profile.version })}</strong>{" "}
              <span className={classes.small}>
                {created_by ?? t("kit.unknown")}, {format.dateTime(created_at)}
                {restored_from != null && `, ${t("audience.versions.from", { version: restored_from })}`}
              </span>
              <span className={classes.small} style={{ display: "block" }}>
                {profile.wishes
                  .map(
                    (wish) => `${words.criterion(wish.criterion)} (${words.importance(wish)}): ${words.wanted(wish)}`,
                  )
                  .join("; ") || t("audience.versions.empty")}
              </span>
            </span>
            {profile.version === version ? (
              <span className={classes.small}>{t("audience.versions.in_use")}</span>
            ) : (
              mayChange && (
                <Button
                  variant="default"
                  size="compact-sm"
                  loading={restore.isPending && restore.variables === profile.version}
                  aria-label={t("audience.versions.restore_number", { version: profile.version })}
                  onClick={() => restore.mutate(profile.version)}
                >
                  {t("audience.versions.restore")}
                </Button>
              )
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
