import { Button, SegmentedControl } from "@mantine/core";
import { useRef, useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { api } from "~/api/client";
import { useI18n } from "~/i18n";
import { AreaField, TextField } from "~/kit/fields";
import { type ProspectRecord, momentOf, nextWorkingMorning, useChange } from "./api";
import { DespiteField, useDespite } from "./Suppression";
import classes from "./Record.module.css";

const kinds = ["mail", "note", "call", "meeting", "task"] as const;
type Kind = (typeof kinds)[number];

/** One place to write: an answer in the thread, a note, what was said on the telephone, or a task. */
export function Composer({ record }: { record: ProspectRecord }) {
  const { t } = useI18n();
  const { prospect } = record;
  const form = useRef<HTMLFormElement>(null);
  const [kind, setKind] = useState<Kind>("mail");
  const [text, setText] = useState("");
  const [subject, setSubject] = useState("");
  const [date, setDate] = useState(() => nextWorkingMorning(new Date()).date);
  const despite = useDespite(record.people, record.answers_to ?? prospect.contact_id);
  const send = useChange(async () => {
    const params = { path: { id: prospect.id } };
    if (kind === "mail") {
      // To whom the field says, should somebody else have written meanwhile.
      const body = { text, subject, contact_id: despite.person?.contact_id, despite_reason: despite.sent };
      return api.POST("/api/v1/prospects/{id}/replies", { params, body });
    }
    if (kind === "task") {
      const body = { kind: "other", text, due_at: momentOf(date, "09:00"), prospect_id: prospect.id };
      return api.POST("/api/v1/tasks", { body });
    }
    return api.POST("/api/v1/prospects/{id}/notes", { params, body: { kind, text } });
  });
  const write = (next: Kind) => () => {
    setKind(next);
    // The field of the kind before may be another one.
    requestAnimationFrame(() => form.current?.querySelector("textarea")?.focus());
  };
  useActions([
    { id: "prospect.mail", label: "prospects.do.mail", section: "do", shortcut: "r", perform: write("mail") },
    { id: "prospect.call", label: "prospects.do.call", section: "do", shortcut: "c", perform: write("call") },
    { id: "prospect.note", label: "prospects.do.note", section: "do", shortcut: "n", perform: write("note") },
    { id: "prospect.task", label: "prospects.do.task", section: "do", perform: write("task") },
  ]);
  return (
    <form
      ref={form}
      className={`${classes.box} ${classes.form}`}
      aria-label={t("prospects.composer")}
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate(undefined, {
          onSuccess: () => {
            setText("");
            despite.setReason("");
          },
        });
      }}
    >
      <SegmentedControl
        value={kind}
        onChange={(value) => setKind(value as Kind)}
        data={kinds.map((value) => ({ value, label: t(`prospects.compose.${value}`) }))}
        aria-label={t("prospects.composer")}
      />
      {kind === "mail" && !record.has_thread && (
        <TextField label={t("prospects.compose.subject")} value={subject} onChange={setSubject} />
      )}
      <AreaField
        label={
          kind === "mail"
            ? t("prospects.compose.to", { name: despite.person?.name ?? prospect.contact_name })
            : t("prospects.compose.text")
        }
        value={text}
        onChange={setText}
        rows={kind === "mail" ? 6 : 3}
        required
      />
      {kind === "task" && (
        <TextField label={t("prospects.next.date")} type="date" value={date} onChange={setDate} required />
      )}
      {kind === "mail" && <DespiteField despite={despite} />}
      <Button
        type="submit"
        loading={send.isPending}
        disabled={text.trim() === "" || (kind === "mail" && !despite.mayGo)}
      >
        {kind === "mail" ? t("prospects.compose.send") : t("prospects.compose.save")}
      </Button>
    </form>
  );
}
