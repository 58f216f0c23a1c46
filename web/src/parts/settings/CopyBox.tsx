import { Button } from "@mantine/core";
import { useEffect, useId, useState } from "react";
import { useT } from "~/i18n";
import { Icon } from "~/kit/icons";
import classes from "./Section.module.css";

interface CopyBoxProps {
  label: string;
  /** What is copied, to the letter. */
  text: string;
  hint?: string;
}

/** Something to be put elsewhere: an address, a line of HTML. Can be marked by hand where copying is not allowed. */
export function CopyBox({ label, text, hint }: CopyBoxProps) {
  const t = useT();
  const id = useId();
  const [said, setSaid] = useState<"copied" | "by_hand" | null>(null);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(() => setSaid(null), 4000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () => {
    const done = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    done.then(
      () => setSaid("copied"),
      () => setSaid("by_hand"),
    );
  };
  return (
    <div className={classes.copy}>
      <span id={id} className={classes.copyLabel}>
        {label}
      </span>
      <div className={classes.copyRow}>
        <code className={classes.secret} aria-labelledby={id} tabIndex={0} role="textbox" aria-readonly="true">
          {text}
        </code>
        <Button variant="default" size="xs" aria-label={t("settings.copy.what", { what: label })} onClick={copy}>
          <Icon name={said === "copied" ? "check" : "link"} size={14} />
          &nbsp;{t("settings.copy")}
        </Button>
      </div>
      <span role="status" className={classes.muted}>
        {said !== null && t(`settings.copy.${said}`)}
      </span>
      {hint !== undefined && <p className={classes.muted}>{hint}</p>}
    </div>
  );
}
