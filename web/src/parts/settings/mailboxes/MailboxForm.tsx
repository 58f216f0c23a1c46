import { Button, Group, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type ApiProblem, isProblem } from "~/api/problem";
import { useI18n } from "~/i18n";
import { AreaField, NumberField, PasswordField, SelectField, TextField, holdsWrong } from "~/kit/fields";
import { ErrorState } from "~/kit/states";
import { useSaveMailbox } from "./calls";
import classes from "./Mailboxes.module.css";
import {
  type Mailbox,
  type MailboxBody,
  type Provider,
  type Security,
  type Server,
  bodyOf,
  hoursFor,
  providerOf,
  providers,
  securities,
  serversOf,
  usualPort,
} from "./presets";

interface MailboxFormProps {
  /** The one to change; null adds one. */
  mailbox: Mailbox | null;
  start: MailboxBody;
  onSaved: (id: string) => void;
  onClose: () => void;
}

/** Adds or changes a mailbox. A password goes in and never comes out. */
export function MailboxForm({ mailbox, start, onSaved, onClose }: MailboxFormProps) {
  const { t } = useI18n();
  const save = useSaveMailbox(mailbox?.id ?? null);
  const [value, setValue] = useState<MailboxBody>(() => (mailbox === null ? start : bodyOf(mailbox)));
  const [provider, setProvider] = useState<Provider>(() => providerOf(value.smtp));
  const change = (part: Partial<MailboxBody>) => setValue({ ...value, ...part });
  const problem = isProblem(save.error) ? save.error : null;
  const isReal = value.kind !== "sandbox";
  const setAddress = (address: string) => change({ address, ...(isReal ? serversOf(provider, address) : {}) });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!holdsWrong(event.currentTarget))
      save.mutate({ ...value, password: value.password || null }, { onSuccess: onSaved });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {isReal && mailbox === null && (
          <SelectField
            label={t("mailboxes.provider")}
            value={provider}
            onChange={(next) => {
              setProvider(next);
              change(serversOf(next, value.address));
            }}
            options={providers.map((each) => ({ value: each, label: t(`mailboxes.provider.${each}`) }))}
          />
        )}
        {isReal && <p className={classes.about}>{t(`mailboxes.provider.${provider}.hint`)}</p>}
        <TextField
          type="email"
          label={t("mailboxes.address")}
          hint={mailbox === null ? undefined : t("mailboxes.address.stays")}
          name="address"
          value={value.address}
          onChange={setAddress}
          problem={problem}
          disabled={mailbox !== null}
          autoComplete="off"
          required
        />
        <TextField
          label={t("mailboxes.name")}
          hint={t("mailboxes.name.hint")}
          name="display_name"
          value={value.display_name}
          onChange={(display_name) => change({ display_name })}
          problem={problem}
          required
        />
        {isReal && (
          <ServerPart
            value={value}
            hasPassword={mailbox?.has_password === true}
            provider={provider}
            onChange={change}
            problem={problem}
          />
        )}
        <AreaField
          label={t("mailboxes.signature")}
          hint={t("mailboxes.signature.hint")}
          name="signature"
          value={value.signature ?? ""}
          onChange={(signature) => change({ signature })}
          problem={problem}
        />
        <Limits value={value} onChange={change} problem={problem} />
        {save.error !== null && <ErrorState error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("mailboxes.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface PartProps {
  value: MailboxBody;
  onChange: (part: Partial<MailboxBody>) => void;
  problem: ApiProblem | null;
}

function ServerPart({
  value,
  hasPassword,
  provider,
  onChange,
  problem,
}: PartProps & { hasPassword: boolean; provider: Provider }) {
  const { t } = useI18n();
  return (
    <>
      <PasswordField
        label={t("mailboxes.password")}
        hint={t(hasPassword ? "mailboxes.password.stored" : "mailboxes.password.hint")}
        name="password"
        value={value.password ?? ""}
        onChange={(password) => onChange({ password })}
        problem={problem}
        autoComplete="new-password"
        required={!hasPassword}
      />
      <details className={classes.servers} open={provider === "own"}>
        <summary>{t("mailboxes.servers")}</summary>
        {(["smtp", "imap"] as const).map((kind) => {
          const server = value[kind];
          if (server === null || server === undefined) return null;
          return (
            <ServerFields
              key={kind}
              kind={kind}
              value={server}
              onChange={(part) => onChange({ [kind]: { ...server, ...part } })}
              problem={problem}
            />
          );
        })}
      </details>
    </>
  );
}

interface ServerFieldsProps {
  kind: "smtp" | "imap";
  value: Server;
  onChange: (part: Partial<Server>) => void;
  problem: ApiProblem | null;
}

function ServerFields({ kind, value, onChange, problem }: ServerFieldsProps) {
  const { t } = useI18n();
  const field = (name: string) => `servers.${kind}.${name}`;
  const security = securities.find((each) => each === value.security) ?? "tls";
  const setSecurity = (next: Security) => onChange({ security: next, port: usualPort(kind, next) });
  return (
    <fieldset className={classes.server}>
      <legend>{t(`mailboxes.${kind}`)}</legend>
      <TextField
        label={t("mailboxes.host")}
        name={field("host")}
        value={value.host}
        onChange={(host) => onChange({ host })}
        problem={problem}
        autoComplete="off"
      />
      <SelectField
        label={t("mailboxes.security")}
        name={field("security")}
        value={security}
        onChange={setSecurity}
        options={securities.map((each) => ({ value: each, label: t(`mailboxes.security.${each}`) }))}
        problem={problem}
      />
      <NumberField
        label={t("mailboxes.port")}
        name={field("port")}
        value={value.port === 0 ? null : value.port}
        onChange={(port) => onChange({ port: port ?? 0 })}
        min={1}
        max={65535}
        problem={problem}
      />
      <TextField
        label={t("mailboxes.username")}
        value={value.username}
        onChange={(username) => onChange({ username })}
        autoComplete="off"
      />
    </fieldset>
  );
}

function Limits({ value, onChange, problem }: PartProps) {
  const { t, format } = useI18n();
  const hours = hoursFor(value.daily_cap, value.gap_seconds_min);
  return (
    <fieldset className={classes.server}>
      <legend>{t("mailboxes.pace")}</legend>
      <NumberField
        label={t("mailboxes.cap")}
        hint={t("mailboxes.cap.hint")}
        name="daily_cap"
        value={value.daily_cap}
        onChange={(daily_cap) => onChange({ daily_cap: daily_cap ?? 0 })}
        min={0}
        max={2000}
        problem={problem}
      />
      <NumberField
        label={t("mailboxes.gap")}
        hint={t("mailboxes.gap.hint")}
        name="gap_seconds_min"
        value={value.gap_seconds_min}
        onChange={(gap_seconds_min) => onChange({ gap_seconds_min: gap_seconds_min ?? 0 })}
        min={0}
        max={86400}
        problem={problem}
      />
      <p className={classes.sum} role="status">
        {t("mailboxes.pace.sum", { cap: value.daily_cap, hours: format.number(hours, hours < 10 ? 1 : 0) })}
      </p>
    </fieldset>
  );
}
