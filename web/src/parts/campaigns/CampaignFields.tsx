import { Stack } from "@mantine/core";
import type { ApiProblem } from "~/api/problem";
import { useI18n } from "~/i18n";
import { SelectField, TextField } from "~/kit/fields";
import type { CampaignBody, Mailbox } from "./calls";
import classes from "./Campaigns.module.css";

/** What a campaign is apart from its steps. */
export type Settings = Omit<CampaignBody, "steps">;

export const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;

interface CampaignFieldsProps {
  value: Settings;
  onChange: (change: Partial<Settings>) => void;
  mailboxes: readonly Mailbox[];
  problem: ApiProblem | null;
}

export function CampaignFields({ value, onChange, mailboxes, problem }: CampaignFieldsProps) {
  const { t } = useI18n();
  return (
    <Stack gap="md">
      <TextField
        label={t("campaigns.field.name")}
        hint={t("campaigns.field.name.hint")}
        name="name"
        value={value.name}
        onChange={(name) => onChange({ name })}
        problem={problem}
        maxLength={200}
        autoFocus
        required
      />
      <SelectField
        label={t("campaigns.field.language")}
        hint={t("campaigns.field.language.hint")}
        name="language"
        value={value.language}
        onChange={(language) => onChange({ language })}
        options={[
          { value: "nl", label: t("campaigns.language.nl") },
          { value: "en", label: t("campaigns.language.en") },
        ]}
        problem={problem}
      />
      <SelectField
        label={t("campaigns.field.mailbox")}
        hint={t("campaigns.field.mailbox.hint")}
        name="mailbox_id"
        value={value.mailbox_id}
        onChange={(mailbox_id) => onChange({ mailbox_id })}
        options={mailboxes.map((mailbox) => ({
          value: mailbox.id,
          label: `${mailbox.display_name} <${mailbox.address}>`,
        }))}
        problem={problem}
      />
      <WindowFields value={value.window} onChange={(window) => onChange({ window })} problem={problem} />
    </Stack>
  );
}

interface WindowFieldsProps {
  value: Settings["window"];
  onChange: (window: Settings["window"]) => void;
  problem: ApiProblem | null;
}

function WindowFields({ value, onChange, problem }: WindowFieldsProps) {
  const { t } = useI18n();
  const toggle = (day: number) => {
    const days = value.days.includes(day) ? value.days.filter((each) => each !== day) : [...value.days, day].sort();
    onChange({ ...value, days });
  };
  const refused = problem?.field("window");
  return (
    <fieldset className={classes.window}>
      <legend>{t("campaigns.field.window")}</legend>
      <p className={classes.hint}>{t("campaigns.field.window.hint")}</p>
      <div className={classes.days}>
        {weekdays.map((day) => (
          <label key={day} className={classes.day}>
            <input type="checkbox" checked={value.days.includes(day)} onChange={() => toggle(day)} />
            {t(`campaigns.day.${day}`)}
          </label>
        ))}
      </div>
      <div className={classes.hours}>
        <TextField
          type="time"
          label={t("campaigns.field.from")}
          value={value.from}
          onChange={(from) => onChange({ ...value, from })}
        />
        <TextField
          type="time"
          label={t("campaigns.field.to")}
          value={value.to}
          onChange={(to) => onChange({ ...value, to })}
        />
      </div>
      {refused !== undefined && (
        <p role="alert" className={classes.refused}>
          {refused.detail || t("problem.field.invalid")}
        </p>
      )}
    </fieldset>
  );
}
