import { Button, Checkbox, SegmentedControl } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { When } from "~/kit/figures";
import { ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import classes from "../Audience.module.css";
import { Figures } from "../import/Counts";
import { Deeds } from "./Deeds";

type Person = components["schemas"]["UninformedView"];

const states = ["urgent", "over", "on_time"] as const;
type Shown = (typeof states)[number];
const pageRows = 50;

/** Who must be told that we have their data: the most urgent first, with what can be done about it. */
export function Informing() {
  const { t } = useI18n();
  const mayWork = useMay("work_audience");
  const [shown, setShown] = useState<Shown>("urgent");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const pages = useInfiniteQuery({
    queryKey: keys.list("audience", { uninformed: shown }),
    queryFn: ({ pageParam }) =>
      read(
        api.GET("/api/v1/uninformed", {
          params: {
            query: { cursor: pageParam, limit: pageRows, ...(shown === "urgent" ? {} : { state: shown }) },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  if (pages.isPending) return <Skeleton shape="cards" rows={4} />;
  if (pages.error !== null) return <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />;
  const people = pages.data.pages.flatMap((page) => page.items);
  const counts = pages.data.pages[0];
  const selected = people.filter((person) => chosen.has(person.contact_id));
  const choose = (ids: readonly string[], wanted: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) {
      if (wanted) next.add(id);
      else next.delete(id);
    }
    setChosen(next);
  };
  return (
    <section className={classes.stack}>
      <p className={classes.muted}>{t("audience.informing.about")}</p>
      {counts !== undefined && (
        <Figures
          counts={[
            [t("audience.informing.over"), counts.over_n],
            [t("audience.informing.due_soon"), counts.due_soon_n],
            [t("audience.informing.on_time"), counts.on_time_n],
          ]}
        />
      )}
      <div className={classes.views}>
        <SegmentedControl
          size="xs"
          value={shown}
          onChange={(next) => {
            setShown(next);
            setChosen(new Set());
          }}
          data={states.map((value) => ({ value, label: t(`audience.informing.show.${value}`) }))}
          aria-label={t("audience.informing.show")}
        />
      </div>
      {people.length === 0 ? (
        <p className={classes.muted}>{t("audience.informing.nobody")}</p>
      ) : (
        <>
          {mayWork && (
            <div className={classes.buttons}>
              <Checkbox
                label={t("audience.informing.all", { n: people.length })}
                checked={selected.length === people.length}
                indeterminate={selected.length > 0 && selected.length < people.length}
                onChange={(event) =>
                  choose(
                    people.map((person) => person.contact_id),
                    event.currentTarget.checked,
                  )
                }
              />
              <Deeds people={selected} onDone={() => setChosen(new Set())} />
            </div>
          )}
          <ul className={classes.rows}>
            {people.map((person) => (
              <Row
                key={person.contact_id}
                person={person}
                chosen={mayWork ? chosen.has(person.contact_id) : undefined}
                onChoose={(wanted) => choose([person.contact_id], wanted)}
              />
            ))}
          </ul>
        </>
      )}
      {pages.hasNextPage && (
        <div className={classes.buttons}>
          <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t("audience.informing.more")}
          </Button>
        </div>
      )}
    </section>
  );
}

interface RowProps {
  person: Person;
  /** Missing for who may only look. */
  chosen: boolean | undefined;
  onChoose: (wanted: boolean) => void;
}

function Row({ person, chosen, onChoose }: RowProps) {
  const { t, format } = useI18n();
  const name = person.name || person.email || t("kit.unknown");
  return (
    <li className={classes.row}>
      {chosen !== undefined && (
        <Checkbox
          checked={chosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
          aria-label={t("audience.informing.choose", { name })}
        />
      )}
      <span className={classes.grow}>
        {person.lead_id == null ? (
          <strong>{name}</strong>
        ) : (
          <PartLink part="leads" id={person.lead_id}>
            <strong>{name}</strong>
          </PartLink>
        )}
        <br />
        <span className={classes.muted}>
          {person.company_name} · {t("audience.informing.from", { source: person.source })}
        </span>
      </span>
      {person.state === "over" ? (
        <Chip meaning="danger" icon="warning">
          {t("audience.informing.state.over", { date: format.date(person.inform_by) })}
        </Chip>
      ) : (
        <span className={person.state === "due_soon" ? undefined : classes.muted}>
          {t("audience.informing.state.until")} <When at={person.inform_by} as="date" />
        </span>
      )}
    </li>
  );
}
