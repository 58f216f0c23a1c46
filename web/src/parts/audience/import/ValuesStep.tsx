import { useI18n } from "~/i18n";
import page from "../Audience.module.css";
import type { StepProps } from "./Decide";
import classes from "./Import.module.css";
import { StepFrame } from "./StepFrame";
import { type DateOrder, type Draft, type UnknownWord, daysToOrder, withWord, wordKey } from "./draft";
import { meaningsOf } from "./meanings";
import { useFieldName } from "./useFieldName";

const undecided = "?";

/** Words without a meaning, and days that can be read in two ways. */
export function ValuesStep({ preview, mapping, draft, change, onBack, onNext }: StepProps) {
  const { t } = useI18n();
  const days = daysToOrder(preview, mapping);
  const isNothing = days.length === 0 && draft.askedWords.length === 0;
  return (
    <StepFrame
      title={t("audience.values")}
      about={t(isNothing ? "audience.values.nothing" : "audience.values.about")}
      onBack={onBack}
      onNext={onNext}
    >
      {days.length > 0 && (
        <Days
          days={days}
          order={draft.dateOrder}
          onOrder={(dateOrder) => change((before) => ({ ...before, dateOrder }))}
        />
      )}
      {draft.askedWords.length > 0 && (
        <ul className={page.rows}>
          {draft.askedWords.map((word) => (
            <Word
              key={wordKey(word.field, word.value)}
              word={word}
              draft={draft}
              onMeaning={(to) => change((before) => withWord(before, word, to))}
            />
          ))}
        </ul>
      )}
    </StepFrame>
  );
}

interface WordProps {
  word: UnknownWord;
  draft: Draft;
  onMeaning: (to: string | null) => void;
}

function Word({ word, draft, onMeaning }: WordProps) {
  const { t, language } = useI18n();
  const fieldName = useFieldName();
  const takesDefault = word.field === "country" && draft.country !== "";
  return (
    <li className={classes.column}>
      <div className={classes.about}>
        <strong className={classes.heading}>{word.value}</strong>
        <span className={`num ${classes.cells}`}>
          {fieldName(word.field)} · {t("audience.import.rows", { n: word.rows_n })}
        </span>
      </div>
      <select
        className={classes.select}
        aria-label={t("audience.values.meaning", { word: word.value })}
        value={draft.words[wordKey(word.field, word.value)] ?? undecided}
        onChange={(event) => onMeaning(event.currentTarget.value === undecided ? null : event.currentTarget.value)}
      >
        <option value={undecided}>{t("audience.values.undecided")}</option>
        <option value="">{t(takesDefault ? "audience.values.default" : "audience.values.empty")}</option>
        {meaningsOf(word.field, language).map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <span className={classes.why}>
        {t(
          draft.words[wordKey(word.field, word.value)] === undefined
            ? "audience.values.undecided.means"
            : "audience.why.chosen",
        )}
      </span>
    </li>
  );
}

interface DaysProps {
  days: readonly string[];
  order: DateOrder | null;
  onOrder: (order: DateOrder | null) => void;
}

/** Both readings of a day out of the file, so that it is seen at once which is right. */
function Days({ days, order, onOrder }: DaysProps) {
  const { t, language } = useI18n();
  const day = days[0] ?? "";
  const [first = 1, second = 1, year = 2000] = day.split(/[-/. ]/).map(Number);
  const read = (dayOfMonth: number, month: number) =>
    new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(
      Date.UTC(year < 100 ? 2000 + year : year, month - 1, dayOfMonth),
    );
  const choices: [DateOrder | null, string][] = [
    ["day_first", t("audience.values.days.is", { day, date: read(first, second) })],
    ["month_first", t("audience.values.days.is", { day, date: read(second, first) })],
    [null, t("audience.values.days.unknown")],
  ];
  return (
    <fieldset className={classes.question}>
      <legend>{t("audience.values.days")}</legend>
      {choices.map(([value, label]) => (
        <label key={label}>
          <input type="radio" name="date_order" checked={order === value} onChange={() => onOrder(value)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
