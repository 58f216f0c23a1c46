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
import { type Meant, type Typed, bodyOf, nothing, recognised, useCheck } from "./add-lead";
import { CompanyMeant, PeopleThere } from "./AddLeadCheck";

interface AddLeadProps {
  opened: boolean;
  /** What is known already, to be read over and completed. */
  start?: Partial<Typed>;
  onClose: () => void;
  onAdded: (id: string) => void;
}

/** Adds one lead by hand, and shows meanwhile who is there already. Without a recorded ground no mail goes out; it is
 *  recorded on the lead itself. */
export function AddLead({ opened, start, onClose, onAdded }: AddLeadProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const client = useQueryClient();
  const [fields, setFields] = useState({ ...nothing, ...start });
  const [meant, setMeant] = useState<Meant>(recognised);
  const check = useCheck(fields, meant, opened);
  const add = useMutation({
    mutationFn: () => read(api.POST("/api/v1/leads", { body: bodyOf(fields, meant) })),
    onSuccess: async ({ id, possible_duplicates: doubles }) => {
      const other = doubles.find((one) => one.verdict !== "sibling");
      // Who said that it is a company of its own has seen the others.
      if (other !== undefined && meant.company_is_new !== true)
        notifyNews(i18n, { icon: "info", text: t("leads.may_be_double", { name: fields.company, other: other.name }) });
      await client.invalidateQueries({ queryKey: keys.all("lead") });
      setFields(nothing);
      setMeant(recognised);
      onClose();
      onAdded(id);
    },
  });
  const problem = add.error instanceof ApiProblem ? add.error : null;
  const field = (name: keyof Typed, label: string, path: string, required = false) => (
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
          {field("city", t("leads.fact.city"), "company.city")}
          {field("website", t("leads.fact.website"), "company.website")}
          {field("country", t("leads.filter.country"), "company.country")}
          <CompanyMeant check={check} typed={fields.company} meant={meant} onMeant={setMeant} />
          {field("given", t("leads.fact.given_name"), "contact.given_name")}
          {field("infix", t("leads.fact.infix"), "contact.infix")}
          {field("family", t("leads.fact.family_name"), "contact.family_name")}
          {field("email", t("leads.fact.email"), "contact.email")}
          {field("title", t("leads.column.title"), "contact.title")}
          <PeopleThere check={check} />
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
