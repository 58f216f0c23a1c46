import { type DragEvent, useState } from "react";
import { useI18n } from "~/i18n";
import classes from "./FileDrop.module.css";
import { Icon } from "./icons";

interface FileDropProps {
  label: string;
  /** What fits, for the browser's file window: ".csv,text/csv". */
  accept: string;
  bytesMax: number;
  /** What to do with a file of another kind, when there is something to do. */
  hintFor?: (fileName: string) => string | undefined;
  onFile: (file: File) => void;
}

/** Takes one file, dropped or chosen. Says at once when it is too large or has the wrong kind. */
export function FileDrop({ label, accept, bytesMax, hintFor, onFile }: FileDropProps) {
  const { t, format } = useI18n();
  const [isOver, setOver] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);

  const take = (file: File | undefined) => {
    if (file === undefined) return;
    const reason = refusal(file, accept, bytesMax);
    const hint = reason === "wrong_kind" ? hintFor?.(file.name) : undefined;
    const said = reason === null ? null : t(`kit.file.${reason}`, { max: format.bytes(bytesMax), name: file.name });
    setRefused(said === null ? null : [said, hint].filter(Boolean).join(" "));
    if (reason === null) onFile(file);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };

  return (
    <label
      className={`${classes.drop} ${isOver ? classes.over : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <Icon name="upload" size={28} />
      <span className={classes.title}>{label}</span>
      <span className={classes.hint}>{t("kit.file.hint", { max: format.bytes(bytesMax) })}</span>
      {refused !== null && (
        <span className={classes.refused} role="alert">
          {refused}
        </span>
      )}
      <input
        type="file"
        className="hidden-text"
        accept={accept}
        onChange={(event) => {
          take(event.currentTarget.files?.[0]);
          // So that choosing the same file again, after mending it, is a change too.
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}

/** Why a file is not taken, or null. The server checks again; this only saves a wait. */
export function refusal(
  file: { name: string; type: string; size: number },
  accept: string,
  bytesMax: number,
): "empty" | "too_large" | "wrong_kind" | null {
  if (file.size === 0) return "empty";
  if (file.size > bytesMax) return "too_large";
  const kinds = accept.split(",").map((kind) => kind.trim().toLowerCase());
  const fits = kinds.some((kind) =>
    kind.startsWith(".") ? file.name.toLowerCase().endsWith(kind) : file.type === kind,
  );
  return fits ? null : "wrong_kind";
}
