import { type IncomingMessage, type ServerResponse, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { type BrowserContext, type Page, expect, test } from "@playwright/test";
import { answer } from "./answers";

/** A host in front of the page's own, whose streams of events stay open as a real server's do. */
async function hostOf(page: string) {
  let streams = 0;
  const server = createServer((asked: IncomingMessage, told: ServerResponse) => {
    if (asked.url?.startsWith("/api/v1/events") === true) {
      streams += 1;
      told.on("close", () => (streams -= 1));
      told.writeHead(200, { "content-type": "text/event-stream" });
      told.write(": hello\n\n");
      return;
    }
    const onward = request(new URL(asked.url ?? "/", page), { method: asked.method, headers: asked.headers }, (got) => {
      told.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(told);
    });
    onward.on("error", () => told.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => (server.closeAllConnections(), server.close());
  return { url: `http://127.0.0.1:${port}`, streams: () => streams, close };
}

/** The browser of a test shows every tab at once; a person sees one. */
async function turn(page: Page, state: "visible" | "hidden") {
  await page.evaluate((now) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => now });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

async function openTab(context: BrowserContext, url: string) {
  const page = await context.newPage();
  await answer(page, { language: "en" });
  // The stream is the server's own; all else is answered here.
  await page.route("**/api/v1/events?**", (route) => route.continue());
  await page.goto(`${url}/leads`);
  await expect(page.getByRole("heading", { level: 1, name: "Leads" })).toBeVisible();
  return page;
}

test("eight open tabs: the last loads, the first still works, and one stream is open", async ({ context, baseURL }) => {
  test.setTimeout(180_000);
  const host = await hostOf(baseURL ?? "");
  try {
    const tabs: Page[] = [];
    for (let at = 0; at < 8; at += 1) {
      const before = tabs.at(-1);
      if (before !== undefined) await turn(before, "hidden");
      tabs.push(await openTab(context, host.url));
      await expect.poll(host.streams).toBe(1);
    }
    const first = tabs[0]!;
    const last = tabs.at(-1)!;
    await last.getByRole("link", { name: "Funnel" }).click();
    await expect(last).toHaveURL(/\/funnel$/);
    await turn(last, "hidden");
    await turn(first, "visible");
    await expect.poll(host.streams).toBe(1);
    // A whole load goes over the same six connections as the streams.
    await first.goto(`${host.url}/pipeline`);
    await expect(first.getByRole("heading", { level: 1, name: "Pipeline" })).toBeVisible();
  } finally {
    host.close();
  }
});
