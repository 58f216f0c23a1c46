import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type Webhook = Schemas["WebhookView"];
export type Delivery = Schemas["DeliveryView"];

export type DeliveryState = "waiting" | "delivered" | "failed";

export function stateOf(delivery: { state: string }): DeliveryState {
  return delivery.state === "delivered" || delivery.state === "failed" ? delivery.state : "waiting";
}

/** Checked boxes as the server keeps them: none means all, and all means all that will ever be. */
export function toggled(all: readonly string[], kinds: readonly string[], kind: string, isOn: boolean): string[] {
  const before = kinds.length === 0 ? [...all] : [...kinds];
  const after = isOn ? [...new Set([...before, kind])] : before.filter((each) => each !== kind);
  return all.every((each) => after.includes(each)) ? [] : after;
}

export function wants(kinds: readonly string[], kind: string): boolean {
  return kinds.length === 0 || kinds.includes(kind);
}
