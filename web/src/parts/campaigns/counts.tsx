import { useT } from "~/i18n";
import { Chip } from "~/kit/chips";
import type { Counts } from "./calls";

/** How many are in one of these states. */
export function countOf(counts: Counts, ...states: readonly string[]): number {
  return counts.filter((count) => states.includes(count.state)).reduce((sum, count) => sum + count.n, 0);
}

export const campaignStates = ["draft", "running", "paused", "finished"] as const;
export type CampaignState = (typeof campaignStates)[number];

/** A state that this page does not know yet is shown as not running: the careful reading. */
export function stateOf(state: string): CampaignState {
  return campaignStates.find((known) => known === state) ?? "paused";
}

export function StateChip({ state }: { state: string }) {
  const t = useT();
  const known = stateOf(state);
  const icon = { draft: "edit", running: "play", paused: "pause", finished: "check" } as const;
  return (
    <Chip icon={icon[known]} meaning={known === "running" ? "lead" : undefined} hollow={known !== "running"}>
      {t(`campaigns.state.${known}`)}
    </Chip>
  );
}
