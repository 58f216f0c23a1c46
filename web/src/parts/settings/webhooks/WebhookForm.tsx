import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { CheckField, SwitchField, TextField } from "~/kit/fields";
import { ErrorState } from "~/kit/states";
import classes from "../Section.module.css";
import { type Webhook, eventKinds, toggled, wants } from "./events";

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
    <form className={classes.form} onSubmit={submit}>
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
      <fieldset className={classes.group}>
        <legend>{t("webhooks.events")}</legend>
        {eventKinds.map((kind) => (
          <CheckField
            key={kind}
            label={t(`webhooks.event.${kind}`)}
            hint={kind}
            checked={wants(kinds, kind)}
            // The last one cannot be unchecked: an empty list means all.
            disabled={kinds.length === 1 && kinds[0] === kind}
            onChange={(isOn) => setKinds(toggled(kinds, kind, isOn))}
          />
        ))}
      </fieldset>
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
