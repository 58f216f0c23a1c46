import { Button } from "@mantine/core";
import { useState } from "react";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { When } from "~/kit/figures";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { type Message, treatAsSent, useMakeOld, useMessages } from "./calls";
import classes from "./Campaigns.module.css";

/** Mails of which nobody knows whether they arrived. They are never sent again by themselves. */
export function Uncertain({ campaignId }: { campaignId?: string }) {
  const { t } = useI18n();
  const { data, error, refetch } = useMessages(campaignId, ["uncertain"]);
  const makeOld = useMakeOld();
  const mayWork = useMay("work_campaigns");
  const [asked, setAsked] = useState<Message | null>(null);
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton shape="cards" />;
  if (data.items.length === 0)
    return (
      <EmptyState icon="check" title={t("campaigns.uncertain.empty.title")} sentence={t("campaigns.uncertain.empty")} />
    );
  return (
    <div className={classes.calendar}>
      <p className={classes.explain}>{t("campaigns.uncertain.about")}</p>
      <ul className={classes.lines}>
        {data.items.map((message) => (
          <li key={message.id} className={classes.line}>
            <span className={classes.lineMain}>
              <strong>{message.recipient_name || message.recipient}</strong>
              <span className={classes.muted}>{message.recipient}</span>
              <span className={classes.lineSubject}>{message.subject}</span>
              <ServerWords message={message} />
            </span>
            <span className={classes.lineEnd}>
              {message.finished_at && <When at={message.finished_at} />}
              {message.resolved_by ? (
                <span className={classes.muted}>{t("campaigns.uncertain.settled")}</span>
              ) : (
                mayWork && (
                  <Button variant="default" size="xs" onClick={() => setAsked(message)}>
                    {t("campaigns.uncertain.accept")}
                  </Button>
                )
              )}
            </span>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        opened={asked !== null}
        title={t("campaigns.uncertain.accept")}
        verb={t("campaigns.uncertain.accept")}
        onClose={() => setAsked(null)}
        onConfirm={async () => {
          if (asked === null) return;
          await treatAsSent(asked.id);
          await makeOld();
        }}
      >
        {t("campaigns.uncertain.accept.means", { name: asked?.recipient_name || asked?.recipient || "" })}
      </ConfirmDialog>
    </div>
  );
}

/** What the mail server answered, word for word. */
export function ServerWords({ message }: { message: Message }) {
  const { t } = useI18n();
  if (!message.server_reply) return null;
  return <span className={classes.server}>{t("campaigns.server_said", { words: message.server_reply })}</span>;
}
