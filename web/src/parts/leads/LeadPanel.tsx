import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { When } from "~/kit/figures";
import { Icon, type IconName } from "~/kit/icons";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { ErrorState, Skeleton } from "~/kit/states";
import { Timeline, type TimelineItem } from "~/kit/Timeline";
import { GroundDialog } from "./GroundDialog";
import { type FitReason, type LeadView, StateMark } from "./LeadBits";
import classes from "./LeadPanel.module.css";

/** Everything about one lead, beside the list. */
export function LeadPanel({ id }: { id: string }) {
  const lead = useQuery({
    queryKey: keys.one("lead", id),
    queryFn: () => read(api.GET("/api/v1/leads/{id}", { params: { path: { id } } })),
  });
  if (lead.isPending) return <Skeleton shape="record" />;
  if (lead.error !== null) return <ErrorState error={lead.error} onRetry={() => void lead.refetch()} />;
  return <Filled lead={lead.data} />;
}

function Filled({ lead }: { lead: LeadView }) {
  const { t } = useI18n();
  const { contact, company } = lead;
  const isErased = contact.erased_at !== null && contact.erased_at !== undefined;
  return (
    <div className={classes.panel}>
      <header>
        <h2 className={classes.name}>{isErased ? t("leads.erased") : contact.name || contact.email}</h2>
        <p className={classes.sub}>{[contact.title, company.name, company.city].filter(Boolean).join(" · ")}</p>
      </header>
      <div className={classes.actions}>
        <StateMark state={lead.state} />
        {lead.paused_until != null && <When at={lead.paused_until} as="date" />}
      </div>
      <Verdict lead={lead} isErased={isErased} />
      <Facts lead={lead} />
      <FitSection lead={lead} />
      <History lead={lead} />
      {!isErased && <Erase lead={lead} />}
    </div>
  );
}

function Verdict({ lead, isErased }: { lead: LeadView; isErased: boolean }) {
  const { t, known, format } = useI18n();
  const [asking, setAsking] = useState(false);
  const { verdict, ground } = lead;
  const blockKey = known(`leads.block.${verdict.block}`);
  return (
    <section className={classes.verdict} aria-label={t("leads.verdict")}>
      <div>
        {verdict.may_be_mailed ? (
          <Chip meaning="customer" icon="check">
            {t("leads.verdict.yes")}
          </Chip>
        ) : (
          <Chip meaning="danger" icon="warning">
            {t("leads.verdict.no")}
          </Chip>
        )}
      </div>
      {blockKey !== undefined && <p className={classes.sub}>{t(blockKey)}</p>}
      {ground != null && (
        <p className={classes.sub}>
          {t("leads.ground.line", {
            basis: t(known(`leads.basis.${ground.basis}`) ?? "leads.basis.consent"),
            source: ground.source,
            date: format.date(ground.obtained_on),
          })}
        </p>
      )}
      {!isErased && (
        <div>
          <Button variant="default" size="xs" onClick={() => setAsking(true)}>
            {t(ground == null ? "leads.ground.record" : "leads.ground.change")}
          </Button>
        </div>
      )}
      <GroundDialog contactId={lead.contact.id} opened={asking} onClose={() => setAsking(false)} />
    </section>
  );
}

