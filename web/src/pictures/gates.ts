import type { MessageKey } from "~/i18n";
import { type Signal, signalIcon, signals } from "~/kit/Receipt";
import type { IconName } from "~/kit/icons";

/** One who went through a gate lately, and why. */
export interface Passage {
  id: string;
  name: string;
  company: string;
  why: string;
  at: string;
}

export interface GateCount {
  count: number;
  /** The latest first; a handful is enough. */
  latest: readonly Passage[];
}

/** A place where the membrane lets through. */
export interface Gate<Id extends string = string> {
  id: Id;
  icon: IconName;
  label: MessageKey;
}

/** What a lead must do to become a prospect. */
export const signalGates: readonly Gate<Signal>[] = signals.map((id) => ({
  id,
  icon: signalIcon[id],
  label: `kit.signal.${id}`,
}));

/** What makes a prospect an opportunity. */
export const dealGates = [
  { id: "quote", icon: "quote_request", label: "pictures.gate.quote" },
  { id: "intent", icon: "flame", label: "pictures.gate.intent" },
] as const satisfies readonly Gate[];

export type DealGate = (typeof dealGates)[number]["id"];

/** The steps of a conversation with a prospect, in order. */
export const conversationSteps = ["to_qualify", "first_meeting", "second_meeting", "negotiation", "closing"] as const;
export type ConversationStep = (typeof conversationSteps)[number];
