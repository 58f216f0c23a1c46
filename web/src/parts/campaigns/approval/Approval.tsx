import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { isProblem } from "~/api/problem";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { Kbd } from "~/kit/chips";
import { notifyDone } from "~/kit/notify";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { useAddress } from "~/shell/address";
import { type Message, type SeenText, approve, takeOut, useLead, useMakeOld, useMessages } from "../calls";
import classes from "../Campaigns.module.css";
import { EditDraft } from "./EditDraft";
import { FactList, FactText } from "./FactText";
import { factsOf } from "./facts";
import { indexOf, isReady, seenAndReady, textOf } from "./queue";

/** The drafts one at a time, exactly as they will be sent. */
export function Approval({ campaignId, planned }: { campaignId?: string; planned: number }) {
  const { t } = useI18n();
  const { set } = useAddress();
  const { data, error, refetch } = useMessages(campaignId, ["draft"]);
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton shape="record" />;
  if (data.items.length === 0 && planned > 0)
    return (
      <EmptyState
        icon="check"
        title={t("campaigns.approve.all.title")}
        sentence={t("campaigns.approve.all", { n: planned })}
        action={
          <Button variant="default" onClick={() => set({ tab: "calendar" })}>
            {t("campaigns.approve.all.next")}
          </Button>
        }
      />
    );
  if (data.items.length === 0)
    return (
      <EmptyState icon="check" title={t("campaigns.approve.empty.title")} sentence={t("campaigns.approve.empty")} />
    );
  return <Queue queue={data.items} />;
}

