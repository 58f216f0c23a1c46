import type { ReactNode } from "react";
import { useI18n } from "~/i18n";
import type { Meaning } from "~/theme/theme";
import { meaningStyle } from "./chips";
import { When } from "./figures";
import { Icon, type IconName } from "./icons";
import classes from "./Timeline.module.css";

export interface TimelineItem {
  id: string;
  at: string;
  icon: IconName;
  title: ReactNode;
  body?: ReactNode;
  /** What we did stands back, what they did stands out. */
  by: "us" | "them" | "program";
  meaning?: Meaning;
  /** Long texts of our own are folded under this line. */
  folded?: boolean;
}

/** Everything that happened, newest first, from the first cold mail to the signature. Items can be linked to by `#id`. */
export function Timeline({ items, label }: { items: readonly TimelineItem[]; label: string }) {
  const { t } = useI18n();
  return (
    <ol className={classes.timeline} aria-label={label}>
      {items.map((item) => (
        <li
          key={item.id}
          id={item.id}
          className={`${classes.item} ${item.by === "them" ? "" : classes.ours}`}
          style={meaningStyle(item.meaning ?? (item.by === "them" ? "prospect" : undefined))}
        >
          <span className={classes.mark}>
            <Icon name={item.icon} size={16} />
          </span>
          <span className={classes.title}>{item.title}</span>
          <span className={classes.at}>
            <When at={item.at} />
          </span>
          {item.body !== undefined && (
            <div className={classes.body}>
              {item.folded === true ? (
                <details className={classes.fold}>
                  <summary>{t("kit.show_text")}</summary>
                  {item.body}
                </details>
              ) : (
                item.body
              )}
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}
