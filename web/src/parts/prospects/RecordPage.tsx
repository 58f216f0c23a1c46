import { ActionIcon, Button, Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useActions } from "~/actions/ActionsProvider";
import { useI18n } from "~/i18n";
import { StageBadge } from "~/kit/chips";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { TextField } from "~/kit/fields";
import { Money, When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { Page } from "~/kit/Page";
import { ErrorState, Skeleton } from "~/kit/states";
import { type ProspectRecord, momentOf, nextWorkingMorning, steps, useChange } from "./api";
import { Composer } from "./Composer";
import { History } from "./History";
import { IntentDialog } from "./IntentDialog";
import { OpportunityRow } from "./OpportunityRow";
import { Qualification } from "./Qualification";
import { ReceiptButton } from "./ReceiptButton";
import { Facts, People } from "./RecordFacts";
import classes from "./Record.module.css";

const disqualifyReasons = ["no_fit", "no_need", "no_authority", "no_budget", "just_looking", "not_a_buyer"] as const;
const lossReasons = ["price", "competitor", "no_budget", "timing", "no_decision", "no_response", "product"] as const;
type Dialog = "nurture" | "disqualify" | "lose" | "intent" | "win" | "reopen" | null;

export function RecordPage({ id, onClose }: { id: string; onClose: () => void }) {
  const record = useQuery({
    queryKey: keys.one("prospect", id),
    queryFn: () => read(api.GET("/api/v1/prospects/{id}", { params: { path: { id } } })),
  });
  const { t } = useI18n();
  useActions([
    {
      id: "prospect.close",
      label: "prospects.back",
      section: "list",
      shortcut: "Escape",
      keyOnly: true,
      perform: onClose,
    },
  ]);
  if (record.isPending) return <Skeleton shape="record" />;
  if (record.isError) return <ErrorState error={record.error} onRetry={() => void record.refetch()} />;
  const { prospect, lifecycle } = record.data;
  return (
    <Page
      title={prospect.company_name}
      about={<StageBadge stage={lifecycle as "lead" | "prospect" | "opportunity" | "customer"} as="chip" />}
      actions={
        <>
          <Menus record={record.data} />
          <ActionIcon variant="subtle" color="gray" aria-label={t("prospects.back")} onClick={onClose}>
            <Icon name="close" size={18} />
          </ActionIcon>
        </>
      }
    >
      <div className={classes.record}>
        <div className={classes.facts}>
          <NextAction record={record.data} />
          <Qualification record={record.data} />
          <Deals record={record.data} />
          <People record={record.data} />
          <Facts record={record.data} />
        </div>
        <div className={classes.story}>
          <div className={classes.reason}>
            <Icon name="prospect" size={16} /> <Reason record={record.data} />
            {record.data.promotions.length > 0 && <ReceiptButton promotions={record.data.promotions} />}
          </div>
          <Composer record={record.data} />
          <History id={id} />
        </div>
      </div>
    </Page>
  );
}

function Reason({ record }: { record: ProspectRecord }) {
  const { language } = useI18n();
  const { prospect } = record;
  return <p className={classes.words}>{language === "nl" ? prospect.reason_nl : prospect.reason_en}</p>;
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
  const change = useChange((act: () => Promise<unknown>) => act());
  const quote = useChange(async () => {
    const made = await read(api.POST("/api/v1/quotes", { body: { prospect_id: prospect.id, title: "" } }));
    void navigate({ to: "/pipeline/{-$id}", params: { id: made.quote.id } });
  });
  const isOpen = ["to_qualify", "in_conversation", "nurture"].includes(prospect.state);
  useActions(
    isOpen
      ? [
          { id: "prospect.quote", label: "prospects.new_quote", section: "do", perform: () => quote.mutate(undefined) },
          { id: "prospect.rest", label: "prospects.nurture.title", section: "do", perform: () => setDialog("nurture") },
          {
            id: "prospect.no",
            label: "prospects.disqualify.title",
            section: "do",
            perform: () => setDialog("disqualify"),
          },
          { id: "prospect.lost", label: "prospects.loss.title", section: "do", perform: () => setDialog("lose") },
        ]
      : [],
  );
  const hasDeal = opportunities.some((one) => one.state === "open");
  const close = () => setDialog(null);
  const reasons = (kind: "disqualify" | "loss", list: readonly string[]) =>
    list.map((value) => ({ value, label: t(`prospects.${kind}.${value}` as Parameters<typeof t>[0]) }));
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
      <NurtureDialog
        opened={dialog === "nurture"}
        onClose={close}
        onRest={(until, reason) =>
          change.mutateAsync(() => api.PUT("/api/v1/prospects/{id}/nurture", { params: path, body: { until, reason } }))
        }
      />
      <ConfirmDialog
        opened={dialog === "disqualify"}
        title={t("prospects.disqualify.title")}
        verb={t("prospects.disqualify.title")}
        danger
        reasons={reasons("disqualify", disqualifyReasons)}
        onClose={close}
        onConfirm={({ value, text }) =>
          change.mutateAsync(() =>
            api.PUT("/api/v1/prospects/{id}/disqualification", {
              params: path,
              body: { reason: value ?? "other", note: text },
            }),
          )
        }
      >
        {t("prospects.disqualify.about")}
      </ConfirmDialog>
      <ConfirmDialog
        opened={dialog === "lose"}
        title={t("prospects.loss.title")}
        verb={t("prospects.loss.title")}
        danger
        reasons={reasons("loss", lossReasons)}
        onClose={close}
        onConfirm={({ value, text }) =>
          change.mutateAsync(() =>
            api.PUT("/api/v1/prospects/{id}/loss", { params: path, body: { reason: value ?? "other", note: text } }),
          )
        }
      >
        {t("prospects.loss.about")}
      </ConfirmDialog>
      <ConfirmDialog
        opened={dialog === "reopen"}
        title={t("prospects.reopen.title")}
        verb={t("prospects.reopen.title")}
        onClose={close}
        onConfirm={() => {
          const next = nextWorkingMorning(new Date());
          return change.mutateAsync(() =>
            api.POST("/api/v1/prospects/{id}/reopening", {
              params: path,
              body: {
                next_action: { text: t("prospects.reopen.next"), kind: "call", at: momentOf(next.date, next.time) },
              },
            }),
          );
        }}
      >
        {t("prospects.reopen.about")}
      </ConfirmDialog>
      <IntentDialog kind={dialog === "intent" || dialog === "win" ? dialog : null} record={record} onClose={close} />
    </>
  );
}

