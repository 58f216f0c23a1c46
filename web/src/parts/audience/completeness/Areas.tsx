import { useI18n } from "~/i18n";
import shared from "../Audience.module.css";
import { type Share, useSaid } from "./calls";
import classes from "./Completeness.module.css";
import { shade } from "./shade";

interface AreasProps {
  areas: readonly Share[];
  chosen: string | undefined;
  onChoose: (area: string | undefined) => void;
}

const firsts = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
const seconds = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** All postcode areas like a map: a row for each first digit, darker where more is known. */
export function Areas({ areas, chosen, onChoose }: AreasProps) {
  const { t, format } = useI18n();
  const said = useSaid();
  const shares = new Map(areas.map((area) => [area.key, area]));
  return (
    <div>
      <h2 className={shared.heading}>{t("audience.completeness.areas")}</h2>
      <div className={classes.scroller} tabIndex={0} role="region" aria-label={t("audience.completeness.areas")}>
        <table className={classes.map}>
          <tbody>
            {firsts.map((first) => (
              <tr key={first}>
                {seconds.map((second) => {
                  const key = `${first}${second}`;
                  const share = shares.get(key) ?? { key, known_n: 0, register_n: 0, percent: null };
                  return (
                    <td key={key}>
                      <button
                        type="button"
                        className={classes.area}
                        data-shade={shade(share)}
                        aria-pressed={chosen === key}
                        aria-label={`${key}: ${said(share)}`}
                        title={`${key}: ${said(share)}`}
                        onClick={() => onChoose(chosen === key ? undefined : key)}
                      >
                        <span>{key}</span>
                        <strong className="num">
                          {share.percent == null ? "–" : format.percent(share.percent / 100)}
                        </strong>
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={shared.muted}>{t("audience.completeness.areas.hint")}</p>
    </div>
  );
}
