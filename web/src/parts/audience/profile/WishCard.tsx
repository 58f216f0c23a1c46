import { fieldSentence } from "~/api/problem";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { NumberField, SelectField, TextField } from "~/kit/fields";
import {
  type Block,
  type Offered,
  type Placed,
  type Values,
  bands,
  importances,
  legalForms,
  provinces,
  radiuses,
  seniorities,
} from "./draft";
import type { Refusal } from "./refused";
import { Ticks } from "./Ticks";
import { useFitWords } from "./words";
import classes from "./Profile.module.css";

type Count = components["schemas"]["FitCountView"];

interface WishCardProps {
  criterion: Offered;
  block: Block;
  wishes: readonly Placed[];
  count: Count | undefined;
  refused: readonly Refusal[];
  disabled: boolean;
  onChange: (block: Partial<Block>) => void;
}

/** One criterion: what is wished, how much it matters, and what must never be. */
export function WishCard({ criterion, block, wishes, count, refused, disabled, onChange }: WishCardProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const words = useFitWords();
  const place = (side: "want" | "never") =>
    wishes.findIndex((each) => each.criterion === criterion && each.side === side);
  const [want, never] = [place("want"), place("never")];
  const title = words.criterion(criterion);
  const inputs = (side: "want" | "never") => ({
    criterion,
    disabled,
    values: block[side],
    errorOf: (key: keyof Values) =>
      fieldSentence(
        refused.find((each) => each.criterion === criterion && each.side === side && each.key === key)?.problem,
        i18n,
      ),
    onChange: (values: Values) => onChange({ [side]: values }),
  });
  return (
    <section className={classes.card} aria-label={title} data-asked={want >= 0 || never >= 0 || undefined}>
      <div className={classes.cardHead}>
        <h2>{title}</h2>
        <SelectField
          label={t("audience.profile.importance", { criterion: title })}
          value={block.importance}
          disabled={disabled}
          onChange={(importance) => onChange({ importance })}
          options={importances.map((value) => ({ value, label: t(`audience.profile.importance.${value}`) }))}
        />
      </div>
      <WishInputs {...inputs("want")} />
      <Answers count={count} place={want} />
      <details className={classes.never} open={never >= 0 || undefined}>
        <summary>{t("audience.profile.never", { criterion: title })}</summary>
        <p className={classes.small}>{t("audience.profile.never.hint")}</p>
        <WishInputs {...inputs("never")} />
      </details>
    </section>
  );
}

/** How the companies that were looked at answer the wish. */
function Answers({ count, place }: { count: Count | undefined; place: number }) {
  const { t, format } = useI18n();
  const wish = count?.wishes.find((each) => each.wish === place);
  if (wish === undefined || count === undefined || count.n_judged === 0) return null;
  const share = (n: number) => format.percent(n / count.n_judged);
  return (
    <p className={classes.small}>
      {t("audience.profile.answers", {
        match: share(wish.n_match),
        partial: share(wish.n_partial),
        miss: share(wish.n_miss),
        unknown: share(wish.n_unknown),
      })}
    </p>
  );
}

interface WishInputsProps {
  criterion: Offered;
  values: Values;
  /** What was refused of a field and still stands there. */
  errorOf: (key: keyof Values) => string | undefined;
  disabled: boolean;
  onChange: (values: Values) => void;
}

function WishInputs({ criterion, values, errorOf, disabled, onChange }: WishInputsProps) {
  const { t } = useI18n();
  const words = useFitWords();
  const set = (part: Partial<Values>) => onChange({ ...values, ...part });
  const text = (
    key: "words" | "codes2025" | "codes2008" | "countries" | "areas" | "near",
    label:
      | "words"
      | "places"
      | "technologies"
      | "site_words"
      | "title_words"
      | "sbi_2025"
      | "sbi_2008"
      | "countries"
      | "areas"
      | "near",
  ) => (
    <TextField
      label={t(`audience.profile.${label}`)}
      hint={t(`audience.profile.${label}.hint`)}
      error={errorOf(key)}
      disabled={disabled}
      value={values[key]}
      onChange={(next) => set({ [key]: next })}
    />
  );
  const number = (side: "min" | "max", prefix?: string) => (
    <NumberField
      label={t(side === "min" ? "audience.profile.from" : "audience.profile.to")}
      error={errorOf(side)}
      disabled={disabled}
      value={values[side]}
      onChange={(n) => set({ [side]: n })}
      min={0}
      prefix={prefix}
    />
  );
  const ticks = (
    key: "bands" | "provinces" | "legalForms" | "seniorities",
    label: string,
    all: readonly string[],
    say: (value: string) => string,
  ) => (
    <Ticks
      label={label}
      options={all.map((value) => ({ value, label: say(value) }))}
      chosen={values[key]}
      disabled={disabled}
      onChange={(chosen) => set({ [key]: chosen })}
    />
  );
  switch (criterion) {
    case "industry":
      return (
        <>
          {text("words", "words")}
          <div className={classes.pair}>
            {text("codes2025", "sbi_2025")}
            {text("codes2008", "sbi_2008")}
          </div>
        </>
      );
    case "size":
      return (
        <>
          {ticks("bands", t("audience.profile.bands"), bands, (band) => band.replace("-", "–"))}
          <div className={classes.pair}>
            {number("min")}
            {number("max")}
          </div>
        </>
      );
    case "revenue":
      return (
        <div className={classes.pair}>
          {number("min", "€ ")}
          {number("max", "€ ")}
        </div>
      );
    case "country":
      return text("countries", "countries");
    case "region":
      return (
        <>
          {ticks("provinces", t("audience.profile.provinces"), provinces, (code) =>
            words.word(`audience.province.${code}`, code),
          )}
          <div className={classes.pair}>
            {text("near", "near")}
            <SelectField
              label={t("audience.profile.km")}
              value={radiuses.find((each) => each === values.km) ?? "25"}
              disabled={disabled}
              onChange={(km) => set({ km })}
              options={radiuses.map((value) => ({ value, label: t("audience.fit.km", { km: value }) }))}
            />
          </div>
          <div className={classes.pair}>
            {text("areas", "areas")}
            {text("words", "places")}
          </div>
        </>
      );
    case "legal_form":
      return ticks("legalForms", t("audience.profile.legal_forms"), legalForms, (form) =>
        words.word(`audience.legal_form.${form}`, form),
      );
    case "technology":
      return text("words", "technologies");
    case "site_words":
      return text("words", "site_words");
    case "title":
      return (
        <>
          {text("words", "title_words")}
          {ticks("seniorities", t("audience.profile.seniorities"), seniorities, (each) =>
            words.word(`audience.seniority.${each}`, each),
          )}
        </>
      );
  }
}
