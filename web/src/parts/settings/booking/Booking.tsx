import { Button, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { ArchiveButton } from "~/kit/ArchiveButton";
import { Chip } from "~/kit/chips";
import { Icon } from "~/kit/icons";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import { CopyBox } from "../CopyBox";
import { linkCode } from "../inlets/inlets";
import { useMailboxes } from "../mailboxes/calls";
import classes from "../Section.module.css";
import { BookingForm } from "./BookingForm";
import { type BookingPage, weekOf, weekdays } from "./hours";

/** Pages on which a lead makes an appointment by itself. */
export default function Booking() {
  const { t } = useI18n();
  const mayChange = useMay("configure");
  const pages = useQuery({
    queryKey: keys.list("workspace", "booking"),
    queryFn: () => read(api.GET("/api/v1/booking-pages", { params: { query: { archived: true } } })),
  });
  const mailboxes = useMailboxes();
  const [open, setOpen] = useState<BookingPage | "new" | null>(null);
  const error = pages.error ?? mailboxes.error;
  if (error !== null && (pages.data === undefined || mailboxes.data === undefined))
    return <ErrorState error={error} onRetry={() => (void pages.refetch(), void mailboxes.refetch())} />;
  if (pages.data === undefined || mailboxes.data === undefined) return <Skeleton shape="cards" rows={3} />;
  const boxes = mailboxes.data.items;
  const shown = pages.data.items.filter((page) => page.archived_at == null);
  const away = pages.data.items.filter((page) => page.archived_at != null);
  const add = !mayChange ? undefined : boxes.length === 0 ? (
    <Button component={PartLink} part="settings" id="mailboxes">
      {t("booking.mailbox_first")}
    </Button>
  ) : (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen("new")}>
      {t("booking.add")}
    </Button>
  );
  return (
    <div className={classes.stack}>
      {shown.length === 0 ? (
        <EmptyState
          compact
          icon="appointment"
          title={t("booking.none")}
          sentence={t(boxes.length === 0 ? "booking.none.mailbox" : "booking.about")}
          action={add}
        />
      ) : (
        <>
          <p className={classes.muted}>{t("booking.about")}</p>
          <ul className={classes.list}>
            {shown.map((page) => (
              <PageCard key={page.id} page={page} mayChange={mayChange} onEdit={() => setOpen(page)} />
            ))}
          </ul>
          <div>{add}</div>
        </>
      )}
      {away.length > 0 && (
        <details>
          <summary>{t("kit.archived.n", { n: away.length })}</summary>
          <ul className={classes.list}>
            {away.map((page) => (
              <li key={page.id} className={classes.card}>
                <div className={classes.cardHead}>
                  <h3>{page.title}</h3>
                </div>
                {mayChange && (
                  <div className={classes.buttons}>
                    <PutAway page={page} />
                  </div>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
      <Modal
        opened={open !== null}
        onClose={() => setOpen(null)}
        title={t(open === "new" ? "booking.add" : "booking.edit")}
        closeButtonProps={{ "aria-label": t("kit.close") }}
        size="xl"
      >
        {open !== null && (
          <BookingForm page={open === "new" ? null : open} mailboxes={boxes} onClose={() => setOpen(null)} />
        )}
      </Modal>
    </div>
  );
}

function PutAway({ page }: { page: BookingPage }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const isAway = page.archived_at != null;
  const archive = useMutation({
    mutationFn: async () => {
      const params = { params: { path: { id: page.id } } };
      if (isAway) await api.DELETE("/api/v1/booking-pages/{id}/archive", params);
      else await api.POST("/api/v1/booking-pages/{id}/archive", params);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.list("workspace", "booking") }),
  });
  return (
    <ArchiveButton name={page.title} isAway={isAway} onConfirm={() => archive.mutateAsync()}>
      {t(isAway ? "booking.unarchive.means" : "booking.archive.means")}
    </ArchiveButton>
  );
}

function PageCard({ page, mayChange, onEdit }: { page: BookingPage; mayChange: boolean; onEdit: () => void }) {
  const { t } = useI18n();
  const { availability } = page;
  const week = weekOf(availability.weekly);
  return (
    <li className={classes.card}>
      <div className={classes.cardHead}>
        <h3>{page.title}</h3>
        <Chip meaning={page.active ? "customer" : undefined} hollow={!page.active}>
          {t(page.active ? "booking.active" : "booking.closed")}
        </Chip>
      </div>
      <p className={classes.muted}>
        {t("booking.summary", {
          minutes: availability.length_minutes,
          notice: Math.round((availability.notice_minutes ?? 0) / 60),
          days: availability.horizon_days,
          zone: page.time_zone,
        })}
      </p>
      <table className={classes.table} aria-label={t("booking.hours")}>
        <tbody>
          {weekdays
            .filter((weekday) => (week[weekday]?.length ?? 0) > 0)
            .map((weekday) => (
              <tr key={weekday}>
                <th scope="row">{t(`booking.day.${weekday}`)}</th>
                <td className="num">
                  {(week[weekday] ?? []).map((stretch) => `${stretch.from}–${stretch.until}`).join(", ")}
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      <CopyBox label={t("booking.link")} text={page.url} hint={t("booking.link.hint")} />
      <details>
        <summary>{t("booking.embed")}</summary>
        <CopyBox
          label={t("booking.embed.code")}
          text={linkCode(page.url, t("booking.embed.words"))}
          hint={t("booking.embed.hint")}
        />
      </details>
      <div className={classes.buttons}>
        {page.active && (
          <Button component="a" href={page.url} target="_blank" rel="noopener" variant="default" size="xs">
            {t("booking.preview")}
          </Button>
        )}
        {mayChange && (
          <>
            <Button variant="default" size="xs" onClick={onEdit}>
              {t("booking.change")}
            </Button>
            <PutAway page={page} />
          </>
        )}
      </div>
    </li>
  );
}
