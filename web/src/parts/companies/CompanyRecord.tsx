import { ActionIcon, Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { useI18n } from "~/i18n";
import { StageBadge, StatusDot } from "~/kit/chips";
import { Money, When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { Page } from "~/kit/Page";
import { Skeleton } from "~/kit/states";
import { legalForms } from "~/parts/audience/profile/draft";
import { StateMark } from "~/parts/leads/LeadBits";
import { History } from "~/parts/prospects/History";
import { PartLink } from "~/shell/PartLink";
import { RecordError } from "~/shell/RecordError";
import { type Stage, stages } from "~/theme/theme";
import { Box } from "./Box";
import { type CompanyDetail, type ContactFacts, useCompany, useMayChangeFacts } from "./calls";
import { Committee } from "./Committee";
import { CompanyLink } from "./CompanyLink";
import { EditFacts } from "./EditFacts";
import { FactList } from "./FactList";
import { Fit } from "./Fit";
import { Ended, Register } from "./Register";
import { siteLink } from "./siteLink";
import { Website } from "./Website";
import classes from "./Companies.module.css";

/** One company: what is known, who works there, what we had with each other, from cold list to customer. */
export function CompanyRecord({ id, isBeside = false }: { id: string; isBeside?: boolean }) {
  const { t } = useI18n();
  const router = useRouter();
  const company = useCompany(id);
  const back = () => router.history.back();
  // Beside a list, the list closes it.
  useActions(
    isBeside
      ? []
      : [
          {
            id: "company.close",
            label: "kit.close",
            section: "list",
            shortcut: "Escape",
            keyOnly: true,
            perform: back,
          },
        ],
  );
  if (company.isPending) return <Skeleton shape="record" />;
  if (company.isError)
    return <RecordError part="audience" error={company.error} onRetry={() => void company.refetch()} />;
  const detail = company.data;
  const stage: Stage = stages.find((each) => each === detail.lifecycle) ?? "lead";
  return (
    <Page
      title={detail.company.name}
      about={<StageBadge stage={stage} as="chip" />}
      actions={
        !isBeside && (
          <ActionIcon variant="subtle" color="gray" aria-label={t("kit.close")} onClick={back}>
            <Icon name="close" size={18} />
          </ActionIcon>
        )
      }
    >
      <Ended id={detail.company.id} />
      <div className={isBeside ? classes.narrow : classes.record}>
        <div className={classes.column}>
          <Facts detail={detail} />
          <Box title={t("companies.fit")}>
            <Fit detail={detail} />
          </Box>
          <People detail={detail} />
          <Box title={t("companies.committee")}>
            <Committee detail={detail} />
          </Box>
          <Register detail={detail} />
          <Website detail={detail} />
          <Pursuits detail={detail} />
          <Merged detail={detail} />
          <Group detail={detail} />
        </div>
        <div className={classes.column}>
          <History id={id} of="company" />
        </div>
      </div>
    </Page>
  );
}

function Facts({ detail }: { detail: CompanyDetail }) {
  const { t, format } = useI18n();
  const [editing, setEditing] = useState(false);
  const mayChange = useMayChangeFacts();
  const { company } = detail;
  const family = legalForms.find((each) => each === company.legal_form_in_name);
  const inName = family === undefined ? null : t(`audience.legal_form.${family}`);
  const versionOf = (version: string) =>
    version === "unknown" ? t("companies.fact.sbi_version.unknown") : `SBI ${version}`;
  return (
    <Box
      title={t("companies.facts")}
      action={
        mayChange && (
          <Button variant="default" size="xs" onClick={() => setEditing(true)}>
            {t("companies.change")}
          </Button>
        )
      }
    >
      <FactList
        source={company.source}
        sources={detail.sources.filter((fact) => fact.contact_id == null)}
        rows={[
          { fields: ["name"], label: t("companies.fact.name"), value: company.name },
          {
            fields: ["website"],
            label: t("companies.fact.website"),
            value: siteLink(company.website ?? company.domain),
          },
          { fields: ["kvk_number"], label: t("companies.fact.kvk_number"), value: company.kvk_number },
          { fields: ["vat_id"], label: t("companies.fact.vat_id"), value: company.vat_id },
          { fields: ["industry"], label: t("companies.fact.industry"), value: company.industry },
          {
            fields: ["sbi_code"],
            label: t("companies.fact.sbi_code"),
            value: company.sbi_code == null ? null : `${company.sbi_code} (${versionOf(company.sbi_version)})`,
          },
          {
            fields: ["legal_form"],
            label: t("companies.fact.legal_form"),
            value: company.legal_form ?? (inName && t("companies.legal_form.in_name", { form: inName })),
          },
          {
            fields: ["employees_n"],
            label: t("companies.fact.employees_n"),
            value: company.employees_n == null ? null : format.number(company.employees_n),
          },
          {
            fields: ["street", "postcode"],
            label: t("companies.fact.street"),
            value: [[company.street, company.house_number].filter(Boolean).join(" "), company.postcode]
              .filter(Boolean)
              .join(", "),
          },
          {
            fields: ["city", "region", "country"],
            label: t("companies.fact.city"),
            value: [company.city, company.region, company.country].filter(Boolean).join(", "),
          },
          { fields: ["phone"], label: t("companies.fact.phone"), value: company.phone },
        ]}
      />
      <EditFacts companyId={company.id} opened={editing} onClose={() => setEditing(false)} />
    </Box>
  );
}

function People({ detail }: { detail: CompanyDetail }) {
  const { t } = useI18n();
  const [editing, setEditing] = useState<string>();
  return (
    <Box title={t("companies.people")}>
      {detail.contacts.length === 0 && <p className={classes.hint}>{t("companies.nobody")}</p>}
      <ul className={classes.list}>
        {detail.contacts.map((contact) => (
          <PersonRow
            key={contact.id}
            contact={contact}
            lead={detail.leads.find((lead) => lead.contact_id === contact.id)}
            onEdit={() => setEditing(contact.id)}
          />
        ))}
      </ul>
      <EditFacts
        companyId={detail.company.id}
        contactId={editing ?? ""}
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
      />
    </Box>
  );
}

interface PersonRowProps {
  contact: ContactFacts;
  lead: CompanyDetail["leads"][number] | undefined;
  onEdit: () => void;
}

function PersonRow({ contact, lead, onEdit }: PersonRowProps) {
  const { t } = useI18n();
  const mayChange = useMayChangeFacts();
  const isErased = contact.erased_at != null;
  const name = isErased ? t("companies.erased") : contact.name || contact.email || t("kit.unknown");
  return (
    <li className={classes.person}>
      <span>
        {lead === undefined ? (
          name
        ) : (
          <PartLink part="leads" id={lead.id}>
            {name}
          </PartLink>
        )}
        {contact.title ? `, ${contact.title}` : ""}
      </span>
      {mayChange && !isErased && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={t("companies.change_person", { name })}
          onClick={onEdit}
        >
          <Icon name="edit" size={16} />
        </ActionIcon>
      )}
      <span className={classes.muted}>{[contact.email, contact.phone].filter(Boolean).join(" · ")}</span>
      {lead !== undefined && <StateMark state={lead.state} />}
    </li>
  );
}

function Pursuits({ detail }: { detail: CompanyDetail }) {
  const { t, known } = useI18n();
  const wordOf = (state: string) => {
    const key = known(`prospects.state.${state}`);
    return key === undefined ? state : t(key);
  };
  return (
    <Box title={t("shell.nav.prospects")}>
      {detail.prospects.length === 0 && <p className={classes.hint}>{t("companies.no_prospect")}</p>}
      <ul className={classes.list}>
        {detail.prospects.map((one) => (
          <li key={one.id} className={classes.person}>
            <span>
              <PartLink part="prospects" id={one.id}>
                {one.contact_name}
              </PartLink>{" "}
              <span className={classes.muted}>
                <When at={one.promoted_at} as="date" />
              </span>
            </span>
            {one.value_cents == null ? <span /> : <Money cents={one.value_cents} currency={one.currency} short />}
            <StatusDot
              meaning={one.state === "won" ? "customer" : one.state === "nurture" ? "nurture" : "prospect"}
              hollow={["undone", "lost", "disqualified"].includes(one.state)}
              label={wordOf(one.state)}
            />
          </li>
        ))}
      </ul>
    </Box>
  );
}

/** What went up in this company; taking that back is done where all merges are listed. */
function Merged({ detail }: { detail: CompanyDetail }) {
  const { t } = useI18n();
  if (detail.merged.length === 0) return null;
  return (
    <Box
      title={t("companies.merged")}
      action={
        <PartLink part="audience" search={{ view: "duplicates", show: "merges" }}>
          {t("companies.merged.undo")}
        </PartLink>
      }
    >
      <ul className={classes.list}>
        {detail.merged.map((one) => (
          <li key={one.id} className={classes.person}>
            <span>{one.name || t("kit.unknown")}</span>
            <span className={classes.muted}>
              <When at={one.merged_at} as="date" />
            </span>
          </li>
        ))}
      </ul>
    </Box>
  );
}

function Group({ detail }: { detail: CompanyDetail }) {
  const { t } = useI18n();
  if (detail.group.length === 0) return null;
  return (
    <Box title={t("companies.group")}>
      <p className={classes.hint}>{t("companies.group.hint")}</p>
      <ul className={classes.list}>
        {detail.group.map((one) => (
          <li key={one.id} className={classes.person}>
            <CompanyLink id={one.id}>{one.name}</CompanyLink>
          </li>
        ))}
      </ul>
    </Box>
  );
}
