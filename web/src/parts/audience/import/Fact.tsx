import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import classes from "./Import.module.css";
import type { Trial } from "./draft";
import { factText } from "./meanings";
import { useFieldName } from "./useFieldName";

/** One fact as it is and as the file says it, and which of them will stand there. */
export function Fact({ fact, whose }: { fact: Trial["facts"][number]; whose?: string }) {
  const { t, language } = useI18n();
  const fieldName = useFieldName();
  const before = fact.before === "" ? t("audience.fact.blank") : factText(fact.field, fact.before, language);
  const outcome = !fact.is_written ? "kept" : fact.before === "" ? "filled" : "replaced";
  return (
    <li className={classes.fact}>
      {whose !== undefined && <span className={classes.whose}>{whose}</span>}
      <span className={classes.cells}>{fieldName(fact.field)}</span>
      <span className={fact.is_written ? classes.gone : classes.stands}>{before}</span>
      <span className={classes.arrow}>
        <Icon name="arrow" size={14} />
        <span className="hidden-text">{t("audience.fact.in_file")}</span>
      </span>
      <span className={fact.is_written ? classes.stands : classes.gone}>
        {factText(fact.field, fact.after, language)}
      </span>
      <span className={classes.outcome}>{t(`audience.fact.${outcome}`)}</span>
    </li>
  );
}