function useQueue(queue: readonly Message[]) {
  const { t } = useI18n();
  const makeOld = useMakeOld();
  const [seen, setSeen] = useState<ReadonlyMap<string, SeenText>>(new Map());
  const [wanted, setWanted] = useState<string | null>(null);
  const before = useRef(0);
  const [editing, setEditing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [notTaken, setNotTaken] = useState(false);
  const index = indexOf(queue, wanted, before.current);
  const current = queue[index];
  before.current = index;
  // Shown means: it stood on the screen in these very words.
  useEffect(() => {
    if (current !== undefined) setSeen((before) => new Map(before).set(current.id, textOf(current)));
  }, [current]);
  const goTo = (next: number) => {
    const message = queue[Math.max(0, Math.min(queue.length - 1, next))];
    setNotTaken(false);
    setEditing(false);
    if (message !== undefined) setWanted(message.id);
  };
  const guarded = async (act: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    setNotTaken(false);
    try {
      await act();
    } catch (problem) {
      setFailure(problem);
      // Somebody else was quicker: show how it stands now.
      if (isProblem(problem, 409)) await makeOld();
    } finally {
      setBusy(false);
    }
  };
  const approveThese = (texts: readonly SeenText[], after: () => void) =>
    guarded(async () => {
      const approved = await approve(texts);
      setNotTaken(approved.length < texts.length);
      if (approved.length > 1) notifyDone(t("campaigns.approve.done", { n: approved.length }));
      after();
      await makeOld();
    });
  /** The next one takes its place, also before the list is fetched anew. */
  const onward = () => setWanted(queue[index + 1]?.id ?? queue[index - 1]?.id ?? null);
  const ready = seenAndReady(queue, seen);
  return {
    current,
    index,
    editing,
    setEditing,
    busy,
    failure,
    notTaken,
    ready,
    goTo,
    approveOne: () => {
      if (current !== undefined && isReady(current)) void approveThese([textOf(current)], onward);
    },
    approveSeen: () => void approveThese(ready, () => undefined),
    takeOutOne: () =>
      void guarded(async () => {
        if (current === undefined) return;
        await takeOut(current.id);
        onward();
        await makeOld();
      }),
    edited: async () => {
      setEditing(false);
      await makeOld();
    },
  };
}

function Queue({ queue }: { queue: readonly Message[] }) {
  const { t } = useI18n();
  const state = useQueue(queue);
  const mayApprove = useMay("work_campaigns");
  const { current, index, editing } = state;
  useApprovalKeys(state, mayApprove);
  if (current === undefined) return null;
  return (
    <div className={classes.approval}>
      <div className={classes.approvalBar}>
        <span className="num" role="status">
          {t("kit.k_of_n", { k: index + 1, n: queue.length })}
        </span>
        <span className={classes.keys}>
          <Kbd shortcut="k" /> <Kbd shortcut="j" /> {t("campaigns.approve.move")}
        </span>
        {mayApprove && state.ready.length >= 2 && (
          <Button
            variant="default"
            disabled={state.busy}
            onClick={state.approveSeen}
            title={t("campaigns.approve.seen.hint")}
          >
            {t("campaigns.approve.seen", { n: state.ready.length })}
          </Button>
        )}
      </div>
      {state.failure !== null && <ErrorState error={state.failure} />}
      {state.notTaken && (
        <p className={classes.problem} role="alert">
          {t("campaigns.approve.changed")}
        </p>
      )}
      <div className={classes.approvalBody}>
        {editing ? (
          <EditDraft
            key={current.id}
            message={current}
            onDone={() => void state.edited()}
            onCancel={() => state.setEditing(false)}
          />
        ) : (
          <Draft message={current} />
        )}
        <aside className={classes.approvalSide}>
          {mayApprove ? <Decide state={state} current={current} /> : <p>{t("campaigns.approve.not_yours")}</p>}
          <KnownFacts leadId={current.lead_id} />
        </aside>
      </div>
    </div>
  );
}

function Decide({ state, current }: { state: ReturnType<typeof useQueue>; current: Message }) {
  const { t } = useI18n();
  const { editing, busy } = state;
  return (
    <>
      <div className={classes.approvalActions}>
        <Button disabled={!isReady(current) || editing} loading={busy} onClick={state.approveOne}>
          {t("campaigns.approve")} <Kbd shortcut="Enter" />
        </Button>
        <Button variant="default" disabled={editing || busy} onClick={() => state.setEditing(true)}>
          {t("campaigns.approve.edit")} <Kbd shortcut="e" />
        </Button>
        <Button variant="default" color="danger" disabled={editing || busy} onClick={state.takeOutOne}>
          {t("campaigns.approve.take_out")} <Kbd shortcut="x" />
        </Button>
      </div>
      <p className={classes.hint}>{t("campaigns.approve.means")}</p>
    </>
  );
}

function useApprovalKeys(
  { goTo, index, approveOne, setEditing, takeOutOne, editing, busy }: ReturnType<typeof useQueue>,
  mayApprove: boolean,
) {
  const when = () => !editing && !busy;
  const decide = () => mayApprove && when();
  useActions([
    {
      id: "approval.approve",
      label: "campaigns.approve",
      section: "do",
      shortcut: "Enter",
      when: decide,
      perform: approveOne,
    },
    {
      id: "approval.edit",
      label: "campaigns.approve.edit",
      section: "do",
      shortcut: "e",
      when: decide,
      perform: () => setEditing(true),
    },
    {
      id: "approval.take_out",
      label: "campaigns.approve.take_out",
      section: "do",
      shortcut: "x",
      when: decide,
      perform: takeOutOne,
    },
    {
      id: "approval.next",
      label: "kit.list.next",
      section: "list",
      shortcut: "j",
      keyOnly: true,
      when,
      perform: () => goTo(index + 1),
    },
    {
      id: "approval.previous",
      label: "kit.list.previous",
      section: "list",
      shortcut: "k",
      keyOnly: true,
      when,
      perform: () => goTo(index - 1),
    },
  ]);
}

function Draft({ message }: { message: Message }) {
  const { t } = useI18n();
  const lead = useLead(message.lead_id);
  const facts = lead.data === undefined ? [] : factsOf(lead.data);
  return (
    <article className={classes.mail} aria-label={t("campaigns.approve.draft")}>
      <p className={classes.to}>
        {t("campaigns.mail.to")} <strong>{message.recipient_name || message.recipient}</strong>
        <span className={classes.muted}> · {message.recipient}</span>
      </p>
      {!isReady(message) && (
        <div className={classes.problem} role="alert">
          <strong>{t("campaigns.problem")}</strong> {message.problem}
          <div>{t("campaigns.problem.draft")}</div>
        </div>
      )}
      <h2 className={classes.subject}>
        <FactText text={message.subject} facts={facts} />
      </h2>
      <div className={classes.text}>
        <FactText text={message.body} facts={facts} />
      </div>
    </article>
  );
}

function KnownFacts({ leadId }: { leadId: string | null | undefined }) {
  const { t } = useI18n();
  const { data, error } = useLead(leadId);
  if (error !== null) return <ErrorState error={error} />;
  if (data === undefined) return null;
  return (
    <>
      <h3 className={classes.sideTitle}>{t("campaigns.facts")}</h3>
      <FactList facts={factsOf(data)} />
    </>
  );
}
