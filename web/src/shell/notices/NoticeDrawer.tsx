import { Button, Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useI18n } from "~/i18n";
import { When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { useAll, useMarkRead } from "./calls";
import { useOpenNotice } from "./NoticeBell";
import { type Notice, detailOf, iconOf, sentenceOf } from "./notices";
import classes from "./Notices.module.css";

/** Everything that a member was told, newest first. */
export default function NoticeDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useI18n();
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position={isPhone === true ? "bottom" : "left"}
      size={isPhone === true ? "85%" : 440}
      title={t("notices.title")}
      closeButtonProps={{ "aria-label": t("kit.close") }}
    >
      <NoticeList onClose={onClose} />
    </Drawer>
  );
}

function NoticeList({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  const all = useAll();
  const mark = useMarkRead();
  const open = useOpenNotice();
  if (all.isPending) return <Skeleton shape="cards" rows={6} />;
  if (all.isError) return <ErrorState error={all.error} onRetry={() => void all.refetch()} />;
  const items = all.data.pages.flatMap((page) => page.items);
  const newest = items[0];
  if (newest === undefined)
    return <EmptyState icon="bell" title={t("notices.empty.title")} sentence={t("notices.empty")} compact />;
  const unread = all.data.pages[0]?.n_unread ?? 0;
  return (
    <>
      <div className={classes.head}>
        <span className={classes.sum} role="status">
          {unread > 0 && t("notices.unread", { n: unread })}
        </span>
        <Button
          variant="default"
          size="xs"
          disabled={unread === 0}
          loading={mark.isPending}
          onClick={() => mark.mutate({ up_to: newest.id, only: false })}
        >
          {t("notices.read_all")}
        </Button>
      </div>
      <ul className={classes.list}>
        {items.map((notice) => (
          <li key={notice.id}>
            <NoticeLine notice={notice} onOpen={() => (open(notice), onClose())} />
          </li>
        ))}
      </ul>
      {all.hasNextPage && (
        <Button variant="subtle" loading={all.isFetchingNextPage} onClick={() => void all.fetchNextPage()}>
          {t("notices.older")}
        </Button>
      )}
    </>
  );
}

function NoticeLine({ notice, onOpen }: { notice: Notice; onOpen: () => void }) {
  const words = useI18n();
  const detail = detailOf(notice, words);
  return (
    <button type="button" className={classes.line} data-unread={!notice.is_read || undefined} onClick={onOpen}>
      <Icon name={iconOf(notice)} size={18} />
      <span className={classes.text}>
        <span className={classes.sentence}>{sentenceOf(notice, words)}</span>
        {detail !== undefined && <span className={classes.detail}>{detail}</span>}
        <span className={classes.detail}>
          <When at={notice.created_at} />
        </span>
      </span>
      {!notice.is_read && (
        <span className={classes.dot}>
          <span className="hidden-text">{words.t("notices.new")}</span>
        </span>
      )}
    </button>
  );
}
