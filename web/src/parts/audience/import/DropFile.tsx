import { Button } from "@mantine/core";
import { useState } from "react";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import classes from "./Import.module.css";
import { useMove } from "./useMove";

/** The way out: the file goes, nothing of it comes in. */
export function DropFile({ id }: { id: string }) {
  const { t } = useI18n();
  const move = useMove(id);
  const [isAsking, setAsking] = useState(false);
  return (
    <p className={classes.out}>
      <Button variant="subtle" size="xs" onClick={() => setAsking(true)}>
        {t("audience.import.drop_file")}
      </Button>
      <ConfirmDialog
        opened={isAsking}
        title={t("audience.import.drop_file.title")}
        verb={t("audience.import.drop_file")}
        onConfirm={() => move.mutateAsync("stop")}
        onClose={() => setAsking(false)}
      >
        {t("audience.import.drop_file.text")}
      </ConfirmDialog>
    </p>
  );
}
