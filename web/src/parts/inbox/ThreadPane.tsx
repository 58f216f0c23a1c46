import { ActionIcon, Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { IntentChip, intents } from "~/kit/chips";
import { When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { Skeleton } from "~/kit/states";
import { RecordError } from "~/shell/RecordError";
import { Facts, type Thread } from "./Facts";
import classes from "./Inbox.module.css";
import { LookCard, type Mail } from "./LookCard";
import { MatchCard } from "./MatchCard";
import { PromoteBox, ReplyBox } from "./ReplyBox";
import { SuggestionCard } from "./SuggestionCard";

/** One conversation with the facts beside it. */
export function ThreadPane({ id, onClose }: { id: string; onClose: () => void }) {
  const client = useQueryClient();
  const thread = useQuery({
    queryKey: keys.one("thread", id),
    queryFn: () => read(api.GET("/api/v1/inbox/{id}", { params: { path: { id } } })),
  });
  const opened = thread.data !== undefined;
  useEffect(() => {
    if (!opened) return;
    // Reading is noted once; the list shows it at its next look.
    void api
      .POST("/api/v1/inbox/{id}/read", { params: { path: { id } } })
      .then(() => client.invalidateQueries({ queryKey: keys.list("thread").slice(0, 2) }));
  }, [client, id, opened]);
  if (thread.isPending) return <Skeleton shape="record" />;
  if (thread.isError)
    return <RecordError part="inbox" isPanel error={thread.error} onRetry={() => void thread.refetch()} />;
  return <Conversation thread={thread.data} onClose={onClose} />;
}

function Conversation({ thread, onClose }: { thread: Thread; onClose: () => void }) {
  const { t } = useI18n();
  // Somebody says that a mail was read wrongly; it is then judged like one that waits.
  const [again, setAgain] = useState<string | null>(null);
  const theirs = [...thread.mails].reverse().filter((mail) => mail.side === "theirs");
  const waiting = theirs.find((mail) => mail.id === again) ?? theirs.find((mail) => mail.needs_look);
  const mayJudge = useMay("judge_engagement");
  const stray = thread.lead_id == null ? theirs[0] : undefined;
  return (
    <>
      <section className={classes.conversation} aria-label={t("inbox.thread")}>
        <div className={classes.back}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("kit.close")} onClick={onClose}>
            <Icon name="close" size={18} />
          </ActionIcon>
        </div>
        {!mayJudge ? null : stray !== undefined ? (
          <MatchCard mail={stray} />
        ) : (
          waiting !== undefined && (
            <LookCard
              key={`look ${waiting.id}`}
              mail={waiting}
              isProspect={thread.prospect_id != null}
              onDone={() => setAgain(null)}
            />
          )
        )}
        {/* A thread is named after its mail: the two cards would have one key, and the first would stay when it is done. */}
        <SuggestionCard key={`named ${thread.id}`} suggestion={thread.suggestion ?? undefined} />
        <ol className={classes.mails}>
          {thread.mails.map((mail) => (
            <li key={mail.id}>
              {mail.side === "ours" ? (
                <OurMail mail={mail} name={nameOf(mail, thread)} />
              ) : (
                <TheirMail
                  mail={mail}
                  name={nameOf(mail, thread)}
                  onAgain={mail === waiting || !mayJudge ? undefined : () => setAgain(mail.id)}
                />
              )}
            </li>
          ))}
        </ol>
        <Answering thread={thread} />
      </section>
      <Facts thread={thread} />
    </>
  );
}

/** A prospect is answered here; a lead first has to become one. */
function Answering({ thread }: { thread: Thread }) {
  const [mayWork, mayJudge] = [useMay("work_prospects"), useMay("judge_engagement")];
  if (thread.prospect_id != null)
    return !mayWork ? null : (
      <ReplyBox
        prospectId={thread.prospect_id}
        contactId={thread.contact_id ?? undefined}
        name={thread.contact_name ?? thread.contact_email ?? ""}
      />
    );
  return thread.lead_id == null || !mayJudge ? null : <PromoteBox leadId={thread.lead_id} />;
}

/** Whose address it is, when we know: the person of the thread, or how the writer signs. */
function nameOf(mail: Mail, thread: Thread): string | undefined {
  const isPerson = mail.address.toLowerCase() === thread.contact_email?.toLowerCase();
  return (isPerson ? thread.contact_name : null) || mail.from_name || undefined;
}

function OurMail({ mail, name }: { mail: Mail; name: string | undefined }) {
  const { t } = useI18n();
  return (
    <details className={classes.ours}>
      <summary>
        <span title={mail.address}>
          {t("inbox.ours", { address: name ?? mail.address })}: {mail.subject}
        </span>
        {mail.at != null && (
          <span className={classes.at}>
            <When at={mail.at} />
          </span>
        )}
      </summary>
      <div className={classes.text}>{mail.text}</div>
    </details>
  );
}

interface TheirMailProps {
  mail: Mail;
  name: string | undefined;
  onAgain: (() => void) | undefined;
}

function TheirMail({ mail, name, onAgain }: TheirMailProps) {
  const { t } = useI18n();
  const intent = intents.find((each) => each === mail.label);
  return (
    <article className={classes.theirs}>
      <header className={classes.mailHead}>
        <strong>{name ?? mail.address}</strong>
        {name !== undefined && <span className={classes.at}>{mail.address}</span>}
        {intent !== undefined && (
          <IntentChip
            intent={intent}
            probability={mail.certainty_percent == null ? undefined : mail.certainty_percent / 100}
            needsLook={mail.needs_look}
          />
        )}
        {mail.at != null && (
          <span className={classes.at}>
            <When at={mail.at} as="dateTime" />
          </span>
        )}
      </header>
      <div className={classes.text}>{mail.text === "" ? mail.subject : mail.text}</div>
      {intent !== undefined && !mail.needs_look && onAgain !== undefined && (
        <Button variant="subtle" size="compact-xs" onClick={onAgain}>
          {t("inbox.look.again")}
        </Button>
      )}
      {mail.quoted !== "" && (
        <details className={classes.quoted}>
          <summary>{t("inbox.show_quoted")}</summary>
          <div className={classes.text}>{mail.quoted}</div>
        </details>
      )}
    </article>
  );
}
