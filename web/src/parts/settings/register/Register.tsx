import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay, useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { NumberField, PasswordField, holdsWrong } from "~/kit/fields";
import { notifyDone } from "~/kit/notify";
import { ErrorState, Skeleton } from "~/kit/states";
import { mills, useRegisterAccess } from "~/parts/companies/register";
import classes from "../Section.module.css";

type Access = components["schemas"]["RegisterAccessView"];

const queryKey = keys.one("workspace", "register");

/** The key for the company register, what a profile costs, and what a month may cost. */
export default function RegisterSettings() {
  const access = useRegisterAccess();
  if (access.isError) return <ErrorState error={access.error} onRetry={() => void access.refetch()} />;
  if (access.isPending) return <Skeleton shape="cards" rows={3} />;
  return (
    <div className={classes.stack}>
      <Form access={access.data} />
      {access.data.has_key && <Try />}
    </div>
  );
}

function Form({ access }: { access: Access }) {
  const { t, format } = useI18n();
  const client = useQueryClient();
  const mayChange = useMay("configure");
  const [key, setKey] = useState("");
  const [price, setPrice] = useState<number | null>(access.price_mills / 1000);
  const [ceiling, setCeiling] = useState<number | null>(access.ceiling_mills / 1000);
  const [days, setDays] = useState<number | null>(access.fresh_days);
  const save = useMutation({
    mutationFn: (change: { key?: string }) =>
      api.PUT("/api/v1/register-access", {
        body: {
          ...change,
          price_mills: Math.round((price ?? 0) * 1000),
          ceiling_mills: Math.round((ceiling ?? 0) * 1000),
          fresh_days: days ?? 0,
        },
      }),
    onSuccess: async () => {
      setKey("");
      notifyDone(t("settings.saved"));
      await client.invalidateQueries({ queryKey });
    },
  });
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!holdsWrong(event.currentTarget)) save.mutate(key === "" ? {} : { key });
  };
  const shared = { problem, disabled: !mayChange, required: true };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <p className={classes.muted}>{t("settings.register.about")}</p>
      <PasswordField
        label={t("settings.register.key")}
        hint={t(access.has_key ? "settings.register.key.there" : "settings.register.key.missing")}
        name="key"
        autoComplete="new-password"
        value={key}
        onChange={setKey}
        problem={problem}
        disabled={!mayChange}
      />
      <div className={classes.pair}>
        <NumberField
          label={t("settings.register.price")}
          hint={t("settings.register.price.hint")}
          name="price_mills"
          prefix="€ "
          decimals={3}
          min={0}
          max={10}
          value={price}
          onChange={setPrice}
          {...shared}
        />
        <NumberField
          label={t("settings.register.ceiling")}
          hint={t("settings.register.spent", { spent: mills(format, access.spent_mills) })}
          name="ceiling_mills"
          prefix="€ "
          decimals={2}
          min={0}
          max={10000}
          value={ceiling}
          onChange={setCeiling}
          {...shared}
        />
      </div>
      <NumberField
        label={t("settings.register.days")}
        hint={t("settings.register.days.hint")}
        name="fresh_days"
        min={0}
        max={3650}
        value={days}
        onChange={setDays}
        {...shared}
      />
      <p className={classes.muted}>{t("settings.register.url", { url: access.url })}</p>
      {save.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={save.error} />}
      {mayChange && (
        <div className={classes.buttons}>
          <Button type="submit" loading={save.isPending}>
            {t("settings.save")}
          </Button>
          {access.has_key && (
            <Button variant="default" disabled={save.isPending} onClick={() => save.mutate({ key: "" })}>
              {t("settings.register.key.remove")}
            </Button>
          )}
        </div>
      )}
    </form>
  );
}

/** Tries the key with a search, which is free. */
function Try() {
  const { t, known } = useI18n();
  const mayTry = useMay("configure");
  const isPractice = useWorkspace().workspace.mode === "practice";
  const tried = useMutation({ mutationFn: () => read(api.POST("/api/v1/register-access/check")) });
  const key = tried.data === undefined ? undefined : known(`settings.register.tried.${tried.data.outcome}`);
  if (!mayTry) return null;
  return (
    <section className={classes.form}>
      <h3>{t("settings.register.try")}</h3>
      <p className={classes.muted}>
        {t(isPractice ? "settings.register.try.practice" : "settings.register.try.about")}
      </p>
      <p role="status">{key === undefined ? "" : t(key)}</p>
      {tried.error !== null && <ErrorState error={tried.error} />}
      {!isPractice && (
        <div className={classes.buttons}>
          <Button variant="default" loading={tried.isPending} onClick={() => tried.mutate()}>
            {t("settings.register.try.verb")}
          </Button>
        </div>
      )}
    </section>
  );
}
