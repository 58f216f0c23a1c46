import { Button, SegmentedControl } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { When } from "~/kit/figures";
import { ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import classes from "../Section.module.css";

/** What came in through the quote form, and what was taken for spam: nothing is thrown away unseen. */
export function Requests() {
  const { t, known } = useI18n();
  const [isSpam, setSpam] = useState(false);
  const requests = useInfiniteQuery({
    queryKey: keys.list("engagement", { requests: isSpam }),
    queryFn: ({ pageParam }) =>
      read(
        api.GET("/api/v1/quote-requests", {
          params: { query: { spam: isSpam, limit: 20, ...(pageParam === "" ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const items = requests.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className={classes.form} aria-labelledby="inlet-requests">
      <div className={classes.cardHead}>
        <h3 id="inlet-requests">{t("inlets.requests")}</h3>
        <SegmentedControl
          size="xs"
          aria-label={t("inlets.requests")}
          value={isSpam ? "spam" : "people"}
          onChange={(value) => setSpam(value === "spam")}
          data={[
            { value: "people", label: t("inlets.requests.people") },
            { value: "spam", label: t("inlets.requests.spam") },
          ]}
        />
      </div>
      {requests.isPending && <Skeleton shape="cards" rows={2} />}
      {requests.isError && <ErrorState error={requests.error} onRetry={() => void requests.refetch()} />}
      {requests.isSuccess && items.length === 0 && (
        <p className={classes.muted}>{t(isSpam ? "inlets.requests.no_spam" : "inlets.requests.none")}</p>
      )}
      <ul className={classes.rows}>
        {items.map((item) => {
          const why = known(`inlets.spam.${item.spam_reason}`);
          return (
            <li key={item.id} className={classes.row}>
              <span className={classes.what}>
                <strong>{[item.name, item.company_name].filter(Boolean).join(", ")}</strong>
                <span className={classes.muted}>{[item.email, item.phone].filter(Boolean).join(" · ")}</span>
                <span>{item.text}</span>
              </span>
              {why !== undefined && <Chip hollow>{t(why)}</Chip>}
              {item.lead_id != null && (
                <PartLink part="leads" id={item.lead_id}>
                  {t("inlets.requests.lead")}
                </PartLink>
              )}
              <When at={item.created_at} as="dateTime" />
            </li>
          );
        })}
      </ul>
      {requests.hasNextPage && (
        <div>
          <Button
            variant="default"
            size="xs"
            loading={requests.isFetchingNextPage}
            onClick={() => void requests.fetchNextPage()}
          >
            {t("inlets.requests.more")}
          </Button>
        </div>
      )}
    </section>
  );
}
