import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useT } from "~/i18n";
import { useAddress } from "~/shell/address";
import { Approval } from "./approval/Approval";
import classes from "./Campaigns.module.css";
import { Calendar } from "./Calendar";
import type { Counts } from "./calls";
import { countOf } from "./counts";
import { Ended } from "./Ended";
import { People } from "./People";
import { Uncertain } from "./Uncertain";

interface MailTabsProps {
  /** Only this campaign's mails. */
  campaignId?: string;
  /** Mails by state. */
  counts: Counts;
  /** The first tab: the list, or the sequence. */
  first: { id: string; label: string; body: ReactNode };
}

/** What happens to mails, step by step: to approve, planned, possibly sent, not sent. */
export function MailTabs({ campaignId, counts, first }: MailTabsProps) {
  const t = useT();
  const { search, set } = useAddress();
  const tabs = [
    { ...first, n: 0, urgent: false },
    ...(campaignId === undefined ? [] : [{ id: "people", label: t("campaigns.tab.people"), n: 0, urgent: false }]),
    { id: "approve", label: t("campaigns.tab.approve"), n: countOf(counts, "draft"), urgent: false },
    { id: "calendar", label: t("campaigns.tab.calendar"), n: countOf(counts, "queued", "deferred"), urgent: false },
    { id: "uncertain", label: t("campaigns.tab.uncertain"), n: countOf(counts, "uncertain"), urgent: true },
    { id: "ended", label: t("campaigns.tab.ended"), n: countOf(counts, "failed", "stopped"), urgent: false },
  ];
  const open = tabs.find((tab) => tab.id === search.tab) ?? tabs[0];
  const body: Record<string, () => ReactNode> = {
    people: () => campaignId !== undefined && <People campaignId={campaignId} />,
    approve: () => <Approval campaignId={campaignId} planned={countOf(counts, "queued", "deferred")} />,
    calendar: () => <Calendar campaignId={campaignId} />,
    uncertain: () => <Uncertain campaignId={campaignId} />,
    ended: () => <Ended campaignId={campaignId} />,
  };
  return (
    <Tabs
      className={classes.tabs}
      value={open?.id ?? first.id}
      onChange={(tab) => set({ tab: tab === first.id || tab === null ? undefined : tab })}
      keepMounted={false}
    >
      <Tabs.List className={classes.tabList}>
        {tabs.map((tab) => (
          <Tabs.Tab key={tab.id} value={tab.id}>
            {tab.label}
            {tab.n > 0 && (
              <span className={`num ${classes.tabCount} ${tab.urgent ? classes.tabUrgent : ""}`}>
                {t("campaigns.n", { count: tab.n })}
              </span>
            )}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel key={tab.id} value={tab.id} className={classes.panel} tabIndex={0}>
          {tab.id === open?.id && (tab.id === first.id ? first.body : body[tab.id]?.())}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
