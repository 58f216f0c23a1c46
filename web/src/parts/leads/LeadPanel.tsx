import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { When } from "~/kit/figures";

import { notifyDone, notifyProblem } from "~/kit/notify";
import { Skeleton } from "~/kit/states";
import { CompanyLink } from "~/parts/companies/CompanyLink";
import { EditFacts } from "~/parts/companies/EditFacts";
import { FactList, type FactRow } from "~/parts/companies/FactList";
import { siteLink } from "~/parts/companies/siteLink";
import { useMayChangeFacts } from "~/parts/companies/calls";
import { PromotionReceipt } from "~/parts/inbox/PromotionReceipt";
import { History } from "~/parts/prospects/History";
import { PartLink } from "~/shell/PartLink";
import { RecordError } from "~/shell/RecordError";
import { GroundDialog } from "./GroundDialog";
import { FitReasons, NoProfile } from "~/parts/audience/profile/FitReasons";
import { type LeadView, StateMark } from "./LeadBits";
import { DecidedLine, LeadOverride } from "./LeadOverride";
import classes from "./LeadPanel.module.css";

/** Everything about one lead, beside the list. */
export function LeadPanel({ id }: { id: string }) {
  const lead = useQuery({
    queryKey: keys.one("lead", id),
    queryFn: () => read(api.GET("/api/v1/leads/{id}", { params: { path: { id } } })),
  });
  if (lead.isPending) return <Skeleton shape="record" />;
  if (lead.error !== null)
    return <RecordError part="leads" isPanel error={lead.error} onRetry={() => void lead.refetch()} />;
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
        {lead.prospect_id != null && (
          <Button component={PartLink} part="prospects" id={lead.prospect_id} size="xs">
            {t("leads.to_prospect")}
          </Button>
        )}
        {!isErased && <LeadOverride lead={lead} />}
      </div>
      {lead.promotion_id != null && <PromotionReceipt id={lead.promotion_id} />}
      <DecidedLine lead={lead} />
      <Verdict lead={lead} isErased={isErased} />
      <Facts lead={lead} />
      <FitSection lead={lead} />
      <History id={company.id} of="company" />
      {!isErased && <Erase lead={lead} />}
    </div>
  );
}

/** Whether the person knows that we have their data, or by when they must. */
function InformedLine({ lead }: { lead: LeadView }) {
  const { t, known, format } = useI18n();
  const { state, inform_by, informed_at, note } = lead.informing;
  // Who may not be mailed gets no first mail that could say it.
  const isUntold = state === "on_time" && lead.verdict.outcome !== "allow";
  const key = known(`leads.informing.${state}${isUntold ? ".no_mail" : ""}`);
  const day = state === "informed" ? informed_at : inform_by;
  if (key === undefined) return null;
  return (
    <p className={classes.sub} data-informing={state}>
      {t(key, { date: day == null ? t("kit.unknown") : format.date(day) })}
      {note != null && ` ${note}`}
      {isUntold && (
        <>
          {" "}
          <PartLink part="audience" search={{ view: "informing" }}>
            {t("leads.informing.see")}
          </PartLink>
        </>
      )}
    </p>
  );
}

