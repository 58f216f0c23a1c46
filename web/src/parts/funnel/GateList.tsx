import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { Page } from "~/kit/Page";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { type Gate, dealGates, signalGates } from "~/pictures/gates";
import { PartLink } from "~/shell/PartLink";
import { useAddress } from "~/shell/address";
import { daysOf, isTurned, periods } from "./funnel";
import classes from "./Funnel.module.css";

const perPage = 50;

/** The gate of this name, on either membrane. */
export function gateOf(id: string | undefined): Gate | undefined {
  return [...signalGates, ...dealGates].find((gate) => gate.id === id);
}

interface GateListProps {
  gate: Gate;
  filters: (days: { from: string; to: string }) => ReactNode;
}

/** Everybody who went through one gate in the period, the newest first, each with the reason. */
export function GateList({ gate, filters }: GateListProps) {
  const { t } = useI18n();
  const { search } = useAddress();
  const choice = periods.find((each) => each === search.period) ?? "90";
  const days = daysOf(choice, new Date().toLocaleDateString("en-CA"), search);
  const wanted = { ...days, campaign: search.campaign };
  const passages = useInfiniteQuery({
    queryKey: keys.list("funnel", { gate: gate.id, ...wanted }),
    queryFn: ({ pageParam }) =>
      read(
        api.GET("/api/v1/funnel/gates/{gate}", {
          params: { path: { gate: gate.id }, query: { ...wanted, limit: perPage, cursor: pageParam || undefined } },
        }),
      ),
    enabled: !isTurned(days),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const kept = Object.fromEntries(Object.entries(search).flatMap(([key, value]) => (value ? [[key, value]] : [])));
  const rows = passages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page
      title={t("funnel.gate", { gate: t(gate.label) })}
      actions={
        <Button
          component={PartLink}
          part="funnel"
          search={kept}
          variant="default"
          leftSection={<Icon name="left" size={16} />}
        >
          {t("shell.nav.funnel")}
        </Button>
      }
    >
      {filters(days)}
      {passages.isPending && !isTurned(days) && <Skeleton shape="list" />}
      {passages.isError && <ErrorState error={passages.error} onRetry={() => void passages.refetch()} />}
      {passages.isSuccess && rows.length === 0 && (
        <EmptyState icon={gate.icon} title={t("funnel.gate.none")} sentence={t("funnel.gate.none.sentence")} />
      )}
      <ul className={classes.passages} aria-label={t("funnel.gate", { gate: t(gate.label) })}>
        {rows.map((row) => (
          <li key={row.id} className={classes.passage}>
            <span>
              <PartLink part="prospects" id={row.prospect_id}>
                {row.name || row.company}
              </PartLink>
              {row.name !== "" && `, ${row.company}`}
            </span>
            <When at={row.at} as="date" />
            <span className={classes.why}>{row.why}</span>
          </li>
        ))}
      </ul>
      {passages.hasNextPage && (
        <Button variant="default" loading={passages.isFetchingNextPage} onClick={() => void passages.fetchNextPage()}>
          {t("funnel.gate.more")}
        </Button>
      )}
    </Page>
  );
}