interface NurtureDialogProps {
  opened: boolean;
  onClose: () => void;
  onRest: (until: string, reason: string) => Promise<unknown>;
}

function NurtureDialog({ opened, onClose, onRest }: NurtureDialogProps) {
  const { t } = useI18n();
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  return (
    <ConfirmDialog
      opened={opened}
      title={t("prospects.nurture.title")}
      verb={t("prospects.nurture.title")}
      onClose={onClose}
      onConfirm={() => onRest(until, reason)}
    >
      {t("prospects.nurture.about")}
      <TextField label={t("prospects.nurture.until")} type="date" value={until} onChange={setUntil} required />
      <TextField label={t("prospects.nurture.reason")} value={reason} onChange={setReason} />
    </ConfirmDialog>
  );
}

function NextAction({ record }: { record: ProspectRecord }) {
  const { t } = useI18n();
  const { prospect } = record;
  const suggested = nextWorkingMorning(new Date());
  const [text, setText] = useState("");
  const [date, setDate] = useState(suggested.date);
  const [time, setTime] = useState(suggested.time);
  const set = useChange((finished: boolean) =>
    api.PUT("/api/v1/prospects/{id}/next-action", {
      params: { path: { id: prospect.id } },
      body: { next_action: { text, kind: "other", at: momentOf(date, time) }, finished },
    }),
  );
  if (prospect.state !== "to_qualify" && prospect.state !== "in_conversation") {
    return (
      <section className={classes.box}>
        <h2>{t(`prospects.state.${prospect.state}` as Parameters<typeof t>[0])}</h2>
        {prospect.nurture_until && <When at={prospect.nurture_until} as="date" />}
        {prospect.close_note && <p>{prospect.close_note}</p>}
      </section>
    );
  }
  return (
    <section className={classes.box}>
      <h2>{t("prospects.next.title")}</h2>
      <p className={classes.now}>
        {prospect.next_action ?? t("prospects.no_next_action")}{" "}
        {prospect.next_action_at && <When at={prospect.next_action_at} as="due" />}
      </p>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate(prospect.next_action !== null && prospect.next_action !== undefined, {
            onSuccess: () => setText(""),
          });
        }}
      >
        <TextField label={t("prospects.next.text")} value={text} onChange={setText} required />
        <div className={classes.pair}>
          <TextField label={t("prospects.next.date")} type="date" value={date} onChange={setDate} required />
          <TextField label={t("prospects.next.time")} type="time" value={time} onChange={setTime} required />
        </div>
        <Button type="submit" variant="default" loading={set.isPending} disabled={text.trim() === ""}>
          {prospect.next_action ? t("prospects.next.done") : t("prospects.next.set")}
        </Button>
      </form>
    </section>
  );
}

function Deals({ record }: { record: ProspectRecord }) {
  const { t, known } = useI18n();
  const navigate = useNavigate();
  const word = (kind: string, state: string) => {
    const key = known(`pipeline.${kind}.${state}`);
    return key === undefined ? state : t(key);
  };
  if (record.opportunities.length === 0 && record.quotes.length === 0) return null;
  return (
    <section className={classes.box}>
      <h2>{t("shell.nav.pipeline")}</h2>
      <ul className={classes.list}>
        {record.opportunities.map((one) => (
          <OpportunityRow key={one.id} opportunity={one} word={word("opportunity", one.state)} />
        ))}
        {record.quotes.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              className={classes.link}
              onClick={() => void navigate({ to: "/pipeline/{-$id}", params: { id: one.id } })}
            >
              {one.number ?? one.title} · {word("quote", one.state)}
            </button>
            <Money cents={one.net_cents} currency={one.currency} />
          </li>
        ))}
      </ul>
    </section>
  );
}
