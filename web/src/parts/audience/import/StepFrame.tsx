import { Button } from "@mantine/core";
import { type FormEvent, type ReactNode, useEffect, useRef } from "react";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import classes from "./Import.module.css";

interface StepFrameProps {
  title: string;
  about: string;
  children: ReactNode;
  onBack?: () => void;
  /** What Enter does; without it there is no way on from here. */
  onNext?: () => void;
  next?: string;
  isBusy?: boolean;
  /** Beside the way on. */
  aside?: ReactNode;
}

/** One step: what it is about, what there is to choose, and the way back and on. */
export function StepFrame({ title, about, children, onBack, onNext, next, isBusy, aside }: StepFrameProps) {
  const { t } = useI18n();
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever works by keyboard or screen reader begins at the head of the new step.
  useEffect(() => heading.current?.focus({ preventScroll: false }), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onNext?.();
  };
  return (
    <form className={classes.frame} onSubmit={submit}>
      <header>
        <h2 ref={heading} tabIndex={-1} className={classes.heading}>
          {title}
        </h2>
        <p className={classes.about}>{about}</p>
      </header>
      {children}
      <footer className={classes.footer}>
        {onBack !== undefined && (
          <Button variant="default" leftSection={<Icon name="left" size={16} />} onClick={onBack}>
            {t("audience.step.back")}
          </Button>
        )}
        {onNext !== undefined && (
          <Button type="submit" loading={isBusy}>
            {next ?? t("audience.step.next")}
          </Button>
        )}
        {aside}
      </footer>
    </form>
  );
}
