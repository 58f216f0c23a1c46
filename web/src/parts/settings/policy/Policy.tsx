import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { ErrorState, Skeleton } from "~/kit/states";
import { useLoosenings, usePacks } from "./calls";
import { Loosenings } from "./Loosenings";
import { Packs } from "./Packs";
import classes from "./Policy.module.css";

const loosenings = "policy-loosenings";

/** Who may be approached in which country and by what sources, and what this workspace does against that. */
export default function Policy() {
  const { t, language } = useI18n();
  const packs = usePacks();
  const loosened = useLoosenings();
  if (packs.isError) return <ErrorState error={packs.error} onRetry={() => void packs.refetch()} />;
  if (loosened.isError) return <ErrorState error={loosened.error} onRetry={() => void loosened.refetch()} />;
  if (packs.isPending || loosened.isPending) return <Skeleton shape="cards" rows={6} />;
  const { items, ended } = loosened.data;
  return (
    <div className={classes.stack}>
      <div className={classes.intro}>
        <p className={classes.muted}>{t("policy.about")}</p>
        <div role="note" aria-labelledby="policy-notice" className={classes.notice}>
          <Icon name="warning" />
          <p>
            <strong id="policy-notice">{t("policy.notice.title")}.</strong> {packs.data.notice[language]}{" "}
            {t("policy.notice.counsel")}
          </p>
        </div>
        {items.length > 0 && (
          <p>
            {t("policy.in_force", { n: items.length })} <a href={`#${loosenings}`}>{t("policy.in_force.show")}</a>
          </p>
        )}
      </div>
      <Packs packs={packs.data.items} loosenings={items} />
      <Loosenings id={loosenings} packs={packs.data.items} inForce={items} ended={ended} />
    </div>
  );
}
