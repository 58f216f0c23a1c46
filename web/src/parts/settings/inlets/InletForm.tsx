import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { AreaField, SelectField, SwitchField, TextField } from "~/kit/fields";
import { ErrorState } from "~/kit/states";
import classes from "../Section.module.css";
import { type Inlet, type InletKind, inletKinds, kindOf, newSecret, originsIn } from "./inlets";

interface InletFormProps {
  inlet: Inlet | null;
  /** A secret was stored: it is shown once. */
  onSecret: (secret: string) => void;
  onClose: () => void;
}

export function InletForm({ inlet, onSecret, onClose }: InletFormProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [kind, setKind] = useState<InletKind>(inlet === null ? "quote_form" : kindOf(inlet));
  const [name, setName] = useState(inlet?.name ?? "");
  const [secret, setSecret] = useState("");
  const [origins, setOrigins] = useState((inlet?.allowed_origins ?? []).join("\n"));
  const [active, setActive] = useState(inlet?.active ?? true);
  const save = useMutation({
    mutationFn: () => {
      const body = {
        kind,
        name,
        secret: secret.trim() === "" ? null : secret.trim(),
        allowed_origins: kind === "quote_form" ? originsIn(origins) : [],
        active,
      };
      return inlet === null
        ? read(api.POST("/api/v1/inlets", { body }))
        : read(api.PUT("/api/v1/inlets/{id}", { params: { path: { id: inlet.id } }, body }));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.list("workspace", "inlets") });
      if (secret.trim() !== "") onSecret(secret.trim());
      onClose();
    },
  });
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const wrongOrigin = problem?.errors.find((error) => error.field.startsWith("allowed_origins"));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      {inlet === null && (
        <SelectField
          label={t("inlets.kind")}
          hint={t(`inlets.kind.${kind}.means`)}
          name="kind"
          value={kind}
          onChange={setKind}
          options={inletKinds.map((value) => ({ value, label: t(`inlets.kind.${value}`) }))}
          problem={problem}
        />
      )}
      <TextField
        label={t("inlets.name")}
        hint={t("inlets.name.hint")}
        name="name"
        value={name}
        onChange={setName}
        problem={problem}
        required
      />
      {kind === "quote_form" ? (
        <AreaField
          label={t("inlets.origins")}
          hint={t("inlets.origins.hint")}
          value={origins}
          onChange={setOrigins}
          error={wrongOrigin?.detail}
        />
      ) : (
        <div className={classes.line}>
          <TextField
            label={t("inlets.secret")}
            hint={t(inlet?.has_secret === true ? "inlets.secret.hint.kept" : `inlets.secret.hint.${kind}`)}
            name="secret"
            value={secret}
            onChange={setSecret}
            problem={problem}
            required={inlet?.has_secret !== true}
          />
          <Button variant="default" onClick={() => setSecret(newSecret())}>
            {t("inlets.secret.make")}
          </Button>
        </div>
      )}
      <SwitchField label={t("inlets.active")} hint={t("inlets.active.means")} checked={active} onChange={setActive} />
      {save.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={save.error} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
          {t("settings.save")}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t("kit.cancel")}
        </Button>
      </div>
    </form>
  );
}
