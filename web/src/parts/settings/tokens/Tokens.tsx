import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { type Role, roles } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { When } from "~/kit/figures";
import { NumberField, SelectField, TextField, holdsWrong } from "~/kit/fields";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { Secret } from "../Secret";
import classes from "../Section.module.css";

type Token = components["schemas"]["TokenView"];

const queryKey = keys.list("member", "tokens");
/** A program is never an owner. */
const tokenRoles = roles.filter((role) => role !== "owner");

/** Programs that may use the API in this workspace. */
export default function Tokens() {
  const { t } = useI18n();
  const tokens = useQuery({ queryKey, queryFn: () => read(api.GET("/api/v1/tokens")) });
  if (tokens.isError) return <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />;
  if (tokens.isPending) return <Skeleton shape="cards" rows={3} />;
  return (
    <div className={classes.stack}>
      {tokens.data.items.length === 0 && (
        <EmptyState compact icon="link" title={t("settings.tokens.none")} sentence={t("settings.tokens.about")} />
      )}
      <ul className={classes.rows}>
        {tokens.data.items.map((token) => (
          <TokenRow key={token.id} token={token} />
        ))}
      </ul>
      <Create />
    </div>
  );
}

function TokenRow({ token }: { token: Token }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [revoking, setRevoking] = useState(false);
  const role = roles.find((each) => each === token.role) ?? "read_only";
  return (
    <li className={classes.row}>
      <span className={classes.what}>
        <strong>{token.name}</strong>
        <span className={classes.muted}>
          {t(`settings.role.${role}`)} ·{" "}
          {token.used_at ? (
            <>
              {t("settings.tokens.used")} <When at={token.used_at} />
            </>
          ) : (
            t("settings.tokens.unused")
          )}
          {token.expires_at && (
            <>
              {" "}
              · {t("settings.tokens.ends")} <When at={token.expires_at} as="date" />
            </>
          )}
        </span>
      </span>
      {token.revoked_at ? (
        <span className={classes.muted}>{t("settings.tokens.revoked")}</span>
      ) : (
        <Button variant="default" size="xs" onClick={() => setRevoking(true)}>
          {t("settings.tokens.revoke")}
        </Button>
      )}
      <ConfirmDialog
        opened={revoking}
        title={t("settings.tokens.revoke.title", { name: token.name })}
        verb={t("settings.tokens.revoke")}
        danger
        onConfirm={async () => {
          await api.DELETE("/api/v1/tokens/{id}", { params: { path: { id: token.id } } });
          await client.invalidateQueries({ queryKey });
        }}
        onClose={() => setRevoking(false)}
      >
        {t("settings.tokens.revoke.about")}
      </ConfirmDialog>
    </li>
  );
}

function Create() {
  const { t } = useI18n();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("read_only");
  const [days, setDays] = useState<number | null>(365);
  const [secret, setSecret] = useState<string | null>(null);
  const create = useMutation({
    mutationFn: () => read(api.POST("/api/v1/tokens", { body: { name, role, ...(days === null ? {} : { days }) } })),
    onSuccess: async (made) => {
      setName("");
      setSecret(made.token);
      await client.invalidateQueries({ queryKey });
    },
  });
  const problem = create.error instanceof ApiProblem ? create.error : null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!holdsWrong(event.currentTarget)) create.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <h3>{t("settings.tokens.create")}</h3>
      <div className={classes.pair}>
        <TextField label={t("settings.tokens.name")} name="name" value={name} onChange={setName} problem={problem} />
        <SelectField
          label={t("settings.role")}
          name="role"
          value={role}
          onChange={setRole}
          options={tokenRoles.map((each) => ({ value: each, label: t(`settings.role.${each}`) }))}
          problem={problem}
        />
        <NumberField
          label={t("settings.tokens.days")}
          hint={t("settings.tokens.days.hint")}
          name="days"
          min={1}
          max={3660}
          value={days}
          onChange={setDays}
          problem={problem}
        />
      </div>
      {create.error !== null && (problem === null || problem.errors.length === 0) && (
        <ErrorState error={create.error} />
      )}
      <div className={classes.buttons}>
        <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
          {t("settings.tokens.create")}
        </Button>
      </div>
      <Secret
        title={t("settings.tokens.secret")}
        about={t("settings.tokens.secret.about")}
        secret={secret}
        onClose={() => setSecret(null)}
      />
    </form>
  );
}
