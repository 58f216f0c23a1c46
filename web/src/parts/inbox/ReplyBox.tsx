import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { Kbd } from "~/kit/chips";
import { AreaField, TextField } from "~/kit/fields";
import { notifyDone } from "~/kit/notify";
import { ErrorState } from "~/kit/states";
import { momentOf, nextWorkingMorning } from "~/parts/prospects/api";
import { DespiteField, useDespite } from "~/parts/prospects/Suppression";
import classes from "./Inbox.module.css";

interface ReplyBoxProps {
  prospectId: string;
  contactId: string | undefined;
  name: string;
}

/** Everything that an answer or a promotion makes old. */
const touched = ["thread", "prospect", "lead", "work", "task", "funnel"] as const;

/** An answer in the same thread, with what is agreed to come after it. */
export function ReplyBox({ prospectId, contactId, name }: ReplyBoxProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const box = useRef<HTMLFormElement>(null);
  const start = nextWorkingMorning(new Date());
  const [text, setText] = useState("");
  const [next, setNext] = useState("");
  const [date, setDate] = useState(start.date);
  const [time, setTime] = useState(start.time);
  const record = useQuery({
    queryKey: keys.one("prospect", prospectId),
    queryFn: () => read(api.GET("/api/v1/prospects/{id}", { params: { path: { id: prospectId } } })),
  });
  const despite = useDespite(record.data?.people, contactId ?? record.data?.answers_to);
  const send = useMutation({
    mutationFn: () =>
      read(
        api.POST("/api/v1/prospects/{id}/replies", {
          params: { path: { id: prospectId } },
          body: {
            text,
            contact_id: contactId ?? null,
            despite_reason: despite.sent,
            next_action: next.trim() === "" ? null : { text: next.trim(), kind: "other", at: momentOf(date, time) },
          },
        }),
      ),
    onSuccess: async () => {
      setText("");
      setNext("");
      despite.setReason("");
      notifyDone(t("inbox.reply.sent"));
      await Promise.all(touched.map((subject) => client.invalidateQueries({ queryKey: keys.all(subject) })));
    },
    // Put on the suppression list meanwhile: the record says it.
    onError: () => client.invalidateQueries({ queryKey: keys.all("prospect") }),
  });
  const problem = send.error instanceof ApiProblem ? send.error : null;
  useActions([
    {
      id: "inbox.reply",
      label: "inbox.reply",
      section: "do",
      icon: "reply",
      shortcut: "r",
      perform: () => box.current?.querySelector("textarea")?.focus(),
    },
  ]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form ref={box} className={classes.reply} aria-label={t("inbox.reply")} onSubmit={submit}>
      <AreaField
        label={t("inbox.reply.to", { name })}
        hint={t("inbox.reply.hint")}
        name="text"
        rows={5}
        value={text}
        onChange={setText}
        problem={problem}
        required
      />
      <details>
        <summary>{t("inbox.reply.next")}</summary>
        <div className={classes.next}>
          <TextField label={t("inbox.reply.next.text")} value={next} onChange={setNext} />
          <TextField label={t("inbox.reply.next.date")} type="date" value={date} onChange={setDate} />
          <TextField label={t("inbox.reply.next.time")} type="time" value={time} onChange={setTime} />
        </div>
      </details>
      <DespiteField despite={despite} problem={problem} />
      {send.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={send.error} />}
      <div className={classes.answers}>
        <Button
          type="submit"
          loading={send.isPending}
          disabled={text.trim() === "" || record.isPending || !despite.mayGo}
        >
          {t("inbox.reply.send")}
        </Button>
        <span className={classes.at}>
          <Kbd shortcut="r" />
        </span>
      </div>
    </form>
  );
}

const reasons = ["spoken", "known", "fits"] as const;

/** Who is no prospect yet is written to by the campaign; a person who wants to take over says why. */
export function PromoteBox({ leadId }: { leadId: string }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <div className={classes.reply}>
      <p className={classes.lookText}>{t("inbox.promote.about")}</p>
      <div>
        <Button variant="default" size="sm" onClick={() => setAsking(true)}>
          {t("inbox.promote")}
        </Button>
      </div>
      <ConfirmDialog
        opened={asking}
        title={t("inbox.promote")}
        verb={t("inbox.promote")}
        reasons={reasons.map((value) => ({ value, label: t(`inbox.promote.${value}`) }))}
        onClose={() => setAsking(false)}
        onConfirm={async ({ value, text }) => {
          const known = reasons.find((each) => each === value);
          const reason = [known === undefined ? "" : t(`inbox.promote.${known}`), text]
            .filter((w) => w !== "")
            .join(": ");
          await api.POST("/api/v1/leads/{id}/promotion", { params: { path: { id: leadId } }, body: { reason } });
          await Promise.all(touched.map((subject) => client.invalidateQueries({ queryKey: keys.all(subject) })));
        }}
      >
        {t("inbox.promote.means")}
      </ConfirmDialog>
    </div>
  );
}
