import { useState } from "react";
import { useI18n } from "~/i18n";
import shared from "../Audience.module.css";
import { type Share, useSaid } from "./calls";
import classes from "./Completeness.module.css";

interface ActivitiesProps {
  activities: readonly Share[];
  /** The area that they are counted in; all when none is chosen. */
  area: string | undefined;
  onChoose: (activity: string) => void;
}

const orders = ["code", "missing", "percent"] as const;
type Order = (typeof orders)[number];

const missing = (share: Share) => Math.max(0, share.register_n - share.known_n);
const by: Record<Order, (a: Share, b: Share) => number> = {
  code: (a, b) => a.key.localeCompare(b.key),
  missing: (a, b) => missing(b) - missing(a),
  percent: (a, b) => (b.percent ?? -1) - (a.percent ?? -1),
};

/** Activities with what is known of each; a division opens into its codes. */
export function Activities({ activities, area, onChoose }: ActivitiesProps) {
  const { t, format } = useI18n();
  const said = useSaid();
  const [order, setOrder] = useState<Order>("missing");
  const sorted = [...activities].sort(by[order]);
  if (activities.length === 0) return <p className={shared.muted}>{t("audience.completeness.no_activity")}</p>;
  return (
    <div>
      <h2 className={shared.heading}>
        {area === undefined
          ? t("audience.completeness.activities")
          : t("audience.completeness.activities.in", { area })}
      </h2>
      <div className={classes.scroller} tabIndex={0} role="region" aria-label={t("audience.completeness.activities")}>
        <table className={classes.list}>
          <thead>
            <tr>
              {orders.map((each) => (
                <th key={each} scope="col" aria-sort={order === each ? "other" : "none"}>
                  <button type="button" className={classes.sort} onClick={() => setOrder(each)}>
                    {t(`audience.completeness.column.${each}`)}
                    {order === each && " ↓"}
                  </button>
                </th>
              ))}
              <th scope="col">{t("audience.completeness.column.share")}</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((share) => (
              <tr key={share.key}>
                <th scope="row">
                  {share.key.length === 2 ? (
                    <button type="button" className={classes.sort} onClick={() => onChoose(share.key)}>
                      {share.key}
                    </button>
                  ) : (
                    share.key
                  )}
                </th>
                <td className="num">{format.number(missing(share))}</td>
                <td className="num">{share.percent == null ? "–" : format.percent(share.percent / 100)}</td>
                <td>
                  <progress className={classes.bar} value={share.percent ?? 0} max={100} aria-hidden />
                  {said(share)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
