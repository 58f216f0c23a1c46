import type { ApiProblem } from "~/api/problem";
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
import { Ticks } from "./Ticks";
import { useFitWords } from "./words";
import classes from "./Profile.module.css";

type Count = components["schemas"]["FitCountView"];

interface WishCardProps {
  criterion: Offered;
  block: Block;
  wishes: readonly Placed[];
  count: Count | undefined;
  problem: ApiProblem | null;
  disabled: boolean;
  onChange: (block: Partial<Block>) => void;
}

/** One criterion: what is wished, how much it matters, and what must never be. */
export function WishCard({ criterion, block, wishes, count, problem, disabled, onChange }: WishCardProps) {
  const { t } = useI18n();
  const words = useFitWords();
  const place = (side: "want" | "never") =>
    wishes.findIndex((each) => each.criterion === criterion && each.side === side);
  const [want, never] = [place("want"), place("never")];
  const title = words.criterion(criterion);
  const shared = { criterion, problem, disabled };
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
      <WishInputs {...shared} place={want} values={block.want} onChange={(values) => onChange({ want: values })} />
      <Answers count={count} place={want} />
      <details className={classes.never} open={never >= 0 || undefined}>
        <summary>{t("audience.profile.never", { criterion: title })}</summary>
        <p className={classes.small}>{t("audience.profile.never.hint")}</p>
        <WishInputs {...shared} place={never} values={block.never} onChange={(values) => onChange({ never: values })} />
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
  /** Place among the wishes that are sent; below zero when it names nothing. */
  place: number;
  values: Values;
  problem: ApiProblem | null;
  disabled: boolean;
  onChange: (values: Values) => void;
}

function WishInputs({ criterion, place, values, problem, disabled, onChange }: WishInputsProps) {
  const { t } = useI18n();
  const words = useFitWords();
  const set = (part: Partial<Values>) => onChange({ ...values, ...part });
  const text = (
    field: string,
    value: string,
    key: keyof Values,
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
      name={`wishes.${place}.${field}`}
      problem={problem}
      disabled={disabled}
      value={value}
      onChange={(next) => set({ [key]: next })}
    />
  );
  const number = (side: "min" | "max", field: string, prefix?: string) => (
    <NumberField
      label={t(side === "min" ? "audience.profile.from" : "audience.profile.to")}
      name={side === "max" ? `wishes.${place}.${field}` : undefined}
      problem={problem}
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
          {text("words", values.words, "words", "words")}
          <div className={classes.pair}>
            {text("codes", values.codes2025, "codes2025", "sbi_2025")}
            {text("codes", values.codes2008, "codes2008", "sbi_2008")}
          </div>
        </>
      );
    case "size":
      return (
        <>
          {ticks("bands", t("audience.profile.bands"), bands, (band) => band.replace("-", "–"))}
          <div className={classes.pair}>
            {number("min", "sizes")}
            {number("max", "sizes")}
          </div>
        </>
      );
    case "revenue":
      return (
        <div className={classes.pair}>
          {number("min", "revenue", "€ ")}
          {number("max", "revenue", "€ ")}
        </div>
      );
    case "country":
      return text("countries", values.countries, "countries", "countries");
    case "region":
      return (
        <>
          {ticks("provinces", t("audience.profile.provinces"), provinces, (code) =>
            words.word(`audience.province.${code}`, code),
          )}
          <div className={classes.pair}>
            {text("near", values.near, "near", "near")}
            <SelectField
              label={t("audience.profile.km")}
              value={radiuses.find((each) => each === values.km) ?? "25"}
              disabled={disabled}
              onChange={(km) => set({ km })}
              options={radiuses.map((value) => ({ value, label: t("audience.fit.km", { km: value }) }))}
            />
          </div>
          <div className={classes.pair}>
            {text("areas", values.areas, "areas", "areas")}
            {text("words", values.words, "words", "places")}
          </div>
        </>
      );
    case "legal_form":
      return ticks("legalForms", t("audience.profile.legal_forms"), legalForms, (form) =>
        words.word(`audience.legal_form.${form}`, form),
      );
    case "technology":
      return text("words", values.words, "words", "technologies");
    case "site_words":
      return text("words", values.words, "words", "site_words");
    case "title":
      return (
        <>
          {text("words", values.words, "words", "title_words")}
          {ticks("seniorities", t("audience.profile.seniorities"), seniorities, (each) =>
            words.word(`audience.seniority.${each}`, each),
          )}
        </>
      );
  }
}
