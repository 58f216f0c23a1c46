import { describe, expect, it } from "vitest";
import { lawfulBy, waterfall } from "./waterfall";

const says = { nl: "", en: "" };
const blocked = (block: string, contacts_n: number) => ({ block, contacts_n, needs_evidence: false, says });
const summary = {
  contacts_n: 12,
  fits_n: 4,
  fit_unknown_n: 6,
  channels: [
    { channel: "phone", lawful_n: 7, loosened_n: 0, blocked: [blocked("no_phone", 3)] },
    {
      channel: "mail",
      lawful_n: 5,
      loosened_n: 0,
      blocked: [blocked("suppressed", 1), blocked("no_ground", 2), blocked("no_address", 2)],
    },
  ],
};
const drawn = (channel: "mail" | "phone" | "post") =>
  waterfall(summary, channel).map((step) => [step.id, step.from, step.n]);

describe("the waterfall of lawful reach", () => {
  it("takes who does not fit and each reason off the right end and ends where the rest begins", () => {
    expect(drawn("mail")).toEqual([
      ["contacts", 0, 12],
      ["misfit", 10, 2],
      ["suppressed", 9, 1],
      ["no_ground", 7, 2],
      ["no_address", 5, 2],
      ["may_be_mailed", 0, 5],
    ]);
  });

  it("has the reasons of the channel that is looked at", () => {
    expect(drawn("phone")).toEqual([
      ["contacts", 0, 12],
      ["misfit", 10, 2],
      ["no_phone", 7, 3],
      ["phone", 0, 7],
    ]);
  });

  it("claims nobody for a channel of which nothing is said", () => {
    expect(lawfulBy(summary, "post")).toBe(0);
    expect(drawn("post").at(-1)).toEqual(["post", 0, 0]);
  });
});
