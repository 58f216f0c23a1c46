import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useI18n } from "~/i18n";
import classes from "./EditableCell.module.css";
import { Icon } from "./icons";

interface EditableCellProps {
  /** What is changed, in words. */
  label: string;
  value: string;
  isEditing: boolean;
  /** Reachable by Tab: only in the row that is pointed at, so that a list has few stops. */
  isReachable: boolean;
  onEdit: () => void;
  onSave: (value: string) => void;
  /** Editing ends; Tab goes to the next cell or back. */
  onEnd: (step: -1 | 0 | 1) => void;
  children: ReactNode;
}

/** A fact that is changed where it stands: Enter edits and saves, Escape leaves it as it was, Tab saves and goes on. */
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

function Editor({ label, value, onSave, onEnd }: Pick<EditableCellProps, "label" | "value" | "onSave" | "onEnd">) {
  const [typed, setTyped] = useState(value);
  // Leaving the field ends it too, once.
  const isOver = useRef(false);
  const end = (step: -1 | 0 | 1, isKept: boolean) => {
    if (isOver.current) return;
    isOver.current = true;
    if (isKept && typed.trim() !== value) onSave(typed.trim());
    onEnd(step);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") end(0, false);
    else if (event.key === "Enter") end(0, true);
    else if (event.key === "Tab") end(event.shiftKey ? -1 : 1, true);
    else return;
    event.preventDefault();
  };
  return (
    <input
      className={classes.input}
      aria-label={label}
      value={typed}
      autoFocus
      maxLength={200}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={onKeyDown}
      onBlur={() => end(0, true)}
    />
  );
}
