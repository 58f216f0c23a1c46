import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import type { Prospect } from "./api";
import { proposals } from "./warm";
import classes from "./Record.module.css";

interface ProposalsProps {
  prospect: Pick<Prospect, "state" | "step" | "frost_percent">;
  onChoose: (text: string) => void;
}

/** For a prospect that cools: something to do that helps the other side. Choosing one fills the line. */
export function Proposals({ prospect, onChoose }: ProposalsProps) {
  const { t } = useI18n();
  const list = proposals(prospect);
  if (list.length === 0) return null;
  return (
    <div className={classes.proposals} role="group" aria-label={t("today.warm")}>
      <p className={classes.proposalsHead}>
        <Icon name="frost" size={14} /> {t("today.warm")}
      </p>
      {list.map((key) => (
        <button key={key} type="button" className={classes.proposal} onClick={() => onChoose(t(key))}>
          {t(key)}
        </button>
      ))}
    </div>
  );
}
