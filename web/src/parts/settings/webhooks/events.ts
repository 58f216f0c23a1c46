import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type Webhook = Schemas["WebhookView"];
export type Delivery = Schemas["DeliveryView"];

/** Events that leave the house, by the names that other programs see. */
export const eventKinds = [
  "lead.promoted",
  "promotion.undone",
  "lead.judged",
  "reply.received",
  "reply.labelled",
] as const;
export type EventKind = (typeof eventKinds)[number];

export type DeliveryState = "waiting" | "delivered" | "failed";

export function stateOf(delivery: { state: string }): DeliveryState {
  return delivery.state === "delivered" || delivery.state === "failed" ? delivery.state : "waiting";
}

/** Checked boxes as the server keeps them: none means all, and all means all that will ever be. */
export function toggled(kinds: readonly string[], kind: EventKind, isOn: boolean): string[] {
  const before = kinds.length === 0 ? [...eventKinds] : [...kinds];
  const after = isOn ? [...new Set([...before, kind])] : before.filter((each) => each !== kind);
  return eventKinds.every((each) => after.includes(each)) ? [] : after;
}

export function wants(kinds: readonly string[], kind: EventKind): boolean {
  return kinds.length === 0 || kinds.includes(kind);
}
