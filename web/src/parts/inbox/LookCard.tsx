import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useActions } from "~/actions/ActionsProvider";
import { api } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { Kbd, intents } from "~/kit/chips";
import { notifyDone, notifyProblem } from "~/kit/notify";
import classes from "./Inbox.module.css";

export type Mail = components["schemas"]["ThreadMail"];

/** The four answers to "what does this mean?", in the order of their keys. */
const answers = ["interested", "not_now", "not_interested", "other"] as const;
type Answer = (typeof answers)[number];

interface LookCardProps {
  mail: Mail;
  title?: string;
  onDone?: () => void;
}

/** A mail that the rules were not sure of, or read wrongly: one key says what it means. */
export function LookCard({ mail, title, onDone }: LookCardProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const client = useQueryClient();
  const judge = useMutation({
    mutationFn: (label: Answer) =>
      api.POST("/api/v1/inbox/{id}/label", {
        params: { path: { id: mail.id } },
        body: { label },
      }),
    onSuccess: () => {
      notifyDone(t("inbox.look.done"));
      for (const subject of ["thread", "prospect", "lead", "work"] as const)
        void client.invalidateQueries({ queryKey: keys.all(subject) });
      onDone?.();
    },
    onError: (error) => notifyProblem(error, i18n),
  });
  useActions(
    answers.map((answer, index) => ({
      id: `inbox.look.${answer}`,
      label: `inbox.look.${answer}` as const,
      section: "do" as const,
      shortcut: String(index + 1),
      perform: () => judge.mutate(answer),
    })),
  );
  const guess = intents.find((each) => each === mail.label);
  return (
    <div className={classes.look}>
      <h2 className={classes.lookTitle}>{title ?? t("inbox.look.title")}</h2>
      {guess !== undefined && (
        <p className={classes.lookText}>
          {t(mail.needs_look ? "inbox.look.guess" : "inbox.look.was", { guess: t(`kit.intent.${guess}`) })}
        </p>
      )}
      <div className={classes.answers}>
        {answers.map((answer, index) => (
          <Button key={answer} variant="default" size="sm" loading={judge.isPending} onClick={() => judge.mutate(answer)}>
            {t(`inbox.look.${answer}`)}&nbsp;
            <Kbd shortcut={String(index + 1)} />
          </Button>
        ))}
      </div>
    </div>
  );
}
