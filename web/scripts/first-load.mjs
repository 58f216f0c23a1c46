// Prints what a browser must load before the first page stands, compressed, and fails when that is more than promised.
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

const bytesMax = 250_000;
const dist = new URL("../dist/", import.meta.url);
const html = readFileSync(new URL("index.html", dist), "utf8");
const named = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1]);
// One language and one part are loaded on top, by name only when they are needed.
const lazy = readdirSync(new URL("assets/", dist))
  .filter((name) => /^(nl\.first|today)-.*\.js$/.test(name))
  .map((name) => `assets/${name}`);

let total = 0;
for (const name of new Set([...named, ...lazy])) {
  const bytes = gzipSync(readFileSync(new URL(name, dist))).length;
  total += bytes;
  console.log(`${String(bytes).padStart(8)}  ${name}`);
}
console.log(`${String(total).padStart(8)}  first load, gzip (at most ${bytesMax})`);
if (total > bytesMax) process.exit(1);
