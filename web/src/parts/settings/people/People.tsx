import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { type Role, roles, useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { SelectField, TextField } from "~/kit/fields";
import { notifyProblem } from "~/kit/notify";
import { ErrorState, Skeleton } from "~/kit/states";
import { Secret } from "../Secret";
import classes from "../Section.module.css";

type Member = components["schemas"]["MemberView"];

const queryKey = keys.list("member");

/** Who works here, and what each may do. */
export default function People() {
  const members = useQuery({ queryKey, queryFn: () => read(api.GET("/api/v1/members")) });
  const mayManage = useMay("manage_members");
  if (members.isError) return <ErrorState error={members.error} onRetry={() => void members.refetch()} />;
  if (members.isPending) return <Skeleton shape="cards" rows={4} />;
  return (
    <div className={classes.stack}>
      <ul className={classes.rows}>
        {members.data.items.map((member) => (
          <MemberRow key={member.id} member={member} mayManage={mayManage} />
        ))}
      </ul>
      {mayManage && <Add />}
    </div>
  );
}

/** The roles that this person may give. */
function useRoleOptions() {
  const { t } = useI18n();
  const mayGiveAll = useMay("manage_workspace");
  return roles
    .filter((each) => each !== "owner" || mayGiveAll)
    .map((each) => ({ value: each, label: t(`settings.role.${each}`) }));
}

function MemberRow({ member, mayManage }: { member: Member; mayManage: boolean }) {
  const { t, known } = useI18n();
  const client = useQueryClient();
  const mayChangeOwners = useMay("manage_workspace");
  const options = useRoleOptions();
  const [removing, setRemoving] = useState(false);
  const role = roles.find((each) => each === member.role) ?? "read_only";
  const mayChange = mayManage && (role !== "owner" || mayChangeOwners);
  const path = { params: { path: { id: member.id } } };
  const refresh = async () => {
    await client.invalidateQueries({ queryKey });
    await client.invalidateQueries({ queryKey: keys.session() });
  };
  const change = useMutation({
    mutationFn: (next: Role) => api.PUT("/api/v1/members/{id}", { ...path, body: { role: next } }),
    onSuccess: refresh,
    onError: (error) => notifyProblem(error, { t, known }),
  });
  return (
    <li className={classes.row}>
      <span className={classes.what}>
        <strong>{member.name}</strong>
        <span className={classes.muted}>{member.email}</span>
      </span>
      {mayChange ? (
        <>
          <SelectField
            label={t("settings.role")}
            value={role}
            onChange={(next: Role) => change.mutate(next)}
            options={options}
            disabled={change.isPending}
          />
          <Button variant="default" size="xs" onClick={() => setRemoving(true)}>
            {t("settings.people.remove")}
          </Button>
        </>
      ) : (
        <span>{t(`settings.role.${role}`)}</span>
      )}
      <ConfirmDialog
        opened={removing}
        title={t("settings.people.remove.title", { name: member.name })}
        verb={t("settings.people.remove")}
        danger
        onConfirm={async () => {
          await api.DELETE("/api/v1/members/{id}", path);
          await refresh();
        }}
        onClose={() => setRemoving(false)}
      >
        {t("settings.people.remove.about")}
      </ConfirmDialog>
    </li>
  );
}

const nobody = { name: "", email: "", role: "sales" as Role };

function Add() {
  const { t } = useI18n();
  const client = useQueryClient();
  const options = useRoleOptions();
  const [form, setForm] = useState(nobody);
  const [password, setPassword] = useState<string | null>(null);
  const add = useMutation({
    mutationFn: () => read(api.POST("/api/v1/members", { body: form })),
    onSuccess: async (added) => {
      setForm(nobody);
      setPassword(added.first_password ?? null);
      await client.invalidateQueries({ queryKey });
    },
  });
  const problem = add.error instanceof ApiProblem ? add.error : null;
  const set = (part: Partial<typeof nobody>) => setForm((before) => ({ ...before, ...part }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <h3>{t("settings.people.add")}</h3>
      <div className={classes.pair}>
        <TextField
          label={t("settings.people.name")}
          name="name"
          value={form.name}
          onChange={(name) => set({ name })}
          problem={problem}
        />
        <TextField
          label={t("account.email")}
          name="email"
          type="email"
          value={form.email}
          onChange={(email) => set({ email })}
          problem={problem}
        />
        <SelectField
          label={t("settings.role")}
          name="role"
          value={form.role}
          onChange={(role: Role) => set({ role })}
          options={options}
          problem={problem}
        />
      </div>
      <p className={classes.muted}>{t(`settings.role.${form.role}.about`)}</p>
      {add.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={add.error} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={add.isPending} disabled={form.name.trim() === "" || !form.email.includes("@")}>
          {t("settings.people.add")}
        </Button>
      </div>
      <Secret
        title={t("settings.people.password")}
        about={t("settings.people.password.about")}
        secret={password}
        onClose={() => setPassword(null)}
      />
    </form>
  );
}
