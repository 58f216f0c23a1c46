import { Button } from "@mantine/core";
import { useState } from "react";
import { api } from "~/api/client";
import { useI18n } from "~/i18n";
import { SelectField, TextField } from "~/kit/fields";
import { When } from "~/kit/figures";
import { type Criterion, QualificationDots, criteria } from "~/kit/QualificationDots";
import { type ProspectRecord, findingsOf, useChange } from "./api";
import classes from "./Record.module.css";

const levels = ["indicated", "confirmed", "contradicted", "unknown"] as const;
type Level = (typeof levels)[number];

/** What we know of the five things, the one question to ask now, and a line to write the answer down. */
export function Qualification({ record }: { record: ProspectRecord }) {
  const { t, language } = useI18n();
  const { prospect, findings, question } = record;
  const asked = criteria.find((one) => one === question?.aspect) ?? "need";
  const [aspect, setAspect] = useState<Criterion | null>(null);
  const [level, setLevel] = useState<Level>("indicated");
  const [note, setNote] = useState("");
  const add = useChange(() =>
    api.POST("/api/v1/prospects/{id}/findings", {
      params: { path: { id: prospect.id } },
      body: { aspect: aspect ?? asked, level, note },
    }),
  );
  const newest = criteria.flatMap((one) => {
    const found = findings.filter((finding) => finding.aspect === one).at(-1);
    return found === undefined || found.note === "" ? [] : [found];
  });
  return (
    <section className={classes.box}>
      <h2>{t("kit.qualification")}</h2>
      <QualificationDots findings={findingsOf(prospect)} as="list" />
      {newest.length > 0 && (
        <ul className={`${classes.list} ${classes.apart}`}>
          {newest.map((one) => (
            <li key={one.aspect}>
              <span>
                {t(`kit.criterion.${one.aspect}` as Parameters<typeof t>[0])}: {one.note}
              </span>
              <span className={classes.muted}>
                <When at={one.found_at} as="date" />
              </span>
            </li>
          ))}
        </ul>
      )}
      {question && (
        <div className={classes.question}>
          <p className={classes.muted}>{t("prospects.question")}</p>
          <p>{language === "nl" ? question.sentence_nl : question.sentence_en}</p>
        </div>
      )}
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate(undefined, { onSuccess: () => setNote("") });
        }}
      >
        <div className={classes.pair}>
          <SelectField
            label={t("prospects.finding.aspect")}
            value={aspect ?? asked}
            onChange={setAspect}
            options={criteria.map((value) => ({ value, label: t(`kit.criterion.${value}`) }))}
          />
          <SelectField
            label={t("prospects.finding.level")}
            value={level}
            onChange={setLevel}
            options={levels.map((value) => ({ value, label: t(`kit.finding.${value}`) }))}
          />
        </div>
        <TextField label={t("prospects.finding.note")} value={note} onChange={setNote} required={level !== "unknown"} />
        <Button type="submit" variant="default" loading={add.isPending}>
          {t("prospects.finding.add")}
        </Button>
      </form>
    </section>
  );
}
