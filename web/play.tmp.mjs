import { chromium } from "@playwright/test";
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const c = await b.newContext({ viewport: { width: 1440, height: 900 }, locale: "nl-NL", reducedMotion: "reduce" });
const p = await c.newPage();
const shot = (n) => p.screenshot({ path: `/work/scratch/w2/shots/${n}.png` });
p.setDefaultTimeout(15000);
await p.goto("http://127.0.0.1:5262/");
await p.locator("input[name=name]").fill("Sanne de Vries");
await p.locator("input[name=email]").fill("sanne@voorbeeld.example");
await p.locator("input[name=password]").fill("een lang zinnetje");
await p.locator("input[name=workspace_name]").fill("Voorbeeld BV");
await shot("a0-setup");
await p.locator("button[type=submit]").click();
await p.getByRole("heading", { level: 1, name: "Vandaag" }).waitFor();
await c.storageState({ path: "/work/scratch/w2/state.json" });
for (const w of [1440, 390]) {
  await p.setViewportSize({ width: w, height: w === 390 ? 844 : 900 });
  for (const part of ["today", "inbox", "leads", "prospects", "pipeline", "campaigns", "audience", "funnel", "settings/mailboxes", "settings/workspace", "practice"]) {
    await p.goto(`http://127.0.0.1:5262/${part}`);
    await p.waitForLoadState("networkidle").catch(() => {});
    await p.waitForTimeout(600);
    await shot(`a-${w}-${part.replace("/", "-")}`);
  }
}
await b.close();