function Verdict({ lead, isErased }: { lead: LeadView; isErased: boolean }) {
  const { t, known, format, language } = useI18n();
  const [asking, setAsking] = useState(false);
  const mayRecord = useMay("work_audience");
  const { verdict, ground } = lead;
  const otherThanMail = lead.by_hand.filter(({ reason }) => reason == null || reason !== verdict.reason);
  const facts = [
    known(`leads.address_class.${verdict.address_class}`),
    known(`leads.person_kind.${verdict.person ?? "unknown"}`),
  ];
  return (
    <section className={classes.verdict} aria-label={t("leads.verdict")}>
      <div>
        {verdict.outcome === "allow" ? (
          <Chip meaning="customer" icon="check">
            {t("leads.verdict.yes")}
          </Chip>
        ) : (
          <Chip meaning="danger" icon="warning">
            {t(verdict.outcome === "needs_evidence" ? "leads.verdict.needs_evidence" : "leads.verdict.no")}
          </Chip>
        )}
      </div>
      <p className={classes.sub} data-reason={verdict.reason}>
        {verdict.says[language]}
      </p>
      {verdict.loosened != null && (
        <p className={classes.sub}>
          {t("leads.verdict.loosened", {
            name: verdict.loosened.decided_by,
            date: format.date(verdict.loosened.decided_at),
            reason: verdict.loosened.reason,
          })}{" "}
          <PartLink part="settings" id="policy">
            {t("policy.see")}
          </PartLink>
        </p>
      )}
      {verdict.unlocks.length > 0 && (
        <>
          <p className={classes.sub}>{t("leads.verdict.unlock")}</p>
          <ul className={classes.unlocks}>
            {verdict.unlocks.map((unlock) => (
              <li key={unlock.action}>{unlock.says[language]}</li>
            ))}
          </ul>
        </>
      )}
      {!isErased &&
        // What closes every channel was said above, once.
        otherThanMail.map((answer) => (
          <p key={answer.channel} className={classes.sub} data-channel={answer.channel} data-reason={answer.reason}>
            <strong>{t(answer.channel === "phone" ? "leads.verdict.call" : "leads.verdict.letter")}</strong>{" "}
            {answer.says[language]}
          </p>
        ))}
      {!isErased && <InformedLine lead={lead} />}
      {ground != null && (
        <p className={classes.sub}>
          {t("leads.ground.line", {
            basis: t(known(`leads.basis.${ground.basis}`) ?? "leads.basis.consent"),
            source: ground.source,
            date: format.date(ground.obtained_on),
          })}
        </p>
      )}
      {ground?.evidence_url != null && (
        <p className={classes.sub}>
          {t("leads.verdict.evidence", { proof: ground.source_detail, page: ground.evidence_url })}
        </p>
      )}
      <p className={classes.small}>
        {!isErased && `${facts.flatMap((key) => (key === undefined ? [] : [t(key)])).join(" · ")}. `}
        {t("leads.verdict.rule", {
          country: verdict.rule.country,
          version: String(verdict.rule.version),
          date: format.date(verdict.rule.reviewed_on),
        })}{" "}
        <PartLink part="settings" id="policy" search={{ country: verdict.rule.country }}>
          {t("policy.read_rule")}
        </PartLink>
      </p>
      {!isErased && mayRecord && (
        <div>
          <Button variant="default" size="xs" onClick={() => setAsking(true)}>
            {t(ground == null ? "leads.ground.record" : "leads.ground.change")}
          </Button>
        </div>
      )}
      <GroundDialog contactId={lead.contact.id} ground={ground} opened={asking} onClose={() => setAsking(false)} />
    </section>
  );
}

