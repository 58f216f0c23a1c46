import { defineConfig } from "@playwright/test";

/** The development server, with the gallery; these tests answer the API's calls themselves. */
const port = Number(process.env.KIEM_E2E_PORT ?? 5199);

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: process.env.CI !== undefined,
  retries: 0,
  workers: process.env.CI === undefined ? 2 : 1,
  timeout: 60_000,
  // The development server compiles a part when it is first asked for it: on a busy machine that takes its time.
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    trace: "retain-on-failure",
    // A page is judged as it stands, never halfway through a movement.
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: {
      executablePath: process.env.KIEM_CHROMIUM ?? "/usr/bin/chromium",
      // Runs as root in containers, and asks nobody outside for anything.
      args: [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-sync",
        "--disable-domain-reliability",
        "--no-first-run",
        "--metrics-recording-only",
      ],
    },
  },
  webServer: {
    command: `npx vite --host 127.0.0.1 --port ${port} --strictPort`,
    url: `http://127.0.0.1:${port}/gallery`,
    reuseExistingServer: false,
    timeout: 60_000,
  },
});