function Facts({ lead }: { lead: LeadView }) {
  const { t, known } = useI18n();
  const { contact, company } = lead;
  const roleKey = known(`leads.role.${lead.buying_role}`);
  const facts: [string, string | number | null | undefined][] = [
    [t("leads.fact.email"), contact.email],
    [t("leads.fact.phone"), contact.phone],
    [t("leads.fact.role"), roleKey === undefined ? null : t(roleKey)],
    [t("leads.fact.company"), company.name],
    [t("leads.fact.kvk"), company.kvk_number],
    [t("leads.fact.website"), company.website ?? company.domain],
    [t("leads.fact.industry"), company.industry],
    [t("leads.fact.employees"), company.employees_n],
    [t("leads.fact.place"), [company.city, company.region, company.country].filter(Boolean).join(", ")],
    [t("leads.fact.source"), contact.source],
  ];
  return (
    <section>
      <h3 className={classes.heading}>{t("leads.facts")}</h3>
      <dl className={classes.facts}>
        {facts.map(([label, value]) => (
          <Fact key={label} label={label} value={value === "" || value == null ? t("kit.unknown") : String(value)} />
        ))}
      </dl>
    </section>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}

const verdictIcon: Record<string, IconName> = { match: "check", partial: "minus", miss: "close", unknown: "info" };

function FitSection({ lead }: { lead: LeadView }) {
  const { t } = useI18n();
  const { fit } = lead;
  return (
    <section>
      <h3 className={classes.heading}>{t("leads.column.fit")}</h3>
      {fit.reasons.length === 0 ? (
        <p className={classes.small}>{t("leads.fit.no_profile")}</p>
      ) : (
        <>
          <p className={classes.small}>
            {fit.score == null
              ? t("leads.fit.unknown")
              : t("leads.fit.score", { score: fit.score, known: fit.known_percent })}
          </p>
          <ul className={classes.reasons}>
            {fit.reasons.map((reason) => (
              <Reason key={reason.criterion} reason={reason} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Reason({ reason }: { reason: FitReason }) {
  const { t, known } = useI18n();
  const criterion = known(`leads.criterion.${reason.criterion}`);
  const verdict = known(`leads.fit.${reason.verdict}`);
  return (
    <li className={classes.reason}>
      <Icon name={verdictIcon[reason.verdict] ?? "info"} size={16} />
      <span>
        {criterion === undefined ? reason.criterion : t(criterion)}: {reason.found ?? t("kit.unknown")}{" "}
        <span className={classes.small}>
          {/* "Unknown" was said already, in the place of what was found. */}(
          {reason.verdict !== "unknown" && `${verdict === undefined ? reason.verdict : t(verdict)}; `}
          {t("leads.fit.wanted", { wanted: reason.wanted })})
        </span>
      </span>
    </li>
  );
}

const eventIcon: Record<string, IconName> = {
  "lead.imported": "download",
  "message.sent": "mail",
  "reply.received": "reply",
  "click.recorded": "link",
  "visit.recorded": "visits",
  "booking.confirmed": "appointment",
  "quote.requested": "quote_request",
  "lead.promoted": "prospect",
  "lead.suppressed": "warning",
};

function History({ lead }: { lead: LeadView }) {
  const { t, known } = useI18n();
  const items = lead.events.map((event): TimelineItem => {
    const key = known(`leads.event.${event.kind}`);
    return {
      id: event.id,
      at: event.occurred_at,
      icon: eventIcon[event.kind] ?? "clock",
      title: key === undefined ? event.kind : t(key),
      by: event.actor_kind === "lead" ? "them" : event.actor_kind === "system" ? "program" : "us",
    };
  });
  return (
    <section>
      <h3 className={classes.heading}>{t("leads.history")}</h3>
      <Timeline items={items} label={t("leads.history")} />
    </section>
  );
}

function Erase({ lead }: { lead: LeadView }) {
  const i18n = useI18n();
  const { t } = i18n;
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: keys.all("lead") });
  const suppress = useMutation({
    mutationFn: () =>
      api.POST("/api/v1/suppressions", {
        body: { address: lead.contact.email ?? "", reason: t("leads.suppress.reason") },
      }),
    onSuccess: async () => {
      notifyDone(t("leads.suppress.done"));
      await refresh();
    },
    onError: (error) => notifyProblem(error, i18n),
  });
  return (
    <div className={classes.actions}>
      {lead.contact.email != null && lead.verdict.block !== "suppressed" && (
        <Button variant="default" size="xs" loading={suppress.isPending} onClick={() => suppress.mutate()}>
          {t("leads.suppress")}
        </Button>
      )}
      <Button variant="subtle" color="danger" size="xs" onClick={() => setAsking(true)}>
        {t("leads.erase")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("leads.erase.title")}
        verb={t("leads.erase")}
        danger
        onConfirm={async () => {
          await api.DELETE("/api/v1/contacts/{id}", { params: { path: { id: lead.contact.id } } });
          await refresh();
        }}
        onClose={() => setAsking(false)}
      >
        {t("leads.erase.text")}
      </ConfirmDialog>
    </div>
  );
}
