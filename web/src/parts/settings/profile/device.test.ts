import { expect, it } from "vitest";
import { deviceOf } from "./device";

const gecko = "AppleWebKit/537.36 (KHTML, like Gecko)";

it.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${gecko} HeadlessChrome/148.0.0.0 Safari/537.36`, "Chrome, Linux"],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${gecko} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`, "Edge, Windows"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox, macOS"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Safari, iPhone",
  ],
  [`Mozilla/5.0 (Linux; Android 10; K) ${gecko} Chrome/141.0.0.0 Mobile Safari/537.36`, "Chrome, Android"],
  ["curl/8.5.0", undefined],
  ["", undefined],
])("%s", (userAgent, device) => {
  const found = deviceOf(userAgent);
  expect(found && `${found.browser}, ${found.system}`).toBe(device);
});
