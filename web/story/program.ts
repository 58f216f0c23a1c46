import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const startMsMax = 90_000;

/** Runs the program only as long as its own standard input stays open, so that it also goes when we are killed. */
const watched = `
exec 3<&0
"$@" </dev/null &
program=$!
(cat <&3 >/dev/null; kill -TERM "$program" 2>/dev/null) &
wait "$program"
`;

/** A running Kiem on a folder that goes with it. */
export interface Program {
  url: string;
  stop: () => Promise<void>;
}

/** Starts the built binary: `serve` on an empty folder, or `demo` with its six weeks of history. */
export async function start(command: "serve" | "demo"): Promise<Program> {
  const binary = process.env.KIEM_BIN;
  if (binary === undefined) throw new Error("KIEM_BIN names no program; `cargo xtask test` builds and passes it");
  const folder = mkdtempSync(join(tmpdir(), "kiem-story-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith("KIEM_"));
  const words = command === "demo" ? ["demo", "--data-dir", folder] : ["serve"];
  const child = spawn("/bin/sh", ["-c", watched, "watch-kiem", binary, ...words], {
    cwd: folder,
    env: {
      ...Object.fromEntries(environment),
      KIEM_DATA_DIR: folder,
      KIEM_LISTEN: `127.0.0.1:${port}`,
      KIEM_LOG: "warn",
    },
    stdio: ["pipe", "ignore", "inherit"],
  });
  const stop = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(child, url);
  } catch (problem) {
    await stop();
    throw problem;
  }
  return { url, stop };
}

async function answers(child: ChildProcess, url: string): Promise<void> {
  const until = Date.now() + startMsMax;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the program ended at its start with ${child.exitCode}`);
    const answer = await fetch(`${url}/healthz`).catch(() => null);
    if (answer?.ok === true) return;
    if (Date.now() > until) throw new Error(`the program does not answer at ${url}`);
    await pause(50);
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.stdin?.end();
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
