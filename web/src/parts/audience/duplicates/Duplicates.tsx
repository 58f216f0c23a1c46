import { Button, SegmentedControl } from "@mantine/core";
import { useI18n } from "~/i18n";
import { Kbd } from "~/kit/chips";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { useAddress } from "~/shell/address";
import { type PairPage, type QueueState, usePairs } from "./calls";
import classes from "./Duplicates.module.css";
import { Merges } from "./Merges";
import { PairView } from "./PairView";
import { share } from "./steps";
import { type Review, useReview, useReviewKeys } from "./useReview";

const views = ["open", "later", "merges"] as const;
type View = (typeof views)[number];

/** Companies that may be one: side by side, one key per decision, and the way back. */
export function Duplicates() {
  const { t } = useI18n();
  const address = useAddress();
  const view: View = views.find((each) => each === address.search.show) ?? "open";
  return (
    <section className={classes.duplicates}>
      <p className={classes.muted}>{t("audience.duplicates.about")}</p>
      <div>
        <SegmentedControl
          size="xs"
          value={view}
          onChange={(next) => address.set({ show: next === "open" ? undefined : next }, { replace: true })}
          data={views.map((each) => ({ value: each, label: t(`audience.duplicates.view.${each}`) }))}
          aria-label={t("audience.view.duplicates")}
        />
      </div>
      {view === "merges" ? <Merges /> : <Pairs key={view} state={view} />}
    </section>
  );
}

function Pairs({ state }: { state: QueueState }) {
  const { data, error, refetch } = usePairs(state);
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton shape="record" />;
  return <Queue page={data} state={state} />;
}

function Queue({ page, state }: { page: PairPage; state: QueueState }) {
  const { t } = useI18n();
  const review = useReview(page.items);
  useReviewKeys(review);
  const { current, index, failure } = review;
  const left = state === "open" ? page.open_n : page.later_n;
  return (
    <div className={classes.queue}>
      <Progress page={page} left={left} at={index} />
      {failure !== null && <ErrorState error={failure} />}
      {current === undefined ? (
        <EmptyState
          icon="check"
          title={t(`audience.duplicates.empty.${state}.title`)}
          sentence={t(`audience.duplicates.empty.${state}`)}
        />
      ) : (
        <PairView key={current.id} id={current.id} keep={review.keep} onKeep={review.mayDecide ? review.letStay : null}>
          {(pair) => <Decide review={review} obstacle={pair.obstacle ?? null} />}
        </PairView>
      )}
      <Last review={review} />
    </div>
  );
}

function Progress({ page, left, at }: { page: PairPage; left: number; at: number }) {
  const { t } = useI18n();
  return (
    <div className={classes.bar}>
      {left > 0 && (
        <span className="num" role="status">
          {t("kit.k_of_n", { k: at + 1, n: left })}
        </span>
      )}
      {page.decided_n + page.open_n + page.later_n > 0 && (
        <progress
          className={classes.progress}
          value={share(page.decided_n, page.open_n + page.later_n)}
          max={1}
          aria-label={t("audience.duplicates.progress")}
        />
      )}
      <span className={`num ${classes.muted}`}>{t("audience.duplicates.decided", { n: page.decided_n })}</span>
      {page.waiting_n > 0 && (
        <span className={classes.muted}>{t("audience.duplicates.checking", { n: page.waiting_n })}</span>
      )}
      {left > 1 && (
        <span className={classes.keys}>
          <Kbd shortcut="k" /> <Kbd shortcut="j" /> {t("audience.duplicates.move")}
        </span>
      )}
    </div>
  );
}

function Decide({ review, obstacle }: { review: Review; obstacle: string | null }) {
  const { t, known } = useI18n();
  if (!review.mayDecide) return <p className={classes.muted}>{t("audience.duplicates.not_yours")}</p>;
  const reason = obstacle === null ? undefined : known(`audience.duplicates.obstacle.${obstacle}`);
  return (
    <div className={classes.decide}>
      {reason !== undefined && (
        <p className={classes.obstacle} role="note">
          {t(reason)}
        </p>
      )}
      <div className={classes.buttons}>
        <Button
          disabled={obstacle !== null}
          loading={review.busy}
          onClick={() => review.say("same")}
          rightSection={<Kbd shortcut="s" />}
        >
          {t("audience.duplicates.same")}
        </Button>
        <Button
          variant="default"
          disabled={review.busy}
          onClick={() => review.say("different")}
          rightSection={<Kbd shortcut="d" />}
        >
          {t("audience.duplicates.different")}
        </Button>
        <Button
          variant="default"
          disabled={review.busy}
          onClick={() => review.say("later")}
          rightSection={<Kbd shortcut="l" />}
        >
          {t("audience.duplicates.later")}
        </Button>
      </div>
    </div>
  );
}

/** What was said last, with the way back. */
function Last({ review: { last, busy, takeBack } }: { review: Review }) {
  const { t } = useI18n();
  if (last === undefined) return null;
  const [first, second] = last.names;
  return (
    <div className={classes.last} role="status">
      <span>{t(`audience.duplicates.said.${last.decision}`, { first, second })}</span>
      <Button variant="default" size="xs" disabled={busy} onClick={takeBack} rightSection={<Kbd shortcut="z" />}>
        {t("audience.duplicates.undo")}
      </Button>
    </div>
  );
}
