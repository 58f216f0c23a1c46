import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import type { Summary } from "~/parts/audience/useReach";
import { lawfulBy } from "~/parts/audience/waterfall";
import { PartLink } from "~/shell/PartLink";
import classes from "./Planner.module.css";

interface LawfulReachProps {
  summary: Summary;
  /** Leads that the plan asks of its busiest month. */
  needed: number;
}

/** How many may lawfully be mailed today, and what to do when the plan counts on more: volume begins with who may be asked. */
export function LawfulReach({ summary, needed }: LawfulReachProps) {
  const { t, known, language } = useI18n();
  const { contacts_n, is_counting, counted_at, unlocks } = summary;
  // Nobody yet, or nobody counted yet.
  if (contacts_n === 0 || (is_counting && counted_at == null)) return null;
  const may = lawfulBy(summary, "mail");
  const isShort = needed > may;
  const best = unlocks[0];
  const key = known(`lists.unlock.${best?.unlock.action}`);
  return (
    <div className={classes.reach} role="note" data-short={isShort || undefined}>
      {isShort && <Icon name="warning" />}
      <p>
        {t("planner.reach", { n: contacts_n, may })} {isShort && `${t("planner.reach.short", { needed })} `}
        {isShort &&
          best !== undefined &&
          `${t("planner.reach.unlock", { unlock: key === undefined ? best.unlock.says[language] : `${t(key)}.`, n: best.contacts_n })} `}
        <PartLink part="audience">{t("planner.reach.see")}</PartLink>
      </p>
    </div>
  );
}
