import { expect, it } from "vitest";
import en from "~/i18n/en";
import nl from "~/i18n/nl";
import { reasonKey } from "./reasons";

it.each([
  ["lead.suppressed", "unsubscribed"],
  ["lead.suppressed", "erased"],
  ["suppression.added", "replied_stop"],
  ["suppression.removed", "manual"],
  ["message.stopped", "no_ground"],
  ["message.failed", "refused"],
  ["prospect.lost", "price"],
  ["prospect.disqualified", "no_fit"],
  ["customer.won", "quote:01931f7e-0000-7000-8000-000000000000"],
])("%s, %s: no code is shown", (kind, detail) => {
  const key = reasonKey(kind, detail) ?? "";
  expect(nl).toHaveProperty([key]);
  expect(en).toHaveProperty([key]);
});

it("what a person typed is shown as it is", () => {
  expect(reasonKey("customer.won", "Handtekening op de beurs")).toBeUndefined();
  expect(reasonKey("lead.judged", "never")).toBeUndefined();
  expect(nl).not.toHaveProperty([reasonKey("prospect.lost", "Ging naar een ander") ?? ""]);
});
