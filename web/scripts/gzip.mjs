// Puts a compressed copy beside each file of the build, so that the server sends it as it is.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const folder = new URL("../dist", import.meta.url).pathname;
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(js|css|html|svg|json)$/.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  const plain = readFileSync(path);
  const zipped = gzipSync(plain, { level: 9 });
  // A file that does not get smaller is sent as it is.
  if (zipped.length < plain.length) writeFileSync(`${path}.gz`, zipped);
}
