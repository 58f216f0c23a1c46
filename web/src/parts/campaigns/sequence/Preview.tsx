import { ActionIcon, Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { useI18n } from "~/i18n";
import { Kbd } from "~/kit/chips";
import { Icon } from "~/kit/icons";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import { FactText } from "../approval/FactText";
import { factsOf } from "../approval/facts";
import { type LeadRow, useLead, usePreview, usePreviewLeads } from "../calls";
import classes from "../Campaigns.module.css";
import { type StepDraft, newStep, toStep } from "./steps";

interface PreviewProps {
  campaignId: string;
  /** The mail; undefined when the sequence has none. */
  step: StepDraft | undefined;
  isFirst: boolean;
  hasPeople: boolean;
}

/** How the mail reads for a real lead, with what of it is known and from where. `j` and `k` go through the leads. */
export function Preview({ campaignId, step, isFirst, hasPeople }: PreviewProps) {
  const { t } = useI18n();
  const leads = usePreviewLeads(campaignId, hasPeople);
  const [wanted, setWanted] = useState(0);
  const items = leads.data?.items ?? [];
  const index = Math.max(0, Math.min(wanted, items.length - 1));
  const lead = items[index];
  const go = (by: -1 | 1) => setWanted(Math.max(0, Math.min(items.length - 1, index + by)));
  useActions([
    {
      id: "campaigns.lead.next",
      label: "campaigns.lead.next",
      section: "list",
      shortcut: "j",
      keyOnly: true,
      perform: () => go(1),
    },
    {
      id: "campaigns.lead.previous",
      label: "campaigns.lead.previous",
      section: "list",
      shortcut: "k",
      keyOnly: true,
      perform: () => go(-1),
    },
  ]);
  return (
    <section className={classes.preview} aria-label={t("campaigns.preview")}>
      <header className={classes.previewHead}>
        <h2>{t("campaigns.preview")}</h2>
        {items.length > 0 && (
          <span className={classes.previewNav}>
            <span className="num">{t("kit.k_of_n", { k: index + 1, n: items.length })}</span>
            <ActionIcon
              variant="default"
              aria-label={t("campaigns.lead.previous")}
              disabled={index === 0}
              onClick={() => go(-1)}
            >
              <Icon name="up" size={16} />
            </ActionIcon>
            <ActionIcon
              variant="default"
              aria-label={t("campaigns.lead.next")}
              disabled={index >= items.length - 1}
              onClick={() => go(1)}
            >
              <Icon name="down" size={16} />
            </ActionIcon>
            <span className={classes.keys}>
              <Kbd shortcut="k" /> <Kbd shortcut="j" />
            </span>
          </span>
        )}
      </header>
      {leads.error !== null && <ErrorState error={leads.error} onRetry={() => void leads.refetch()} />}
      {leads.isPending && <Skeleton shape="cards" rows={3} />}
      {leads.data !== undefined && lead === undefined && (
        <EmptyState
          compact
          icon="lead"
          meaning="lead"
          title={t("campaigns.preview.empty.title")}
          sentence={t("campaigns.preview.empty")}
          action={
            <Button variant="default" component={PartLink} part="audience">
              {t("campaigns.empty.next")}
            </Button>
          }
        />
      )}
      {lead !== undefined && step !== undefined && (
        <PreviewMail campaignId={campaignId} step={step} isFirst={isFirst} lead={lead} />
      )}
      {lead !== undefined && step === undefined && <p className={classes.muted}>{t("campaigns.preview.no_mail")}</p>}
    </section>
  );
}

interface PreviewMailProps {
  campaignId: string;
  step: StepDraft;
  isFirst: boolean;
  lead: LeadRow;
}

function PreviewMail({ campaignId, step, isFirst, lead }: PreviewMailProps) {
  const { t } = useI18n();
  // Not at every letter: the server fills the template.
  const [text] = useDebouncedValue(step, 350);
  const preview = usePreview(campaignId, toStep({ ...newStep("mail"), ...text }), lead.id, isFirst);
  const detail = useLead(lead.id);
  const facts = detail.data === undefined ? [] : factsOf(detail.data);
  if (preview.error !== null && preview.data === undefined)
    return <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />;
  if (preview.data === undefined) return <Skeleton shape="cards" rows={4} />;
  const { subject, body, problem } = preview.data;
  return (
    <article className={classes.mail} aria-busy={preview.isFetching}>
      <p className={classes.to}>
        {t("campaigns.mail.to")} <strong>{lead.name || lead.email || t("kit.unknown")}</strong>
        <span className={classes.muted}>
          {" "}
          · {lead.company}
          {lead.email ? ` · ${lead.email}` : ""}
        </span>
      </p>
      {problem !== null && problem !== undefined && (
        <div className={classes.problem} role="alert">
          <strong>{t("campaigns.problem")}</strong> {problem}
          <div>{t("campaigns.problem.preview")}</div>
        </div>
      )}
      <h3 className={classes.subject}>
        {subject === "" && !isFirst ? (
          <span className={classes.muted}>{t("campaigns.mail.same_thread")}</span>
        ) : (
          <FactText text={subject} facts={facts} />
        )}
      </h3>
      <div className={classes.text}>
        <FactText text={body} facts={facts} />
      </div>
    </article>
  );
}
