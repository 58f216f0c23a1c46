import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { notifyNews } from "~/kit/notify";
import { useMarkRead, useNewest } from "./calls";
import { type Notice, iconOf, newcomers, placeOf, sentenceOf } from "./notices";
import classes from "./Notices.module.css";

/** More than this at once are told as one number. */
const toastsMax = 2;

/** The bell with the number of unread notifications. */
export function NoticeBell({ onOpen }: { onOpen: () => void }) {
  const { t } = useI18n();
  const unread = useNewest().data?.n_unread ?? 0;
  const label = unread === 0 ? t("notices.title") : t("notices.unread", { n: unread });
  useActions([{ id: "notices", label: "notices.open", section: "go", icon: "bell", shortcut: "g b", perform: onOpen }]);
  return (
    <button type="button" className={classes.bell} aria-label={label} title={label} onClick={onOpen}>
      <Icon name="bell" />
      {unread > 0 && (
        <span className={`num ${classes.badge}`} aria-hidden>
          {unread > 99 ? "99+" : unread}
        </span>
      )}
    </button>
  );
}

/** Opens the record of a notification, and notes that it was read. */
export function useOpenNotice() {
  const navigate = useNavigate();
  const mark = useMarkRead();
  return (notice: Notice) => {
    if (!notice.is_read) mark.mutate({ up_to: notice.id, only: true });
    const place = placeOf(notice);
    if (place === undefined) return;
    const { part, id, search } = place;
    void navigate({ to: `/${part}/{-$id}`, params: { id }, search } as never);
  };
}

/** Tells in the corner what has just come; whoever was away finds it in the list. */
export function useNoticeToasts(onMany: () => void): void {
  const i18n = useI18n();
  const { data } = useNewest();
  const open = useOpenNotice();
  const seen = useRef<ReadonlySet<string>>(undefined);
  const latest = useRef({ i18n, open, onMany });
  latest.current = { i18n, open, onMany };
  useEffect(() => {
    if (data === undefined) return;
    const fresh = newcomers(seen.current, data.items);
    seen.current = new Set([...(seen.current ?? []), ...data.items.map((notice) => notice.id)]);
    const { i18n: words } = latest.current;
    const { t } = words;
    if (fresh.length > toastsMax) {
      const n = fresh.length;
      notifyNews(words, { icon: "bell", text: t("notices.many", { n }), onShow: () => latest.current.onMany() });
      return;
    }
    for (const notice of fresh.toReversed()) {
      const onShow = placeOf(notice) === undefined ? undefined : () => latest.current.open(notice);
      notifyNews(words, { icon: iconOf(notice), text: sentenceOf(notice, words), onShow });
    }
  }, [data]);
}
