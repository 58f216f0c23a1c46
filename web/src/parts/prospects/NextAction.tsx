import { Button } from "@mantine/core";
import { useState } from "react";
import { api } from "~/api/client";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { TextField } from "~/kit/fields";
import { When } from "~/kit/figures";
import { type ProspectRecord, isActive, momentOf, nextWorkingMorning, useChange } from "./api";
import { Proposals } from "./Proposals";
import { endReason, standingWord } from "./standing";
import classes from "./Record.module.css";

/** The one dated thing to do, or where the pursuit stands when nothing is to be done. */
export function NextAction({ record }: { record: ProspectRecord }) {
  const words = useI18n();
  const { t } = words;
  const { prospect } = record;
  const mayWork = useMay("work_prospects");
  const suggested = nextWorkingMorning(new Date());
  const [text, setText] = useState("");
  const [date, setDate] = useState(suggested.date);
  const [time, setTime] = useState(suggested.time);
  const set = useChange((finished: boolean) =>
    api.PUT("/api/v1/prospects/{id}/next-action", {
      params: { path: { id: prospect.id } },
      body: { next_action: { text, kind: "other", at: momentOf(date, time) }, finished },
    }),
  );
  if (!isActive(prospect)) {
    const reason = endReason(prospect, words);
    return (
      <section className={classes.box}>
        <h2>{prospect.state === "won" ? t("prospects.won.title") : standingWord(prospect, words)}</h2>
        {prospect.state === "won" && <p>{t("prospects.won")}</p>}
        {prospect.nurture_until && <When at={prospect.nurture_until} as="date" />}
        {reason !== undefined && <p>{reason}</p>}
        {prospect.close_note && prospect.close_note !== reason && <p>{prospect.close_note}</p>}
      </section>
    );
  }
  return (
    <section className={classes.box}>
      <h2>{t("prospects.next.title")}</h2>
      <p className={classes.now}>
        {prospect.next_action ?? t("prospects.no_next_action")}{" "}
        {prospect.next_action_at && <When at={prospect.next_action_at} as="due" />}
      </p>
      {mayWork && (
        <>
          <Proposals prospect={prospect} onChoose={setText} />
          <form
            className={classes.form}
            onSubmit={(event) => {
              event.preventDefault();
              set.mutate(prospect.next_action !== null && prospect.next_action !== undefined, {
                onSuccess: () => setText(""),
              });
            }}
          >
            <TextField label={t("prospects.next.text")} value={text} onChange={setText} required />
            <div className={classes.pair}>
              <TextField label={t("prospects.next.date")} type="date" value={date} onChange={setDate} required />
              <TextField label={t("prospects.next.time")} type="time" value={time} onChange={setTime} required />
            </div>
            <Button type="submit" variant="default" loading={set.isPending} disabled={text.trim() === ""}>
              {prospect.next_action ? t("prospects.next.done") : t("prospects.next.set")}
            </Button>
          </form>
        </>
      )}
    </section>
  );
}
