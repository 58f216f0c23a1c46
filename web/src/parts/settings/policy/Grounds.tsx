import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { type GroundRow, type Loosening, type Pack, people, rowsOf } from "./policy";
import classes from "./Policy.module.css";
import { usePolicyWords } from "./words";

/** Which grounds open each way of approaching, by who stands behind the company. */
export function Grounds({ pack, loosenings }: { pack: Pack; loosenings: readonly Loosening[] }) {
  const { t } = useI18n();
  const words = usePolicyWords();
  return (
    <table className={classes.grounds}>
      <caption>{t("policy.grounds")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("policy.grounds.way")}</th>
          <th scope="col">{words.person("legal_person")}</th>
          <th scope="col">
            {words.person("natural_person")}, <span className={classes.plain}>{t("policy.or_unknown")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rowsOf(pack, loosenings).map((row) => (
          <tr key={`${row.channel} ${row.address}`}>
            <th scope="row">
              {words.channel(row.channel)}
              {row.address !== null && <span className={classes.plain}>{words.address(row.address)}</span>}
            </th>
            {people.map((person) => (
              <td key={person}>
                <Enough enough={row.enough[person]} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Enough({ enough }: { enough: GroundRow["enough"]["legal_person"] }) {
  const { t } = useI18n();
  const words = usePolicyWords();
  if (enough.length === 0) return <span className={classes.closed}>{t("policy.nothing")}</span>;
  return (
    <ul>
      {enough.map(({ basis, isLoosened }) => (
        <li key={basis}>
          {words.basis(basis)}
          {isLoosened && (
            <Chip meaning="danger" icon="warning">
              {t("policy.loosened")}
            </Chip>
          )}
        </li>
      ))}
    </ul>
  );
}
