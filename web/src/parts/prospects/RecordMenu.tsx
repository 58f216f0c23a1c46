import { ActionIcon, Button, Menu } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { api, read } from "~/api/client";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { type ProspectRecord, isOpen as isOpenState, steps, useChange } from "./api";
import { DisqualifyDialog, LossDialog, NurtureDialog, ReopenDialog } from "./Dialogs";
import { IntentDialog } from "./IntentDialog";

type Dialog = "nurture" | "disqualify" | "lose" | "intent" | "win" | "reopen" | null;

/** What can be done with the pursuit as a whole. */
export function RecordMenu({ record }: { record: ProspectRecord }) {
  return useMay("work_prospects") ? <Menus record={record} /> : null;
}

function Menus({ record }: { record: ProspectRecord }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const { prospect, opportunities } = record;
  const [dialog, setDialog] = useState<Dialog>(null);
  const path = { path: { id: prospect.id } };
  const move = useChange((step: string) =>
    api.PUT("/api/v1/prospects/{id}/step", { params: path, body: { step, version: prospect.version } }),
  );
  const quote = useChange(async () => {
    const made = await read(api.POST("/api/v1/quotes", { body: { prospect_id: prospect.id, title: "" } }));
    void navigate({ to: "/pipeline/{-$id}", params: { id: made.quote.id } });
  });
  const isOpen = isOpenState(prospect);
  useActions(
    isOpen
      ? [
          { id: "prospect.quote", label: "prospects.new_quote", section: "do", perform: () => quote.mutate(undefined) },
          { id: "prospect.rest", label: "prospects.nurture.title", section: "do", perform: () => setDialog("nurture") },
          {
            id: "prospect.no",
            label: "prospects.disqualify.title",
            section: "do",
            shortcut: "x",
            perform: () => setDialog("disqualify"),
          },
          { id: "prospect.lost", label: "prospects.loss.title", section: "do", perform: () => setDialog("lose") },
        ]
      : [],
  );
  const hasDeal = opportunities.some((one) => one.state === "open");
  const close = () => setDialog(null);
  return (
    <>
      {isOpen && (
        <>
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <Button variant="default">{t("prospects.move")}</Button>
            </Menu.Target>
            <Menu.Dropdown>
              {steps.map((step) => (
                <Menu.Item
                  key={step}
                  disabled={step === prospect.step && prospect.state !== "nurture"}
                  onClick={() => move.mutate(step)}
                >
                  {t(`prospects.step.${step}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <Button loading={quote.isPending} onClick={() => quote.mutate(undefined)}>
            {t("prospects.new_quote")}
          </Button>
        </>
      )}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label={t("prospects.more_actions")}>
            <Icon name="more" size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {isOpen && !hasDeal && (
            <Menu.Item onClick={() => setDialog("intent")}>{t("prospects.intent.title")}</Menu.Item>
          )}
          {isOpen && <Menu.Item onClick={() => setDialog("nurture")}>{t("prospects.nurture.title")}</Menu.Item>}
          {isOpen && <Menu.Item onClick={() => setDialog("win")}>{t("prospects.win.title")}</Menu.Item>}
          {isOpen && <Menu.Item onClick={() => setDialog("disqualify")}>{t("prospects.disqualify.title")}</Menu.Item>}
          {isOpen && <Menu.Item onClick={() => setDialog("lose")}>{t("prospects.loss.title")}</Menu.Item>}
          {(prospect.state === "lost" || prospect.state === "disqualified") && (
            <Menu.Item onClick={() => setDialog("reopen")}>{t("prospects.reopen.title")}</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <NurtureDialog id={dialog === "nurture" ? prospect.id : null} onClose={close} />
      <DisqualifyDialog id={dialog === "disqualify" ? prospect.id : null} onClose={close} />
      <LossDialog id={dialog === "lose" ? prospect.id : null} onClose={close} />
      <ReopenDialog id={dialog === "reopen" ? prospect.id : null} onClose={close} />
      <IntentDialog kind={dialog === "intent" || dialog === "win" ? dialog : null} record={record} onClose={close} />
    </>
  );
}
