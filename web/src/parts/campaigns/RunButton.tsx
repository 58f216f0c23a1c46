import { Button } from "@mantine/core";
import { useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { Icon } from "~/kit/icons";
import { notifyDone } from "~/kit/notify";
import { type Campaign, runCampaign, useMakeOld } from "./calls";
import { countOf, stateOf } from "./counts";

interface RunButtonProps {
  campaign: Campaign;
  people: number;
  /** What was written is not saved yet. */
  dirty: boolean;
}

/** Starts or holds a campaign, and says first what that means for the people in it. */
export function RunButton({ campaign, people, dirty }: RunButtonProps) {
  const { t } = useI18n();
  const makeOld = useMakeOld();
  const [opened, setOpened] = useState(false);
  const state = stateOf(campaign.state);
  const isRunning = state === "running";
  const verb = isRunning ? "campaigns.pause" : state === "paused" ? "campaigns.go_on" : "campaigns.start";
  const isOver = state === "finished";
  useActions(isOver ? [] : [{ id: "campaigns.run", label: verb, section: "do", perform: () => setOpened(true) }]);
  if (isOver) return null;
  const planned = countOf(campaign.messages, "queued", "deferred");
  return (
    <>
      <Button
        // Without people it does nothing yet: adding leads comes first.
        variant={isRunning || people === 0 ? "default" : "filled"}
        leftSection={<Icon name={isRunning ? "pause" : "play"} size={16} />}
        onClick={() => setOpened(true)}
      >
        {t(verb)}
      </Button>
      <ConfirmDialog
        opened={opened}
        title={t(verb)}
        verb={t(verb)}
        onClose={() => setOpened(false)}
        onConfirm={async () => {
          await runCampaign(campaign.id, !isRunning);
          await makeOld();
          if (!isRunning && people > 0) notifyDone(t("campaigns.started"));
        }}
      >
        {isRunning && <p>{t("campaigns.pause.means", { n: planned })}</p>}
        {!isRunning && people > 0 && <p>{t("campaigns.start.means", { n: people })}</p>}
        {!isRunning && people === 0 && <p>{t("campaigns.start.nobody")}</p>}
        {!isRunning && dirty && <p>{t("campaigns.start.unsaved")}</p>}
      </ConfirmDialog>
    </>
  );
}
