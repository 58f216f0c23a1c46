import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { embedCode, linkCode } from "~/parts/settings/inlets/inlets";

const snippet = readFileSync("public-site/snippet.js", "utf8");

interface Site {
  kiem: { token: () => string; consent: (yes: boolean) => void };
}

/** The website with the script on it, as somebody sees it who came by `hash`. */
function visit(hash: string, mode?: "consented"): Site["kiem"] {
  const script = document.createElement("script");
  script.src = "https://kiem.example/s.js";
  if (mode !== undefined) script.setAttribute("data-mode", mode);
  Object.defineProperty(document, "currentScript", { value: script, configurable: true });
  window.history.replaceState(null, "", `/contact${hash}`);
  // The page runs it as a script does: with the window as it is.
  new Function(snippet)();
  return (window as unknown as Site).kiem;
}

const entry = "a".repeat(40);

describe("the script of the website", () => {
  beforeEach(() => {
    vi.stubGlobal(
      "fetch",
      vi.fn(() => Promise.resolve({ status: 200, json: () => Promise.resolve({ k: "next" }) })),
    );
  });

  it("stays under 2 kB", () => {
    expect(gzipSync(snippet, { level: 9 }).length).toBeLessThan(2048);
  });

  it("gives the token of the visit, first that of the link, then that of the answer", async () => {
    const kiem = visit(`#k=${entry}`);
    expect(kiem.token()).toBe(entry);
    await vi.waitFor(() => expect(kiem.token()).toBe("next"));
    expect(window.location.hash).toBe("");
  });

  it("gives nothing to who came by themselves", () => {
    expect(visit("").token()).toBe("");
  });

  it("gives nothing before consent where that is asked", async () => {
    const kiem = visit(`#k=${entry}`, "consented");
    expect(kiem.token()).toBe("");
    kiem.consent(true);
    expect(kiem.token()).toBe(entry);
    kiem.consent(false);
    expect(kiem.token()).toBe("");
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});

describe("the code for an own page", () => {
  it("sends the token along with the form and with a link", () => {
    const words = { name: "", email: "", company: "", text: "", send: "", done: "" };
    const code = embedCode("https://kiem.example/f/x", words);
    expect(code).toContain('name="visit"');
    expect(code).toContain("form.visit.value = window.kiem ? kiem.token()");
    (window as unknown as Site).kiem = { token: () => "t1", consent: () => undefined };
    document.body.innerHTML = linkCode("https://kiem.example/b/1/intake", 'A "meeting" <b>');
    const link = document.querySelector("a");
    expect(link?.textContent).toBe('A "meeting" <b>');
    // Nothing in a page of the tests runs by itself: the deed of a click is called as the browser would.
    new Function(link?.getAttribute("onclick") ?? "").call(link);
    expect(link?.href).toBe("https://kiem.example/b/1/intake?k=t1");
  });
});
