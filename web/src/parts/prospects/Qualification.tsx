import { Button } from "@mantine/core";
import { useState } from "react";
import { api } from "~/api/client";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { SelectField, TextField } from "~/kit/fields";
import { When } from "~/kit/figures";
import { type Criterion, QualificationDots, criteria } from "~/kit/QualificationDots";
import { FitReasons } from "~/parts/audience/profile/FitReasons";
import { type ProspectRecord, findingsOf, isClosed, useChange } from "./api";
import classes from "./Record.module.css";

const levels = ["indicated", "confirmed", "contradicted", "unknown"] as const;
type Level = (typeof levels)[number];

/** Where a finding comes from, as a person can say it. */
const sources = ["person", "reply", "booking", "form", "profile"] as const;
type Source = (typeof sources)[number];

/** What we know of the five things, the one question to ask now, and a line to write the answer down. */
export function Qualification({ record }: { record: ProspectRecord }) {
  const { t, language } = useI18n();
  const word = useWord();
  const { prospect, findings, question } = record;
  const mayWork = useMay("work_prospects") && record.prospect.state !== "undone";
  const asked = criteria.find((one) => one === question?.aspect) ?? "need";
  const [aspect, setAspect] = useState<Criterion | null>(null);
  const [level, setLevel] = useState<Level>("indicated");
  const [source, setSource] = useState<Source>("person");
  const [note, setNote] = useState("");
  const add = useChange(() =>
    api.POST("/api/v1/prospects/{id}/findings", {
      params: { path: { id: prospect.id } },
      body: { aspect: aspect ?? asked, level, note, source },
    }),
  );
  // The newest of each of the five counts; what it came after stands below.
  const newest = criteria.flatMap((one) => findings.filter((finding) => finding.aspect === one).at(-1) ?? []);
  const earlier = findings.filter((finding) => !newest.includes(finding)).toReversed();
  return (
    <section className={classes.box}>
      <h2>{t("kit.qualification")}</h2>
      <QualificationDots
        findings={findingsOf(prospect)}
        as="list"
        details={Object.fromEntries(newest.map((one) => [one.aspect, <Found key={one.aspect} finding={one} />]))}
      />
      {earlier.length > 0 && (
        <details className={classes.apart}>
          <summary>{t("prospects.finding.earlier", { n: earlier.length })}</summary>
          <ul className={classes.list}>
            {earlier.map((one) => (
              <li key={`${one.aspect} ${one.found_at} ${one.note}`} className={classes.finding}>
                <span>
                  {word(`kit.criterion.${one.aspect}`, one.aspect)}{" "}
                  <span className={classes.muted}>{word(`kit.finding.${one.level}`, one.level)}</span>
                </span>
                <Found finding={one} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {question && !isClosed(prospect) && (
        <div className={classes.question}>
          <p className={classes.muted}>{t("prospects.question")}</p>
          <p>{language === "nl" ? question.sentence_nl : question.sentence_en}</p>
        </div>
      )}
      {mayWork && (
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
          <SelectField
            label={t("prospects.finding.source")}
            value={source}
            onChange={setSource}
            options={sources.map((value) => ({ value, label: t(`prospects.source.${value}`) }))}
          />
          <TextField
            label={t("prospects.finding.note")}
            value={note}
            onChange={setNote}
            required={level !== "unknown"}
          />
          <Button type="submit" variant="default" loading={add.isPending}>
            {t("prospects.finding.add")}
          </Button>
        </form>
      )}
    </section>
  );
}

/** The catalogue's word for something that the server names; its own name when a newer server knows more. */
function useWord() {
  const { t, known } = useI18n();
  return (key: string, otherwise: string) => {
    const found = known(key);
    return found === undefined ? otherwise : t(found);
  };
}

/** What was said or seen, where it comes from and when. */
function Found({ finding }: { finding: ProspectRecord["findings"][number] }) {
  const word = useWord();
  return (
    <>
      {finding.note !== "" && <span className={classes.note}>{finding.note}</span>}
      {finding.fit != null && <FitReasons reasons={finding.fit.reasons} />}
      <span className={classes.findingSource}>
        {word(`prospects.source.${finding.source}`, finding.source)} · <When at={finding.found_at} as="date" />
      </span>
    </>
  );
}
