import { expect, it } from "vitest";
import en from "~/i18n/en";
import nl from "~/i18n/nl";
import { createTranslate, knownKey } from "~/i18n/translate";
import { detailOf, reasonKey } from "./reasons";

it.each([
  ["lead.suppressed", "unsubscribed"],
  ["lead.suppressed", "erased"],
  ["suppression.added", "replied_stop"],
  ["suppression.removed", "manual"],
  ["message.stopped", "no_ground"],
  ["message.failed", "refused"],
  ["task.not_allowed", "no_phone"],
  ["task.not_allowed", "country_needs_consent"],
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

it.each([
  ["prospect.disqualified", { reason: "no_budget", note: "Pas na de verbouwing" }, "Geen budget: Pas na de verbouwing"],
  ["prospect.disqualified", { reason: "no_budget", note: "" }, "Geen budget"],
  ["prospect.lost", { reason: "other", note: "Ging failliet" }, "Ging failliet"],
  ["prospect.nurtured", { until: "2027-01-07", reason: "Na de verbouwing" }, "Na de verbouwing"],
  [
    "task.not_allowed",
    { text: "Bel na", channel: "phone", reason: "no_phone", rule: "NL v1" },
    "Geen telefoonnummer: Bel na",
  ],
  ["note.added", { text: "Belde terug" }, "Belde terug"],
  ["prospect.moved", { to: "closing" }, undefined],
])("%s with %o says the reason and what was written with it", (kind, data, said) => {
  const words = { t: createTranslate("nl", nl), known: (key: string) => knownKey(nl, key) };
  expect(detailOf({ kind, data }, words)).toBe(said);
});
