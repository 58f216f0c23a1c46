import { Popover } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { ApiProblem, fieldSentence, problemSentence } from "~/api/problem";
import { useI18n } from "~/i18n";
import classes from "./EditableCell.module.css";
import { Icon } from "./icons";
import { notifyProblem } from "./notify";

interface EditableCellProps {
  /** What is changed, in words. */
  label: string;
  value: string;
  isEditing: boolean;
  /** Reachable by Tab: only in the row that is pointed at, so that a list has few stops. */
  isReachable: boolean;
  onEdit: () => void;
  /** Fails when what was typed is refused: the field then stays, with the reason. */
  onSave: (value: string) => Promise<void>;
  /** Editing ends; Tab goes to the next cell or back. */
  onEnd: (step: -1 | 0 | 1) => void;
  children: ReactNode;
}

/**
 * A fact that is changed where it stands: Enter edits and saves, Escape leaves it as it was, Tab saves and goes on. What
 * is refused keeps its field open, with the reason at it.
 */
export function EditableCell({
  label,
  value,
  isEditing,
  isReachable,
  onEdit,
  onSave,
  onEnd,
  children,
}: EditableCellProps) {
  const { t } = useI18n();
  const button = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    // Who edited by keyboard stands where they were; unless they went on to somewhere else.
    if (wasEditing.current && !isEditing && document.activeElement === document.body) button.current?.focus();
    wasEditing.current = isEditing;
  }, [isEditing]);
  if (isEditing) return <Editor label={label} value={value} onSave={onSave} onEnd={onEnd} />;
  return (
    <span className={classes.cell}>
      <span className={classes.shown}>{children}</span>
      <button
        ref={button}
        type="button"
        className={classes.edit}
        aria-label={t("kit.list.edit", { label })}
        tabIndex={isReachable ? 0 : -1}
        onClick={(event) => {
          event.stopPropagation();
          onEdit();
        }}
        onKeyDown={(event) => {
          // Enter edits; the list would open the row.
          if (event.key === "Enter" || event.key === " ") event.stopPropagation();
        }}
      >
        <Icon name="edit" size={14} />
      </button>
    </span>
  );
}

type EditorProps = Pick<EditableCellProps, "label" | "value" | "onSave" | "onEnd">;

/** Saves once, and stays with what was typed when that is refused. */
function useSaving({ value, onSave, onEnd }: EditorProps) {
  const words = useI18n();
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ typed: string; sentence: string }>();
  const isOver = useRef(false);
  const isThere = useRef(true);
  useEffect(() => {
    isThere.current = true;
    return () => void (isThere.current = false);
  }, []);
  const end = async (step: -1 | 0 | 1, typed: string) => {
    // Leaving the field ends it too, once.
    if (isOver.current) return;
    isOver.current = true;
    try {
      setBusy(true);
      if (typed !== value) await onSave(typed);
      if (isThere.current) onEnd(step);
    } catch (error) {
      const field = error instanceof ApiProblem ? error.errors[0] : undefined;
      // Who edits another fact by now has no field here to read it at.
      if (!isThere.current) return notifyProblem(error, words);
      setRefused({ typed, sentence: fieldSentence(field, words) ?? problemSentence(error, words) });
      setBusy(false);
      isOver.current = false;
    }
  };
  return { isBusy, refused, end };
}

function Editor(props: EditorProps) {
  const { label, value } = props;
  const [typed, setTyped] = useState(value);
  const { isBusy, refused, end } = useSaving(props);
  const errorId = useId();
  const wrong = refused?.typed === typed.trim() ? refused.sentence : undefined;
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") void end(0, value);
    else if (event.key === "Enter") void end(0, typed.trim());
    else if (event.key === "Tab") void end(event.shiftKey ? -1 : 1, typed.trim());
    else return;
    event.preventDefault();
  };
  return (
    <Popover opened={wrong !== undefined} position="bottom-start" withRoles={false} withinPortal>
      <Popover.Target>
        <input
          className={classes.input}
          aria-label={label}
          aria-invalid={wrong !== undefined}
          aria-describedby={wrong === undefined ? undefined : errorId}
          value={typed}
          readOnly={isBusy}
          autoFocus
          maxLength={200}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onClick={(event) => event.stopPropagation()}
          onKeyDown={onKeyDown}
          // What was refused is not asked again by going elsewhere.
          onBlur={() => wrong === undefined && void end(0, typed.trim())}
        />
      </Popover.Target>
      <Popover.Dropdown id={errorId} role="alert" className={classes.wrong}>
        {wrong}
      </Popover.Dropdown>
    </Popover>
  );
}
