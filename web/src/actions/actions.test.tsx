import { fireEvent, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Role } from "~/api/session";
import en from "~/i18n/en";
import nl from "~/i18n/nl";
import { createTranslate } from "~/i18n/translate";
import { views } from "~/parts/audience/views";
import { sections } from "~/parts/settings/sections";
import { shellActions } from "~/shell/actions";
import { actionContext, show, workspaceOf } from "~/test/render";
import { deeds } from "~/shell/deeds";
import { useActions, useAvailableActions } from "./ActionsProvider";
import { companiesFirst, findActions } from "./find";
import { type Action, ActionRegistry, type FoundKind, available } from "./registry";
import { keyOf, match, printed } from "./shortcut";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe("shortcuts", () => {
  it.each([
    [press("k", { ctrlKey: true }), "mod+k"],
    [press("K", { metaKey: true }), "mod+k"],
    [press("?", { shiftKey: true }), "?"],
    [press("J", { shiftKey: true }), "shift+j"],
    [press("Enter"), "Enter"],
    [press(" "), "Space"],
  ])("reads a key press", (pressed, expected) => {
    expect(keyOf(pressed)).toBe(expected);
  });

  it("waits for the second key of a sequence", () => {
    const known = ["g t", "g i", "j"];
    expect(match(["g"], known)).toEqual({ kind: "begun" });
    expect(match(["g", "i"], known)).toEqual({ kind: "whole", shortcut: "g i" });
    expect(match(["g", "x"], known)).toEqual({ kind: "none" });
  });

  it("prints them as the keyboard has them", () => {
    expect(printed("mod+k", true)).toEqual([["⌘", "K"]]);
    expect(printed("g t", false)).toEqual([["G"], ["T"]]);
  });

  it("gives every action of the shell a key of its own", () => {
    const keys = shellActions([]).flatMap((action) => action.shortcut ?? []);
    expect(keys.length).toBe(new Set(keys).size);
  });
});

describe("registry", () => {
  const action = (id: string, change: Partial<Action> = {}): Action => ({
    id,
    label: "kit.close",
    section: "do",
    perform: () => undefined,
    ...change,
  });

  it("lets a page's own action win over the shell's of the same name, while it is there", () => {
    const registry = new ActionRegistry();
    registry.add([action("open", { label: "kit.next" })]);
    const leave = registry.add([action("open", { label: "kit.previous" })]);
    expect(registry.all().map((each) => each.label)).toEqual(["kit.previous"]);
    leave();
    expect(registry.all().map((each) => each.label)).toEqual(["kit.next"]);
  });

  it("offers the practice inbox only where one practises", () => {
    const ids = (mode: "live" | "practice") =>
      available(shellActions([]), actionContext({ workspace: { ...actionContext().workspace, mode } })).map(
        (each) => each.id,
      );
    expect(ids("live")).not.toContain("go.practice");
    expect(ids("practice")).toContain("go.practice");
  });
});

describe("deeds from anywhere", () => {
  const pages = import.meta.glob<string>("../parts/**/*.tsx", { eager: true, query: "?raw", import: "default" });

  it("end in an action that some page offers", () => {
    const text = Object.values(pages).join("");
    const ids = deeds.flatMap((deed) => deed.then ?? []);
    expect(ids.length).toBeGreaterThan(4);
    for (const id of ids) {
      // A decision about a lead is one of a list.
      const decision = /^lead\.(force_prospect)$/.exec(id)?.[1];
      expect(text, id).toContain(decision === undefined ? `id: "${id}"` : "id: `lead.${decision}`");
      if (decision !== undefined) expect(text, id).toContain(`decisions = ["${decision}"`);
    }
  });

  it.each([
    ["owner", "/today", ["task", "call", "promote", "disqualify", "approve", "campaign", "import", "lead"]],
    ["marketing", "/today", ["promote", "approve", "campaign", "import", "lead"]],
    ["sales", "/today", ["task", "call", "promote", "disqualify"]],
    ["read_only", "/today", []],
    ["owner", "/prospects/p1", ["promote", "approve", "campaign", "import", "lead"]],
    ["owner", "/leads/l1", ["task", "call", "disqualify", "approve", "campaign", "import"]],
    ["marketing", "/campaigns", ["promote", "approve", "import", "lead"]],
  ] as const)("are those that %s may do on %s", (role, path, expected) => {
    const ids = available(deeds, actionContext({ workspace: workspaceOf(role), path })).map(({ id }) =>
      id.replace("do.", ""),
    );
    expect(ids).toEqual(expected);
  });

  it("wait for the page that opens, and are forgotten when it never offers them", async () => {
    const registry = new ActionRegistry();
    const late: Action = { id: "lead.new", label: "kit.next", section: "do", perform: vi.fn() };
    const offered = registry.offered("lead.new", registry.all, 1000);
    registry.add([{ ...late, id: "other" }]);
    registry.add([late]);
    expect(await offered).toBe(late);
    expect(await registry.offered("lead.new", registry.all, 1000)).toBe(late);
    expect(await registry.offered("never", registry.all, 5)).toBeUndefined();
  });

  it("do what the page offers with what was found", async () => {
    const perform = vi.fn();
    function Page() {
      const { run } = useAvailableActions();
      useActions([{ id: "lead.new", label: "kit.next", section: "do", perform }]);
      const go = (_: unknown, path: string) => void expect(path).toBe("/leads/l1");
      return (
        <button
          onClick={() => run({ id: "x", label: "kit.next", section: "do", perform: go, then: "lead.new" }, "/leads/l1")}
        >
          go
        </button>
      );
    }
    show(<Page />);
    fireEvent.click(screen.getByText("go"));
    await vi.waitFor(() => expect(perform).toHaveBeenCalledTimes(1));
  });
});

