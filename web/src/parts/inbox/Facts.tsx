import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { Chip, StageBadge } from "~/kit/chips";
import { When } from "~/kit/figures";
import { QualificationDots } from "~/kit/QualificationDots";
import { ErrorState, Skeleton } from "~/kit/states";
import { findingsOf, isClosed } from "~/parts/prospects/api";
import { StandingBadge } from "~/parts/prospects/StandingBadge";
import { PartLink } from "~/shell/PartLink";
import classes from "./Inbox.module.css";
import { PromotionReceipt } from "./PromotionReceipt";

export type Thread = components["schemas"]["ThreadView"];

/** What we know of the person: facts, what they said, the next question to ask, and why they are a prospect. */
export function Facts({ thread }: { thread: Thread }) {
  const { t, format } = useI18n();
  const said = [...thread.mails].reverse().find((mail) => mail.side === "theirs")?.facts;
  const isProspect = thread.prospect_id != null;
  const rows: [string, string | null | undefined][] = [
    [t("inbox.fact.title"), thread.contact_title],
    [t("inbox.fact.company"), thread.company_name],
    [t("inbox.fact.address"), thread.contact_email],
    // Warmth is what makes a lead a prospect: of a prospect it says nothing.
    [
      t("inbox.fact.warmth"),
      thread.warmth == null || isProspect ? null : t("inbox.fact.warmth.of", { n: thread.warmth }),
    ],
    [t("inbox.fact.date"), said?.date == null ? null : format.date(said.date)],
    [t("inbox.fact.person"), [said?.person_name, said?.person_email].filter(Boolean).join(", ")],
    [t("inbox.fact.phone"), said?.phone],
  ];
  return (
    <aside className={classes.facts} aria-label={t("inbox.facts")}>
      <h2 className={classes.name}>{thread.contact_name ?? thread.contact_email ?? t("kit.unknown")}</h2>
      {!isProspect && thread.lead_state != null && (
        // One whose record is not there to be seen may still be promoted.
        <StageBadge
          stage={thread.lead_state === "promoted" || thread.promotion_id != null ? "prospect" : "lead"}
          as="chip"
        />
      )}
      {thread.prospect_id != null && <Stage id={thread.prospect_id} />}
      {said?.price_asked === true && <Chip meaning="opportunity">{t("inbox.fact.price")}</Chip>}
      {said?.postponed === true && <Chip meaning="nurture">{t("inbox.fact.postponed")}</Chip>}
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
      {thread.prospect_id != null && <Pursuit id={thread.prospect_id} />}
      {thread.prospect_id == null && thread.lead_id != null && (
        <Button component={PartLink} part="leads" id={thread.lead_id} variant="default" size="sm">
          {t("inbox.to_lead")}
        </Button>
      )}
      {thread.promotion_id != null && <PromotionReceipt id={thread.promotion_id} />}
    </aside>
  );
}

function useRecord(id: string) {
  return useQuery({
    queryKey: keys.one("prospect", id),
    queryFn: () => read(api.GET("/api/v1/prospects/{id}", { params: { path: { id } } })),
  });
}

/** The stage as the pursuit has it: it may be an opportunity by now, a customer, or over. */
function Stage({ id }: { id: string }) {
  const { data, isError } = useRecord(id);
  if (data !== undefined) return <StandingBadge prospect={data.prospect} />;
  return isError ? <StageBadge stage="prospect" as="chip" /> : null;
}

/** The question to ask now, what is known so far, and what is planned. */
function Pursuit({ id }: { id: string }) {
  const { t, language } = useI18n();
  const record = useRecord(id);
  if (record.isPending) return <Skeleton shape="cards" rows={2} />;
  if (record.isError) return <ErrorState error={record.error} onRetry={() => void record.refetch()} />;
  const { prospect, question } = record.data;
  const open = (
    <Button component={PartLink} part="prospects" id={id} size="sm">
      {t("inbox.to_prospect")}
    </Button>
  );
  if (isClosed(prospect)) return open;
  return (
    <>
      <section className={classes.question} aria-label={t("inbox.question")}>
        <h3>{t("inbox.question")}</h3>
        <p>
          {question == null
            ? t("inbox.question.none")
            : language === "nl"
              ? question.sentence_nl
              : question.sentence_en}
        </p>
        <QualificationDots findings={findingsOf(prospect)} />
      </section>
      <p className={classes.lookText}>
        {prospect.next_action == null ? t("inbox.nothing_planned") : `${t("inbox.planned")} ${prospect.next_action}`}{" "}
        {prospect.next_action_at != null && <When at={prospect.next_action_at} as="due" />}
      </p>
      {open}
    </>
  );
}
