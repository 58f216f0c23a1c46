import { ActionIcon, Button } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { ArchiveButton } from "~/kit/ArchiveButton";
import { Chip } from "~/kit/chips";
import { Icon } from "~/kit/icons";
import { Page } from "~/kit/Page";
import { Skeleton } from "~/kit/states";
import { RecordError } from "~/shell/RecordError";
import { useAddress } from "~/shell/address";
import { PartLink } from "~/shell/PartLink";
import { type Campaign, archiveCampaign, useCampaign, useMailboxes, useMakeOld } from "./calls";
import classes from "./Campaigns.module.css";
import { StateChip } from "./counts";
import { EnrolDialog } from "./EnrolDialog";
import { MailTabs } from "./MailTabs";
import { RunButton } from "./RunButton";
import { Sequence } from "./sequence/Sequence";
import { type StepDraft, draftsOf, isChanged, peopleIn } from "./sequence/steps";
import { SettingsDialog } from "./SettingsDialog";

/** One campaign: its sequence, its mails, its people. */
export function CampaignPage({ id }: { id: string }) {
  const { t } = useI18n();
  const { data, error, refetch } = useCampaign(id);
  if (error !== null && data === undefined)
    return <RecordError part="campaigns" error={error} onRetry={() => void refetch()} />;
  if (data === undefined)
    return (
      <Page title={t("shell.nav.campaigns")}>
        <Skeleton shape="record" />
      </Page>
    );
  return <Filled campaign={data} />;
}

function Filled({ campaign }: { campaign: Campaign }) {
  const { t } = useI18n();
  const { open } = useAddress();
  const [steps, setSteps] = useState<readonly StepDraft[]>(() => draftsOf(campaign.steps));
  const [dialog, setDialog] = useState<"enrol" | "settings" | null>(null);
  const mayWork = useMay("work_campaigns");
  const dirty = isChanged(campaign.steps, steps);
  useBlocker({
    // Another tab of this page keeps what was written; another page would lose it.
    shouldBlockFn: ({ current, next }) =>
      dirty && current.pathname !== next.pathname && !window.confirm(t("campaigns.leave")),
    enableBeforeUnload: () => dirty,
  });
  const people = peopleIn(campaign.enrolments);
  const sequence = (
    <Sequence campaign={campaign} steps={steps} onSteps={setSteps} dirty={dirty} hasPeople={people > 0} />
  );
  return (
    <Page
      title={campaign.name}
      fills
      about={<About campaign={campaign} people={people} />}
      actions={
        <>
          <ActionIcon
            variant="default"
            size={36}
            aria-label={t("campaigns.back")}
            onClick={() => open(undefined)}
            title={t("campaigns.back")}
          >
            <Icon name="left" size={18} />
          </ActionIcon>
          {mayWork && (
            <>
              <ActionIcon
                variant="default"
                size={36}
                aria-label={t("campaigns.settings")}
                title={t("campaigns.settings")}
                onClick={() => setDialog("settings")}
              >
                <Icon name="settings" size={18} />
              </ActionIcon>
              <PutAway campaign={campaign} />
            </>
          )}
          {mayWork && campaign.archived_at == null && (
            <>
              <Button
                variant={people === 0 ? "filled" : "default"}
                leftSection={<Icon name="plus" size={16} />}
                onClick={() => setDialog("enrol")}
              >
                {t("campaigns.enrol")}
              </Button>
              <RunButton campaign={campaign} people={people} dirty={dirty} />
            </>
          )}
        </>
      }
    >
      <MailTabs
        campaignId={campaign.id}
        counts={campaign.messages}
        first={{ id: "sequence", label: t("campaigns.tab.sequence"), body: sequence }}
      />
      <EnrolDialog opened={dialog === "enrol"} campaign={campaign} onClose={() => setDialog(null)} />
      <SettingsDialog opened={dialog === "settings"} campaign={campaign} onClose={() => setDialog(null)} />
    </Page>
  );
}

function PutAway({ campaign }: { campaign: Campaign }) {
  const { t } = useI18n();
  const makeOld = useMakeOld();
  const isAway = campaign.archived_at != null;
  const isRunning = campaign.state === "running";
  return (
    <ArchiveButton
      compact
      name={campaign.name}
      isAway={isAway}
      verb={isRunning ? t("campaigns.archive.running") : undefined}
      onConfirm={async () => {
        await archiveCampaign(campaign.id, !isAway, isRunning);
        await makeOld();
      }}
    >
      {t(isAway ? "campaigns.unarchive.means" : "campaigns.archive.means")}
    </ArchiveButton>
  );
}

function About({ campaign, people }: { campaign: Campaign; people: number }) {
  const { t } = useI18n();
  const { data } = useMailboxes();
  const mailbox = data?.items.find((each) => each.id === campaign.mailbox_id);
  return (
    <span className={classes.about}>
      {campaign.archived_at == null ? (
        <StateChip state={campaign.state} />
      ) : (
        <Chip icon="archive" hollow>
          {t("kit.archived")}
        </Chip>
      )}
      <span>{t("campaigns.people", { n: people })}</span>
      {mailbox !== undefined && <span>{t("campaigns.from", { address: mailbox.address })}</span>}
      {mailbox !== undefined && mailbox.state !== "active" && (
        <PartLink part="settings" id="mailboxes" className={classes.refused}>
          {t("campaigns.mailbox_held")}
        </PartLink>
      )}
    </span>
  );
}
