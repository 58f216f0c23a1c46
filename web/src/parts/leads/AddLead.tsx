import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { TextField } from "~/kit/fields";
import { notifyNews } from "~/kit/notify";
import { ErrorState } from "~/kit/states";

interface AddLeadProps {
  opened: boolean;
  /** What is known already, to be read over and completed. */
  start?: Partial<typeof nothing>;
  onClose: () => void;
  onAdded: (id: string) => void;
}

/** What is not asked here can be filled in on the lead itself. */
const unasked = {
  company: {
    kvk_number: "",
    region: "",
    city: "",
    street: null,
    postcode: null,
    industry: "",
    employees_n: null,
    phone: "",
    sbi_code: null,
    sbi_version: null,
  },
  contact: { phone: "", language: "", time_zone: "" },
};

const nothing = { company: "", website: "", country: "", given: "", infix: "", family: "", email: "", title: "" };

/** Adds one lead by hand. Without a recorded ground no mail goes out; it is recorded on the lead itself. */
export function AddLead({ opened, start, onClose, onAdded }: AddLeadProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const client = useQueryClient();
  const [fields, setFields] = useState({ ...nothing, ...start });
  const add = useMutation({
    mutationFn: () =>
      read(
        api.POST("/api/v1/leads", {
          body: {
            company: { ...unasked.company, name: fields.company, website: fields.website, country: fields.country },
            contact: {
              ...unasked.contact,
              given_name: fields.given,
              infix: fields.infix,
              family_name: fields.family,
              email: fields.email,
              title: fields.title,
            },
          },
        }),
      ),
    onSuccess: async ({ id, possible_duplicates: doubles }) => {
      const other = doubles.find((one) => one.verdict !== "sibling");
      if (other !== undefined)
        notifyNews(i18n, { icon: "info", text: t("leads.may_be_double", { name: fields.company, other: other.name }) });
      await client.invalidateQueries({ queryKey: keys.all("lead") });
      setFields(nothing);
      onClose();
      onAdded(id);
    },
  });
  const problem = add.error instanceof ApiProblem ? add.error : null;
  const field = (name: keyof typeof nothing, label: string, path: string, required = false) => (
    <TextField
      label={label}
      name={path}
      problem={problem}
      required={required}
      value={fields[name]}
      onChange={(value) => setFields((before) => ({ ...before, [name]: value }))}
      maxLength={200}
    />
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("leads.add")}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      centered
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          {field("company", t("leads.fact.company"), "company.name", true)}
          {field("website", t("leads.fact.website"), "company.website")}
          {field("country", t("leads.filter.country"), "company.country")}
          {field("given", t("leads.fact.given_name"), "contact.given_name")}
          {field("infix", t("leads.fact.infix"), "contact.infix")}
          {field("family", t("leads.fact.family_name"), "contact.family_name")}
          {field("email", t("leads.fact.email"), "contact.email")}
          {field("title", t("leads.column.title"), "contact.title")}
          {add.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={add.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("kit.cancel")}
            </Button>
            <Button type="submit" loading={add.isPending}>
              {t("leads.add")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
