import { Button } from "@mantine/core";
import { Component, type ErrorInfo, type ReactNode } from "react";
import { isGone, isProblem, problemSentence, problemTitle } from "~/api/problem";
import { useI18n } from "~/i18n";
import type { Meaning } from "~/theme/theme";
import { meaningStyle } from "./chips";
import { Icon, type IconName } from "./icons";
import classes from "./states.module.css";

interface EmptyStateProps {
  icon: IconName;
  meaning?: Meaning;
  /** A picture that explains the page, in place of the icon. */
  picture?: ReactNode;
  /** The page's name, or what is not there. */
  title: string;
  /** One sentence: what this page is for. */
  sentence: string;
  /** The one next step. */
  action?: ReactNode;
  /** Inside a panel instead of a whole page. */
  compact?: boolean;
}

/** A page without content explains itself in one sentence and offers the one next step. */
export function EmptyState({ icon, meaning, picture, title, sentence, action, compact = false }: EmptyStateProps) {
  const isPicture = picture !== undefined && picture !== null && picture !== false;
  if (isPicture)
    return (
      <section className={classes.emptyWide} style={meaningStyle(meaning)}>
        <div className={classes.emptyWords}>
          <div>
            <h2 className={classes.emptyTitle}>{title}</h2>
            <p className={classes.sentence}>{sentence}</p>
          </div>
          {action}
        </div>
        {picture}
      </section>
    );
  return (
    <section className={`${classes.empty} ${compact ? classes.compact : ""}`} style={meaningStyle(meaning)}>
      <span className={classes.emptyIcon}>
        <Icon name={icon} size={32} />
      </span>
      <h2 className={classes.emptyTitle}>{title}</h2>
      <p className={classes.sentence}>{sentence}</p>
      {action}
    </section>
  );
}

interface ErrorStateProps {
  error: unknown;
  /** What it means here, when the error's own sentence does not say so. */
  meaning?: string;
  onRetry?: () => void;
}

/** What happened, what it means, what to do. */
export function ErrorState({ error, meaning, onRetry }: ErrorStateProps) {
  const i18n = useI18n();
  // What is refused or not there stays so however often it is asked.
  const isFinal = isProblem(error, 403) || isGone(error);
  return (
    <div className={classes.error} role="alert">
      <Icon name="warning" />
      <p className={classes.errorTitle}>{problemTitle(error, i18n)}</p>
      <p className={classes.errorText}>
        {problemSentence(error, i18n)} {meaning}
      </p>
      {isProblem(error) &&
        error.errors
          .filter(({ detail }) => detail !== "" && detail !== error.detail)
          .map(({ field, detail }) => (
            <p key={field} className={classes.errorText}>
              {detail}
            </p>
          ))}
      {onRetry !== undefined && !isFinal && (
        <div className={classes.errorActions}>
          <Button variant="default" size="xs" onClick={onRetry}>
            {i18n.t("problem.retry")}
          </Button>
        </div>
      )}
    </div>
  );
}

interface BoundaryProps {
  /** What to show; gets the way to try again. */
  fallback: (error: unknown, retry: () => void) => ReactNode;
  /** When this changes, what was broken gets another try. */
  resetOn?: string;
  children: ReactNode;
}

/** Keeps a broken part from taking the whole page with it. */
export class Boundary extends Component<BoundaryProps, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo) {
    console.error(error, info.componentStack);
  }

  override componentDidUpdate(before: BoundaryProps) {
    if (before.resetOn !== this.props.resetOn && this.state.error !== undefined) this.setState({ error: undefined });
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return this.props.fallback(error, () => this.setState({ error: undefined }));
  }
}

interface SkeletonProps {
  shape: "list" | "board" | "record" | "picture" | "cards";
  rows?: number;
}

/** The page's shape while it loads: never a lone spinner. */
export function Skeleton({ shape, rows = 12 }: SkeletonProps) {
  const { t } = useI18n();
  const some = (count: number) => Array.from({ length: count }, (_, index) => index);
  return (
    <div role="status" aria-busy="true" aria-label={t("kit.loading")}>
      {shape === "list" && (
        <div className={classes.shape}>
          {some(rows).map((row) => (
            <ShapeRow key={row} row={row} />
          ))}
        </div>
      )}
      {shape === "board" && (
        <div className={classes.shapeBoard}>
          {some(5).map((column) => (
            <div key={column} className={classes.shapeColumn}>
              <Bone height={20} width="60%" />
              {some(4 - (column % 3)).map((card) => (
                <Bone key={card} height={112} />
              ))}
            </div>
          ))}
        </div>
      )}
      {shape === "cards" && (
        <div className={classes.shapeColumn}>
          {some(rows).map((row) => (
            <Bone key={row} height={56} />
          ))}
        </div>
      )}
      {shape === "record" && (
        <div className={classes.shapeRecord}>
          <div className={classes.shapeColumn}>
            {some(8).map((row) => (
              <Bone key={row} height={14} width={`${90 - (row % 4) * 12}%`} />
            ))}
          </div>
          <div className={classes.shapeColumn}>
            {some(6).map((row) => (
              <Bone key={row} height={64} />
            ))}
          </div>
        </div>
      )}
      {shape === "picture" && <div className={`${classes.bone} ${classes.shapePicture}`} />}
    </div>
  );
}

function ShapeRow({ row }: { row: number }) {
  return (
    <div className={classes.shapeRow}>
      <Bone height={10} />
      <Bone height={10} width={`${55 + ((row * 17) % 40)}%`} />
      <Bone height={10} width={`${40 + ((row * 23) % 50)}%`} />
      <Bone height={10} width="70%" />
    </div>
  );
}

function Bone({ height, width = "100%" }: { height: number; width?: string }) {
  return <div className={classes.bone} style={{ height, width }} />;
}
