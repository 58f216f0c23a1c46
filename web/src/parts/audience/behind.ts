import { type Condition, writeConditions } from "~/parts/lists/conditions";
import type { Channel, WaterfallStep } from "./waterfall";

/** The field of the list of people that asks the send gate about a channel. */
const fieldOf = { mail: "by_mail", phone: "by_phone", post: "by_post" } as const satisfies Record<Channel, string>;

const is = (field: string, value: string): Condition => ({ field, op: "is", values: [value] });

/** Who does not fit is counted in no step after the first. */
const noMisfit: Condition = { field: "fit_group", op: "is_not", values: ["misfit"] };

const among = (...conditions: Condition[]): string | undefined => writeConditions([...conditions, noMisfit]);

/** The filter of the list of people that shows whom a step of the waterfall counts; none shows everybody. */
export function behindStep(step: WaterfallStep, channel: Channel): string | undefined {
  if (step.kind === "all") return undefined;
  if (step.id === "misfit") return writeConditions([is("fit_group", "misfit")]);
  return step.kind === "rest" ? mayBy(channel) : among(is(fieldOf[channel], step.id));
}

/** Everybody who may be reached by a channel. */
export function mayBy(channel: Channel): string | undefined {
  return among(is(fieldOf[channel], "allowed"));
}

/** Everybody whom there is any way to reach. */
export const canBeReached = among(is("reachable", "yes"));

/** Everybody whom an action would help. */
export function helpedBy(action: string): string | undefined {
  return among(is("unlock", action));
}
