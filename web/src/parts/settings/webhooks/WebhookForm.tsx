import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { CheckField, SwitchField, TextField } from "~/kit/fields";
import { ErrorState, Skeleton } from "~/kit/states";
import classes from "../Section.module.css";
import { type Webhook, toggled, wants } from "./events";

interface WebhookFormProps {
  hook: Webhook | null;
  onSecret: (secret: string) => void;
  onClose: () => void;
}

export function WebhookForm({ hook, onSecret, onClose }: WebhookFormProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [url, setUrl] = useState(hook?.url ?? "");
  const [kinds, setKinds] = useState<string[]>(hook?.kinds ?? []);
  const [active, setActive] = useState(hook?.active ?? true);
  const save = useMutation({
    mutationFn: async () => {
      const body = { url, kinds, active };
      if (hook === null) return (await read(api.POST("/api/v1/webhooks", { body }))).secret;
      await api.PUT("/api/v1/webhooks/{id}", { params: { path: { id: hook.id } }, body });
      return null;
    },
    onSuccess: async (secret) => {
      await client.invalidateQueries({ queryKey: keys.list("workspace", "webhooks") });
      if (secret !== null) onSecret(secret);
      onClose();
    },
  });
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextField
        label={t("webhooks.url")}
        hint={t("webhooks.url.hint")}
        name="url"
        type="url"
        value={url}
        onChange={setUrl}
        problem={problem}
        required
      />
      <Events kinds={kinds} onChange={setKinds} />
      <SwitchField
        label={t("webhooks.active")}
        hint={t("webhooks.active.means")}
        checked={active}
        onChange={setActive}
      />
      {save.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={save.error} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={save.isPending} disabled={url.trim() === ""}>
          {t("settings.save")}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t("kit.cancel")}
        </Button>
      </div>
    </form>
  );
}

/** Which events the other program hears of; the server says which there are. */
function Events({ kinds, onChange }: { kinds: readonly string[]; onChange: (kinds: string[]) => void }) {
  const { t, known } = useI18n();
  const all = useQuery({
    queryKey: keys.list("workspace", "webhook_kinds"),
    queryFn: () => read(api.GET("/api/v1/webhooks/kinds")),
  });
  if (all.isPending) return <Skeleton shape="cards" rows={3} />;
  if (all.isError) return <ErrorState error={all.error} onRetry={() => void all.refetch()} />;
  return (
    <fieldset className={classes.group}>
      <legend>{t("webhooks.events")}</legend>
      <div className={classes.pair}>
        {all.data.map((kind) => {
          const key = known(`webhooks.event.${kind}`);
          return (
            <CheckField
              key={kind}
              label={key === undefined ? kind : t(key)}
              hint={kind}
              checked={wants(kinds, kind)}
              // The last one cannot be unchecked: an empty list means all.
              disabled={kinds.length === 1 && kinds[0] === kind}
              onChange={(isOn) => onChange(toggled(all.data, kinds, kind, isOn))}
            />
          );
        })}
      </div>
    </fieldset>
  );
}
