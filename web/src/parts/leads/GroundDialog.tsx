import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { ErrorState } from "~/kit/states";
import { type Ground, GroundFields, noGround } from "./GroundFields";

interface GroundDialogProps {
  contactId: string;
  opened: boolean;
  onClose: () => void;
}

/** Records on what ground one person may be approached. */
export function GroundDialog({ contactId, opened, onClose }: GroundDialogProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [ground, setGround] = useState<Ground>(noGround);
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
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("leads.ground.record")}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      centered
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <GroundFields value={ground} onChange={setGround} problem={problem} />
          {save.error !== null && (problem === null || problem.errors.length === 0) && (
            <ErrorState error={save.error} />
          )}
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
    </Modal>
  );
}
