import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useAvailableActions } from "~/actions/ActionsProvider";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { SwitchField, TextField } from "~/kit/fields";
import { ErrorState } from "~/kit/states";

/** Makes a workspace for another company, or a live one beside the one for practice, and goes there. */
export default function NewWorkspace({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const { choose } = useWorkspace();
  const { context } = useAvailableActions();
  const [name, setName] = useState("");
  const [practice, setPractice] = useState(false);
  const make = useMutation({
    mutationFn: () => read(api.POST("/api/v1/workspaces", { body: { name: name.trim(), practice } })),
    onSuccess: async ({ id }) => {
      // The page can only go to a workspace that it knows of.
      await client.invalidateQueries({ queryKey: keys.session() });
      onClose();
      choose(id);
      context.go("/today");
    },
  });
  const problem = make.error instanceof ApiProblem ? make.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "" && !make.isPending) make.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("shell.workspace.new")}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      centered
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <p style={{ margin: 0 }}>{t("shell.workspace.new.about")}</p>
          <TextField
            label={t("account.workspace")}
            hint={t("account.workspace.hint")}
            name="name"
            autoComplete="organization"
            value={name}
            onChange={setName}
            problem={problem}
            maxLength={100}
            required
            autoFocus
          />
          <SwitchField
            label={t("shell.workspace.practice")}
            hint={t("shell.workspace.practice.hint")}
            checked={practice}
            onChange={setPractice}
          />
          {make.error !== null && (problem === null || problem.errors.length === 0) && (
            <ErrorState error={make.error} />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("kit.cancel")}
            </Button>
            <Button type="submit" loading={make.isPending} disabled={name.trim() === ""}>
              {t("shell.workspace.make")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
