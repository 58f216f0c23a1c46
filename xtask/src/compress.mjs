// Writes a `.gz` beside every text asset that is worth it, so that the program never compresses while it answers.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, gzipSync } from "node:zlib";

const folder = process.argv[2];
const worthFromBytes = 1024;

for (const name of readdirSync(folder, { recursive: true })) {
  if (!/\.(js|css|html|svg|json|txt|map|webmanifest)$/.test(name)) continue;
  const bytes = readFileSync(join(folder, name));
  if (bytes.length > worthFromBytes) {
    writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
  }
}
