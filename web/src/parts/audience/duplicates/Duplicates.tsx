import { Button, SegmentedControl } from "@mantine/core";
import { useI18n } from "~/i18n";
import { Kbd } from "~/kit/chips";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { useAddress } from "~/shell/address";
import { useQueue, useWaiting } from "./calls";
import { companies } from "./companies";
import classes from "./Duplicates.module.css";
import type { Kind, Queue, QueueState } from "./kinds";
import { Merges } from "./Merges";
import { PairView } from "./PairView";
import { people } from "./people";
import { share } from "./steps";
import { type Review, useReview, useReviewKeys } from "./useReview";

const kinds = [companies, people] as const;
const views = ["open", "later", "merges"] as const;
type View = (typeof views)[number];

/** Companies, and people of one company, that may be one: side by side, one key per decision, and the way back. */
export function Duplicates() {
  const { t } = useI18n();
  const address = useAddress();
  const view: View = views.find((each) => each === address.search.show) ?? "open";
  const kind = kinds.find(({ of }) => of === address.search.of) ?? companies;
  return (
    <section className={classes.duplicates}>
      <p className={classes.muted}>
        {t(view === "merges" ? "audience.duplicates.merges.about" : `audience.duplicates.${kind.of}.about`)}
      </p>
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          value={view}
          onChange={(next) => address.set({ show: next === "open" ? undefined : next }, { replace: true })}
          data={views.map((each) => ({ value: each, label: t(`audience.duplicates.view.${each}`) }))}
          aria-label={t("audience.view.duplicates")}
        />
        {/* What was made one is one list of both. */}
        {view !== "merges" && (
          <SegmentedControl
            size="xs"
            value={kind.of}
            onChange={(next) => address.set({ of: next === "people" ? next : undefined }, { replace: true })}
            data={kinds.map((each) => ({ value: each.of, label: <KindName kind={each} /> }))}
            aria-label={t("audience.duplicates.of")}
          />
        )}
      </div>
      {view === "merges" ? <Merges /> : <Pairs key={`${kind.of} ${view}`} kind={kind} state={view} />}
    </section>
  );
}

/** What is reviewed, with how many pairs wait. */
function KindName({ kind }: { kind: Kind }) {
  const { t, format } = useI18n();
  const n = useWaiting(kind) ?? 0;
  return (
    <>
      {t(`audience.duplicates.of.${kind.of}`)}
      {n > 0 && <span className={`num ${classes.n}`}> {format.number(n)}</span>}
    </>
  );
}

interface PairsProps {
  kind: Kind;
  state: QueueState;
}

function Pairs({ kind, state }: PairsProps) {
  const { data, error, refetch } = useQueue(kind, state);
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton shape="record" />;
  return <Queued kind={kind} page={data} state={state} />;
}

function Queued({ kind, page, state }: PairsProps & { page: Queue }) {
  const { t } = useI18n();
  const review = useReview(kind, page.items);
  useReviewKeys(review);
  const { current, index, failure } = review;
  const left = state === "open" ? page.open_n : page.later_n;
  const empty = state === "open" ? (`${kind.of}.empty` as const) : "later.empty";
  return (
    <div className={classes.queue}>
      <Progress kind={kind} page={page} left={left} at={index} />
      {failure !== null && <ErrorState error={failure} />}
      {current === undefined ? (
        <EmptyState
          icon="check"
          title={t(`audience.duplicates.${empty}.title`)}
          sentence={t(`audience.duplicates.${empty}`)}
        />
      ) : (
        <PairView
          key={current.id}
          kind={kind}
          id={current.id}
          keep={review.keep}
          onKeep={review.mayDecide ? review.letStay : null}
        >
          {(pair) => <Decide review={review} obstacle={pair.obstacle} />}
        </PairView>
      )}
      <Last review={review} />
    </div>
  );
}

interface ProgressProps {
  kind: Kind;
  page: Queue;
  left: number;
  at: number;
}

function Progress({ kind, page, left, at }: ProgressProps) {
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
        <span className={classes.muted}>{t(`audience.duplicates.${kind.of}.checking`, { n: page.waiting_n })}</span>
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
          {t(`audience.duplicates.${review.kind.of}.same`)}
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
function Last({ review: { kind, last, busy, takeBack } }: { review: Review }) {
  const { t } = useI18n();
  if (last === undefined) return null;
  const [first, second] = last.names.map((name) => name || t("leads.nameless"));
  const said = last.decision === "later" ? "said.later" : (`${kind.of}.said.${last.decision}` as const);
  return (
    <div className={classes.last} role="status">
      <span>{t(`audience.duplicates.${said}`, { first: first ?? "", second: second ?? "" })}</span>
      <Button variant="default" size="xs" disabled={busy} onClick={takeBack} rightSection={<Kbd shortcut="z" />}>
        {t("audience.duplicates.undo")}
      </Button>
    </div>
  );
}
