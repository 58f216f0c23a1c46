import AxeBuilder from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";
import { isKey } from "./words";

/** Collects what must not happen while a page is used: messages of the console, refused and broken calls. */
export function watch(page: Page, allowed: (url: string, status: number) => boolean = () => false): string[] {
  const found: string[] = [];
  page.on("console", (message) => {
    // The browser also says each refused call here; those are judged below, with their address.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      found.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => found.push(`error: ${error.message}`));
  page.on("response", (response) => {
    const status = response.status();
    if (status >= 400 && !allowed(response.url(), status))
      found.push(`${status} ${response.request().method()} ${response.url()}`);
  });
  return found;
}

/** The page has its content: a heading, and nothing that loads. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    // What listens to the size and the colours has drawn anew by the second frame.
    const drawn = async () => {
      await new Promise((second) => requestAnimationFrame(() => requestAnimationFrame(second)));
      await Promise.all(
        document
          .getAnimations()
          .filter((each) => each.effect?.getTiming().iterations !== Infinity)
          .map((each) => each.finished.catch(() => undefined)),
      );
    };
    // An animation that was held never ends, and a machine that is busy may draw no frame: the picture shows what there is.
    await Promise.race([drawn(), new Promise((late) => setTimeout(late, 5_000))]);
  });
}

// The judgements are soft: one walk tells everything that is wrong, not the first of it.

/** Nothing that keeps somebody out. */
export async function expectUsable(
  page: Page,
  name: string,
  rules: "all" | "colours" | "shape" = "all",
): Promise<void> {
  const axe = new AxeBuilder({ page });
  if (rules === "colours") axe.withRules(["color-contrast"]);
  if (rules === "shape") axe.disableRules(["color-contrast"]);
  const { violations } = await axe.analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = grave.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map((node) => node.html.slice(0, 200))
        .join(" | ")}`,
  );
  expect.soft(told, `what keeps people out of ${name}`).toEqual([]);
}

/** Values of the program that no person should read: a key of a message, a name in snake case, the name of an event. */
export async function expectNoRawWords(page: Page, name: string): Promise<void> {
  const { text, code } = await page.evaluate(() => ({
    text: document.body.innerText,
    // What stands as code is data of the trail or a place in a mail, and meant as such.
    code: [...document.querySelectorAll("code")].map((each) => each.innerText).join(" "),
  }));
  const separators = /[\s"“”()[\],;:]+/;
  const meant = new Set(code.split(separators));
  const raw = text
    .split(separators)
    .filter((word) => !meant.has(word))
    .filter((word) => (isKey(word) && word.includes(".")) || /^[a-z]+(_[a-z]+)+$/.test(word) || /\{\w+\}/.test(word));
  expect.soft([...new Set(raw)], `words of the program on ${name}`).toEqual([]);
}

/** Nothing is wider than the screen, once pictures have taken their new size. */
export async function expectFits(page: Page, name: string): Promise<void> {
  await expect
    .configure({ soft: true })
    .poll(async () => {
      const { inner, wide, who } = await widthOf(page);
      return wide <= inner ? "fits" : `${wide} of ${inner}: ${who.join(", ")}`;
    }, `${name} is wider than the screen`)
    .toBe("fits");
}

/** The document is no taller than the window: only what stands in the program's frame scrolls. */
export async function expectFramed(page: Page, name: string): Promise<void> {
  const { inner, tall } = await page.evaluate(() => ({
    inner: window.innerHeight,
    tall: document.documentElement.scrollHeight,
  }));
  expect.soft(tall, `${name} is taller than the window`).toBeLessThanOrEqual(inner);
}

function widthOf(page: Page): Promise<{ inner: number; wide: number; who: string[] }> {
  return page.evaluate(() => {
    const inner = document.documentElement.clientWidth;
    // The body of a page scrolls by itself, so what is too wide there does not show in the document.
    const own = document.querySelector("[data-page-body]");
    const over = own === null ? 0 : own.scrollWidth - own.clientWidth;
    const lists = [...document.querySelectorAll("[role=grid]")].map((list) => list.getBoundingClientRect().width);
    const wide = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth, inner + over, ...lists);
    const who = [...document.body.querySelectorAll("*")]
      .filter((element) => element.getBoundingClientRect().right > inner + 1)
      .slice(0, 5)
      .map((element) => `${element.tagName} ${element.className}`);
    return { inner, wide, who };
  });
}
