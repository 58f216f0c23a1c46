import { defineConfig } from "@playwright/test";
import base from "../playwright.config";

/** The page against the real program: each worker starts the binary of `KIEM_BIN` on a data folder of its own. */
export default defineConfig({
  ...base,
  testDir: ".",
  outputDir: "../test-results/story",
  // Two also under CI: half of the time a test waits for the program.
  workers: 2,
  timeout: 150_000,
  use: { ...base.use, actionTimeout: 20_000, navigationTimeout: 30_000 },
  expect: { timeout: 15_000 },
  webServer: undefined,
});
