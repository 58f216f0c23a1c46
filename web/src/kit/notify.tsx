import { notifications } from "@mantine/notifications";
import { problemSentence, problemTitle } from "~/api/problem";
import type { MessageKey, Translate } from "~/i18n";
import { Icon, type IconName } from "./icons";
import classes from "./notify.module.css";

interface Words {
  t: Translate;
  known: (key: string) => MessageKey | undefined;
}

/** Tells in the corner what went wrong. For failures that have no place of their own on the page. */
export function notifyProblem(error: unknown, words: Words): void {
  notifications.show({
    title: problemTitle(error, words),
    message: problemSentence(error, words),
    color: "danger",
    icon: <Icon name="warning" size={16} />,
    autoClose: 10_000,
    closeButtonProps: { "aria-label": words.t("kit.close") },
    role: "alert",
  });
}

interface News {
  icon: IconName;
  text: string;
  /** Opens what it is about. */
  onShow?: () => void;
}

/** Tells in the corner, quietly, what has just happened elsewhere. */
export function notifyNews({ t }: Words, { icon, text, onShow }: News): void {
  const id = notifications.show({
    message: (
      <span className={classes.news}>
        {text}
        {onShow !== undefined && (
          <button type="button" className={classes.show} onClick={() => (notifications.hide(id), onShow())}>
            {t("notices.show")}
          </button>
        )}
      </span>
    ),
    color: "prospect",
    icon: <Icon name={icon} size={16} />,
    autoClose: 8000,
    closeButtonProps: { "aria-label": t("kit.close") },
    role: "status",
  });
}

/** Tells in the corner that something is done, with the way back where there is one. */
export function notifyDone(message: string): void {
  // It goes by itself, so there is nothing to close.
  notifications.show({
    message,
    withCloseButton: false,
    color: "customer",
    icon: <Icon name="check" size={16} />,
    autoClose: 4000,
  });
}
