import { ActionIcon } from "@mantine/core";
import { useState } from "react";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { ErrorState, Skeleton } from "~/kit/states";
import { Answer } from "./Answer";
import { type PracticeMail, usePracticeMail } from "./calls";
import { Doors } from "./Doors";
import { pieces, shortUrl } from "./mail";
import classes from "./Practice.module.css";
import { StandingPane } from "./StandingPane";

/** One mail: as it is read, what its reader does, and beside it what Kiem makes of that. */
export function MailPane({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useI18n();
  // How many replies there were when one was sent: it is on its way until there is one more.
  const [sentAt, setSentAt] = useState<number | null>(null);
  const mayPlay = useMay("judge_engagement");
  const mail = usePracticeMail(id, sentAt !== null);
  const replies = mail.data?.standing?.acts.filter((act) => act.kind === "reply").length ?? 0;
  const isWaiting = sentAt !== null && replies <= sentAt;
  if (mail.isPending) return <Skeleton shape="record" />;
  if (mail.data === undefined) return <ErrorState error={mail.error} onRetry={() => void mail.refetch()} />;
  return (
    <>
      <div className={classes.middle}>
        <div className={classes.back}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("kit.close")} onClick={onClose}>
            <Icon name="close" size={18} />
          </ActionIcon>
        </div>
        <Mail mail={mail.data} />
        {mayPlay && (
          <>
            <h2 className={classes.heading}>
              {t("practice.play", { name: mail.data.standing?.name ?? mail.data.address })}
            </h2>
            <p className={classes.soft}>{t("practice.play.about")}</p>
            <Answer mail={mail.data} onSent={() => setSentAt(replies)} />
            <Doors mail={mail.data} />
          </>
        )}
      </div>
      <StandingPane mail={mail.data} isWaiting={isWaiting} />
    </>
  );
}

/** Plain text only: whatever stands in a mail, nothing of it runs here. */
function Mail({ mail }: { mail: PracticeMail }) {
  const { t } = useI18n();
  return (
    <article className={classes.mail} aria-label={t("practice.mail")}>
      <header className={classes.mailHead}>
        <h2 className={classes.mailSubject}>{mail.subject}</h2>
        <span>{t("practice.to", { address: mail.address })}</span>
        <When at={mail.received_at} as="dateTime" />
      </header>
      <div className={classes.text}>
        {pieces(mail.text, mail.links).map((piece, index) =>
          piece.href === undefined ? (
            <span key={index}>{piece.text}</span>
          ) : (
            <a key={index} href={piece.href} title={piece.href} target="_blank" rel="noopener">
              {shortUrl(piece.text)}
            </a>
          ),
        )}
      </div>
    </article>
  );
}
