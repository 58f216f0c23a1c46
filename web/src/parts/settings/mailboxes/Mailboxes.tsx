import { Button, Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { useMay, useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { ArchiveButton } from "~/kit/ArchiveButton";
import { Chip } from "~/kit/chips";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { useAllMailboxes, useArchiveMailbox, useCheckMailbox, usePauseMailbox } from "./calls";
import { adviceFor, healthOf } from "./health";
import { MailboxForm } from "./MailboxForm";
import classes from "./Mailboxes.module.css";
import { type Mailbox, newMailbox } from "./presets";

/** The mailboxes that Kiem sends from and reads, with how well each does. */
export default function Mailboxes() {
  const { t } = useI18n();
  const { workspace } = useWorkspace();
  const isPractice = workspace.mode === "practice";
  const mayChange = useMay("configure");
  const { data, error, refetch } = useAllMailboxes();
  const [open, setOpen] = useState<Mailbox | "new" | null>(null);
  const [saved, setSaved] = useState({ id: "", times: 0 });
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton shape="cards" rows={3} />;
  const boxes = data.items.filter((mailbox) => mailbox.archived_at == null);
  const away = data.items.filter((mailbox) => mailbox.archived_at != null);
  const add = mayChange && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen("new")}>
      {t(isPractice ? "mailboxes.add.practice" : "mailboxes.add")}
    </Button>
  );
  return (
    <div className={classes.section}>
      {boxes.length === 0 ? (
        <EmptyState
          compact
          icon="mail"
          title={t("mailboxes.empty.title")}
          sentence={t(isPractice ? "mailboxes.about.practice" : "mailboxes.about")}
          action={add}
        />
      ) : (
        <>
          <p className={classes.about}>{t(isPractice ? "mailboxes.about.practice" : "mailboxes.about")}</p>
          <ul className={classes.list}>
            {boxes.map((mailbox) => (
              <MailboxCard
                key={mailbox.id}
                mailbox={mailbox}
                savedTimes={saved.id === mailbox.id ? saved.times : 0}
                onEdit={() => setOpen(mailbox)}
              />
            ))}
          </ul>
          <div>{add}</div>
        </>
      )}
      {away.length > 0 && (
        <details>
          <summary>{t("kit.archived.n", { n: away.length })}</summary>
          <ul className={classes.list}>
            {away.map((mailbox) => (
              <AwayCard key={mailbox.id} mailbox={mailbox} />
            ))}
          </ul>
        </details>
      )}
      <Modal
        opened={open !== null}
        onClose={() => setOpen(null)}
        title={t(open === "new" ? "mailboxes.add" : "mailboxes.edit")}
        closeButtonProps={{ "aria-label": t("kit.close") }}
        size="lg"
      >
        {open !== null && (
          <MailboxForm
            mailbox={open === "new" ? null : open}
            start={newMailbox(isPractice)}
            onSaved={(id) => {
              setSaved(({ times }) => ({ id, times: times + 1 }));
              setOpen(null);
            }}
            onClose={() => setOpen(null)}
          />
        )}
      </Modal>
    </div>
  );
}

