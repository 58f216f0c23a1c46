import { useState } from "react";
import { api } from "~/api/client";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { NumberField, TextField } from "~/kit/fields";
import { type ProspectRecord, useChange } from "./api";

interface IntentDialogProps {
  /** Purchase intent, or the fact that it was bought; null when closed. */
  kind: "intent" | "win" | null;
  record: ProspectRecord;
  onClose: () => void;
}

/** Asks for the evidence and the value that make an opportunity, or for the fact that makes a customer. */
export function IntentDialog({ kind, record, onClose }: IntentDialogProps) {
  const { t } = useI18n();
  const { prospect } = record;
  const known = prospect.value_cents ?? null;
  const [words, setWords] = useState("");
  const [value, setValue] = useState<number | null>(known === null ? null : known / 100);
  const save = useChange((): Promise<unknown> => {
    const params = { path: { id: prospect.id } };
    const value_cents = Math.round((value ?? 0) * 100);
    const currency = prospect.currency;
    return kind === "win"
      ? api.PUT("/api/v1/prospects/{id}/winning", { params, body: { fact: words, value_cents, currency } })
      : api.POST("/api/v1/prospects/{id}/intent", {
          params,
          body: { evidence: words, name: "", value_cents, currency },
        });
  });
  const part = kind ?? "intent";
  return (
    <ConfirmDialog
      opened={kind !== null}
      title={t(`prospects.${part}.title`)}
      verb={t(`prospects.${part}.verb`)}
      onClose={onClose}
      onConfirm={() => save.mutateAsync(undefined)}
    >
      {t(`prospects.${part}.about`)}
      <TextField label={t(`prospects.${part}.words`)} value={words} onChange={setWords} required />
      <NumberField label={t("prospects.value")} value={value} onChange={setValue} min={0} decimals={2} prefix="€ " />
    </ConfirmDialog>
  );
}
