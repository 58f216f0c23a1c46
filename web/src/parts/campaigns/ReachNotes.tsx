import { useI18n } from "~/i18n";
import classes from "./Campaigns.module.css";
import { type Reach, missesOf } from "./reach";

/** Whom the mails and tasks of a campaign do not reach, by channel, each with the first reasons. */
export function ReachNotes({ channels }: { channels: readonly Reach[] }) {
  return (
    <>
      {channels.map((each) => (
        <Channel key={each.channel} reach={each} />
      ))}
    </>
  );
}

function Channel({ reach }: { reach: Reach }) {
  const { t, known, format, language } = useI18n();
  const { n, of, first, rest } = missesOf(reach);
  const key = known(`campaigns.reach.${reach.channel}${n === 0 ? ".all" : ""}`);
  if (key === undefined || of === 0) return null;
  return (
    <div data-channel={reach.channel}>
      <p className={classes.hint}>{t(key, { n: format.number(n), of: format.number(of) })}</p>
      {n > 0 && (
        <ul className={classes.reasons}>
          {first.map(({ block, says, contacts_n }) => (
            <li key={block}>{t("campaigns.reach.reason", { says: says[language], n: format.number(contacts_n) })}</li>
          ))}
          {rest > 0 && <li>{t("campaigns.reach.more", { n: format.number(rest) })}</li>}
        </ul>
      )}
    </div>
  );
}
