import { describe, expect, it } from "vitest";
import { type Begun, stepsOf } from "./steps";

const empty: Begun = { senderCompany: "", postalAddress: "", mailboxes: 0, leads: 0, campaigns: [] };
const campaign = { state: "running", enrolments: [{ n: 3 }], messages: [{ state: "draft", n: 3 }] };
const done = (begun: Partial<Begun>) =>
  stepsOf({ ...empty, ...begun }).flatMap(({ id, isDone }) => (isDone ? [id] : []));

describe("the first steps", () => {
  it("begin with nothing", () => {
    expect(stepsOf(empty).map(({ id }) => id)).toEqual(["identity", "mailbox", "audience", "campaign", "approve"]);
    expect(done({})).toEqual([]);
  });

  it.each<[Partial<Begun>, string[]]>([
    [{ senderCompany: "Voorbeeld BV" }, []],
    [{ senderCompany: "Voorbeeld BV", postalAddress: "Keizersgracht 1" }, ["identity"]],
    [{ mailboxes: 1, leads: 2 }, ["mailbox", "audience"]],
    // A campaign counts when it runs and somebody is in it.
    [{ campaigns: [{ ...campaign, state: "draft" }] }, []],
    [{ campaigns: [{ ...campaign, enrolments: [{ n: 0 }] }] }, []],
    [{ campaigns: [campaign] }, ["campaign"]],
    [{ campaigns: [{ ...campaign, messages: [{ state: "queued", n: 1 }] }] }, ["campaign", "approve"]],
    [{ campaigns: [{ ...campaign, messages: [{ state: "stopped", n: 1 }] }] }, ["campaign"]],
  ])("are done one by one: %o", (begun, expected) => {
    expect(done(begun)).toEqual(expected);
  });
});
