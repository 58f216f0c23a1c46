import { ActionIcon, Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { Chip, IntentChip, Kbd, StageBadge, intents } from "~/kit/chips";
import { When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import classes from "./Inbox.module.css";
import { PromotionReceipt } from "./PromotionReceipt";

type Thread = components["schemas"]["ThreadView"];
type Mail = components["schemas"]["ThreadMail"];

/** The four answers to "what does this mean?", in the order of their keys. */
const answers = ["interested", "not_now", "not_interested", "other"] as const;
type Answer = (typeof answers)[number];

/** One conversation with the facts beside it. */
export function ThreadPane({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useI18n();
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
  if (thread.isError) return <ErrorState error={thread.error} onRetry={() => void thread.refetch()} />;
  return <Conversation thread={thread.data} onClose={onClose} />;
}

function Conversation({ thread, onClose }: { thread: Thread; onClose: () => void }) {
  const { t } = useI18n();
  const waiting = [...thread.mails].reverse().find((mail) => mail.side === "theirs" && mail.needs_look);
  return (
    <>
      <section className={classes.conversation} aria-label={t("inbox.thread")}>
        <div className={classes.back}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("kit.close")} onClick={onClose}>
            <Icon name="close" size={18} />
          </ActionIcon>
        </div>
        {waiting !== undefined && <LookCard mail={waiting} />}
        <ol className={classes.mails}>
          {thread.mails.map((mail) => (
            <li key={mail.id}>{mail.side === "ours" ? <OurMail mail={mail} /> : <TheirMail mail={mail} />}</li>
          ))}
        </ol>
      </section>
      <Facts thread={thread} />
    </>
  );
}

/** A mail that the rules were not sure of: one key says what it means. */
function LookCard({ mail }: { mail: Mail }) {
  const i18n = useI18n();
  const { t } = i18n;
  const client = useQueryClient();
  const judge = useMutation({
    mutationFn: (label: Answer) =>
      api.POST("/api/v1/inbox/{id}/label", { params: { path: { id: mail.id } }, body: { label } }),
    onSuccess: () => {
      notifyDone(t("inbox.look.done"));
      void client.invalidateQueries({ queryKey: keys.all("thread") });
      void client.invalidateQueries({ queryKey: keys.all("prospect") });
      void client.invalidateQueries({ queryKey: keys.all("work") });
    },
    onError: (error) => notifyProblem(error, i18n),
  });
  useActions(
    answers.map((answer, index) => ({
      id: `inbox.look.${answer}`,
      label: `inbox.look.${answer}` as const,
      section: "do" as const,
      shortcut: String(index + 1),
      perform: () => judge.mutate(answer),
    })),
  );
  const guess = intents.find((each) => each === mail.label) ?? "other";
  return (
    <div className={classes.look}>
      <h2 className={classes.lookTitle}>{t("inbox.look.title")}</h2>
      <p className={classes.lookText}>{t("inbox.look.guess", { guess: t(`kit.intent.${guess}`) })}</p>
      <div className={classes.answers}>
        {answers.map((answer, index) => (
          <Button key={answer} variant="default" size="sm" loading={judge.isPending} onClick={() => judge.mutate(answer)}>
            {t(`inbox.look.${answer}`)}&nbsp;
            <Kbd shortcut={String(index + 1)} />
          </Button>
        ))}
      </div>
    </div>
  );
}

function OurMail({ mail }: { mail: Mail }) {
  const { t } = useI18n();
  return (
    <details className={classes.ours}>
      <summary>
        {t("inbox.ours", { address: mail.address })}: {mail.subject}
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

function TheirMail({ mail }: { mail: Mail }) {
  const { t } = useI18n();
  const intent = intents.find((each) => each === mail.label);
  return (
    <article className={classes.theirs}>
      <header className={classes.mailHead}>
        <strong>{mail.from_name === "" ? mail.address : mail.from_name}</strong>
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
      {mail.quoted !== "" && (
        <details className={classes.quoted}>
          <summary>{t("inbox.show_quoted")}</summary>
          <div className={classes.text}>{mail.quoted}</div>
        </details>
      )}
    </article>
  );
}

function Facts({ thread }: { thread: Thread }) {
  const { t, format } = useI18n();
  const said = [...thread.mails].reverse().find((mail) => mail.side === "theirs")?.facts;
  const rows: [string, string | null | undefined][] = [
    [t("inbox.fact.title"), thread.contact_title],
    [t("inbox.fact.company"), thread.company_name],
    [t("inbox.fact.address"), thread.contact_email],
    [t("inbox.fact.warmth"), thread.warmth == null ? null : format.percent(thread.warmth / 100)],
    [t("inbox.fact.date"), said?.date],
    [t("inbox.fact.person"), said?.person_name ?? said?.person_email],
    [t("inbox.fact.phone"), said?.phone],
  ];
  return (
    <aside className={classes.facts} aria-label={t("inbox.facts")}>
      <h2 className={classes.name}>{thread.contact_name ?? thread.contact_email ?? t("kit.unknown")}</h2>
      {thread.lead_state != null && <StageBadge stage={thread.lead_state === "promoted" ? "prospect" : "lead"} as="chip" />}
      {said?.price_asked === true && <Chip meaning="opportunity">{t("inbox.fact.price")}</Chip>}
      <dl className={classes.rows}>
        {rows
          .filter(([, value]) => value != null && value !== "")
          .map(([name, value]) => (
            <div key={name} className={classes.row}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {thread.prospect_id != null && (
        <Button component={PartLink} part="prospects" id={thread.prospect_id} size="sm">
          {t("inbox.to_prospect")}
        </Button>
      )}
      {thread.promotion_id != null && <PromotionReceipt id={thread.promotion_id} />}
    </aside>
  );
}
