import { Button, Group, Modal, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { isProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { type Language, languages, useI18n } from "~/i18n";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import { type Mailbox, useMailboxes, useSaveCampaign } from "./calls";
import { CampaignFields, type Settings } from "./CampaignFields";
import { newStep, toStep } from "./sequence/steps";
import { written } from "./sequence/variables";

interface NewCampaignProps {
  opened: boolean;
  onClose: () => void;
  onMade: (id: string) => void;
}

/** Asks for what a campaign needs; its mails are written on its own page. */
export function NewCampaign({ opened, onClose, onMade }: NewCampaignProps) {
  const { t } = useI18n();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("campaigns.new")}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      size="lg"
    >
      <Inside onClose={onClose} onMade={onMade} />
    </Modal>
  );
}

function Inside({ onClose, onMade }: Omit<NewCampaignProps, "opened">) {
  const { t } = useI18n();
  const { data, error, refetch } = useMailboxes();
  // The mails are in the language of the workspace; that of the page is the writer's own.
  const settings = useQuery({
    queryKey: keys.one("workspace", "settings"),
    queryFn: () => read(api.GET("/api/v1/workspace")),
  });
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  // Not "is pending": a question that failed is pending again when it is asked again, and what was typed would be gone.
  if (data === undefined || !settings.isFetched) return <Skeleton shape="cards" rows={4} />;
  if (data.items.length === 0)
    return (
      <EmptyState
        compact
        icon="mail"
        title={t("campaigns.no_mailbox.title")}
        sentence={t("campaigns.no_mailbox")}
        action={
          <Button component={PartLink} part="settings" id="mailboxes">
            {t("campaigns.no_mailbox.next")}
          </Button>
        }
      />
    );
  const ofMails = languages.find((each) => each === settings.data?.language);
  return <Form mailboxes={data.items} language={ofMails} onClose={onClose} onMade={onMade} />;
}

interface FormProps extends Omit<NewCampaignProps, "opened"> {
  mailboxes: readonly Mailbox[];
  /** The workspace's; the page's when it could not be had. */
  language: Language | undefined;
}

function Form({ mailboxes, language, onClose, onMade }: FormProps) {
  const { t, language: ofPage } = useI18n();
  const save = useSaveCampaign(null);
  const [value, setValue] = useState<Settings>({
    name: "",
    language: language ?? ofPage,
    mailbox_id: mailboxes[0]?.id ?? "",
    window: { days: [1, 2, 3, 4, 5], from: "09:00", to: "17:00" },
  });
  const problem = isProblem(save.error) ? save.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(
      { ...value, steps: [firstMail(value.language)] },
      {
        onSuccess: (id) => {
          onClose();
          onMade(id);
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <CampaignFields
          value={value}
          onChange={(change) => setValue({ ...value, ...change })}
          mailboxes={mailboxes}
          problem={problem}
        />
        {save.error !== null && <ErrorState error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("campaigns.make")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A sequence begins with a mail. In the campaign's language, whatever language the page has. */
function firstMail(language: string) {
  const name = "contact.first_name";
  const isDutch = language === "nl";
  const greeting = isDutch ? `Dag ${written(name, "daar")},` : `Hello ${written(name, "there")},`;
  const subject = isDutch ? "Een vraag over {{ company.name }}" : "A question about {{ company.name }}";
  return toStep({ ...newStep("mail"), subject, body: `${greeting}\n\n` });
}
