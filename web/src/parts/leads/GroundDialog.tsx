import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { ErrorState } from "~/kit/states";
import { GroundFields, type RecordedGround, asTyped } from "./GroundFields";

interface GroundFormProps {
  contactId: string;
  /** The ground that is recorded now; none when nobody recorded one. */
  ground: RecordedGround | null | undefined;
  onClose: () => void;
}

/** Records on what ground one person may be approached, or changes it. */
export function GroundDialog({ opened, ...form }: GroundFormProps & { opened: boolean }) {
  const { t } = useI18n();
  return (
    <Modal
      opened={opened}
      onClose={form.onClose}
      title={t(form.ground == null ? "leads.ground.record" : "leads.ground.change")}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      centered
    >
      {/* Is there only while the dialog is open, so it begins each time with what is recorded then. */}
      <GroundForm {...form} />
    </Modal>
  );
}

function GroundForm({ contactId, ground: recorded, onClose }: GroundFormProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [ground, setGround] = useState(() => asTyped(recorded));
  const save = useMutation({
    mutationFn: () => api.PUT("/api/v1/contacts/{id}/ground", { params: { path: { id: contactId } }, body: ground }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.all("lead") });
      onClose();
    },
  });
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <GroundFields of="person" value={ground} onChange={setGround} problem={problem} />
        {save.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("leads.ground.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
