import { Button, Group, Modal, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { AreaField, SelectField, TextField } from "~/kit/fields";
import { ErrorState, Skeleton } from "~/kit/states";
import { useCampaigns } from "~/parts/campaigns/calls";
import { type BatchAction, type BatchResult, actOnLeads } from "./batch";
import { dayFromNow, startOfDay } from "./days";
import { GroundFields, noGround } from "./GroundFields";

export type BatchKind = BatchAction["kind"];

interface BatchDialogProps {
  kind: BatchKind | null;
  leads: ReadonlySet<string>;
  onClose: () => void;
  /** It was done: the selection has served. */
  onDone: () => void;
}

/** Says how many and what changes for them, asks what is needed, does it, and says how it ended. */
export function BatchDialog({ kind, leads, onClose, onDone }: BatchDialogProps) {
  const { t } = useI18n();
  return (
    <Modal
      opened={kind !== null}
      onClose={onClose}
      title={kind === null ? "" : t(`leads.batch.${kind}`)}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      size="lg"
    >
      {kind !== null && <Inside key={kind} kind={kind} leads={[...leads]} onClose={onClose} onDone={onDone} />}
    </Modal>
  );
}

function useBatch(leads: readonly string[], onDone: () => void) {
  const client = useQueryClient();
  const [progress, setProgress] = useState<number | null>(null);
  const [result, setResult] = useState<BatchResult | null>(null);
  const [error, setError] = useState<unknown>(null);
  const start = async (action: BatchAction) => {
    setError(null);
    setProgress(0);
    try {
      setResult(await actOnLeads(action, leads, setProgress));
      onDone();
    } catch (problem) {
      setError(problem);
    } finally {
      setProgress(null);
      for (const subject of ["lead", "company", "campaign", "audience", "funnel", "work"] as const) {
        void client.invalidateQueries({ queryKey: keys.all(subject) });
      }
    }
  };
  return { progress, result, error, start };
}

interface InsideProps {
  kind: BatchKind;
  leads: readonly string[];
  onClose: () => void;
  onDone: () => void;
}

function Inside({ kind, leads, onClose, onDone }: InsideProps) {
  const { t } = useI18n();
  const [count] = useState(leads.length);
  const { progress, result, error, start } = useBatch(leads, onDone);
  const [campaignId, setCampaignId] = useState("");
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState(() => dayFromNow(90));
  const [ground, setGround] = useState(noGround);
  const problem = error instanceof ApiProblem ? error : null;
  const action = (): BatchAction => {
    switch (kind) {
      case "campaign":
        return { kind, campaignId };
      case "suppress":
        return { kind, reason };
      case "ground":
        return { kind, ground };
      case "keep":
        return { kind, until: startOfDay(until), reason };
    }
  };
  const fields: Record<BatchKind, ReactNode> = {
    campaign: <CampaignField value={campaignId} onChange={setCampaignId} />,
    suppress: <AreaField label={t("leads.decide.reason")} value={reason} onChange={setReason} rows={2} required />,
    ground: <GroundFields value={ground} onChange={setGround} problem={problem} />,
    keep: (
      <>
        <TextField
          label={t("leads.decide.until")}
          type="date"
          min={dayFromNow(1)}
          value={until}
          onChange={setUntil}
          required
        />
        <AreaField label={t("leads.decide.reason")} value={reason} onChange={setReason} rows={2} required />
      </>
    ),
  };
  if (result !== null) return <Outcome kind={kind} result={result} onClose={onClose} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void start(action());
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <p>
          <strong>{t("leads.batch.count", { n: count })}</strong> {t(`leads.batch.${kind}.means`)}
        </p>
        {fields[kind]}
        {error !== null && (problem === null || problem.errors.length === 0 || kind !== "ground") && (
          <ErrorState error={error} meaning={t("leads.batch.again")} />
        )}
        <Group justify="flex-end" gap="xs">
          {progress !== null && (
            <span role="status" className="num">
              {t("kit.k_of_n", { k: progress, n: count })}
            </span>
          )}
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button
            type="submit"
            color={kind === "suppress" ? "danger" : undefined}
            loading={progress !== null}
            disabled={kind === "campaign" && campaignId === ""}
          >
            {t(`leads.batch.${kind}.verb`, { n: count })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function CampaignField({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const { t } = useI18n();
  const campaigns = useCampaigns();
  if (campaigns.isPending) return <Skeleton shape="cards" rows={1} />;
  if (campaigns.isError) return <ErrorState error={campaigns.error} onRetry={() => void campaigns.refetch()} />;
  const open = campaigns.data.items.filter((campaign) => campaign.state !== "finished");
  if (open.length === 0) return <p>{t("leads.batch.no_campaign")}</p>;
  return (
    <SelectField
      label={t("leads.batch.which_campaign")}
      value={value}
      onChange={onChange}
      required
      options={[
        { value: "", label: t("leads.batch.choose") },
        ...open.map((campaign) => ({ value: campaign.id, label: campaign.name })),
      ]}
    />
  );
}

function Outcome({ kind, result, onClose }: { kind: BatchKind; result: BatchResult; onClose: () => void }) {
  const { t } = useI18n();
  return (
    <Stack gap="md">
      <div role="status">
        <p>
          <strong>{t(`leads.batch.${kind}.done`, { n: result.done })}</strong>
        </p>
        {result.skipped > 0 && <p>{t(`leads.batch.${kind}.skipped`, { n: result.skipped })}</p>}
      </div>
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {t("kit.close")}
        </Button>
      </Group>
    </Stack>
  );
}
