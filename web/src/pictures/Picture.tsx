import { useResizeObserver } from "@mantine/hooks";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useState } from "react";
import { useT } from "~/i18n";
import classes from "./Picture.module.css";

/** Below this width a picture stands upright. */
export const uprightBelow = 720;

const widthUnmeasured = 960;

export interface Table {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

interface PictureProps {
  title: string;
  /** Beside the title: a switch, a period. */
  aside?: ReactNode;
  /** The line of numbers above the drawing. */
  numbers?: ReactNode;
  /** Everything that the drawing says, for who reads instead of looks. */
  table: Table;
  /** Draws at the measured width, in pixels, so that letters keep their size. */
  children: (width: number) => ReactNode;
  /** Below the drawing: definitions, legend. */
  below?: ReactNode;
  /** Width in pixels instead of what is measured, for tests. */
  width?: number;
}

/** The frame of every picture: title, numbers, drawing, definitions, and the same as a table. */
export function Picture({ title, aside, numbers, table, children, below, width }: PictureProps) {
  const t = useT();
  const id = useId();
  const [ref, rect] = useResizeObserver<HTMLDivElement>();
  const measured = width ?? (rect.width > 0 ? Math.floor(rect.width) : widthUnmeasured);
  return (
    <figure className={classes.figure} aria-labelledby={id}>
      <div className={classes.head}>
        <h2 id={id} className={classes.title}>
          {title}
        </h2>
        {aside}
      </div>
      {numbers}
      <div ref={ref} className={classes.canvas}>
        {children(measured)}
      </div>
      {below}
      <details className={classes.table}>
        <summary>{t("pictures.table")}</summary>
        <div className={classes.scroller}>
          <table>
            <thead>
              <tr>
                {table.head.map((cell) => (
                  <th key={cell} scope="col">
                    {cell}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, index) =>
                    index === 0 ? (
                      <th key={index} scope="row">
                        {cell}
                      </th>
                    ) : (
                      <td key={index}>{cell}</td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

/** The numbers above a drawing. */
export function Numbers({ items }: { items: readonly { label: string; value: ReactNode; beside?: ReactNode }[] }) {
  return (
    <dl className={classes.numbers}>
      {items.map((item) => (
        <div key={item.label} className={classes.number}>
          <dt>{item.label}</dt>
          <dd>
            {item.value}
            {item.beside !== undefined && <small>{item.beside}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What is pointed at. Pointing and focusing show, leaving hides; a click or Enter keeps it until Escape. */
export function useDetail<Key extends string>() {
  const [shown, setShown] = useState<Key | null>(null);
  const [kept, setKept] = useState<Key | null>(null);
  useEffect(() => {
    if (kept === null) return undefined;
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key === "Escape") setKept(null);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [kept]);

  const handlers = useCallback(
    (key: Key) => ({
      onPointerEnter: () => setShown(key),
      onPointerLeave: () => setShown(null),
      onFocus: () => setShown(key),
      onBlur: () => setShown(null),
      onClick: () => setKept((before) => (before === key ? null : key)),
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        setKept((before) => (before === key ? null : key));
      },
    }),
    [],
  );
  return { current: shown ?? kept, kept, handlers };
}

/** What makes a part of a drawing something to point at, by mouse and by keyboard. */
export function hot(label: string, isKept: boolean) {
  return { role: "button", tabIndex: 0, "aria-label": label, "aria-pressed": isKept, className: classes.hot } as const;
}

interface DetailCardProps {
  at: { x: number; y: number };
  canvasWidth: number;
  /** Kept by a click: then there is something in it to press. */
  isKept: boolean;
  style?: CSSProperties;
  children: ReactNode;
}

const cardWidth = 280;

/** The card beside what is pointed at. Decoration for who hears: the label already says it all. */
export function DetailCard({ at, canvasWidth, isKept, style, children }: DetailCardProps) {
  const left = Math.max(0, Math.min(canvasWidth - cardWidth, at.x - cardWidth / 2));
  return (
    <div className={`${classes.detail} ${isKept ? classes.kept : ""}`} style={{ left, top: at.y, ...style }}>
      {children}
    </div>
  );
}

export { classes as pictureClasses };
