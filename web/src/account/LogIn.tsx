import { Button } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { ApiProblem, problemSentence } from "~/api/problem";
import { useLogIn } from "~/api/session";
import { useI18n } from "~/i18n";
import { PasswordField, TextField } from "~/kit/fields";
import { Icon } from "~/kit/icons";
import classes from "./Account.module.css";
import { AccountFrame } from "./AccountFrame";
import { Refused } from "./Refused";

export default function LogIn() {
  const { t, ...i18n } = useI18n();
  const logIn = useLogIn();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const wait = useWait(logIn.error);
  const problem = logIn.error instanceof ApiProblem ? logIn.error : null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wait > 0 || logIn.isPending) return;
    logIn.mutate({ email: email.trim(), password });
  };

  useEffect(() => {
    document.title = `${t("account.log_in")} · Kiem`;
  }, [t]);

  return (
    <AccountFrame>
      <h1 className={classes.title}>{t("account.log_in.title")}</h1>
      <form onSubmit={submit} className={classes.inner} noValidate>
        <TextField
          label={t("account.email")}
          name="email"
          type="email"
          autoComplete="username"
          value={email}
          onChange={setEmail}
          problem={problem}
          required
          autoFocus
        />
        <PasswordField
          label={t("account.password")}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          problem={problem}
          required
        />
        {logIn.error !== null && (
          <Refused>
            {wait > 0 ? t("account.wait", { n: wait }) : problemSentence(logIn.error, { t, known: i18n.known })}
          </Refused>
        )}
        <Button
          type="submit"
          loading={logIn.isPending}
          disabled={email.trim() === "" || password === "" || wait > 0}
          leftSection={<Icon name="arrow" size={16} />}
        >
          {t("account.log_in")}
        </Button>
      </form>
      <p className={classes.note}>
        {t.rich("account.forgot", { command: <code key="command">kiem user password</code> })}
      </p>
    </AccountFrame>
  );
}

/** Seconds until the next try is allowed, counting down. The server says how many; each mistake makes them more. */
function useWait(error: unknown): number {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const seconds = error instanceof ApiProblem ? error.retryAfterSeconds : 0;
    const asked = Date.now();
    setNow(asked);
    setUntil(seconds > 0 ? asked + seconds * 1000 : 0);
  }, [error]);
  useEffect(() => {
    if (until <= Date.now()) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [until, now]);
  return Math.max(0, Math.ceil((until - now) / 1000));
}
