import { Button, Group, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { isProblem } from "~/api/problem";
import { useI18n } from "~/i18n";
import { AreaField, TextField } from "~/kit/fields";
import { ErrorState } from "~/kit/states";
import { type Message, editDraft } from "../calls";
import classes from "../Campaigns.module.css";

interface EditDraftProps {
  message: Message;
  onDone: () => void;
  onCancel: () => void;
}

/** Changes the words of one draft. The line with the way out must stay; the server checks that. */
export function EditDraft({ message, onDone, onCancel }: EditDraftProps) {
  const { t } = useI18n();
  const [subject, setSubject] = useState(message.subject);
  const [body, setBody] = useState(message.body);
  const save = useMutation({ mutationFn: () => editDraft(message.id, subject, body), onSuccess: onDone });
  const problem = isProblem(save.error) ? save.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  useActions([
    {
      id: "draft.save",
      label: "campaigns.save",
      section: "do",
      shortcut: "mod+Enter",
      whileTyping: true,
      perform: () => save.mutate(),
    },
    {
      id: "draft.cancel",
      label: "kit.cancel",
      section: "do",
      shortcut: "Escape",
      keyOnly: true,
      whileTyping: true,
      perform: onCancel,
    },
  ]);
  return (
    <form onSubmit={submit} className={classes.mail}>
      <Stack gap="md">
        <TextField
          label={t("campaigns.mail.subject")}
          name="subject"
          value={subject}
          onChange={setSubject}
          problem={problem}
          autoFocus
        />
        <AreaField
          label={t("campaigns.mail.body")}
          hint={t("campaigns.mail.opt_out_stays")}
          name="body"
          value={body}
          onChange={setBody}
          problem={problem}
          rows={16}
        />
        {save.error !== null && <ErrorState error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("campaigns.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
