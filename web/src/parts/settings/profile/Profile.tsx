import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useChangeMe, useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { When } from "~/kit/figures";
import { PasswordField, TextField } from "~/kit/fields";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { ErrorState, Skeleton } from "~/kit/states";
import classes from "../Section.module.css";
import { deviceOf } from "./device";

/** One's own name, password and the places where one is logged in. Language and colours are in the menu of the page. */
export default function Profile() {
  return (
    <div className={classes.stack}>
      <Name />
      <Password />
      <Sessions />
    </div>
  );
}

function Name() {
  const { t } = useI18n();
  const { user } = useWorkspace().session;
  const [name, setName] = useState(user.name);
  const change = useChangeMe();
  const problem = change.error instanceof ApiProblem ? change.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ name }, { onSuccess: () => notifyDone(t("settings.saved")) });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextField
        label={t("account.name")}
        name="name"
        autoComplete="name"
        value={name}
        onChange={setName}
        problem={problem}
      />
      <p className={classes.muted}>{user.email}</p>
      <div className={classes.buttons}>
        <Button type="submit" loading={change.isPending} disabled={name.trim() === "" || name === user.name}>
          {t("settings.save")}
        </Button>
      </div>
    </form>
  );
}

const empty = { old_password: "", new_password: "" };

function Password() {
  const { t } = useI18n();
  const client = useQueryClient();
  const [form, setForm] = useState(empty);
  const change = useMutation({
    mutationFn: () => api.PUT("/api/v1/me/password", { body: form }),
    onSuccess: async () => {
      setForm(empty);
      notifyDone(t("settings.password.done"));
      await client.invalidateQueries({ queryKey: keys.list("member", "sessions") });
    },
  });
  const problem = change.error instanceof ApiProblem ? change.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <h3>{t("settings.password")}</h3>
      <div className={classes.pair}>
        <PasswordField
          label={t("settings.password.old")}
          name="old_password"
          autoComplete="current-password"
          value={form.old_password}
          onChange={(old_password) => setForm((before) => ({ ...before, old_password }))}
          problem={problem}
        />
        <PasswordField
          label={t("settings.password.new")}
          name="new_password"
          autoComplete="new-password"
          value={form.new_password}
          onChange={(new_password) => setForm((before) => ({ ...before, new_password }))}
          problem={problem}
        />
      </div>
      {change.error !== null && (problem === null || problem.errors.length === 0) && (
        <ErrorState error={change.error} />
      )}
      <div className={classes.buttons}>
        <Button
          type="submit"
          variant="default"
          loading={change.isPending}
          disabled={form.old_password === "" || form.new_password === ""}
        >
          {t("settings.password.change")}
        </Button>
      </div>
    </form>
  );
}

function Sessions() {
  const { t, known } = useI18n();
  const client = useQueryClient();
  const queryKey = keys.list("member", "sessions");
  const sessions = useQuery({ queryKey, queryFn: () => read(api.GET("/api/v1/me/sessions")) });
  const end = useMutation({
    mutationFn: (id: string) => api.DELETE("/api/v1/me/sessions/{id}", { params: { path: { id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey }),
    onError: (error) => notifyProblem(error, { t, known }),
  });
  return (
    <section>
      <h3>{t("settings.sessions")}</h3>
      {sessions.isPending && <Skeleton shape="cards" rows={2} />}
      {sessions.isError && <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />}
      <ul className={classes.rows}>
        {sessions.data?.items.map((session) => (
          <li key={session.id} className={classes.row}>
            <span className={classes.what}>
              <DeviceName userAgent={session.user_agent ?? ""} />
              <span className={classes.muted}>
                <When at={session.created_at} as="dateTime" />
              </span>
            </span>
            {session.is_this ? (
              <span className={classes.muted}>{t("settings.sessions.this")}</span>
            ) : (
              <Button variant="default" size="xs" loading={end.isPending} onClick={() => end.mutate(session.id)}>
                {t("settings.sessions.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function DeviceName({ userAgent }: { userAgent: string }) {
  const { t } = useI18n();
  const device = deviceOf(userAgent);
  if (device === undefined) return <span>{userAgent || t("settings.sessions.unknown")}</span>;
  return <span title={userAgent}>{t("settings.sessions.device", { ...device })}</span>;
}
