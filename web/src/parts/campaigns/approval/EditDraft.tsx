import { Button, Group, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { isProblem } from "~/api/problem";
import { useI18n } from "~/i18n";
import { AreaField, TextField } from "~/kit/fields";
import { ErrorState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import { type Message, editDraft } from "../calls";
import classes from "../Campaigns.module.css";
import { joined, partsOf } from "./footer";

interface EditDraftProps {
  message: Message;
  onDone: () => void;
  onCancel: () => void;
}

/** Changes the words of one draft. What the law wants below it stands apart and cannot be lost; the server checks that too. */
export function EditDraft({ message, onDone, onCancel }: EditDraftProps) {
  const { t } = useI18n();
  const [subject, setSubject] = useState(message.subject);
  const [{ text, footer }] = useState(() => partsOf(message.body));
  const [body, setBody] = useState(text);
  const save = useMutation({
    mutationFn: () => editDraft(message.id, subject, joined({ text: body, footer })),
    onSuccess: onDone,
  });
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
          hint={footer === "" ? t("campaigns.mail.opt_out_stays") : undefined}
          name="body"
          value={body}
          onChange={setBody}
          problem={problem}
          rows={14}
        />
        {footer !== "" && (
          <section className={classes.footer} aria-label={t("campaigns.footer")}>
            <h2>{t("campaigns.footer")}</h2>
            <p className={classes.footerText}>{footer}</p>
            <p className={classes.hint}>
              {t("campaigns.footer.why")}{" "}
              <PartLink part="settings" id="workspace">
                {t("campaigns.footer.change")}
              </PartLink>
            </p>
          </section>
        )}
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
