import { Button } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { ApiProblem, problemSentence } from "~/api/problem";
import { type SetUp, useSetUp } from "~/api/session";
import { useI18n } from "~/i18n";
import { PasswordField, SwitchField, TextField } from "~/kit/fields";
import classes from "./Account.module.css";
import { AccountFrame } from "./AccountFrame";
import { Refused } from "./Refused";

/** The server decides; this only saves somebody a refusal. */
const passwordLengthMin = 12;

type OwnerForm = Omit<SetUp, "language">;

/** The first one to open a new Kiem becomes its owner. */
export default function FirstStart() {
  const { t, language, known } = useI18n();
  const setUp = useSetUp();
  const [form, setForm] = useState<OwnerForm>({
    name: "",
    email: "",
    password: "",
    workspace_name: "",
    practice: true,
  });
  const problem = setUp.error instanceof ApiProblem ? setUp.error : null;
  const isComplete =
    form.name.trim() !== "" &&
    form.email.includes("@") &&
    form.password.length >= passwordLengthMin &&
    form.workspace_name.trim() !== "";

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete || setUp.isPending) return;
    setUp.mutate({
      ...form,
      name: form.name.trim(),
      email: form.email.trim(),
      workspace_name: form.workspace_name.trim(),
      language,
    });
  };

  useEffect(() => {
    document.title = `${t("account.setup.title")} · Kiem`;
  }, [t]);

  return (
    <AccountFrame>
      <h1 className={classes.title}>{t("account.setup.title")}</h1>
      <p className={classes.note}>{t("account.setup.about")}</p>
      <form onSubmit={submit} className={classes.inner} noValidate>
        <OwnerFields
          form={form}
          onChange={(change) => setForm((before) => ({ ...before, ...change }))}
          problem={problem}
        />
        {setUp.error !== null && <Refused>{problemSentence(setUp.error, { t, known })}</Refused>}
        <Button type="submit" loading={setUp.isPending} disabled={!isComplete}>
          {t("account.setup")}
        </Button>
      </form>
    </AccountFrame>
  );
}

interface OwnerFieldsProps {
  form: OwnerForm;
  onChange: (change: Partial<OwnerForm>) => void;
  problem: ApiProblem | null;
}

function OwnerFields({ form, onChange: set, problem }: OwnerFieldsProps) {
  const { t } = useI18n();
  const isTooShort = form.password.length > 0 && form.password.length < passwordLengthMin;
  return (
    <>
      <TextField
        label={t("account.name")}
        name="name"
        autoComplete="name"
        value={form.name}
        onChange={(name) => set({ name })}
        problem={problem}
        required
        autoFocus
      />
      <TextField
        label={t("account.email")}
        hint={t("account.email.hint")}
        name="email"
        type="email"
        autoComplete="username"
        value={form.email}
        onChange={(email) => set({ email })}
        problem={problem}
        required
      />
      <PasswordField
        label={t("account.password")}
        hint={t("account.password.hint", { n: passwordLengthMin })}
        name="password"
        autoComplete="new-password"
        value={form.password}
        onChange={(password) => set({ password })}
        problem={problem}
        error={isTooShort ? t("problem.field.too_short") : undefined}
        required
      />
      <TextField
        label={t("account.workspace")}
        hint={t("account.workspace.hint")}
        name="workspace_name"
        autoComplete="organization"
        value={form.workspace_name}
        onChange={(workspace_name) => set({ workspace_name })}
        problem={problem}
        required
      />
      <SwitchField
        label={t("account.practice")}
        hint={t("account.practice.hint")}
        checked={form.practice}
        onChange={(practice) => set({ practice })}
      />
    </>
  );
}
