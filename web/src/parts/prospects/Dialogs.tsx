import { useState } from "react";
import { api } from "~/api/client";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { TextField } from "~/kit/fields";
import { momentOf, nextWorkingMorning, useChange } from "./api";

const disqualifyReasons = ["no_fit", "no_need", "no_authority", "no_budget", "just_looking", "not_a_buyer"] as const;
const lossReasons = ["price", "competitor", "no_budget", "timing", "no_decision", "no_response", "product"] as const;

interface DialogProps {
  /** The prospect; null closes the dialog. */
  id: string | null;
  onClose: () => void;
}

const pathOf = (id: string | null) => ({ path: { id: id ?? "" } });

/** Not a good prospect after all: off the board, with a reason. */
export function DisqualifyDialog({ id, onClose, onDone }: DialogProps & { onDone?: () => void }) {
  const { t } = useI18n();
  const close = useChange((body: { reason: string; note: string }) =>
    api.PUT("/api/v1/prospects/{id}/disqualification", { params: pathOf(id), body }),
  );
  return (
    <ConfirmDialog
      opened={id !== null}
      title={t("prospects.disqualify.title")}
      verb={t("prospects.disqualify.title")}
      danger
      reasons={disqualifyReasons.map((value) => ({ value, label: t(`prospects.disqualify.${value}`) }))}
      onClose={onClose}
      onConfirm={({ value, text }) =>
        close.mutateAsync({ reason: value ?? "other", note: text }, { onSuccess: () => onDone?.() })
      }
    >
      {t("prospects.disqualify.about")}
    </ConfirmDialog>
  );
}

/** The deal went to nobody or to somebody else. */
export function LossDialog({ id, onClose }: DialogProps) {
  const { t } = useI18n();
  const close = useChange((body: { reason: string; note: string }) =>
    api.PUT("/api/v1/prospects/{id}/loss", { params: pathOf(id), body }),
  );
  return (
    <ConfirmDialog
      opened={id !== null}
      title={t("prospects.loss.title")}
      verb={t("prospects.loss.title")}
      danger
      reasons={lossReasons.map((value) => ({ value, label: t(`prospects.loss.${value}`) }))}
      onClose={onClose}
      onConfirm={({ value, text }) => close.mutateAsync({ reason: value ?? "other", note: text })}
    >
      {t("prospects.loss.about")}
    </ConfirmDialog>
  );
}

/** Back to the step where it stood, with something to do first. */
export function ReopenDialog({ id, onClose }: DialogProps) {
  const { t } = useI18n();
  const reopen = useChange(() => {
    const next = nextWorkingMorning(new Date());
    const action = { text: t("prospects.reopen.next"), kind: "call", at: momentOf(next.date, next.time) };
    return api.POST("/api/v1/prospects/{id}/reopening", { params: pathOf(id), body: { next_action: action } });
  });
  return (
    <ConfirmDialog
      opened={id !== null}
      title={t("prospects.reopen.title")}
      verb={t("prospects.reopen.title")}
      onClose={onClose}
      onConfirm={() => reopen.mutateAsync(undefined)}
    >
      {t("prospects.reopen.about")}
    </ConfirmDialog>
  );
}

/** Off the board until a date. */
export function NurtureDialog({ id, onClose }: DialogProps) {
  const { t } = useI18n();
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const rest = useChange(() =>
    api.PUT("/api/v1/prospects/{id}/nurture", { params: pathOf(id), body: { until, reason } }),
  );
  return (
    <ConfirmDialog
      opened={id !== null}
      title={t("prospects.nurture.title")}
      verb={t("prospects.nurture.title")}
      onClose={onClose}
      onConfirm={() => rest.mutateAsync(undefined)}
    >
      {t("prospects.nurture.about")}
      <TextField label={t("prospects.nurture.until")} type="date" value={until} onChange={setUntil} required />
      <TextField label={t("prospects.nurture.reason")} value={reason} onChange={setReason} />
    </ConfirmDialog>
  );
}
