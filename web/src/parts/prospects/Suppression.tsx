import { useState } from "react";
import type { ApiProblem } from "~/api/problem";
import type { components } from "~/api/schema";
import { type Translate, useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { TextField } from "~/kit/fields";
import { Icon } from "~/kit/icons";
import classes from "./Record.module.css";

export type Person = components["schemas"]["PersonView"];
type Mark = NonNullable<Person["suppression"]>;

/** The engine refuses a longer reason. */
const reasonCharsMax = 300;

/** In words why somebody gets no mail; what a newer server gives as a reason is the list itself. */
const whys = {
  unsubscribed: "wants_none",
  replied_stop: "wants_none",
  complaint: "complaint",
  objection: "objection",
  hard_bounce: "hard_bounce",
  erased: "erased",
} as const;

function whyOf(mark: Mark, since: string, t: Translate): string {
  const found = Object.entries(whys).find(([reason]) => reason === mark.reason)?.[1] ?? "listed";
  return t(`prospects.suppressed.${found}`, { since });
}

/** Beside a person who is on the suppression list: why, and since when. */
export function SuppressedChip({ mark }: { mark: Mark }) {
  const { t, format } = useI18n();
  return (
    <Chip meaning="danger" icon="warning">
      {whyOf(mark, format.date(mark.since), t)}
    </Chip>
  );
}

export interface Despite {
  person: Person | undefined;
  mark: Mark | undefined;
  reason: string;
  setReason: (reason: string) => void;
  /** Whether a mail may go: to anybody who is not on the list, and to who is with a reason; never to who was erased. */
  mayGo: boolean;
  /** What is sent along. */
  sent: string | undefined;
}

/** A mail to one of these people, and why it goes out although the person is on the suppression list. */
export function useDespite(people: readonly Person[] | undefined, contactId: string | null | undefined): Despite {
  // A reason is for one person: who writes to somebody else gives another one.
  const [given, setGiven] = useState<{ to: string | undefined; reason: string }>({ to: undefined, reason: "" });
  const person = people?.find((one) => one.contact_id === contactId);
  const mark = person?.suppression ?? undefined;
  const reason = given.to === person?.contact_id ? given.reason : "";
  return {
    person,
    mark,
    reason,
    setReason: (text) => setGiven({ to: person?.contact_id, reason: text }),
    mayGo: mark === undefined || (mark.reason !== "erased" && reason.trim() !== ""),
    sent: mark === undefined ? undefined : reason.trim(),
  };
}

/** Warns before a mail to somebody on the suppression list, and asks why it goes nevertheless. */
export function DespiteField({ despite, problem = null }: { despite: Despite; problem?: ApiProblem | null }) {
  const { t, format } = useI18n();
  const { person, mark } = despite;
  if (person === undefined || mark === undefined) return null;
  return (
    <div className={classes.despite} role="group" aria-label={t("prospects.suppressed.title")}>
      <p className={classes.despiteWords}>
        <Icon name="warning" size={16} />
        <span>
          <strong>{person.name}</strong> · {whyOf(mark, format.date(mark.since), t)}.{" "}
          {t(mark.reason === "erased" ? "prospects.suppressed.never" : "prospects.suppressed.means")}
        </span>
      </p>
      {mark.reason !== "erased" && (
        <TextField
          label={t("prospects.suppressed.why")}
          hint={t("prospects.suppressed.why.hint")}
          name="despite_reason"
          value={despite.reason}
          onChange={despite.setReason}
          problem={problem}
          maxLength={reasonCharsMax}
          required
        />
      )}
    </div>
  );
}
