import { describe, expect, it } from "vitest";
import { dayProblem, newAvailability, nextStretch, slugOf, weekOf, weeklyOf } from "./booking/hours";
import { embedCode, newSecret, originsIn } from "./inlets/inlets";
import { type Threshold, changesOf, grouped, groups, unitOf } from "./rules/rules";
import { toggled, wants } from "./webhooks/events";
import { kindOf, modeOf, pathsIn } from "./website/pages";

describe("website", () => {
  it("takes paths and whole addresses, each once", () => {
    expect(pathsIn("https://www.a.example/cases/x?y=1\n/prijzen  prijzen /prijzen")).toEqual(["/cases/x", "/prijzen"]);
    expect(pathsIn("  ")).toEqual([]);
  });
  it("shows what a newer server says as the most careful thing", () => {
    expect(modeOf({ visit_mode: "tomorrow" })).toBe("off");
    expect(kindOf({ kind: "tomorrow" })).toBe("page");
  });
});

describe("booking hours", () => {
  it("go to the server and come back as they were", () => {
    expect(weeklyOf(weekOf(newAvailability.weekly))).toEqual(newAvailability.weekly);
    expect(weekOf(newAvailability.weekly).map((day) => day.length)).toEqual([1, 1, 1, 1, 1, 0, 0]);
  });
  it.each([
    [[{ from: "09:00", until: "17:00" }], null],
    [[{ from: "17:00", until: "09:00" }], "order"],
    [[{ from: "09:00", until: "" }], "order"],
    [
      [
        { from: "13:00", until: "17:00" },
        { from: "09:00", until: "13:30" },
      ],
      "overlap",
    ],
    [
      [
        { from: "13:00", until: "17:00" },
        { from: "09:00", until: "13:00" },
      ],
      null,
    ],
  ])("%j: %s", (day, problem) => expect(dayProblem(day)).toBe(problem));
  it("offer a stretch that fits behind the last one", () => {
    const day = [{ from: "09:00", until: "12:30" }];
    expect(nextStretch(day)).toEqual({ from: "13:30", until: "15:30" });
    expect(dayProblem([...day, nextStretch(day)])).toBeNull();
  });
  it("make an address of a title", () => {
    expect(slugOf("Eerste kennismaking, ½ uur – café")).toBe("eerste-kennismaking-uur-cafe");
    expect(slugOf("  ")).toBe("");
  });
});

describe("forms", () => {
  const words = { name: "Naam", email: "E-mail", company: "Bedrijf", text: "Vraag", send: "Stuur", done: 'Dank "u"' };
  it("put the address and the trap into the code, escaped", () => {
    const code = embedCode('https://kiem.example/f/A"><script>', words);
    expect(code).not.toContain('"><script>');
    expect(code).toContain('name="website"');
    expect(code).toContain('name="token"');
    expect(code).toContain('"Dank \\"u\\""');
  });
  it("make a secret that nobody guesses", () => {
    expect(newSecret()).toMatch(/^[0-9a-f]{64}$/);
    expect(newSecret()).not.toBe(newSecret());
  });
  it("read origins a line", () => expect(originsIn("https://a.example\n\n https://b.example ")).toHaveLength(2));
});

describe("webhook events", () => {
  it("none means all, and all is kept as none", () => {
    const all = ["lead.promoted", "reply.received", "customer.won"];
    expect(wants([], "lead.promoted")).toBe(true);
    const some = toggled(all, [], "lead.promoted", false);
    expect(some).toEqual(["reply.received", "customer.won"]);
    expect(wants(some, "lead.promoted")).toBe(false);
    expect(toggled(all, some, "lead.promoted", true)).toEqual([]);
  });
});

describe("rules", () => {
  const item = (name: string, value: number | boolean, standard = value): Threshold => ({ name, value, standard });
  const items = [item("visits_min", 2, 3), item("r6_enabled", false), item("burst_seconds", 5)];
  it("send only what differs, and nothing back as null", () => {
    expect(changesOf(items, { visits_min: 3, r6_enabled: true, burst_seconds: 5 })).toEqual([
      { name: "visits_min", value: null },
      { name: "r6_enabled", value: true },
    ]);
    expect(changesOf(items, {})).toEqual([]);
  });
  it("show every threshold once, also one that is new", () => {
    const { shown, fine } = grouped([...items, item("from_a_newer_server", 1)]);
    const names = [...shown.flatMap((group) => group.items), ...fine].map((one) => one.name);
    expect(names.sort()).toEqual(["burst_seconds", "from_a_newer_server", "r6_enabled", "visits_min"]);
    expect(new Set(groups.flatMap((group) => [...group.names])).size).toBe(
      groups.flatMap((group) => group.names).length,
    );
  });
  it.each([
    ["window_days", "days"],
    ["after_touch_days_max", "days"],
    ["case_visible_seconds_min", "seconds"],
    ["r1_margin_min_percent", "percent"],
    ["warmth_visit_cap", "points"],
    ["visits_min", undefined],
  ])("%s is in %s", (name, unit) => expect(unitOf(name)).toBe(unit));
});
