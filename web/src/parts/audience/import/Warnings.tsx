import { useI18n } from "~/i18n";
import classes from "../Audience.module.css";

/** What somebody should look at in the file. */
export function Warnings({ warnings }: { warnings: readonly string[] }) {
  const { t, known } = useI18n();
  if (warnings.length === 0) return null;
  return (
    <ul className={classes.warnings}>
      {warnings.map((warning) => {
        const key = known(`audience.warning.${warning}`);
        return <li key={warning}>{key === undefined ? warning : t(key)}</li>;
      })}
    </ul>
  );
}
