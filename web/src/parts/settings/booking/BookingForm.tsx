import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { NumberField, SelectField, SwitchField, TextField, holdsWrong } from "~/kit/fields";
import { ErrorState } from "~/kit/states";
import type { Mailbox } from "../mailboxes/presets";
import classes from "../Section.module.css";
import {
  type Availability,
  type BookingBody,
  type BookingPage,
  bodyOf,
  dayProblem,
  newAvailability,
  slugOf,
  weekOf,
  weeklyOf,
} from "./hours";
import { WeekFields } from "./WeekFields";

interface BookingFormProps {
  page: BookingPage | null;
  mailboxes: readonly Mailbox[];
  onClose: () => void;
}

/** What the appointment is, with whom, and when it can be made. */
export function BookingForm({ page, mailboxes, onClose }: BookingFormProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const { session, workspace } = useWorkspace();
  const [body, setBody] = useState<BookingBody>(() =>
    page === null
      ? {
          slug: "",
          host_user_id: session.user.id,
          mailbox_id: mailboxes[0]?.id ?? "",
          title: "",
          availability: newAvailability,
          time_zone: workspace.time_zone,
          active: true,
        }
      : bodyOf(page),
  );
  // A new page's address follows its title until somebody writes one.
  const [isOwnSlug, setOwnSlug] = useState(page !== null);
  const members = useQuery({
    queryKey: keys.list("member"),
    queryFn: () => read(api.GET("/api/v1/members")),
  });
  const hosts = members.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [
    { value: session.user.id, label: session.user.name },
  ];
  const save = useMutation({
    mutationFn: () =>
      page === null
        ? read(api.POST("/api/v1/booking-pages", { body }))
        : read(api.PUT("/api/v1/booking-pages/{id}", { params: { path: { id: page.id } }, body })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.list("workspace", "booking") });
      onClose();
    },
  });
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const set = (part: Partial<BookingBody>) => setBody((before) => ({ ...before, ...part }));
  const rules = body.availability;
  const setRules = (part: Partial<Availability>) => set({ availability: { ...rules, ...part } });
  const week = weekOf(rules.weekly);
  const isWrong = week.some((day) => dayProblem(day) !== null) || rules.weekly.length === 0;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!holdsWrong(event.currentTarget)) save.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <div className={classes.pair}>
        <TextField
          label={t("booking.name")}
          hint={t("booking.name.hint")}
          name="title"
          value={body.title}
          onChange={(title) => set(isOwnSlug ? { title } : { title, slug: slugOf(title) })}
          problem={problem}
          required
        />
        <TextField
          label={t("booking.slug")}
          hint={t("booking.slug.hint")}
          name="slug"
          value={body.slug}
          onChange={(slug) => (setOwnSlug(true), set({ slug }))}
          problem={problem}
          required
        />
        <SelectField
          label={t("booking.host")}
          name="host_user_id"
          value={body.host_user_id}
          onChange={(host_user_id) => set({ host_user_id })}
          options={hosts}
          problem={problem}
        />
        <SelectField
          label={t("booking.mailbox")}
          hint={t("booking.mailbox.hint")}
          name="mailbox_id"
          value={body.mailbox_id}
          onChange={(mailbox_id) => set({ mailbox_id })}
          options={mailboxes.map(({ id, address }) => ({ value: id, label: address }))}
          problem={problem}
        />
      </div>
      <WeekFields
        week={week}
        onChange={(next) => setRules({ weekly: weeklyOf(next) })}
        error={rules.weekly.length === 0 ? t("booking.hours.none") : undefined}
      />
      <Limits rules={rules} onChange={setRules} problem={problem} />
      <TextField
        label={t("booking.zone")}
        hint={t("booking.zone.hint")}
        name="time_zone"
        value={body.time_zone}
        onChange={(time_zone) => set({ time_zone })}
        problem={problem}
        required
      />
      <SwitchField
        label={t("booking.open")}
        hint={t("booking.open.means")}
        checked={body.active}
        onChange={(active) => set({ active })}
      />
      {problem?.field("availability") !== undefined && (
        <ErrorState error={save.error} meaning={problem.field("availability")?.detail} />
      )}
      {save.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={save.error} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={save.isPending} disabled={isWrong || body.title.trim() === ""}>
          {t("settings.save")}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t("kit.cancel")}
        </Button>
      </div>
    </form>
  );
}

interface LimitsProps {
  rules: Availability;
  onChange: (part: Partial<Availability>) => void;
  problem: ApiProblem | null;
}

/** Length, time around it, how soon and how far ahead. */
function Limits({ rules, onChange, problem }: LimitsProps) {
  const { t } = useI18n();
  return (
    <div className={classes.pair}>
      <NumberField
        label={t("booking.length")}
        min={5}
        max={480}
        step={5}
        value={rules.length_minutes}
        onChange={(n) => n !== null && onChange({ length_minutes: n })}
        problem={problem}
      />
      <NumberField
        label={t("booking.before")}
        min={0}
        max={240}
        step={5}
        value={rules.buffer_before_minutes ?? 0}
        onChange={(n) => onChange({ buffer_before_minutes: n ?? 0 })}
      />
      <NumberField
        label={t("booking.after")}
        min={0}
        max={240}
        step={5}
        value={rules.buffer_after_minutes ?? 0}
        onChange={(n) => onChange({ buffer_after_minutes: n ?? 0 })}
      />
      <NumberField
        label={t("booking.notice")}
        hint={t("booking.notice.hint")}
        min={0}
        value={Math.round((rules.notice_minutes ?? 0) / 60)}
        onChange={(n) => onChange({ notice_minutes: (n ?? 0) * 60 })}
      />
      <NumberField
        label={t("booking.horizon")}
        min={1}
        max={90}
        value={rules.horizon_days}
        onChange={(n) => n !== null && onChange({ horizon_days: n })}
      />
      <NumberField
        label={t("booking.per_day")}
        hint={t("booking.per_day.hint")}
        min={0}
        value={rules.per_day_max ?? 0}
        onChange={(n) => onChange({ per_day_max: n ?? 0 })}
      />
    </div>
  );
}
