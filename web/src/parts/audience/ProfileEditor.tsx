import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { NumberField, TextField } from "~/kit/fields";
import { notifyDone } from "~/kit/notify";
import { ErrorState, Skeleton } from "~/kit/states";
import classes from "./Audience.module.css";

type Profile = components["schemas"]["ProfileView"];

const seniorities = ["owner", "c_level", "director", "head", "manager", "ic", "assistant", "intern"] as const;
const lists = ["industries", "countries", "regions", "title_words"] as const;

/** Who the ideal customer is. What is left empty is not asked; what is unknown about a company never counts against it. */
export function ProfileEditor() {
  const profile = useQuery({
    queryKey: keys.list("audience", "profile"),
    queryFn: () => read(api.GET("/api/v1/ideal-profile")),
  });
  if (profile.isPending) return <Skeleton shape="record" />;
  if (profile.error !== null) return <ErrorState error={profile.error} onRetry={() => void profile.refetch()} />;
  return <Editor key={profile.data.version} profile={profile.data} />;
}

/** "bouw, logistiek" as words. */
function words(text: string): string[] {
  return text
    .split(/[,;\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function Editor({ profile }: { profile: Profile }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [texts, setTexts] = useState(() => Object.fromEntries(lists.map((list) => [list, profile[list].join(", ")])));
  const [employees, setEmployees] = useState<{ min: number | null; max: number | null }>({
    min: profile.employees_min ?? null,
    max: profile.employees_max ?? null,
  });
  const [chosen, setChosen] = useState<readonly string[]>(profile.seniorities);
  const mayChange = useMay("work_audience");
  const list = (name: (typeof lists)[number]) => words(texts[name] ?? "");
  const save = useMutation({
    mutationFn: () =>
      read(
        api.PUT("/api/v1/ideal-profile", {
          body: {
            version: profile.version,
            industries: list("industries"),
            countries: list("countries"),
            regions: list("regions"),
            title_words: list("title_words"),
            employees_min: employees.min,
            employees_max: employees.max,
            seniorities: [...chosen],
          },
        }),
      ),
    onSuccess: async (stored) => {
      client.setQueryData(keys.list("audience", "profile"), stored);
      notifyDone(t("audience.profile.saved"));
      await client.invalidateQueries({ queryKey: keys.all("lead") });
    },
  });
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <p className={classes.muted}>{t("audience.profile.about")}</p>
      {lists.map((name) => (
        <TextField
          key={name}
          label={t(`audience.profile.${name}`)}
          hint={t(`audience.profile.${name}.hint`)}
          name={name}
          problem={problem}
          disabled={!mayChange}
          value={texts[name] ?? ""}
          onChange={(text) => setTexts((before) => ({ ...before, [name]: text }))}
        />
      ))}
      <div className={classes.pair}>
        <NumberField
          label={t("audience.profile.employees_min")}
          disabled={!mayChange}
          value={employees.min}
          onChange={(min) => setEmployees((before) => ({ ...before, min }))}
          min={0}
        />
        <NumberField
          label={t("audience.profile.employees_max")}
          name="employees_max"
          problem={problem}
          disabled={!mayChange}
          value={employees.max}
          onChange={(max) => setEmployees((before) => ({ ...before, max }))}
          min={0}
        />
      </div>
      <fieldset className={classes.checks} disabled={!mayChange}>
        <legend>{t("audience.profile.seniorities")}</legend>
        {seniorities.map((seniority) => (
          <label key={seniority}>
            <input
              type="checkbox"
              checked={chosen.includes(seniority)}
              onChange={(event) =>
                setChosen((before) =>
                  event.target.checked ? [...before, seniority] : before.filter((each) => each !== seniority),
                )
              }
            />
            {t(`audience.seniority.${seniority}`)}
          </label>
        ))}
      </fieldset>
      {save.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={save.error} />}
      {mayChange && (
        <div className={classes.buttons}>
          <Button type="submit" loading={save.isPending}>
            {t("audience.profile.save")}
          </Button>
        </div>
      )}
    </form>
  );
}
