// The CometBFT that a killed node left behind. Without its application CometBFT ends by itself, as a rule:
// one that loses it in the middle of Commit may wait for the answer for ever, and hold ports and databases.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "../log.ts";

/** How long CometBFT has to end by itself, milliseconds. */
export const LEFTOVER_MS = 3000;
const LOOK_MS = 50;

/** Where the process id of a supervised CometBFT stands. */
function pidPath(home: string): string {
  return join(home, "data", "cometbft.pid");
}

/** Notes the child of this node for the next one. */
export function noteChild(home: string, pid: number): void {
  writeFileSync(pidPath(home), `${pid}\n`);
}

/** Forgets the child when it has ended. */
export function forgetChild(home: string): void {
  rmSync(pidPath(home), { force: true });
}

/** Whether that process is a CometBFT of this home: process ids are used again. */
function isCometOf(home: string, pid: number): boolean {
  try {
    const command = execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
    return command.includes("cometbft") && command.includes(`--home ${home} `);
  } catch {
    return false;
  }
}

/** Waits for the CometBFT of an earlier run of this home to end, and ends it when it does not. */
export async function endLeftover(home: string, log: Logger): Promise<void> {
  if (!existsSync(pidPath(home))) return;
  const pid = Number(readFileSync(pidPath(home), "utf8"));
  if (!Number.isSafeInteger(pid) || pid < 2) return forgetChild(home);
  for (const end = performance.now() + LEFTOVER_MS; performance.now() < end; await pause(LOOK_MS))
    if (!isCometOf(home, pid)) return forgetChild(home);
  log.warn("a cometbft of an earlier run hangs and is killed", { pid });
  process.kill(pid, "SIGKILL");
  while (isCometOf(home, pid)) await pause(LOOK_MS);
  forgetChild(home);
}
