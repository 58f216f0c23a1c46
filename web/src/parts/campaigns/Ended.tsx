import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { When } from "~/kit/figures";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import { type Message, useMessages } from "./calls";
import classes from "./Campaigns.module.css";
import { ServerWords } from "./Uncertain";

/** Mails that did not go out, on purpose or not, each with its reason and what to do. */
export function Ended({ campaignId }: { campaignId?: string }) {
  const { t } = useI18n();
  const { data, error, refetch } = useMessages(campaignId, ["failed", "stopped"]);
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton shape="cards" />;
  if (data.items.length === 0)
    return <EmptyState icon="check" title={t("campaigns.ended.empty.title")} sentence={t("campaigns.ended.empty")} />;
  return (
    <div className={classes.calendar}>
      <p className={classes.hint}>{t("campaigns.ended.about")}</p>
      {data.isCut && <p className={classes.hint}>{t("campaigns.cut", { n: data.items.length })}</p>}
      <ul className={classes.lines}>
        {data.items.map((message) => (
          <Line key={message.id} message={message} />
        ))}
      </ul>
    </div>
  );
}

function Line({ message }: { message: Message }) {
  const { t, known } = useI18n();
  const isFailed = message.state === "failed";
  const key = known(`campaigns.reason.${message.reason}`);
  const reason = key !== undefined ? t(key) : isFailed ? t("campaigns.reason.refused") : (message.reason ?? "");
  return (
    <li className={classes.line}>
      <span className={classes.lineMain}>
        <span className={classes.lineWho}>
          <Chip meaning={isFailed ? "danger" : undefined} hollow={!isFailed} icon={isFailed ? "warning" : "pause"}>
            {t(isFailed ? "campaigns.message.failed" : "campaigns.message.stopped")}
          </Chip>
          <strong>{message.recipient_name || message.recipient}</strong>
          <span className={classes.muted}>{message.recipient}</span>
        </span>
        <span className={classes.lineSubject}>{message.subject}</span>
        {reason !== "" && <span>{reason}</span>}
        <ServerWords message={message} />
      </span>
      <span className={classes.lineEnd}>
        {message.finished_at && <When at={message.finished_at} />}
        {message.lead_id && (
          <PartLink part="leads" id={message.lead_id}>
            {t("campaigns.ended.lead")}
          </PartLink>
        )}
      </span>
    </li>
  );
}
