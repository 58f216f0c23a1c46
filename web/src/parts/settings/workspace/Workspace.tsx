import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useAvailableActions } from "~/actions/ActionsProvider";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { AreaField, NumberField, SelectField, SwitchField, TextField, holdsWrong } from "~/kit/fields";
import { notifyDone } from "~/kit/notify";
import { ErrorState, Skeleton } from "~/kit/states";
import { newWorkspaceAction } from "~/shell/Rail";
import classes from "../Section.module.css";

type Settings = components["schemas"]["WorkspaceSettings"];
type Change = components["schemas"]["WorkspaceSettingsChange"];

const queryKey = keys.one("workspace", "settings");

/** Who we are in every mail, and how this workspace works. */
export default function Workspace() {
  const settings = useQuery({ queryKey, queryFn: () => read(api.GET("/api/v1/workspace")) });
  if (settings.isError) return <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />;
  if (settings.isPending) return <Skeleton shape="cards" rows={4} />;
  return (
    <div className={classes.stack}>
      {settings.data.sending_paused_reason !== null && settings.data.sending_paused_reason !== undefined && <Paused />}
      <Form settings={settings.data} />
      <Another />
    </div>
  );
}

/** The data of another company, or real work beside practice, belongs in a workspace of its own. */
function Another() {
  const { t } = useI18n();
  const { actions, run } = useAvailableActions();
  const making = actions.find((action) => action.id === newWorkspaceAction);
  if (making === undefined) return null;
  return (
    <section className={classes.form}>
      <h3>{t("settings.another")}</h3>
      <p className={classes.muted}>{t("shell.workspace.new.about")}</p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => run(making)}>
          {t("shell.workspace.new")}
        </Button>
      </div>
    </section>
  );
}

/** After a restore nothing is sent until an owner has looked. */
function Paused() {
  const { t } = useI18n();
  const client = useQueryClient();
  const mayRelease = useMay("manage_workspace");
  const release = useMutation({
    mutationFn: () => api.POST("/api/v1/workspace/sending-release"),
    onSuccess: () =>
      Promise.all([queryKey, keys.session()].map((each) => client.invalidateQueries({ queryKey: each }))),
  });
  return (
    <section className={classes.form}>
      <h3>{t("settings.restored")}</h3>
      <p className={classes.muted}>{t("settings.restored.about")}</p>
      {release.error !== null && <ErrorState error={release.error} />}
      {mayRelease ? (
        <div className={classes.buttons}>
          <Button loading={release.isPending} onClick={() => release.mutate()}>
            {t("settings.restored.release")}
          </Button>
        </div>
      ) : (
        <p>{t("settings.restored.owner")}</p>
      )}
    </section>
  );
}

function Form({ settings }: { settings: Settings }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [change, setChange] = useState<Change>({});
  const set = (part: Change) => setChange((before) => ({ ...before, ...part }));
  const now = { ...settings, ...change };
  const save = useMutation({
    mutationFn: () => read(api.PATCH("/api/v1/workspace", { body: change })),
    onSuccess: async (after) => {
      setChange({});
      client.setQueryData(queryKey, after);
      notifyDone(t("settings.saved"));
      await client.invalidateQueries({ queryKey: keys.session() });
    },
  });
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const mayConfigure = useMay("configure");
  const mayManage = useMay("manage_workspace");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!holdsWrong(event.currentTarget)) save.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextField
        label={t("settings.company")}
        hint={t("settings.company.hint")}
        name="sender_company"
        value={now.sender_company}
        onChange={(sender_company) => set({ sender_company })}
        problem={problem}
        disabled={!mayConfigure}
      />
      <AreaField
        label={t("settings.postal")}
        name="postal_address"
        rows={2}
        value={now.postal_address}
        onChange={(postal_address) => set({ postal_address })}
        problem={problem}
        disabled={!mayConfigure}
      />
      <TextField
        label={t("settings.privacy")}
        hint={t("settings.privacy.hint")}
        name="privacy_url"
        type="url"
        value={now.privacy_url}
        onChange={(privacy_url) => set({ privacy_url })}
        problem={problem}
        disabled={!mayConfigure}
      />
      <NumberField
        label={t("settings.response")}
        hint={t("settings.response.hint")}
        name="response_hours"
        min={1}
        max={200}
        required
        value={now.response_hours}
        onChange={(hours) => hours !== null && set({ response_hours: hours })}
        problem={problem}
        disabled={!mayConfigure}
      />
      <AreaField
        label={t("settings.own_networks")}
        hint={t("settings.own_networks.hint")}
        name="own_networks"
        rows={2}
        value={now.own_networks.join("\n")}
        onChange={(text) => set({ own_networks: text.split("\n") })}
        problem={problem}
        disabled={!mayConfigure}
      />
      <SwitchField
        label={t("settings.stops_company")}
        checked={now.promotion_stops_company}
        onChange={(promotion_stops_company) => set({ promotion_stops_company })}
        disabled={!mayConfigure}
      />
      <SwitchField
        label={t("settings.website_people")}
        hint={t("settings.website_people.hint")}
        checked={now.website_people}
        onChange={(website_people) => set({ website_people })}
        disabled={!mayConfigure}
      />
      <div className={classes.pair}>
        <TextField
          label={t("account.workspace")}
          name="name"
          value={now.name}
          onChange={(name) => set({ name })}
          problem={problem}
          disabled={!mayManage}
        />
        <TextField
          label={t("settings.zone")}
          name="time_zone"
          value={now.time_zone}
          onChange={(time_zone) => set({ time_zone })}
          problem={problem}
          disabled={!mayManage}
        />
        <SelectField
          label={t("settings.language")}
          name="language"
          value={now.language === "nl" ? "nl" : "en"}
          onChange={(language: "nl" | "en") => set({ language })}
          options={[
            { value: "nl", label: "Nederlands" },
            { value: "en", label: "English" },
          ]}
          problem={problem}
          disabled={!mayManage}
        />
      </div>
      {save.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={save.error} />}
      {mayConfigure && (
        <div className={classes.buttons}>
          <Button type="submit" loading={save.isPending} disabled={Object.keys(change).length === 0}>
            {t("settings.save")}
          </Button>
        </div>
      )}
    </form>
  );
}
