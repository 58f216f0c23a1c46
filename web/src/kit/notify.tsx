import { notifications } from "@mantine/notifications";
import { problemSentence, problemTitle } from "~/api/problem";
import type { MessageKey, Translate } from "~/i18n";
import { Icon } from "./icons";

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

/** Tells in the corner that something is done, with the way back where there is one. */
export function notifyDone(message: string): void {
  // It goes by itself, so there is nothing to close.
  notifications.show({ message, withCloseButton: false, color: "customer", icon: <Icon name="check" size={16} />, autoClose: 4000 });
}
