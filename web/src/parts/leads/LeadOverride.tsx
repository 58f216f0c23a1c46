import { Button, Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { api } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { AreaField, TextField } from "~/kit/fields";
import { notifyDone } from "~/kit/notify";
import classes from "./LeadPanel.module.css";
import { dayFromNow, startOfDay } from "./days";
import type { LeadView } from "./LeadBits";

const decisions = ["force_prospect", "keep_lead", "never"] as const;
type Decision = (typeof decisions)[number];

/** Everything that a decision makes old. */
const touched = ["lead", "company", "prospect", "work", "funnel"] as const;

/** What a person decides about a lead whatever the rules say: a prospect now, a lead until a date, never a prospect. */
export function LeadOverride({ lead }: { lead: LeadView }) {
  const { t } = useI18n();
  const [asked, setAsked] = useState<Decision | null>(null);
  const mayDecide = useMay("judge_engagement") && lead.prospect_id == null;
  useActions(
    mayDecide
      ? decisions.map((decision) => ({
          id: `lead.${decision}`,
          label: `leads.decide.${decision}` as const,
          section: "do" as const,
          perform: () => setAsked(decision),
        }))
      : [],
  );
  if (!mayDecide) return null;
  return (
    <>
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <Button variant="default" size="xs">
            {t("leads.decide")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {decisions.map((decision) => (
            <Menu.Item key={decision} onClick={() => setAsked(decision)}>
              {t(`leads.decide.${decision}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {decisions.map((decision) => (
        <DecisionDialog
          key={decision}
          decision={decision}
          leadId={lead.id}
          opened={asked === decision}
          onClose={() => setAsked(null)}
        />
      ))}
    </>
  );
}

interface DecisionDialogProps {
  decision: Decision;
  leadId: string;
  opened: boolean;
  onClose: () => void;
}

function DecisionDialog({ decision, leadId, opened, onClose }: DecisionDialogProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState(() => dayFromNow(90));
  return (
    <ConfirmDialog
      opened={opened}
      title={t(`leads.decide.${decision}`)}
      verb={t(`leads.decide.${decision}`)}
      danger={decision === "never"}
      onClose={onClose}
      onConfirm={async () => {
        await api.POST("/api/v1/leads/{id}/override", {
          params: { path: { id: leadId } },
          body: { value: decision, reason, until: decision === "keep_lead" ? startOfDay(until) : undefined },
        });
        notifyDone(t(`leads.decide.${decision}.done`));
        setReason("");
        for (const subject of touched) void client.invalidateQueries({ queryKey: keys.all(subject) });
      }}
    >
      <p>{t(`leads.decide.${decision}.means`)}</p>
      {decision === "keep_lead" && (
        <TextField
          label={t("leads.decide.until")}
          type="date"
          value={until}
          onChange={setUntil}
          min={dayFromNow(1)}
          required
        />
      )}
      <AreaField label={t("leads.decide.reason")} value={reason} onChange={setReason} rows={2} required />
    </ConfirmDialog>
  );
}

/** What somebody decided about the lead, while it holds, with the way to let the rules decide again. */
export function DecidedLine({ lead }: { lead: LeadView }) {
  const { t, known, format } = useI18n();
  const client = useQueryClient();
  const mayLift = useMay("judge_engagement") && lead.prospect_id == null;
  const [asking, setAsking] = useState(false);
  const { override } = lead;
  if (override == null) return null;
  const until = override.until == null ? undefined : format.date(override.until);
  const key = known(`leads.decided.${override.value}${until === undefined ? "" : ".until"}`);
  const by = override.by ?? t("leads.decided.somebody");
  return (
    <section className={classes.verdict} aria-label={t("leads.decided")}>
      <p className={classes.decided}>{key === undefined ? override.value : t(key, { until: until ?? "" })}</p>
      <p className={classes.sub}>
        {t("leads.decided.by", { by, date: format.date(override.at), reason: override.reason })}
      </p>
      {mayLift && (
        <div>
          <Button variant="default" size="xs" onClick={() => setAsking(true)}>
            {t("leads.decided.lift")}
          </Button>
        </div>
      )}
      <ConfirmDialog
        opened={asking}
        title={t("leads.decided.lift.title")}
        verb={t("leads.decided.lift")}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await api.DELETE("/api/v1/leads/{id}/override", { params: { path: { id: lead.id } } });
          notifyDone(t("leads.decided.lift.done"));
          for (const subject of touched) void client.invalidateQueries({ queryKey: keys.all(subject) });
        }}
      >
        {t("leads.decided.lift.means")}
      </ConfirmDialog>
    </section>
  );
}
