import { describe, expect, it } from "vitest";
import { fieldsOf, readConditions } from "~/parts/lists/conditions";
import { behindStep, canBeReached, helpedBy, mayBy } from "./behind";
import { type WaterfallStep, channels } from "./waterfall";

const step = (id: string, kind: WaterfallStep["kind"]): WaterfallStep => ({ id, kind, n: 1, from: 0 });
const said = (filter: string | undefined) =>
  readConditions("people", filter).map(({ field, op, values }) => [field, op, ...values].join(" "));

describe("the people behind a number", () => {
  it("are everybody for the whole, and who does not fit for who falls off first", () => {
    expect(behindStep(step("contacts", "all"), "mail")).toBeUndefined();
    expect(said(behindStep(step("misfit", "drop"), "phone"))).toEqual(["fit_group is misfit"]);
  });

  it("are those of the channel that is looked at, without who does not fit", () => {
    expect(said(behindStep(step("no_calls", "drop"), "phone"))).toEqual([
      "by_phone is no_calls",
      "fit_group is_not misfit",
    ]);
    expect(said(behindStep(step("may_be_mailed", "rest"), "mail"))).toEqual(said(mayBy("mail")));
    expect(said(helpedBy("call"))).toEqual(["unlock is call", "fit_group is_not misfit"]);
    expect(said(canBeReached)).toEqual(["reachable is yes", "fit_group is_not misfit"]);
  });

  it("can be asked for by clicking too", () => {
    for (const channel of channels) {
      for (const { field, values } of readConditions("people", mayBy(channel))) {
        const kind = fieldsOf("people").find((each) => each.id === field)?.values;
        expect(kind?.kind === "choice" && values.every((value) => kind.values.includes(value))).toBe(true);
      }
    }
  });
});
