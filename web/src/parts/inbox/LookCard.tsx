import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { api } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { type Intent, Kbd } from "~/kit/chips";
import { TextField } from "~/kit/fields";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { dayFromNow } from "~/parts/leads/days";
import classes from "./Inbox.module.css";
import { type Dated, asksDay, dayOf, decisive, guessOf, inFront, inMenu, meansOf, surenessOf } from "./labels";

export type Mail = components["schemas"]["ThreadMail"];

interface LookCardProps {
  mail: Mail;
  /** Sales has the person already, so most meanings only inform it. */
  isProspect?: boolean;
  title?: string;
  onDone?: () => void;
}

/** A mail that the rules were not sure of, or read wrongly: one key says what it means. */
export function LookCard({ mail, isProspect = false, title, onDone }: LookCardProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const client = useQueryClient();
  const id = useId();
  const [asked, setAsked] = useState<Dated | null>(null);
  const judge = useMutation({
    mutationFn: (body: { label: Intent; until?: string }) =>
      api.POST("/api/v1/inbox/{id}/label", { params: { path: { id: mail.id } }, body }),
    onSuccess: () => {
      notifyDone(t("inbox.look.done"));
      for (const subject of ["thread", "prospect", "lead", "work"] as const)
        void client.invalidateQueries({ queryKey: keys.all(subject) });
      onDone?.();
    },
    onError: (error) => notifyProblem(error, i18n),
  });
  const guess = guessOf(mail.label);
  const front = inFront(guess);
  // One judgement at a time: a second key press would overrule the first one.
  const choose = (label: Intent) => {
    if (judge.isPending) return;
    if (asksDay(label, isProspect)) setAsked(label);
    else judge.mutate({ label });
  };
  useActions(
    front.map((label, index) => ({
      id: `inbox.look.${index + 1}`,
      label: `kit.intent.${label}` as const,
      section: "do" as const,
      shortcut: String(index + 1),
      perform: () => choose(label),
    })),
  );
  const shared = { isProspect, isBusy: judge.isPending, onChoose: choose };
  return (
    <section className={classes.look} aria-labelledby={id}>
      <h2 id={id} className={classes.lookTitle}>
        {title ?? t("inbox.look.title")}
      </h2>
      <blockquote className={classes.judged}>{mail.text === "" ? mail.subject : mail.text}</blockquote>
      {guess !== undefined && <Thought mail={mail} guess={guess} />}
      {asked === null ? (
        <>
          <ul className={classes.choices}>
            {front.map((label, index) => (
              <Choice key={label} label={label} shortcut={String(index + 1)} {...shared} />
            ))}
          </ul>
          <Others guess={guess} {...shared} />
        </>
      ) : (
        <DayForm
          key={asked}
          label={asked}
          isProspect={isProspect}
          said={mail.facts?.date}
          isBusy={judge.isPending}
          onBack={() => setAsked(null)}
          onDay={(until) => judge.mutate({ label: asked, until })}
        />
      )}
    </section>
  );
}

/** What Kiem made of it, how sure it is, and the words that decided. */
function Thought({ mail, guess }: { mail: Mail; guess: Intent }) {
  const { t, format } = useI18n();
  const percent = mail.certainty_percent;
  const words = { guess: t(`kit.intent.${guess}`) };
  const sure =
    percent == null ? null : t(`inbox.look.sure.${surenessOf(percent)}`, { percent: format.percent(percent / 100) });
  const why = decisive(mail.facts?.why ?? []);
  return (
    <p className={classes.lookText}>
      {t(mail.needs_look ? "inbox.look.guess" : "inbox.look.was", words)}
      {sure !== null && ` ${sure}`}
      {why.length > 0 &&
        ` ${t("inbox.look.why", {
          words: why.map((each) => `“${each}”`).join(", "),
        })}`}
    </p>
  );
}

interface ChoiceProps {
  label: Intent;
  isProspect: boolean;
  isBusy: boolean;
  shortcut?: string;
  onChoose: (label: Intent) => void;
}

/** One meaning with what it does. */
function Choice({ label, isProspect, isBusy, shortcut, onChoose }: ChoiceProps) {
  const { t } = useI18n();
  return (
    <li>
      <button type="button" className={classes.choice} disabled={isBusy} onClick={() => onChoose(label)}>
        {shortcut !== undefined && <Kbd shortcut={shortcut} />}
        <strong>{t(`kit.intent.${label}`)}</strong>
        <span>{t(meansOf(label, isProspect))}</span>
      </button>
    </li>
  );
}

interface OthersProps extends Omit<ChoiceProps, "label" | "shortcut"> {
  guess: Intent | undefined;
}

/** Every other meaning. */
function Others({ guess, ...rest }: OthersProps) {
  const { t } = useI18n();
  return (
    <details className={classes.others}>
      <summary>{t("inbox.look.more")}</summary>
      {inMenu(guess).map(({ group, labels }) => (
        <section key={group} aria-label={t(`inbox.look.group.${group}`)}>
          <h3 className={classes.group}>{t(`inbox.look.group.${group}`)}</h3>
          <ul className={classes.choices}>
            {labels.map((label) => (
              <Choice key={label} label={label} {...rest} />
            ))}
          </ul>
        </section>
      ))}
    </details>
  );
}

interface DayFormProps {
  label: Dated;
  isProspect: boolean;
  said: string | null | undefined;
  isBusy: boolean;
  onBack: () => void;
  onDay: (day: string) => void;
}

/** Until when: the day that the mail speaks of, or another one. */
function DayForm({ label, isProspect, said, isBusy, onBack, onDay }: DayFormProps) {
  const { t, format } = useI18n();
  const [day, setDay] = useState(() => dayOf(label, said));
  const first = dayFromNow(1);
  const isRight = day >= first;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isRight) onDay(day);
  };
  return (
    <form onSubmit={submit} className={classes.day}>
      <TextField
        label={t(`inbox.look.day.${label}`)}
        type="date"
        value={day}
        onChange={setDay}
        min={first}
        required
        autoFocus
        hint={
          isRight
            ? t(`inbox.look.until.${isProspect ? "prospect" : label}`, { date: format.date(`${day}T12:00`) })
            : undefined
        }
        error={isRight ? undefined : t("inbox.look.day.past")}
      />
      <div className={classes.answers}>
        <Button type="submit" size="sm" loading={isBusy}>
          {t(`inbox.look.day.${isProspect ? "prospect" : label}.save`)}
        </Button>
        <Button variant="default" size="sm" onClick={onBack}>
          {t("kit.cancel")}
        </Button>
      </div>
    </form>
  );
}
