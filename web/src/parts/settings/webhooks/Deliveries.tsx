import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { When } from "~/kit/figures";
import { ErrorState, Skeleton } from "~/kit/states";
import classes from "../Section.module.css";
import { type DeliveryState, stateOf } from "./events";

const meaning = { waiting: "nurture", delivered: "customer", failed: "danger" } as const;
const icon = { waiting: "clock", delivered: "check", failed: "warning" } as const;

/** The newest deliveries with their tries; looks again while one is on its way. */
export function Deliveries({ id }: { id: string }) {
  const { t, known } = useI18n();
  const deliveries = useQuery({
    queryKey: keys.one("workspace", id, "deliveries"),
    queryFn: () => read(api.GET("/api/v1/webhooks/{id}/deliveries", { params: { path: { id } } })),
    refetchInterval: (query) => (query.state.data?.some((one) => stateOf(one) === "waiting") === true ? 3000 : false),
  });
  if (deliveries.isPending) return <Skeleton shape="cards" rows={3} />;
  if (deliveries.isError) return <ErrorState error={deliveries.error} onRetry={() => void deliveries.refetch()} />;
  if (deliveries.data.length === 0) return <p className={classes.muted}>{t("webhooks.log.none")}</p>;
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={t("webhooks.log")}>
      <table className={classes.table} aria-label={t("webhooks.log")}>
        <thead>
          <tr>
            <th scope="col">{t("webhooks.log.what")}</th>
            <th scope="col">{t("webhooks.log.state")}</th>
            <th scope="col">{t("webhooks.log.tries")}</th>
            <th scope="col">{t("webhooks.log.answer")}</th>
            <th scope="col">{t("webhooks.log.when")}</th>
          </tr>
        </thead>
        <tbody>
          {deliveries.data.map((one) => {
            const state: DeliveryState = stateOf(one);
            const key = known(`webhooks.event.${one.kind}`);
            return (
              <tr key={one.id}>
                <td>{key === undefined ? one.kind : t(key)}</td>
                <td>
                  <Chip meaning={meaning[state]} icon={icon[state]}>
                    {t(`webhooks.state.${state}`)}
                  </Chip>
                </td>
                <td className="num">{one.attempt}</td>
                <td>{one.last_error ?? one.last_status ?? t("webhooks.log.no_answer")}</td>
                <td>
                  <When at={one.finished_at ?? one.created_at} as="dateTime" />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