/** A mailbox that was put away: it can only be brought back. */
function AwayCard({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useI18n();
  const mayChange = useMay("configure");
  const archive = useArchiveMailbox(mailbox.id);
  return (
    <li className={classes.card}>
      <div className={classes.head}>
        <h3 className={classes.name}>{mailbox.display_name}</h3>
        <span className={classes.muted}>{mailbox.address}</span>
      </div>
      {mayChange && (
        <div className={classes.buttons}>
          <ArchiveButton name={mailbox.address} isAway onConfirm={() => archive.mutateAsync(false)}>
            {t("mailboxes.unarchive.means")}
          </ArchiveButton>
        </div>
      )}
    </li>
  );
}

interface MailboxCardProps {
  mailbox: Mailbox;
  /** How often it was saved here; whoever fills in servers wants to know whether they work. */
  savedTimes: number;
  onEdit: () => void;
}

function MailboxCard({ mailbox, savedTimes, onEdit }: MailboxCardProps) {
  const { t } = useI18n();
  const check = useCheckMailbox(mailbox.id);
  const pause = usePauseMailbox(mailbox.id);
  const archive = useArchiveMailbox(mailbox.id);
  const [asked, setAsked] = useState(false);
  const mayChange = useMay("configure");
  const isPaused = mailbox.state === "paused";
  const isReal = mailbox.kind !== "sandbox";
  const look = check.mutate;
  useEffect(() => {
    if (savedTimes > 0 && isReal) look();
  }, [savedTimes, isReal, look]);
  return (
    <li className={classes.card}>
      <div className={classes.head}>
        <h3 className={classes.name}>{mailbox.display_name}</h3>
        <span className={classes.muted}>{mailbox.address}</span>
        <HealthChip mailbox={mailbox} />
      </div>
      <Health mailbox={mailbox} />
      <p className={classes.muted}>
        {t("mailboxes.limits", { cap: mailbox.daily_cap, seconds: mailbox.gap_seconds_min })}
      </p>
      {check.error !== null && <ErrorState error={check.error} />}
      {check.data !== undefined && (
        <div role="status" className={classes.checks}>
          <CheckLine side="smtp" words={check.data.smtp_problem} />
          <CheckLine side="imap" words={check.data.imap_problem} />
        </div>
      )}
      {mayChange && (
        <div className={classes.buttons}>
          {isReal && (
            <Button variant="default" size="xs" loading={check.isPending} onClick={() => check.mutate()}>
              {t("mailboxes.check")}
            </Button>
          )}
          <Button variant="default" size="xs" onClick={onEdit}>
            {t("mailboxes.change")}
          </Button>
          <Button variant="default" size="xs" onClick={() => setAsked(true)}>
            {t(isPaused ? "mailboxes.resume" : "mailboxes.pause")}
          </Button>
          <ArchiveButton name={mailbox.address} isAway={false} onConfirm={() => archive.mutateAsync(true)}>
            {t("mailboxes.archive.means")}
          </ArchiveButton>
        </div>
      )}
      <ConfirmDialog
        opened={asked}
        title={t(isPaused ? "mailboxes.resume" : "mailboxes.pause")}
        verb={t(isPaused ? "mailboxes.resume" : "mailboxes.pause")}
        onClose={() => setAsked(false)}
        onConfirm={() => pause.mutateAsync(!isPaused)}
      >
        {t(isPaused ? "mailboxes.resume.means" : "mailboxes.pause.means")}
      </ConfirmDialog>
    </li>
  );
}

function HealthChip({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useI18n();
  const health = healthOf(mailbox);
  const icon = {
    complete: "check",
    practice: "practice",
    behind: "clock",
    unread: "info",
    failing: "warning",
    paused: "pause",
  } as const;
  const isWell = health === "complete" || health === "practice";
  return (
    <Chip
      icon={icon[health]}
      meaning={health === "failing" ? "danger" : undefined}
      hollow={!isWell && health !== "failing"}
    >
      {t(`mailboxes.health.${health}`)}
    </Chip>
  );
}

/** How many of the mails that the server counts were taken in, and why it is not well. */
function Health({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useI18n();
  const { n_on_server: all, n_taken_in: taken, checked_at, state_reason, read_problem } = mailbox;
  return (
    <>
      {mailbox.kind !== "sandbox" && typeof all === "number" && typeof taken === "number" && (
        <p className="num">
          {t(taken >= all ? "mailboxes.complete" : "mailboxes.behind", { k: taken, n: all })}
          {checked_at && (
            <span className={classes.muted}>
              {" "}
              · {t("mailboxes.looked")} <When at={checked_at} />
            </span>
          )}
        </p>
      )}
      {mailbox.state !== "paused" && read_problem && (
        <div className={classes.problem} role="alert">
          <strong>{t("mailboxes.imap.fails")}</strong>
          <q className={classes.words}>{read_problem}</q>
          <span>{t(`mailboxes.advice.${adviceFor(read_problem)}`)}</span>
        </div>
      )}
      {mailbox.n_refused_week > 0 && (
        <div className={classes.problem} role="alert">
          <strong>{t("mailboxes.refused", { n: mailbox.n_refused_week })}</strong>
          {mailbox.last_refusal && <q className={classes.words}>{mailbox.last_refusal}</q>}
          <span>{t("mailboxes.refused.advice")}</span>
        </div>
      )}
      {mailbox.state === "failing" && state_reason && (
        <div className={classes.problem} role="alert">
          <strong>{t("mailboxes.failing")}</strong>
          <q className={classes.words}>{state_reason}</q>
          <span>{t(`mailboxes.advice.${adviceFor(state_reason)}`)}</span>
        </div>
      )}
    </>
  );
}

function CheckLine({ side, words }: { side: "smtp" | "imap"; words: string | null | undefined }) {
  const { t } = useI18n();
  if (words === null || words === undefined)
    return (
      <p className={classes.well}>
        <Icon name="check" size={16} /> {t(`mailboxes.${side}.works`)}
      </p>
    );
  return (
    <div className={classes.problem}>
      <strong>{t(`mailboxes.${side}.fails`)}</strong>
      <q className={classes.words}>{words}</q>
      <span>{t(`mailboxes.advice.${adviceFor(words)}`)}</span>
    </div>
  );
}
