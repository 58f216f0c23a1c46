import { ActionIcon, Button, Group, Modal, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { NumberField, TextField } from "~/kit/fields";
import { Money, When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { ErrorState } from "~/kit/states";
import { type Opportunity, useChange } from "./api";
import classes from "./Record.module.css";

/** A deal with its value; an open one can be changed. */
export function OpportunityRow({ opportunity, word }: { opportunity: Opportunity; word: string }) {
  const { t } = useI18n();
  const [editing, setEditing] = useState(false);
  const mayChange = useMay("work_prospects") && opportunity.state === "open";
  // What was expected says nothing of a deal that is decided.
  const isExpected = opportunity.state === "open";
  return (
    <li>
      <span>
        {opportunity.name} · {word}
        {isExpected && (opportunity.expected_close_on != null || opportunity.chance_own_percent != null) && (
          <span className={classes.expected}>
            {opportunity.expected_close_on != null && (
              <>
                {t("prospects.deal.close")} <When at={opportunity.expected_close_on} as="date" />
              </>
            )}
            {opportunity.chance_own_percent != null && (
              <span>{t("prospects.deal.own_is", { n: opportunity.chance_own_percent })}</span>
            )}
          </span>
        )}
      </span>
      <span className={classes.dealValue}>
        <Money cents={opportunity.value_cents} currency={opportunity.currency} />
        {mayChange && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t("prospects.deal.edit")}
            onClick={() => setEditing(true)}
          >
            <Icon name="edit" size={16} />
          </ActionIcon>
        )}
      </span>
      <Modal
        opened={editing}
        onClose={() => setEditing(false)}
        title={t("prospects.deal.edit")}
        closeButtonProps={{ "aria-label": t("kit.close") }}
        centered
      >
        {editing && <DealForm opportunity={opportunity} onClose={() => setEditing(false)} />}
      </Modal>
    </li>
  );
}

function DealForm({ opportunity, onClose }: { opportunity: Opportunity; onClose: () => void }) {
  const { t } = useI18n();
  const [name, setName] = useState(opportunity.name);
  const [value, setValue] = useState<number | null>(opportunity.value_cents / 100);
  const [close, setClose] = useState(opportunity.expected_close_on ?? "");
  const [own, setOwn] = useState<number | null>(opportunity.chance_own_percent ?? null);
  const save = useChange(() =>
    api.PATCH("/api/v1/opportunities/{id}", {
      params: { path: { id: opportunity.id } },
      body: {
        name,
        value_cents: Math.round((value ?? 0) * 100),
        expected_close_on: close === "" ? null : close,
        chance_own_percent: own,
      },
    }),
  );
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextField
          label={t("prospects.deal.name")}
          name="name"
          problem={problem}
          value={name}
          onChange={setName}
          maxLength={200}
          required
        />
        <NumberField
          label={t("prospects.value")}
          name="value_cents"
          problem={problem}
          value={value}
          onChange={setValue}
          min={0}
          decimals={2}
          prefix={opportunity.currency === "EUR" ? "€ " : `${opportunity.currency} `}
          required
        />
        <TextField
          label={t("prospects.deal.close")}
          hint={t("prospects.deal.close.hint")}
          name="expected_close_on"
          problem={problem}
          type="date"
          value={close}
          onChange={setClose}
        />
        <NumberField
          label={t("prospects.deal.own")}
          hint={t("prospects.deal.own.hint")}
          name="chance_own_percent"
          problem={problem}
          value={own}
          onChange={setOwn}
          min={1}
          max={99}
          suffix=" %"
        />
        {save.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("companies.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
