import { ActionIcon, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { SelectField } from "~/kit/fields";
import { Icon } from "~/kit/icons";
import { CompanyLink } from "~/parts/companies/CompanyLink";
import { EditFacts } from "~/parts/companies/EditFacts";
import { useMayChangeFacts } from "~/parts/companies/calls";
import { type ProspectRecord, isOpen, useChange } from "./api";
import { SuppressedChip } from "./Suppression";
import classes from "./Record.module.css";

/** The people of the pursuit, each with the way to change what is known of them. */
export function People({ record }: { record: ProspectRecord }) {
  const { t } = useI18n();
  const mayChange = useMayChangeFacts();
  const [editing, setEditing] = useState<string>();
  return (
    <section className={classes.box}>
      <h2>{t("prospects.people")}</h2>
      <ul className={classes.list}>
        {record.people.map((one) => (
          <li key={one.contact_id}>
            <span className={classes.person}>
              <span>
                {one.name}
                {one.title ? `, ${one.title}` : ""}
              </span>
              <span className={classes.muted}>{[one.email, one.phone].filter(Boolean).join(" · ")}</span>
              {one.suppression != null && <SuppressedChip mark={one.suppression} />}
            </span>
            {mayChange && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={t("companies.change_person", { name: one.name })}
                onClick={() => setEditing(one.contact_id)}
              >
                <Icon name="edit" size={16} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      <EditFacts
        companyId={record.company.id}
        contactId={editing ?? ""}
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
      />
    </section>
  );
}

/** What is known of the company, and who of ours is responsible. */
export function Facts({ record }: { record: ProspectRecord }) {
  const { t, format } = useI18n();
  const mayChange = useMayChangeFacts();
  const [editing, setEditing] = useState(false);
  const { company } = record;
  const unknown = t("prospects.unknown");
  const rows: [string, string | null | undefined][] = [
    [t("prospects.fact.industry"), company.industry],
    [t("prospects.fact.employees"), company.employees_n == null ? null : format.number(company.employees_n)],
    [t("prospects.fact.place"), [company.city, company.country].filter(Boolean).join(", ")],
    [t("prospects.fact.website"), company.website ?? company.domain],
    [t("prospects.fact.kvk"), company.kvk_number],
    [t("prospects.fact.fit"), company.fit_score == null ? null : format.number(company.fit_score)],
  ];
  return (
    <section className={classes.box} title={t("prospects.fact.source", { source: company.source })}>
      <h2>{t("prospects.facts")}</h2>
      <div className={classes.owner}>
        <Owner record={record} />
      </div>
      <dl className={classes.dl}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={value ? undefined : classes.muted}>{value || unknown}</dd>
          </div>
        ))}
      </dl>
      <div className={`${classes.factButtons} ${classes.apart}`}>
        <CompanyLink id={company.id}>{t("companies.open")}</CompanyLink>
        {mayChange && (
          <Button variant="default" size="xs" onClick={() => setEditing(true)}>
            {t("companies.edit")}
          </Button>
        )}
      </div>
      <EditFacts companyId={company.id} opened={editing} onClose={() => setEditing(false)} />
    </section>
  );
}

/** Who is responsible: the pursuit and its next action stand on that person's Today. */
function Owner({ record }: { record: ProspectRecord }) {
  const { t } = useI18n();
  const { prospect } = record;
  const members = useQuery({
    queryKey: keys.list("member"),
    queryFn: () => read(api.GET("/api/v1/members")),
  });
  const give = useChange((owner_id: string) =>
    api.PUT("/api/v1/prospects/{id}/owner", { params: { path: { id: prospect.id } }, body: { owner_id } }),
  );
  const sellers = (members.data?.items ?? []).filter((member) => ["owner", "manager", "sales"].includes(member.role));
  const now = { value: prospect.owner_id, label: record.owner_name ?? t("prospects.unknown") };
  const mayGive = useMay("work_prospects") && isOpen(prospect);
  return (
    <SelectField
      label={t("prospects.fact.owner")}
      value={prospect.owner_id}
      disabled={give.isPending || !mayGive}
      onChange={(owner) => give.mutate(owner)}
      options={[
        ...(sellers.some((member) => member.id === prospect.owner_id) ? [] : [now]),
        ...sellers.map((member) => ({ value: member.id, label: member.name })),
      ]}
    />
  );
}
