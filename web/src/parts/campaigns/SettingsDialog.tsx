import { Button, Group, Modal, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { isProblem } from "~/api/problem";
import { useI18n } from "~/i18n";
import { ErrorState } from "~/kit/states";
import { type Campaign, useMailboxes, useSaveCampaign } from "./calls";
import { CampaignFields, type Settings } from "./CampaignFields";

interface SettingsDialogProps {
  opened: boolean;
  campaign: Campaign;
  onClose: () => void;
}

/** Name, language, mailbox and sending hours of a campaign. */
export function SettingsDialog({ opened, campaign, onClose }: SettingsDialogProps) {
  const { t } = useI18n();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("campaigns.settings")}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      size="lg"
    >
      <Form campaign={campaign} onClose={onClose} />
    </Modal>
  );
}

function Form({ campaign, onClose }: Omit<SettingsDialogProps, "opened">) {
  const { t } = useI18n();
  const mailboxes = useMailboxes();
  const save = useSaveCampaign(campaign.id);
  const { name, language, mailbox_id, window } = campaign;
  const [value, setValue] = useState<Settings>({ name, language, mailbox_id, window });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ ...value, steps: campaign.steps }, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <CampaignFields
          value={value}
          onChange={(change) => setValue({ ...value, ...change })}
          mailboxes={mailboxes.data?.items ?? []}
          problem={isProblem(save.error) ? save.error : null}
        />
        {save.error !== null && <ErrorState error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("campaigns.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
