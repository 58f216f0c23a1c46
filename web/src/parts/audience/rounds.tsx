import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { StatusDot } from "~/kit/chips";
import { When } from "~/kit/figures";
import { notifyProblem } from "~/kit/notify";
import type { Meaning } from "~/theme/theme";
import classes from "./Audience.module.css";

/** What rounds over many companies have in common, whatever they ask. */
export interface Round {
  id: string;
  state: string;
  companies_n: number;
  created_at: string;
}

const pollMs = 1000;
const stateMeaning: Record<string, Meaning> = {
  running: "lead",
  paused: "nurture",
  finished: "customer",
  stopped: "nurture",
  failed: "danger",
};
const isMoving = (run: Round) => run.state === "running" || run.state === "paused";

/** Asked for again and again while one runs. */
export function pollWhileRunning(query: { state: { data?: { items: readonly Round[] } } }): number | false {
  return query.state.data?.items.some((run) => run.state === "running") === true ? pollMs : false;
}

/** Rounds that go on or wait, and those that ended. A single company that is asked about from its own page is no round to look at. */
export function sorted<R extends Round>(runs: readonly R[]): { moving: R[]; earlier: R[] } {
  const rounds = runs.filter((run) => run.companies_n > 1);
  return { moving: rounds.filter(isMoving), earlier: rounds.filter((run) => !isMoving(run)) };
}

export type Move = "pause" | "resume" | "stop";

/** Moves a round; everything of the audience is asked for anew, also after a refusal. */
export function useMoveRound(send: (move: Move) => Promise<unknown>) {
  const i18n = useI18n();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (move: Move): Promise<void> => {
      await send(move);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.all("audience") }),
    onError: (error, move) => {
      // A dialog says by itself what was refused.
      if (move !== "stop") notifyProblem(error, i18n);
    },
  });
}

interface EarlierProps<R extends Round> {
  of: "websites" | "register";
  runs: readonly R[];
  /** What became of a round, in words. */
  result: (run: R) => ReactNode;
  /** What more there is to say, below it. */
  more?: (run: R) => ReactNode;
}

/** How earlier rounds ended. */
export function Earlier<R extends Round>({ of, runs, result, more }: EarlierProps<R>) {
  const { t, known } = useI18n();
  if (runs.length === 0) return null;
  return (
    <div>
      <h2 className={classes.heading}>{t(`audience.${of}.earlier`)}</h2>
      <ul className={classes.rows}>
        {runs.map((run) => {
          const key = known(`audience.${of}.state.${run.state}`);
          return (
            <li key={run.id}>
              <div className={classes.row}>
                <span className={classes.grow}>{result(run)}</span>
                <StatusDot meaning={stateMeaning[run.state]} label={key === undefined ? run.state : t(key)} />
                <When at={run.created_at} />
              </div>
              {more?.(run)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
