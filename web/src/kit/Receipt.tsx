import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useI18n } from "~/i18n";
import { When } from "./figures";
import { Icon, type IconName } from "./icons";
import classes from "./Receipt.module.css";

/** The five signals by which a lead makes itself a prospect. */
export const signals = ["reply", "appointment", "visits", "case_study", "quote_request"] as const;
export type Signal = (typeof signals)[number];

export const signalIcon: Record<Signal, IconName> = {
  reply: "reply",
  appointment: "appointment",
  visits: "visits",
  case_study: "case_study",
  quote_request: "quote_request",
};

export interface Evidence {
  id: string;
  /** What they did; a decision of ours is none of the five. */
  signal: Signal | "decision";
  at: string;
  /** What was done, in one line. */
  summary: string;
  /** The words of the person, when there are any. */
  quote?: string;
  href?: string;
}

interface ReceiptProps {
  /** Why this is a prospect, as one sentence. */
  sentence: string;
  at: string;
  /** The rule by its name and version: "R2, version 3". */
  rule: string;
  evidence: readonly Evidence[];
  /** Our mail that caused it, with its text. */
  cause?: { summary: string; at?: string; text?: string };
  /** Who was told. */
  told: readonly string[];
  undone?: { at: string; by: string; reason: string };
  onContest?: () => void;
  /** The page's own way to make a link. */
  link?: (href: string, children: ReactNode) => ReactNode;
}

/** The small document that answers "why is this a prospect?". */
export function Receipt({
  sentence,
  at,
  rule,
  evidence,
  cause,
  told,
  undone,
  onContest,
  link = plainLink,
}: ReceiptProps) {
  const { t } = useI18n();
  return (
    <article
      className={`${classes.receipt} ${undone === undefined ? "" : classes.undone}`}
      aria-label={t("kit.receipt")}
    >
      <div className={classes.head}>
        <span>{t("kit.receipt")}</span>
        <When at={at} as="dateTime" />
      </div>
      <p className={classes.sentence}>{sentence}</p>
      <ul className={classes.evidence}>
        {evidence.map((item) => (
          <li key={item.id} className={classes.item}>
            {item.signal === "decision" ? (
              <Icon name="person" label={t("kit.receipt.decision")} />
            ) : (
              <Icon name={signalIcon[item.signal]} label={t(`kit.signal.${item.signal}`)} />
            )}
            <span>{item.href === undefined ? item.summary : link(item.href, item.summary)}</span>
            <span className={classes.at}>
              <When at={item.at} as="dateTime" />
            </span>
            {item.quote !== undefined && <blockquote className={classes.quote}>{item.quote}</blockquote>}
          </li>
        ))}
      </ul>
      <dl className={classes.facts}>
        <dt>{t("kit.receipt.rule")}</dt>
        <dd>{rule}</dd>
        {cause !== undefined && (
          <>
            <dt>{t("kit.receipt.cause")}</dt>
            <dd>
              {cause.summary}
              {cause.at !== undefined && (
                <>
                  {" "}
                  (<When at={cause.at} as="date" />)
                </>
              )}
              {cause.text !== undefined && cause.text !== "" && (
                <details>
                  <summary>{t("kit.show_text")}</summary>
                  <div className={classes.text}>{cause.text}</div>
                </details>
              )}
            </dd>
          </>
        )}
        {told.length > 0 && (
          <>
            <dt>{t("kit.receipt.told")}</dt>
            <dd>{told.join(", ")}</dd>
          </>
        )}
        {undone !== undefined && (
          <>
            <dt>{t("kit.receipt.undone")}</dt>
            <dd>
              {undone.by !== "" && `${undone.by}, `}
              <When at={undone.at} as="date" />: {undone.reason}
            </dd>
          </>
        )}
      </dl>
      {onContest !== undefined && undone === undefined && (
        <div className={classes.foot}>
          <Button variant="default" size="xs" onClick={onContest}>
            {t("kit.receipt.contest")}
          </Button>
        </div>
      )}
    </article>
  );
}

function plainLink(href: string, children: ReactNode): ReactNode {
  return <a href={href}>{children}</a>;
}
