import { ActionIcon, Button } from "@mantine/core";
import { useI18n } from "~/i18n";
import { CheckField, TextField } from "~/kit/fields";
import { Icon } from "~/kit/icons";
import sections from "../Section.module.css";
import classes from "./Booking.module.css";
import { type Stretch, type Week, dayProblem, nextStretch, weekdays } from "./hours";

interface WeekFieldsProps {
  week: Week;
  onChange: (week: Week) => void;
  error?: string;
}

/** The hours of each weekday; a day can have a break. */
export function WeekFields({ week, onChange, error }: WeekFieldsProps) {
  const { t } = useI18n();
  const setDay = (weekday: number, day: readonly Stretch[]) =>
    onChange(week.map((before, at) => (at === weekday ? day : before)));
  return (
    <fieldset className={sections.group}>
      <legend>{t("booking.hours")}</legend>
      {weekdays.map((weekday) => (
        <Day
          key={weekday}
          name={t(`booking.day.${weekday}`)}
          day={week[weekday] ?? []}
          onChange={(day) => setDay(weekday, day)}
        />
      ))}
      {error !== undefined && (
        <p role="alert" className={classes.wrong}>
          {error}
        </p>
      )}
    </fieldset>
  );
}

interface DayProps {
  name: string;
  day: readonly Stretch[];
  onChange: (day: readonly Stretch[]) => void;
}

function Day({ name, day, onChange }: DayProps) {
  const { t } = useI18n();
  const problem = dayProblem(day);
  const change = (at: number, part: Partial<Stretch>) =>
    onChange(day.map((stretch, index) => (index === at ? { ...stretch, ...part } : stretch)));
  return (
    <div className={classes.day} role="group" aria-label={name}>
      <CheckField
        label={name}
        checked={day.length > 0}
        onChange={(isOpen) => onChange(isOpen ? [nextStretch([])] : [])}
      />
      <div className={classes.stretches}>
        {day.map((stretch, index) => (
          <div key={index} className={classes.stretch}>
            <TextField
              label={t("booking.from")}
              type="time"
              value={stretch.from}
              onChange={(from) => change(index, { from })}
            />
            <TextField
              label={t("booking.until")}
              type="time"
              value={stretch.until}
              onChange={(until) => change(index, { until })}
            />
            {day.length > 1 && (
              <ActionIcon
                variant="default"
                size="lg"
                aria-label={t("booking.stretch.remove", { from: stretch.from, until: stretch.until })}
                onClick={() => onChange(day.filter((_, at) => at !== index))}
              >
                <Icon name="trash" size={16} />
              </ActionIcon>
            )}
          </div>
        ))}
        {day.length === 0 && <span className={sections.muted}>{t("booking.day.closed")}</span>}
        {problem !== null && (
          <p role="alert" className={classes.wrong}>
            {t(`booking.hours.${problem}`)}
          </p>
        )}
        {day.length > 0 && day.length < 4 && (
          <Button variant="subtle" size="compact-xs" onClick={() => onChange([...day, nextStretch(day)])}>
            {t("booking.stretch.add")}
          </Button>
        )}
      </div>
    </div>
  );
}
