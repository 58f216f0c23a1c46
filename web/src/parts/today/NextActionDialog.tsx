import { Button, Group, Modal, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api } from "~/api/client";
import { useI18n } from "~/i18n";
import { TextField } from "~/kit/fields";
import { When } from "~/kit/figures";
import { useChange } from "~/parts/prospects/api";
import { Proposals } from "~/parts/prospects/Proposals";
import { planned } from "~/parts/prospects/words";
import type { Planning } from "./work";

interface NextActionDialogProps {
  /** Whom it is about; null closes the dialog. */
  prospect: Planning | null;
  onClose: () => void;
}

/** One line says what comes next and when; what was read out of it stands below, before it counts. */
export function NextActionDialog({ prospect, onClose }: NextActionDialogProps) {
  const { t } = useI18n();
  return (
    <Modal
      opened={prospect !== null}
      onClose={onClose}
      title={t("today.set_next.title", { company: prospect?.company ?? "" })}
      closeButtonProps={{ "aria-label": t("kit.close") }}
    >
      {prospect !== null && <Form prospect={prospect} onClose={onClose} />}
    </Modal>
  );
}

function Form({ prospect, onClose }: NextActionDialogProps & { prospect: Planning }) {
  const { t } = useI18n();
  const [line, setLine] = useState("");
  const plan = planned(line, new Date());
  const set = useChange((next: NonNullable<typeof plan>) =>
    api.PUT("/api/v1/prospects/{id}/next-action", {
      params: { path: { id: prospect.id } },
      body: {
        next_action: { text: next.text, kind: next.kind, at: next.at.toISOString() },
        finished: prospect.hasAction,
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (plan !== null) set.mutate(plan, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {prospect.prospect !== undefined && <Proposals prospect={prospect.prospect} onChoose={setLine} />}
        <TextField
          label={t("today.next.text")}
          hint={t("today.set_next.hint")}
          value={line}
          onChange={setLine}
          autoFocus
        />
        <p role="status" style={{ margin: 0, minHeight: 24 }}>
          {plan !== null && (
            <>
              <strong>{plan.text}</strong> <When at={plan.at.toISOString()} as="dateTime" />
            </>
          )}
        </p>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" loading={set.isPending} disabled={plan === null}>
            {prospect.hasAction ? t("today.next.done") : t("today.next.set")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
