import { Button, Modal } from "@mantine/core";
import { useT } from "~/i18n";
import classes from "./Section.module.css";

interface SecretProps {
  title: string;
  /** What to do with it. */
  about: string;
  /** Shown while there is one. */
  secret: string | null;
  onClose: () => void;
}

/** Something that is shown once and never again. */
export function Secret({ title, about, secret, onClose }: SecretProps) {
  const t = useT();
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={title}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      closeOnClickOutside={false}
      centered
    >
      <div className={classes.form}>
        <p className={classes.muted}>{about}</p>
        <code className={classes.secret}>{secret}</code>
        <div className={classes.buttons}>
          <Button onClick={onClose}>{t("settings.secret.kept")}</Button>
        </div>
      </div>
    </Modal>
  );
}
