import { test as base } from "@playwright/test";
import { type Program, start } from "./program";
import { Seller } from "./seller";
import { watch } from "./watch";
import type { Language } from "./words";

interface Fixtures {
  language: Language;
  /** A Kiem that nobody has opened yet. */
  fresh: Program;
  seller: Seller;
}

/** A story begins with nothing: an empty data folder, and one person at the browser. */
export const test = base.extend<Fixtures>({
  language: ["nl", { option: true }],
  // Playwright reads from the braces what a fixture needs: nothing.
  fresh: async ({}, use) => {
    const program = await start("serve");
    await use(program);
    await program.stop();
  },
  seller: async ({ browser, fresh, language }, use) => {
    const context = await browser.newContext({
      baseURL: fresh.url,
      locale: language === "nl" ? "nl-NL" : "en-GB",
      timezoneId: "Europe/Amsterdam",
      viewport: { width: 1440, height: 900 },
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const found = watch(page, (url, status) => status === 401 && url.endsWith("/api/v1/session"));
    await use(new Seller(page, language));
    await context.close();
    test.expect(found).toEqual([]);
  },
});

export { expect } from "@playwright/test";
