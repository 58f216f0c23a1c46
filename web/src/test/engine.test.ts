import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import en from "~/i18n/en";
import nl from "~/i18n/nl";

const engine = "../crates/kiem/src/engine";
const sources = readdirSync(engine, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".rs"))
  .map((path) => readFileSync(`${engine}/${path}`, "utf8"));

/** Every name like `quote.sent` in the first lines after a call, or after a variable that is handed to one. */
function namesAfter(start: RegExp, then = ""): string[] {
  return sources.flatMap((text) =>
    [...text.matchAll(start)].flatMap((found) => {
      if (!text.slice(found.index, found.index + 200).includes(then)) return [];
      const statement = text.slice(found.index).split(";")[0] ?? "";
      return [...statement.matchAll(/"([a-z_]+\.[a-z_]+)"/g)].map((each) => each[1] ?? "").slice(0, 2);
    }),
  );
}

/** What happens to the workspace as a whole stands on nobody's timeline. */
const ofNobody = /^(import|plan|campaign|webhook)\./;

describe("what the program writes down has words in both languages", () => {
  it("in the audit trail", () => {
    const putAway = sources.flatMap((text) =>
      [...text.matchAll(/\.put_away\(&mut tx, caller, "(\w+)"/g)].flatMap(([, what]) => [
        `${what}.archived`,
        `${what}.unarchived`,
      ]),
    );
    expect(putAway).toHaveLength(6);
    const actions = [...namesAfter(/\.audit\(/g), ...namesAfter(/let action =/g, "audit("), ...putAway];
    expect(actions.length).toBeGreaterThan(50);
    const missing = actions
      // Words for what is to be done next, which a variable of the same name holds elsewhere.
      .filter((action) => !action.startsWith("next_action."))
      .map((action) => `settings.audit.${action}`)
      .filter((key) => !(key in en && key in nl));
    expect(missing).toEqual([]);
  });

  it("for each fact of a line of the audit trail", () => {
    const noted = sources.flatMap((text) =>
      [...text.matchAll(/\.audit\(|let detail =/g)].flatMap((found) => {
        const statement = text.slice(found.index).split(";")[0] ?? "";
        return statement.includes("json!(") ? [...statement.matchAll(/"(\w+)":/g)].map((each) => each[1] ?? "") : [];
      }),
    );
    expect(noted.length).toBeGreaterThan(50);
    const missing = [...new Set(noted)]
      // Ids, which say nothing, and what only holds others together.
      .filter((key) => !["campaign", "kept", "lost", "before", "after", "settings"].includes(key))
      .map((key) => `settings.audit.detail.${key}`)
      .filter((key) => !(key in en && key in nl));
    expect(missing).toEqual([]);
  });

  it("on the timeline", () => {
    const kinds = [
      ...namesAfter(/_?event\(/g),
      ...namesAfter(/let kind =/g, "event("),
      ...namesAfter(/pub const KINDS/g),
    ];
    const announced = sources.flatMap((text) =>
      [...(/pub const KINDS[^=]*= \[([^\]]*)\]/.exec(text)?.[1] ?? "").matchAll(/"([a-z_.]+)"/g)].map(
        (each) => each[1] ?? "",
      ),
    );
    expect(announced.length).toBeGreaterThan(20);
    const missing = [...new Set([...kinds, ...announced])]
      .filter((kind) => !ofNobody.test(kind) && !kind.startsWith("next_action."))
      .map((kind) => `prospects.event.${kind}`)
      .filter((key) => !(key in en && key in nl));
    expect(missing).toEqual([]);
  });
});
