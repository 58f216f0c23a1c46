import type { ReactNode } from "react";
import { useI18n } from "~/i18n";
import { Icon, type IconName } from "~/kit/icons";
import { PartLink } from "~/shell/PartLink";
import { type Reason, useFitWords } from "./words";
import classes from "./Profile.module.css";

const icons: Record<string, IconName> = { match: "check", partial: "minus", miss: "close", unknown: "info" };

/** Of an exclusion it is good news that the company has it not. */
function iconOf({ verdict, wish }: Reason): IconName {
  if (wish.importance === "never" && verdict !== "unknown") return verdict === "match" ? "close" : "check";
  return icons[verdict] ?? "info";
}

interface FitReasonsProps {
  reasons: readonly Reason[];
  /** Where what was found comes from, when the page knows. */
  evidence?: (reason: Reason) => ReactNode;
}

/** Every wish with its answer, what is known, and what was asked. */
export function FitReasons({ reasons, evidence }: FitReasonsProps) {
  const { t, known } = useI18n();
  const words = useFitWords();
  const verdictOf = ({ verdict, wish }: Reason) => {
    const key = known(`audience.fit.${wish.importance === "never" ? "never_" : ""}${verdict}`);
    return key === undefined ? verdict : t(key);
  };
  return (
    <ul className={classes.reasons}>
      {reasons.map((reason) => {
        const found = words.found(reason);
        const isBad =
          (reason.wish.importance === "never" && reason.verdict === "match") ||
          (reason.wish.importance === "must" && reason.verdict === "miss");
        return (
          <li key={JSON.stringify(reason.wish)} data-verdict={reason.verdict} data-bad={isBad || undefined}>
            <Icon name={iconOf(reason)} size={16} />
            <span>
              <strong>{words.criterion(reason.wish.criterion)}</strong>: {found === "" ? t("kit.unknown") : found}
              <span className={classes.small}>
                {" "}
                {/* "Unknown" was said already, in the place of what was found. */}
                {(reason.verdict !== "unknown" || found !== "") && `${verdictOf(reason)}. `}
                {t(reason.wish.importance === "never" ? "audience.fit.excluded" : "audience.fit.wanted", {
                  wanted: words.wanted(reason.wish),
                })}
                {reason.wish.importance === "must" && ` ${t("audience.fit.is_must")}`}
                {reason.why != null && <span className={classes.why}> {words.why(reason.why)}</span>}
              </span>
              {reason.verdict !== "unknown" && evidence?.(reason)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Without a profile nothing can fit: where one is made. */
export function NoProfile() {
  const { t } = useI18n();
  return (
    <>
      {t("leads.fit.no_profile")}{" "}
      <PartLink part="audience" search={{ view: "profile" }}>
        {t("leads.fit.no_profile.make")}
      </PartLink>
    </>
  );
}
