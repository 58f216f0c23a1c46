import { useI18n } from "~/i18n";
import { When } from "~/kit/figures";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { byDay } from "./days";
import { useCampaigns, useMailboxes, useMessages } from "./calls";
import classes from "./Campaigns.module.css";

/** What goes out when, and from which mailbox. */
export function Calendar({ campaignId }: { campaignId?: string }) {
  const { t, format, known } = useI18n();
  const { data, error, refetch } = useMessages(campaignId, ["queued", "deferred"]);
  const campaigns = useCampaigns();
  const mailboxes = useMailboxes();
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton shape="cards" />;
  if (data.items.length === 0)
    return (
      <EmptyState icon="clock" title={t("campaigns.calendar.empty.title")} sentence={t("campaigns.calendar.empty")} />
    );
  const senderOf = (id: string | null | undefined) => {
    const campaign = campaigns.data?.items.find((each) => each.id === id);
    return mailboxes.data?.items.find((each) => each.id === campaign?.mailbox_id)?.address ?? "";
  };
  const nameOf = (id: string | null | undefined) => campaigns.data?.items.find((each) => each.id === id)?.name ?? "";
  const held = (reason: string | null | undefined) => {
    const key = known(`campaigns.reason.${reason}`);
    return key === undefined ? "" : t(key);
  };
  return (
    <div className={classes.calendar}>
      <p className={classes.hint}>{t("campaigns.calendar.about")}</p>
      {data.isCut && <p className={classes.hint}>{t("campaigns.cut", { n: data.items.length })}</p>}
      {byDay(data.items, format.date).map(({ day, messages }) => (
        <section key={day ?? "none"} aria-label={day ?? t("campaigns.calendar.soon")}>
          <h2 className={classes.dayTitle}>
            {day ?? t("campaigns.calendar.soon")}
            <span className={`num ${classes.muted}`}>{t("campaigns.mails", { n: messages.length })}</span>
          </h2>
          <ul className={classes.lines}>
            {messages.map((message) => (
              <li key={message.id} className={classes.line}>
                <span className={`num ${classes.lineTime}`}>
                  {message.due_at ? <time dateTime={message.due_at}>{format.time(message.due_at)}</time> : "–"}
                </span>
                <span className={classes.lineMain}>
                  <strong>{message.recipient_name || message.recipient}</strong>
                  <span className={classes.lineSubject}>{message.subject}</span>
                  {message.reason && <span className={classes.hint}>{held(message.reason)}</span>}
                </span>
                <span className={`${classes.muted} ${classes.lineEnd}`}>
                  {campaignId === undefined && <span>{nameOf(message.campaign_id)}</span>}
                  <span>{senderOf(message.campaign_id)}</span>
                  {message.due_at && <When at={message.due_at} />}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
