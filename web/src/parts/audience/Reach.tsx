import { SegmentedControl } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useI18n } from "~/i18n";
import { When } from "~/kit/figures";
import { ErrorState, Skeleton } from "~/kit/states";
import { Numbers, Picture } from "~/pictures/Picture";
import { PartLink } from "~/shell/PartLink";
import { behindStep, canBeReached, helpedBy, mayBy } from "./behind";
import { useCompleteness, useSaid } from "./completeness/calls";
import { type Summary, useReach } from "./useReach";
import { type Channel, type WaterfallStep, channels, lawfulBy, restOf, waterfall } from "./waterfall";
import classes from "./Audience.module.css";

/** How much of the audience may lawfully be reached today by mail, telephone or letter, and where the rest falls off. */
export function Reach() {
  const summary = useReach();
  if (summary.isPending) return <Skeleton shape="picture" />;
  if (summary.error !== null) return <ErrorState error={summary.error} onRetry={() => void summary.refetch()} />;
  if (summary.data.is_counting && summary.data.counted_at == null) return <BeingCounted />;
  if (summary.data.contacts_n === 0) return null;
  return (
    <>
      <Waterfall summary={summary.data} />
      <CountedAt summary={summary.data} />
      <WhatHelps summary={summary.data} />
    </>
  );
}

/** The first time a large audience is counted. */
function BeingCounted() {
  const { t } = useI18n();
  return (
    <div>
      <h2 className={classes.heading}>{t("audience.reach")}</h2>
      <p role="status">{t("audience.reach.counting")}</p>
    </div>
  );
}

/** A large audience is not counted at every look: then it is said when it was. */
function CountedAt({ summary }: { summary: Summary }) {
  const { t } = useI18n();
  if (summary.counted_at == null) return null;
  return (
    <p>
      {t("audience.reach.counted")} <When at={summary.counted_at} />.{" "}
      {summary.is_counting && t("audience.reach.counting")}
    </p>
  );
}

/** Actions that are named: more would be a list that nobody works off. */
const actionsMax = 3;

/** What would let most people be mailed, or reached another way, and whose risk is taken already. */
function WhatHelps({ summary }: { summary: Summary }) {
  const { t, known, format, language } = useI18n();
  // The server's sentence speaks of one person.
  const label = (unlock: Summary["unlocks"][number]["unlock"]) => {
    const key = known(`lists.unlock.${unlock.action}`);
    return key === undefined ? unlock.says[language] : t(key);
  };
  return (
    <>
      {summary.loosenings.length > 0 && (
        <p>
          {t("audience.reach.loosened", { n: summary.loosenings.length })}{" "}
          <PartLink part="settings" id="policy">
            {t("policy.see")}
          </PartLink>
        </p>
      )}
      {summary.unlocks.length > 0 && (
        <div>
          <h3 className={classes.heading}>{t("audience.reach.unlocks")}</h3>
          <ol className={classes.actions}>
            {summary.unlocks.slice(0, actionsMax).map(({ unlock, contacts_n }) => (
              <li key={unlock.action}>
                <Behind filter={helpedBy(unlock.action)}>
                  {label(unlock)} ({format.number(contacts_n)})
                </Behind>
              </li>
            ))}
          </ol>
        </div>
      )}
    </>
  );
}

/** A number that leads to whom it counts. */
function Behind({
  filter,
  children,
  ...rest
}: {
  filter: string | undefined;
  children: ReactNode;
  "aria-label"?: string;
}) {
  return (
    <Link to="/people/{-$id}" params={{}} search={filter === undefined ? {} : { filter }} {...rest}>
      {children}
    </Link>
  );
}

const barHeight = 26;
const gap = 8;

function Waterfall({ summary }: { summary: Summary }) {
  const { t, known, format } = useI18n();
  const said = useSaid();
  const market = useCompleteness().data;
  const [channel, setChannel] = useState<Channel>("mail");
  const steps = waterfall(summary, channel);
  const label = (step: WaterfallStep) => {
    const key = known(`audience.reach.${step.id}`);
    return key === undefined ? step.id : t(key);
  };
  // A share that is not quite all would be shown as 100 %.
  const ofAll = (n: number) => t("kit.k_of_n", { k: format.number(n), n: format.number(summary.contacts_n) });
  const height = steps.length * (barHeight + gap);
  return (
    <Picture
      title={t("audience.reach")}
      numbers={
        <Numbers
          items={[
            // Of the market nothing is known before the register's open data are there.
            ...(market?.register == null ? [] : [{ label: t("audience.reach.market"), value: said(market.total) }]),
            { label: t("audience.companies"), value: format.number(summary.companies_n) },
            { label: t("audience.contacts"), value: format.number(summary.contacts_n) },
            {
              label: t("audience.reach.reachable"),
              value: <Behind filter={canBeReached}>{ofAll(summary.reachable_n)}</Behind>,
            },
            ...channels.map((each) => ({
              label: t(`audience.reach.${restOf[each]}`),
              value: <Behind filter={mayBy(each)}>{ofAll(lawfulBy(summary, each))}</Behind>,
            })),
          ]}
        />
      }
      aside={
        <SegmentedControl
          size="xs"
          value={channel}
          onChange={setChannel}
          data={channels.map((value) => ({ value, label: t(`audience.reach.by.${value}`) }))}
          aria-label={t("audience.reach.by")}
        />
      }
      table={{
        head: [t("audience.reach.step"), t("audience.contacts")],
        rows: steps.map((step) => [label(step), format.number(step.kind === "drop" ? -step.n : step.n)]),
      }}
    >
      {(width) => {
        const labels = Math.min(260, Math.max(176, width * 0.34));
        const scale = (width - labels - 70) / Math.max(1, summary.contacts_n);
        return (
          <svg
            width={width}
            height={height}
            role="group"
            aria-label={`${t("audience.reach")}: ${t(`audience.reach.by.${channel}`)}`}
          >
            {steps.map((step, at) => (
              <Behind
                key={step.id}
                filter={behindStep(step, channel)}
                aria-label={t("audience.reach.people", { label: label(step), n: format.number(step.n) })}
              >
                <Bar step={step} label={label(step)} at={at} labels={labels} scale={scale} width={width} />
              </Behind>
            ))}
          </svg>
        );
      }}
    </Picture>
  );
}

interface BarProps {
  step: WaterfallStep;
  label: string;
  at: number;
  /** Pixels for the words at the left, pixels for a person, and pixels of the picture. */
  labels: number;
  scale: number;
  width: number;
}

const colourOf = { all: "var(--lead)", drop: "var(--danger)", rest: "var(--customer)" } as const;

function Bar({ step, label, at, labels, scale, width }: BarProps) {
  const { format } = useI18n();
  const words = { y: barHeight / 2, dominantBaseline: "central", fill: "var(--ink)", fontSize: 14 } as const;
  return (
    <g transform={`translate(0 ${at * (barHeight + gap)})`} className={classes.bar}>
      <rect x={0} y={0} width={width} height={barHeight} fill="transparent" />
      <text x={0} {...words}>
        {label}
      </text>
      <rect
        x={labels + step.from * scale}
        y={0}
        width={Math.max(2, step.n * scale)}
        height={barHeight}
        rx={4}
        fill={colourOf[step.kind]}
      />
      <text x={labels + (step.from + step.n) * scale + 8} {...words}>
        {step.kind === "drop" ? `−${format.number(step.n)}` : format.number(step.n)}
      </text>
    </g>
  );
}