function Facts({ lead }: { lead: LeadView }) {
  const { t, known, format } = useI18n();
  const [editing, setEditing] = useState<"person" | "company" | null>(null);
  const mayChange = useMayChangeFacts();
  const { contact, company } = lead;
  const roleKey = known(`audience.role.${lead.buying_role}`);
  const ofPerson: FactRow[] = [
    { fields: ["name"], label: t("leads.column.name"), value: contact.name },
    { fields: ["title"], label: t("leads.column.title"), value: contact.title },
    { fields: ["email"], label: t("leads.fact.email"), value: contact.email },
    ...(lead.former_addresses.length === 0
      ? []
      : [{ fields: [], label: t("leads.fact.former_email"), value: lead.former_addresses.join(", ") }]),
    { fields: ["phone"], label: t("leads.fact.phone"), value: contact.phone },
    { fields: [], label: t("leads.fact.role"), value: roleKey === undefined ? null : t(roleKey) },
  ];
  const ofCompany: FactRow[] = [
    { fields: ["kvk_number"], label: t("leads.fact.kvk"), value: company.kvk_number },
    { fields: ["website"], label: t("leads.fact.website"), value: siteLink(company.website ?? company.domain) },
    { fields: ["industry"], label: t("leads.fact.industry"), value: company.industry },
    {
      fields: ["employees_n"],
      label: t("leads.fact.employees"),
      value: company.employees_n == null ? null : format.number(company.employees_n),
    },
    {
      fields: ["city", "region", "country"],
      label: t("leads.fact.place"),
      value: [company.city, company.region, company.country].filter(Boolean).join(", "),
    },
  ];
  const change = (what: "person" | "company") =>
    mayChange && (
      <Button variant="default" size="xs" onClick={() => setEditing(what)}>
        {t(what === "person" ? "companies.edit_person" : "companies.edit")}
      </Button>
    );
  return (
    <section>
      <div className={classes.factsHead}>
        <h3 className={classes.heading}>{t("leads.facts")}</h3>
        {contact.erased_at == null && change("person")}
      </div>
      <FactList
        rows={ofPerson}
        source={contact.source}
        sources={lead.sources.filter((fact) => fact.contact_id === contact.id)}
      />
      <div className={classes.factsHead}>
        <h3 className={classes.heading}>
          <CompanyLink id={company.id}>{company.name}</CompanyLink>
        </h3>
        {change("company")}
      </div>
      <FactList
        rows={ofCompany}
        source={company.source}
        sources={lead.sources.filter((fact) => fact.contact_id == null)}
      />
      <EditFacts
        companyId={company.id}
        contactId={editing === "person" ? contact.id : undefined}
        opened={editing !== null}
        onClose={() => setEditing(null)}
      />
    </section>
  );
}

function FitSection({ lead }: { lead: LeadView }) {
  const { t } = useI18n();
  const { fit } = lead;
  return (
    <section>
      <h3 className={classes.heading}>{t("leads.column.fit")}</h3>
      {fit.reasons.length === 0 ? (
        <p className={classes.small}>
          <NoProfile />
        </p>
      ) : (
        <>
          <p className={classes.small}>
            {fit.score == null
              ? t("leads.fit.unknown")
              : t("leads.fit.score", { score: fit.score, known: fit.known_percent })}
          </p>
          <FitReasons reasons={fit.reasons} />
        </>
      )}
    </section>
  );
}

function Erase({ lead }: { lead: LeadView }) {
  const i18n = useI18n();
  const { t } = i18n;
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [maySuppress, mayErase] = [useMay("suppress"), useMay("work_audience")];
  const refresh = () => client.invalidateQueries({ queryKey: keys.all("lead") });
  const { email, phone } = lead.contact;
  const isCallClosed = lead.by_hand.some(({ reason }) => reason === "no_calls" || reason === "suppressed");
  const suppress = useMutation({
    mutationFn: (address: string) =>
      api.POST("/api/v1/suppressions", { body: { address, reason: t("leads.suppress.reason") } }),
    onSuccess: async (_, address) => {
      notifyDone(t(address === phone ? "leads.no_calls.done" : "leads.suppress.done"));
      await refresh();
    },
    onError: (error) => notifyProblem(error, i18n),
  });
  return (
    <div className={classes.actions}>
      {maySuppress && email != null && lead.verdict.reason !== "suppressed" && (
        <Button variant="default" size="xs" loading={suppress.isPending} onClick={() => suppress.mutate(email)}>
          {t("leads.suppress")}
        </Button>
      )}
      {maySuppress && phone != null && !isCallClosed && (
        <Button variant="default" size="xs" loading={suppress.isPending} onClick={() => suppress.mutate(phone)}>
          {t("leads.no_calls")}
        </Button>
      )}
      {mayErase && (
        <Button variant="subtle" color="danger" size="xs" onClick={() => setAsking(true)}>
          {t("leads.erase")}
        </Button>
      )}
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
