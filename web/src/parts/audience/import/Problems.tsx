import { useI18n } from "~/i18n";
import classes from "./Import.module.css";
import type { Preview, Trial } from "./draft";

const shownMax = 20;

/** The first rows and cells that cannot be used, with the reason. */
export function Problems({ problems, preview }: { problems: Trial["problems"]; preview: Preview }) {
  const { t, known } = useI18n();
  if (problems.length === 0) return null;
  return (
    <details className={classes.problems}>
      <summary>{t("audience.problems")}</summary>
      <ul className={classes.says}>
        {problems.slice(0, shownMax).map(({ line, code, column, value, is_row }, index) => {
          const key = known(`audience.problem.${code}`);
          const place = typeof column === "number" ? preview.header[column] : undefined;
          return (
            <li key={index}>
              <span className={`num ${classes.cells}`}>
                {[t("audience.row", { row: String(line) }), place].filter(Boolean).join(" · ")}
              </span>{" "}
              {value !== "" && <strong>{value}</strong>} {key === undefined ? code : t(key)}{" "}
              {t(is_row ? "audience.problem.row" : "audience.problem.cell")}
            </li>
          );
        })}
      </ul>
      {problems.length > shownMax && <p className={classes.about}>{t("audience.problems.more")}</p>}
    </details>
  );
}
