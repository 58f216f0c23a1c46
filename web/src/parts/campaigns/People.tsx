import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { TextField } from "~/kit/fields";
import { notifyDone } from "~/kit/notify";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { StateMark } from "~/parts/leads/LeadBits";
import { PartLink } from "~/shell/PartLink";
import { type LeadRow, takeLeadOut, useMakeOld, usePeople } from "./calls";
import classes from "./Campaigns.module.css";

/** Who may still get something: for all others the campaign is over already. */
const onTheirWay = ["new", "approached", "paused"];

/** Who is in this campaign, each with a way out. */
export function People({ campaignId }: { campaignId: string }) {
  const { t } = useI18n();
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 250);
  const { pages: people, rows, isLooking } = usePeople(campaignId, search);
  if (people.isError) return <ErrorState error={people.error} onRetry={() => void people.refetch()} />;
  if (people.isPending) return <Skeleton shape="cards" />;
  if (rows.length === 0 && search === "" && !isLooking)
    return (
      <EmptyState icon="person" title={t("campaigns.people.empty.title")} sentence={t("campaigns.people.empty")} />
    );
  return (
    <div className={classes.calendar}>
      <p className={classes.hint}>{t("campaigns.people.about")}</p>
      <TextField label={t("campaigns.people.search")} type="search" value={text} onChange={setText} />
      <ul className={classes.lines}>
        {rows.map((row) => (
          <Person key={row.id} row={row} campaignId={campaignId} />
        ))}
      </ul>
      <p role="status">{rows.length === 0 && !isLooking && t("campaigns.people.nobody")}</p>
      {people.hasNextPage && (
        <Button variant="default" loading={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
          {t("campaigns.people.more")}
        </Button>
      )}
    </div>
  );
}

function Person({ row, campaignId }: { row: LeadRow; campaignId: string }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const makeOld = useMakeOld();
  const mayWork = useMay("work_campaigns");
  const [asked, setAsked] = useState(false);
  const name = row.name || row.email || row.company;
  return (
    <li className={classes.line}>
      <span className={classes.lineMain}>
        <span className={classes.lineWho}>
          <strong>
            <PartLink part="leads" id={row.id}>
              {name}
            </PartLink>
          </strong>
          <span className={classes.muted}>{[row.title, row.company].filter(Boolean).join(", ")}</span>
        </span>
        <StateMark state={row.state} />
      </span>
      {mayWork && onTheirWay.includes(row.state) && (
        <span className={classes.lineEnd}>
          <Button
            variant="default"
            size="xs"
            aria-label={t("campaigns.people.out.title", { name })}
            onClick={() => setAsked(true)}
          >
            {t("campaigns.people.out")}
          </Button>
        </span>
      )}
      <ConfirmDialog
        opened={asked}
        title={t("campaigns.people.out.title", { name })}
        verb={t("campaigns.people.out")}
        onClose={() => setAsked(false)}
        onConfirm={async () => {
          await takeLeadOut(campaignId, row.id);
          await Promise.all([makeOld(), client.invalidateQueries({ queryKey: keys.all("lead") })]);
          notifyDone(t("campaigns.people.out.done", { name }));
        }}
      >
        {t("campaigns.people.out.means", { name })}
      </ConfirmDialog>
    </li>
  );
}
