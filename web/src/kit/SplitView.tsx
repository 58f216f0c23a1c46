import { ActionIcon } from "@mantine/core";
import type { ReactNode } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { useI18n } from "~/i18n";
import { Icon } from "./icons";
import classes from "./SplitView.module.css";

interface SplitViewProps {
  list: ReactNode;
  /** What is open beside the list; null when nothing is. */
  detail: ReactNode | null;
  detailLabel: string;
  /** The open one's place in the list's order, from 1. */
  position?: { at: number; of: number };
  onPrevious?: () => void;
  onNext?: () => void;
  onClose: () => void;
  /** Opens the record on a page of its own. */
  onFull?: () => void;
}

/** A list and, beside it, what is open of it. Next and previous keep the list's order; on a phone one covers the other. */
export function SplitView({
  list,
  detail,
  detailLabel,
  position,
  onPrevious,
  onNext,
  onClose,
  onFull,
}: SplitViewProps) {
  const { t } = useI18n();
  const isOpen = detail !== null;
  useActions(
    isOpen
      ? [
          {
            id: "split.close",
            label: "kit.close",
            section: "list",
            shortcut: "Escape",
            keyOnly: true,
            perform: onClose,
          },
        ]
      : [],
  );
  return (
    <div className={`${classes.split} ${isOpen ? classes.open : ""}`}>
      <div className={classes.list}>{list}</div>
      {isOpen && (
        <section className={classes.detail} aria-label={detailLabel}>
          <div className={classes.bar}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("kit.previous")}
              onClick={onPrevious}
              disabled={onPrevious === undefined}
            >
              <Icon name="up" size={18} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("kit.next")}
              onClick={onNext}
              disabled={onNext === undefined}
            >
              <Icon name="down" size={18} />
            </ActionIcon>
            {position !== undefined && (
              <span className={`num ${classes.position}`}>{t("kit.k_of_n", { k: position.at, n: position.of })}</span>
            )}
            <span className={classes.space} />
            {onFull !== undefined && (
              <ActionIcon variant="subtle" color="gray" aria-label={t("kit.open_full")} onClick={onFull}>
                <Icon name="split" size={18} />
              </ActionIcon>
            )}
            <ActionIcon variant="subtle" color="gray" aria-label={t("kit.close")} onClick={onClose}>
              <Icon name="close" size={18} />
            </ActionIcon>
          </div>
          <div className={classes.body}>{detail}</div>
        </section>
      )}
    </div>
  );
}
