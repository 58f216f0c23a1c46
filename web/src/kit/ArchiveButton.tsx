import { ActionIcon, Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "./ConfirmDialog";
import { Icon } from "./icons";
import { notifyDone } from "./notify";

interface ArchiveButtonProps {
  /** What is put away or brought back, by its name. */
  name: string;
  isAway: boolean;
  /** What changes, and for whom. */
  children: ReactNode;
  /** An icon, where there is little room. */
  compact?: boolean;
  /** Another verb, when more happens than putting it away. */
  verb?: string;
  onConfirm: () => Promise<unknown>;
}

/** Puts a thing away, or brings it back; it says first what that means. */
export function ArchiveButton({ name, isAway, children, compact = false, verb, onConfirm }: ArchiveButtonProps) {
  const { t } = useI18n();
  const [asked, setAsked] = useState(false);
  const word = t(isAway ? "kit.unarchive" : "kit.archive");
  return (
    <>
      {compact ? (
        <ActionIcon variant="default" size={36} aria-label={word} title={word} onClick={() => setAsked(true)}>
          <Icon name={isAway ? "undo" : "archive"} size={18} />
        </ActionIcon>
      ) : (
        <Button variant="default" size="xs" onClick={() => setAsked(true)}>
          {word}
        </Button>
      )}
      <ConfirmDialog
        opened={asked}
        title={t(isAway ? "kit.unarchive.title" : "kit.archive.title", { name })}
        verb={verb ?? word}
        onClose={() => setAsked(false)}
        onConfirm={async () => {
          await onConfirm();
          notifyDone(t(isAway ? "kit.unarchive.done" : "kit.archive.done", { name }));
        }}
      >
        {children}
      </ConfirmDialog>
    </>
  );
}
