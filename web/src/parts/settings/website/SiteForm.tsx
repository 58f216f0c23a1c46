import { ActionIcon, Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { SelectField, TextField } from "~/kit/fields";
import { Icon } from "~/kit/icons";
import { ErrorState } from "~/kit/states";
import classes from "../Section.module.css";
import { type NamedPage, type Site, type SiteBody, bodyOf, kindOf, newSite, pageKinds, visitModes } from "./pages";

/** Host, how visits are treated, and the pages that their address does not give away. */
export function SiteForm({ site, onClose }: { site: Site | null; onClose: () => void }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [body, setBody] = useState<SiteBody>(() => (site === null ? newSite : bodyOf(site)));
  const save = useMutation({
    mutationFn: () => {
      const kept = { ...body, pages: (body.pages ?? []).filter((page) => page.path.trim() !== "") };
      return site === null
        ? read(api.POST("/api/v1/sites", { body: kept }))
        : read(api.PUT("/api/v1/sites/{id}", { params: { path: { id: site.id } }, body: kept }));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.list("workspace", "sites") });
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
        label={t("website.host")}
        hint={t("website.host.hint")}
        name="host"
        value={body.host}
        onChange={(host) => setBody({ ...body, host })}
        problem={problem}
        required
      />
      <fieldset className={classes.group}>
        <legend>{t("website.mode")}</legend>
        {visitModes.map((mode) => (
          <label key={mode} className={classes.choice}>
            <input
              type="radio"
              name="visit_mode"
              checked={body.visit_mode === mode}
              onChange={() => setBody({ ...body, visit_mode: mode })}
            />
            <strong>{t(`website.mode.${mode}`)}</strong>
            <span className={classes.muted}>{t(`website.mode.${mode}.means`)}</span>
          </label>
        ))}
      </fieldset>
      <Pages pages={body.pages ?? []} onChange={(pages) => setBody({ ...body, pages })} problem={problem} />
      {save.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={save.error} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={save.isPending} disabled={body.host.trim() === ""}>
          {t("settings.save")}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t("kit.cancel")}
        </Button>
      </div>
    </form>
  );
}

interface PagesProps {
  pages: readonly NamedPage[];
  onChange: (pages: NamedPage[]) => void;
  problem: ApiProblem | null;
}

function Pages({ pages, onChange, problem }: PagesProps) {
  const { t } = useI18n();
  const change = (at: number, part: Partial<NamedPage>) =>
    onChange(pages.map((page, index) => (index === at ? { ...page, ...part } : page)));
  return (
    <fieldset className={classes.group}>
      <legend>{t("website.pages.named")}</legend>
      <p className={classes.muted}>{t("website.pages.about")}</p>
      {pages.map((page, index) => (
        <div key={index} className={classes.line}>
          <SelectField
            label={t("website.page.kind")}
            name={`pages.${index}.kind`}
            value={kindOf(page)}
            onChange={(kind) => change(index, { kind })}
            options={pageKinds.map((value) => ({ value, label: t(`website.kind.${value}`) }))}
            problem={problem}
          />
          <TextField
            label={t("website.page.path")}
            name={`pages.${index}.path`}
            value={page.path}
            placeholder="/klanten/*"
            onChange={(path) => change(index, { path })}
            problem={problem}
          />
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t("website.page.remove", { path: page.path })}
            onClick={() => onChange(pages.filter((_, at) => at !== index))}
          >
            <Icon name="trash" size={16} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          size="xs"
          onClick={() => onChange([...pages, { kind: "case_study_detail", path: "" }])}
        >
          {t("website.page.add")}
        </Button>
      </div>
    </fieldset>
  );
}
