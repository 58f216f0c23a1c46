import { Button, SegmentedControl } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { ApiProblem } from "~/api/problem";
import { type Language, languages, useI18n } from "~/i18n";
import { AreaField, CheckField, TextField } from "~/kit/fields";
import { notifyDone } from "~/kit/notify";
import { ErrorState } from "~/kit/states";
import { type PracticeMail, useAnswer } from "./calls";
import { type Wish, isAutomatic, phrase, wishes } from "./phrases";
import classes from "./Practice.module.css";

/** Answers in the lead's place: own words, or a ready sentence for what the lead wants. */
export function Answer({ mail, onSent }: { mail: PracticeMail; onSent: () => void }) {
  const { t, language: page } = useI18n();
  const answer = useAnswer(mail.id);
  const [language, setLanguage] = useState<Language>(page);
  const [text, setText] = useState("");
  const [withQuote, setWithQuote] = useState(true);
  const [isMachine, setMachine] = useState(false);
  const [from, setFrom] = useState("");
  const problem = answer.error instanceof ApiProblem ? answer.error : null;
  const choose = (wish: Wish) => {
    setText(phrase(wish, language, { address: mail.address, now: new Date() }));
    setMachine(isAutomatic(wish));
    setWithQuote(!isAutomatic(wish));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = {
      text,
      with_quote: withQuote,
      is_automatic: isMachine,
      from: from.trim() === "" ? null : from.trim(),
    };
    answer.mutate(body, {
      onSuccess: () => {
        setText("");
        notifyDone(t("practice.sent"));
        onSent();
      },
    });
  };
  return (
    <form className={classes.box} aria-label={t("practice.answer")} onSubmit={submit} noValidate>
      <div className={classes.boxHead}>
        <h3>{t("practice.answer")}</h3>
        <SegmentedControl
          size="xs"
          aria-label={t("practice.phrase.language")}
          value={language}
          onChange={(value) => setLanguage(value === "nl" ? "nl" : "en")}
          data={languages.map((value) => ({ value, label: t(`shell.language.${value}`) }))}
        />
      </div>
      <div className={classes.wishes} role="group" aria-label={t("practice.phrases")}>
        {wishes.map((wish) => (
          <Button key={wish} variant="default" size="compact-sm" onClick={() => choose(wish)}>
            {t(`practice.wish.${wish}`)}
          </Button>
        ))}
      </div>
      <AreaField
        label={t("practice.text")}
        name="text"
        rows={4}
        value={text}
        onChange={setText}
        problem={problem}
        required
      />
      <div className={classes.checks}>
        <CheckField label={t("practice.with_quote")} checked={withQuote} onChange={setWithQuote} />
        <CheckField label={t("practice.is_automatic")} checked={isMachine} onChange={setMachine} />
      </div>
      <details>
        <summary className={classes.more}>{t("practice.other_address")}</summary>
        <TextField
          label={t("practice.from")}
          hint={t("practice.from.hint")}
          name="from"
          type="email"
          value={from}
          onChange={setFrom}
          problem={problem}
        />
      </details>
      {answer.error !== null && (problem === null || problem.errors.length === 0) && (
        <ErrorState error={answer.error} />
      )}
      <div>
        <Button type="submit" loading={answer.isPending} disabled={text.trim() === ""}>
          {t("practice.send", { address: from.trim() === "" ? mail.address : from.trim() })}
        </Button>
      </div>
    </form>
  );
}
