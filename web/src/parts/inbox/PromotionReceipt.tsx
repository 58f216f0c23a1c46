import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { notifyDone } from "~/kit/notify";
import { type Evidence, Receipt, type Signal } from "~/kit/Receipt";
import { ruleWord } from "~/kit/reason";
import { ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";

type EvidenceView = components["schemas"]["EvidenceView"];

const whats = [
  "reply",
  "invitation",
  "booking",
  "quote_form",
  "case_page",
  "case_click",
  "visit",
  "warmth",
  "override",
] as const;
type What = (typeof whats)[number];

const signalOf: Record<What, Signal | "decision"> = {
  reply: "reply",
  invitation: "appointment",
  booking: "appointment",
  quote_form: "quote_request",
  case_page: "case_study",
  case_click: "case_study",
  visit: "visits",
  warmth: "visits",
  override: "decision",
};

const reasons = ["wrong_reading", "no_interest", "wrong_person"] as const;

/** What is known of a promotion; nothing is asked without one. */
export function useReceipt(id: string | undefined) {
  return useQuery({
    queryKey: keys.one("lead", id ?? "", "receipt"),
    queryFn: () => read(api.GET("/api/v1/promotions/{id}", { params: { path: { id: id ?? "" } } })),
    enabled: id !== undefined,
  });
}

/** The receipt of a promotion with the way to take it back, as the inbox, a lead and a prospect show it. */
export function PromotionReceipt({ id }: { id: string }) {
  const words = useI18n();
  const { t, language } = words;
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const mayUndo = useMay("judge_engagement");
  const receipt = useReceipt(id);
  const undo = useMutation({
    mutationFn: (reason: string) =>
      api.DELETE("/api/v1/leads/{id}/promotion", {
        params: { path: { id: receipt.data?.lead_id ?? "" } },
        body: { reason },
      }),
    onSuccess: () => {
      notifyDone(t("inbox.undo.done"));
      for (const subject of [
        "lead",
        "company",
        "thread",
        "prospect",
        "opportunity",
        "task",
        "work",
        "funnel",
      ] as const) {
        void client.invalidateQueries({ queryKey: keys.all(subject) });
      }
    },
  });
  if (receipt.isPending) return <Skeleton shape="cards" rows={3} />;
  if (receipt.isError) return <ErrorState error={receipt.error} onRetry={() => void receipt.refetch()} />;
  const view = receipt.data;
  const evidence = view.evidence.map((one, index): Evidence => {
    const what = whats.find((each) => each === one.what) ?? "visit";
    return {
      id: `${index}`,
      signal: signalOf[what],
      at: one.at ?? view.decided_at,
      summary: summary(one, what, t),
      quote: one.words ?? (one.pages.length > 0 ? one.pages.join(", ") : undefined),
      href: one.inbound_id ?? undefined,
    };
  });
  return (
    <>
      <Receipt
        sentence={language === "nl" ? view.explanation_nl : view.explanation_en}
        at={view.decided_at}
        rule={
          view.rule === "manual"
            ? ruleWord(view.rule, words)
            : t("inbox.rule", { rule: ruleWord(view.rule, words), version: view.config_version })
        }
        evidence={evidence}
        cause={
          view.cause_subject == null
            ? undefined
            : { summary: view.cause_subject, at: view.cause_at ?? undefined, text: view.cause_text ?? undefined }
        }
        told={view.told}
        undone={
          view.undone_at == null
            ? undefined
            : { at: view.undone_at, by: view.undone_by ?? "", reason: view.undo_reason ?? "" }
        }
        link={(id, words) => (
          <PartLink part="inbox" id={id}>
            {words}
          </PartLink>
        )}
        onContest={mayUndo ? () => setAsking(true) : undefined}
      />
      <ConfirmDialog
        opened={asking}
        title={t("inbox.undo.title")}
        verb={t("inbox.undo.verb")}
        danger
        reasons={reasons.map((value) => ({ value, label: t(`inbox.undo.${value}`) }))}
        onConfirm={({ value, text }) => {
          const said = reasons.find((each) => each === value);
          return undo.mutateAsync(
            [said === undefined ? "" : t(`inbox.undo.${said}`), text].filter((w) => w !== "").join(": "),
          );
        }}
        onClose={() => setAsking(false)}
      >
        {t("inbox.undo.meaning")}
      </ConfirmDialog>
    </>
  );
}

function summary(one: EvidenceView, what: What, t: ReturnType<typeof useI18n>["t"]): string {
  if (what === "case_page") return t("inbox.evidence.case_page", { detail: one.detail ?? "" });
  if (what === "override") return t("inbox.evidence.override", { by: one.by ?? "" });
  return t(`inbox.evidence.${what}`);
}