describe("finding", () => {
  const t = createTranslate("en", en);
  const actions = shellActions([]);

  it.each([
    ["lead", "go.leads"],
    ["go fun", "go.funnel"],
    ["dutch", "language"],
    ["promote", "do.promote"],
    ["csv", "do.import"],
    ["night", "scheme.light"],
  ])("%s finds %s", (query, id) => {
    expect(findActions(actions, query, t).map((each) => each.id)).toContain(id);
  });

  const nlActions = (query: string) => findActions(actions, query, createTranslate("nl", nl)).map((each) => each.id);
  it.each([
    ["nooit benaderen", "page.audience_suppressions"],
    ["dubbel", "page.audience_duplicates"],
    ["ideale", "page.audience_profile"],
    ["handelsregister", "page.audience_register"],
    ["wachtwoord", "page.settings_profile"],
  ])("%s finds %s", (query, id) => {
    expect(nlActions(query)).toContain(id);
    expect(nlActions("")).not.toContain(id);
  });

  it("knows every view of the audience and every section of the settings, for whom it is", () => {
    const ids = (role: Role) =>
      available(actions, actionContext({ workspace: workspaceOf(role) })).map((each) => each.id);
    for (const view of views.slice(1)) expect(ids("owner")).toContain(`page.audience_${view}`);
    for (const { id, permission } of sections) {
      expect(ids("owner")).toContain(`page.settings_${id}`);
      expect(ids("read_only").includes(`page.settings_${id}`), id).toBe(permission === undefined);
    }
  });

  it("puts the company that is typed before its people", () => {
    const found = (kind: FoundKind, title: string) => ({ kind, title });
    const order = companiesFirst(
      [
        found("lead", "Eva Jansen"),
        found("company", "Bouw Jansen"),
        found("company", "Jansen Bouw"),
        found("company", "Jansén"),
      ],
      "jansen",
    );
    expect(order.map((each) => each.title)).toEqual(["Jansén", "Jansen Bouw", "Eva Jansen", "Bouw Jansen"]);
  });

  it("does not show keys that make no sense in a palette", () => {
    expect(findActions(actions, "search", t).map((each) => each.id)).not.toContain("palette");
  });
});

describe("keys on a page", () => {
  function Page({ onDo }: { onDo: () => void }) {
    useActions([{ id: "do", label: "kit.next", section: "do", shortcut: "e", perform: onDo }]);
    return <input aria-label="field" />;
  }

  it("do what they say, but not while a person types", () => {
    const onDo = vi.fn();
    show(<Page onDo={onDo} />);
    fireEvent.keyDown(screen.getByLabelText("field"), { key: "e" });
    expect(onDo).not.toHaveBeenCalled();
    fireEvent.keyDown(document.body, { key: "e" });
    return vi.waitFor(() => expect(onDo).toHaveBeenCalledTimes(1));
  });

  it("leave the key that closes a dialog to the dialog", async () => {
    const onDo = vi.fn();
    show(<Page onDo={onDo} />);
    const dialog = document.body.appendChild(document.createElement("div"));
    dialog.setAttribute("aria-modal", "true");
    const close = () => dialog.remove();
    window.addEventListener("keydown", close, true);
    fireEvent.keyDown(document.body, { key: "e" });
    window.removeEventListener("keydown", close, true);
    fireEvent.keyDown(document.body, { key: "e" });
    await vi.waitFor(() => expect(onDo).toHaveBeenCalledTimes(1));
  });

  it("give Enter to the page where what has the focus is open already", async () => {
    const onDo = vi.fn();
    function Tabs() {
      useActions([{ id: "do", label: "kit.next", section: "do", shortcut: "Enter", perform: onDo }]);
      return ["true", "false"].map((chosen) => (
        <button key={chosen} role="tab" aria-selected={chosen === "true"}>
          {chosen}
        </button>
      ));
    }
    show(<Tabs />);
    fireEvent.keyDown(screen.getByText("false"), { key: "Enter" });
    expect(onDo).not.toHaveBeenCalled();
    fireEvent.keyDown(screen.getByText("true"), { key: "Enter" });
    await vi.waitFor(() => expect(onDo).toHaveBeenCalledTimes(1));
  });

  it("go with g and a letter, and open the palette also from a field", async () => {
    const go = vi.fn();
    const openPalette = vi.fn();
    show(<input aria-label="field" />, { base: shellActions([]), context: { go, openPalette } });
    fireEvent.keyDown(document.body, { key: "g" });
    fireEvent.keyDown(document.body, { key: "f" });
    await vi.waitFor(() => expect(go).toHaveBeenCalledWith("/funnel"));
    fireEvent.keyDown(screen.getByLabelText("field"), { key: "k", ctrlKey: true });
    await vi.waitFor(() => expect(openPalette).toHaveBeenCalled());
  });
});
