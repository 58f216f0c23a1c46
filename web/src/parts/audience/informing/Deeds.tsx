import { Button, Group, Modal, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { SelectField, TextField } from "~/kit/fields";
import { notifyDone } from "~/kit/notify";
import { ErrorState } from "~/kit/states";

type Person = components["schemas"]["UninformedView"];

interface DeedsProps {
  people: readonly Person[];
  onDone: () => void;
}

/** Mails that one request sends. */
const mailsMax = 50;

/** What can be done about people who must be told: write it down, mail them, or forget them. */
export function Deeds({ people, onDone }: DeedsProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [asking, setAsking] = useState<"told" | "mail" | "erase" | null>(null);
  const mailable = people.filter((person) => person.may_be_mailed);
  const done = async () => {
    await client.invalidateQueries({ queryKey: keys.all("audience") });
    await client.invalidateQueries({ queryKey: keys.all("lead") });
    onDone();
  };
  const close = () => setAsking(null);
  const mail = async () => {
    const contacts = mailable.slice(0, mailsMax).map((person) => person.contact_id);
    const { done: n } = await read(api.POST("/api/v1/uninformed/mails", { body: { contacts } }));
    notifyDone(t("audience.informing.mailed", { n }));
    await done();
  };
  const erase = async () => {
    for (const { contact_id } of people)
      await api.DELETE("/api/v1/contacts/{id}", { params: { path: { id: contact_id } } });
    notifyDone(t("audience.informing.erased", { n: people.length }));
    await done();
  };
  const nobody = people.length === 0;
  return (
    <>
      <Button size="xs" disabled={mailable.length === 0} onClick={() => setAsking("mail")}>
        {t("audience.informing.mail")}
      </Button>
      <Button size="xs" variant="default" disabled={nobody} onClick={() => setAsking("told")}>
        {t("audience.informing.told")}
      </Button>
      <Button size="xs" variant="default" color="danger" disabled={nobody} onClick={() => setAsking("erase")}>
        {t("audience.informing.erase")}
      </Button>
      <ConfirmDialog
        opened={asking === "mail"}
        title={t("audience.informing.mail.title", { n: Math.min(mailable.length, mailsMax) })}
        verb={t("audience.informing.mail")}
        onConfirm={mail}
        onClose={close}
      >
        {t("audience.informing.mail.text")}
        {mailable.length < people.length &&
          ` ${t("audience.informing.mail.not", { n: people.length - mailable.length })}`}
        {mailable.length > mailsMax && ` ${t("audience.informing.mail.most", { n: mailsMax })}`}
      </ConfirmDialog>
      <ConfirmDialog
        opened={asking === "erase"}
        title={t("audience.informing.erase.title", { n: people.length })}
        verb={t("audience.informing.erase")}
        danger
        onConfirm={erase}
        onClose={close}
      >
        {t("audience.informing.erase.text")}
      </ConfirmDialog>
      <Modal
        opened={asking === "told"}
        onClose={close}
        title={t("audience.informing.told.title", { n: people.length })}
        closeButtonProps={{ "aria-label": t("kit.close") }}
        centered
      >
        <ToldForm people={people} onDone={done} onClose={close} />
      </Modal>
    </>
  );
}

const ways = ["letter", "phone", "in_person", "before", "exempt"] as const;
type Way = (typeof ways)[number];
const needsNote = (way: Way) => way === "before" || way === "exempt";

interface ToldFormProps {
  people: readonly Person[];
  onDone: () => Promise<void>;
  onClose: () => void;
}

function ToldForm({ people, onDone, onClose }: ToldFormProps) {
  const { t } = useI18n();
  const [how, setHow] = useState<Way>("letter");
  const [note, setNote] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const problem = error instanceof ApiProblem ? error : null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const contacts = people.map((person) => person.contact_id);
      const { done: n } = await read(api.POST("/api/v1/uninformed/told", { body: { contacts, how, note } }));
      notifyDone(t("audience.informing.told.done", { n }));
      await onDone();
      onClose();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <SelectField
          label={t("audience.informing.how")}
          value={how}
          onChange={setHow}
          options={ways.map((value) => ({ value, label: t(`audience.informing.how.${value}`) }))}
        />
        <TextField
          label={t(needsNote(how) ? "audience.informing.note.needed" : "audience.informing.note")}
          hint={t(`audience.informing.hint.${how === "exempt" ? "exempt" : how === "before" ? "before" : "other"}`)}
          name="note"
          problem={problem}
          value={note}
          onChange={setNote}
          maxLength={300}
          required={needsNote(how)}
        />
        {error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" loading={busy} disabled={needsNote(how) && note.trim() === ""}>
            {t("audience.informing.told")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
