import { type UseQueryResult, keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { ErrorState, Skeleton } from "~/kit/states";
import { CompanyLink } from "~/parts/companies/CompanyLink";
import type { ProfileInput } from "./draft";
import { useFitWords } from "./words";
import classes from "./Profile.module.css";

type Count = components["schemas"]["FitCountView"];
type Outcome = Count["outcomes"][number];

/** So long nothing is typed before it is counted, in milliseconds. */
const pause = 400;

/** How many companies fit what is being written, a moment after the last change. */
export function useLiveCount(input: ProfileInput): UseQueryResult<Count> {
  const text = JSON.stringify(input);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pause);
    return () => clearTimeout(timer);
  }, [text]);
  return useQuery({
    queryKey: keys.list("audience", { count: settled }),
    queryFn: () => read(api.POST("/api/v1/ideal-profile/count", { body: JSON.parse(settled) as ProfileInput })),
    placeholderData: keepPreviousData,
    // What is not right is told beside its field when it is saved.
    retry: false,
  });
}

/** The audience by how well it fits, with a few companies of each. */
export function LiveCount({ count }: { count: UseQueryResult<Count> }) {
  const { t, format } = useI18n();
  return (
    <section className={classes.card} aria-label={t("audience.count")} aria-busy={count.isFetching}>
      <div className={classes.cardHead}>
        <h2>{t("audience.count")}</h2>
      </div>
      {count.isPending && <Skeleton shape="cards" rows={2} />}
      {count.isError && <ErrorState error={count.error} />}
      {count.isSuccess && (
        <div aria-live="polite" className={classes.outcomes}>
          <p className={classes.small}>
            {count.data.n_judged >= count.data.n_companies
              ? t("audience.count.all", { n: format.number(count.data.n_companies) })
              : t("audience.count.part", {
                  n: format.number(count.data.n_companies),
                  judged: format.number(count.data.n_judged),
                })}
          </p>
          {count.data.n_companies > 0 && <Bar outcomes={count.data.outcomes} />}
          {count.data.outcomes.map((outcome) => (
            <Row key={outcome.outcome} outcome={outcome} />
          ))}
        </div>
      )}
    </section>
  );
}

function Bar({ outcomes }: { outcomes: readonly Outcome[] }) {
  return (
    <div className={classes.bar} aria-hidden>
      {outcomes.map((each) => (
        <span key={each.outcome} data-outcome={each.outcome} style={{ flexGrow: each.n }} />
      ))}
    </div>
  );
}

function Row({ outcome }: { outcome: Outcome }) {
  const { t, format } = useI18n();
  const words = useFitWords();
  const label = (
    <>
      <span className={classes.mark} data-outcome={outcome.outcome} aria-hidden />
      <span className={classes.grow}>{words.outcome(outcome.outcome)}</span>
      <strong>{format.number(outcome.n)}</strong>
      {outcome.margin > 0 && (
        <span className={classes.small}>{t("audience.count.margin", { n: format.number(outcome.margin) })}</span>
      )}
    </>
  );
  if (outcome.examples.length === 0) return <p className={classes.outcome}>{label}</p>;
  return (
    <details>
      <summary className={classes.outcome}>
        {label}
        <Icon name="down" size={14} />
      </summary>
      <ul className={classes.examples}>
        {outcome.examples.map((example) => (
          <li key={example.id}>
            <CompanyLink id={example.id}>{example.name}</CompanyLink>
            <span className={classes.small}>
              {[
                example.city,
                example.score == null ? null : t("audience.count.score", { score: example.score }),
                t("audience.count.known", { known: example.known_percent }),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
