import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { save } from "~/kit/save";
import { ErrorState, Skeleton } from "~/kit/states";
import classes from "../Audience.module.css";

const outcomes = ["answered", "erased", "suppressed", "nothing_held", "refused"] as const;
type Outcome = (typeof outcomes)[number];

/** What each kind of request usually ends in: that button stands out. */
const usual: Record<string, Outcome> = {
  access: "answered",
  correction: "answered",
  erasure: "erased",
  objection: "suppressed",
};

interface RequestCaseProps {
  id: string;
  kind: string;
}

/** One request: what is held about whoever asks, to take home, and what is done about it. */
export function RequestCase({ id, kind }: RequestCaseProps) {
  const i18n = useI18n();
  const { t, format, language } = i18n;
  const client = useQueryClient();
  const [asking, setAsking] = useState<Outcome | null>(null);
  const found = useQuery({
    queryKey: keys.one("audience", `privacy-request-${id}`),
    queryFn: () => read(api.GET("/api/v1/privacy-requests/{id}", { params: { path: { id } } })),
  });
  const take = useMutation({
    mutationFn: async () => {
      const options = { params: { path: { id } }, parseAs: "blob" } as const;
      save(await read(api.GET("/api/v1/privacy-requests/{id}/export.zip", options)), t("audience.requests.file"));
    },
    onError: (error) => notifyProblem(error, i18n),
  });
  if (found.isPending) return <Skeleton shape="cards" rows={1} />;
  if (found.error !== null) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  const { held, name, request } = found.data;
  const nothing = held.length === 0;
  const wanted: Outcome =
    nothing && kind !== "objection" && kind !== "erasure" ? "nothing_held" : (usual[kind] ?? "answered");
  const shown = outcomes.filter((outcome) => (nothing ? outcome !== "answered" : outcome !== "nothing_held"));
  const handle = async (outcome: Outcome, note: string) => {
    await api.POST("/api/v1/privacy-requests/{id}/handling", { params: { path: { id } }, body: { outcome, note } });
    notifyDone(t("audience.requests.done"));
    for (const of of ["audience", "lead"] as const) await client.invalidateQueries({ queryKey: keys.all(of) });
  };
  const reasons =
    asking === "refused"
      ? [
          { value: "identity", label: t("audience.requests.refuse.identity") },
          { value: "duty", label: t("audience.requests.refuse.duty") },
        ]
      : undefined;
  return (
    <div className={classes.case}>
      <p className={classes.muted}>
        {nothing ? t("audience.requests.nothing") : t("audience.requests.found", { name: name || request.address })}
      </p>
      {!nothing && (
        <ul className={classes.says}>
          {held.map((one) => (
            <li key={one.en}>
              {one[language]}: {format.number(one.n)}
            </li>
          ))}
        </ul>
      )}
      <div className={classes.buttons}>
        {!nothing && (
          <Button variant="default" size="xs" loading={take.isPending} onClick={() => take.mutate()}>
            {t("audience.requests.export")}
          </Button>
        )}
        {shown.map((outcome) => (
          <Button
            key={outcome}
            size="xs"
            variant={outcome === wanted ? "filled" : "default"}
            onClick={() => setAsking(outcome)}
          >
            {t(`audience.requests.do.${outcome}`)}
          </Button>
        ))}
      </div>
      {asking !== null && (
        <ConfirmDialog
          opened
          title={t(`audience.requests.do.${asking}`)}
          verb={t(`audience.requests.do.${asking}`)}
          danger={asking === "erased"}
          reasons={reasons}
          onConfirm={({ value, text }) =>
            handle(asking, [reasons?.find((reason) => reason.value === value)?.label, text].filter(Boolean).join(": "))
          }
          onClose={() => setAsking(null)}
        >
          {t(`audience.requests.text.${asking}`)}
        </ConfirmDialog>
      )}
    </div>
  );
}
