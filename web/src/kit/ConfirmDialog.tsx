import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useI18n } from "~/i18n";
import { ErrorState } from "./states";
import { AreaField } from "./fields";

interface ConfirmDialogProps {
  opened: boolean;
  title: string;
  /** What will change, and for whom. */
  children: ReactNode;
  /** The verb on the button: "Disqualify", never "OK". */
  verb: string;
  danger?: boolean;
  /** Reasons to pick from; a free text always stays possible. Without it no reason is asked. */
  reasons?: readonly { value: string; label: string }[];
  onConfirm: (reason: { value: string | null; text: string }) => Promise<unknown> | void;
  onClose: () => void;
}

const other = "other";

/** Asks once, in the words of the deed, with the reason where one is needed. Stays open with the error if it fails. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { t } = useI18n();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      centered
    >
      <ConfirmForm {...props} />
    </Modal>
  );
}

function ConfirmForm({ children, verb, danger = false, reasons, onConfirm, onClose }: ConfirmDialogProps) {
  const { t } = useI18n();
  const [value, setValue] = useState<string | null>(null);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const needsText = value === other;
  const ready = reasons === undefined || (value !== null && (!needsText || text.trim() !== ""));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    setError(null);
    try {
      await onConfirm({ value, text: text.trim() });
      onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text component="div">{children}</Text>
        {reasons !== undefined && (
          <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
            <legend>{t("kit.reason")}</legend>
            {[
              ...reasons.filter((reason) => reason.value !== other),
              { value: other, label: t("kit.reason.other") },
            ].map((reason) => (
              <label key={reason.value} style={{ display: "flex", gap: 8, padding: "6px 0" }}>
                <input
                  type="radio"
                  name="reason"
                  checked={value === reason.value}
                  onChange={() => setValue(reason.value)}
                />
                {reason.label}
              </label>
            ))}
            {value !== null && (
              <AreaField
                label={needsText ? t("kit.reason.text") : t("kit.reason.more")}
                required={needsText}
                value={text}
                onChange={setText}
              />
            )}
          </fieldset>
        )}
        {error !== null && <ErrorState error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" color={danger ? "danger" : undefined} disabled={!ready} loading={busy}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
