import { Button, Group, Modal, Stack } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { api } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { useI18n } from "~/i18n";
import { NumberField, SelectField, TextField } from "~/kit/fields";
import { notifyDone } from "~/kit/notify";
import { ErrorState, Skeleton } from "~/kit/states";
import { type CompanyFacts, type ContactFacts, useChangeFacts, useCompany } from "./calls";
import classes from "./Companies.module.css";

interface EditFactsProps {
  companyId: string;
  /** The person whose facts are changed; the company's own when missing. */
  contactId?: string;
  opened: boolean;
  onClose: () => void;
}

/** Changes the facts of a company or of a person there. What is typed in here has the person who typed as its source. */
export function EditFacts({ companyId, contactId, opened, onClose }: EditFactsProps) {
  const { t } = useI18n();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t(contactId === undefined ? "companies.edit" : "companies.edit_person")}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      size="lg"
    >
      {opened && <Loaded companyId={companyId} contactId={contactId} onClose={onClose} />}
    </Modal>
  );
}

function Loaded({ companyId, contactId, onClose }: Omit<EditFactsProps, "opened">) {
  const { t } = useI18n();
  const company = useCompany(companyId);
  if (company.isPending) return <Skeleton shape="cards" rows={4} />;
  if (company.isError) return <ErrorState error={company.error} onRetry={() => void company.refetch()} />;
  if (contactId === undefined) return <CompanyForm company={company.data.company} onClose={onClose} />;
  const contact = company.data.contacts.find((each) => each.id === contactId);
  if (contact === undefined) return <p>{t("companies.person_gone")}</p>;
  return <ContactForm contact={contact} onClose={onClose} />;
}

/** Editions of the activity code. */
const sbiVersions = ["unknown", "2008", "2025"] as const;

function CompanyForm({ company, onClose }: { company: CompanyFacts; onClose: () => void }) {
  const { t } = useI18n();
  const [facts, setFacts] = useState({
    name: company.name,
    website: company.website ?? "",
    kvk_number: company.kvk_number ?? "",
    industry: company.industry ?? "",
    street: [company.street, company.house_number].filter(Boolean).join(" "),
    postcode: company.postcode ?? "",
    city: company.city ?? "",
    region: company.region ?? "",
    country: company.country ?? "",
    phone: company.phone ?? "",
    sbi_code: company.sbi_code ?? "",
  });
  const [version, setVersion] = useState(sbiVersions.find((each) => each === company.sbi_version) ?? "unknown");
  const [employees, setEmployees] = useState(company.employees_n ?? null);
  const save = useChangeFacts(
    () =>
      api.PUT("/api/v1/companies/{id}", {
        params: { path: { id: company.id } },
        body: { ...facts, employees_n: employees, sbi_version: version },
      }),
    () => {
      notifyDone(t("companies.saved"));
      onClose();
    },
  );
  const problem = save.error instanceof ApiProblem ? save.error : null;
  // All are plain text to the browser: a website is written as people write it, and the server says what is wrong.
  const field = (name: keyof typeof facts) => (
    <TextField
      label={t(name === "street" || name === "postcode" ? `companies.edit.${name}` : `companies.fact.${name}`)}
      name={name}
      problem={problem}
      required={name === "name"}
      value={facts[name]}
      onChange={(value) => setFacts((before) => ({ ...before, [name]: value }))}
      maxLength={200}
    />
  );
  return (
    <FactsForm error={save.error} isSaving={save.isPending} onSave={() => save.mutate(undefined)} onClose={onClose}>
      {field("name")}
      <div className={classes.pair}>
        {field("website")}
        {field("kvk_number")}
        {field("industry")}
        <NumberField
          label={t("companies.fact.employees_n")}
          name="employees_n"
          problem={problem}
          value={employees}
          onChange={setEmployees}
          min={0}
        />
        {field("sbi_code")}
        <SelectField
          label={t("companies.fact.sbi_version")}
          name="sbi_version"
          problem={problem}
          value={version}
          onChange={setVersion}
          options={sbiVersions.map((value) => ({
            value,
            label: value === "unknown" ? t("companies.fact.sbi_version.unknown") : `SBI ${value}`,
          }))}
        />
        {field("street")}
        {field("postcode")}
        {field("city")}
        {field("region")}
        {field("country")}
        {field("phone")}
      </div>
    </FactsForm>
  );
}

const languages = ["", "nl", "en", "de", "fr"] as const;

function ContactForm({ contact, onClose }: { contact: ContactFacts; onClose: () => void }) {
  const { t } = useI18n();
  const [facts, setFacts] = useState({
    given_name: contact.given_name ?? "",
    infix: contact.infix ?? "",
    family_name: contact.family_name ?? "",
    title: contact.title ?? "",
    email: contact.email ?? "",
    phone: contact.phone ?? "",
  });
  const [language, setLanguage] = useState(languages.find((each) => each === contact.language) ?? "");
  const save = useChangeFacts(
    () =>
      api.PUT("/api/v1/contacts/{id}", {
        params: { path: { id: contact.id } },
        body: { ...facts, language, time_zone: contact.time_zone ?? "" },
      }),
    () => {
      notifyDone(t("companies.saved"));
      onClose();
    },
  );
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const field = (name: keyof typeof facts) => (
    <TextField
      label={t(`companies.fact.${name}`)}
      name={name}
      problem={problem}
      value={facts[name]}
      onChange={(value) => setFacts((before) => ({ ...before, [name]: value }))}
      maxLength={254}
    />
  );
  return (
    <FactsForm error={save.error} isSaving={save.isPending} onSave={() => save.mutate(undefined)} onClose={onClose}>
      <div className={classes.name}>
        {field("given_name")}
        {field("infix")}
        {field("family_name")}
      </div>
      <div className={classes.pair}>
        {field("title")}
        {field("email")}
        {field("phone")}
        <SelectField
          label={t("companies.fact.language")}
          name="language"
          problem={problem}
          value={language}
          onChange={setLanguage}
          options={languages.map((value) => ({
            value,
            label: t(value === "" ? "kit.unknown" : `companies.language.${value}`),
          }))}
        />
      </div>
    </FactsForm>
  );
}

interface FactsFormProps {
  error: unknown;
  isSaving: boolean;
  onSave: () => void;
  onClose: () => void;
  children: ReactNode;
}

function FactsForm({ error, isSaving, onSave, onClose, children }: FactsFormProps) {
  const { t } = useI18n();
  const hasFields = error instanceof ApiProblem && error.errors.length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {children}
        <p className={classes.hint}>{t("companies.edit.source")}</p>
        {error !== null && !hasFields && <ErrorState error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" loading={isSaving}>
            {t("companies.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
