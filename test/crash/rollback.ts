// The command rollback itself, killed at any moment: the home is then the one before or the one after, and
// the next start brings it to the same blocks again.

import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { withStopped } from "../../chain/node/upkeep/stopped.ts";
import { checkTwin, stopped } from "./checks.ts";
import { inHome, makeHome, Ordeal } from "./embedded.ts";
import { CrashLoad } from "./load.ts";
import { median, random } from "./scenario.ts";
import type { CrashScenario } from "./scenario.ts";

const PROGRAM = fileURLToPath(new URL("../../chain/cli/main.js", import.meta.url));
/** Blocks that a rollback goes back at most. */
const FAR = 25;

/** Runs the command; kills it after `killMs`. Gives its exit status, null when it was killed. */
async function rollBack(home: string, height: bigint, killMs?: number): Promise<number | null> {
  const argv = [PROGRAM, "rollback", "--height", `${height}`, "--home", home];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const timer = setTimeout(() => child.kill("SIGKILL"), killMs ?? 60_000);
  const status = await ended;
  clearTimeout(timer);
  assert.ok(status === 0 || status === null, errors);
  return status;
}

/** Milliseconds that a rollback of a copy takes, after those that the program needs to load. */
async function measure(home: string, height: bigint): Promise<number> {
  const copy = mkdtempSync(join(tmpdir(), "leasehold-rollback-"));
  cpSync(home, copy, { recursive: true });
  const began = performance.now();
  await rollBack(copy, height);
  const ms = performance.now() - began;
  rmSync(copy, { recursive: true, force: true });
  return ms;
}

/** Where application and block log of a dead home stand. */
function heightsOf(home: string): Promise<{ readonly app: bigint; readonly store: bigint }> {
  return withStopped(stopped(home), async ({ height, blocks }) => {
    return { app: height, store: blocks?.height ?? 0n };
  });
}

/** Rollbacks that are killed, on one home. */
export const ROLLBACK: CrashScenario = {
  name: "the command rollback",
  async run(options) {
    const load = new CrashLoad("crash-1");
    const home = makeHome(load, { app: { "snapshot-blocks": "20" } });
    return inHome(home, options.seed, async () => {
      const next = random(options.seed);
      const ordeal = new Ordeal(home, load);
      await ordeal.visit(2500);
      const kills = Math.max(3, Math.floor(options.kills / 10));
      const took: number[] = [];
      let [killed, back] = [0, 0];
      for (let i = 0; i < kills; i++) {
        const before = await heightsOf(home);
        const target = before.app - 1n - BigInt(Math.floor(next() * FAR));
        const whole = i % 5 === 0 ? await measure(home, target) : median(took);
        took.push(whole);
        if ((await rollBack(home, target, whole * (0.3 + 0.8 * next()))) === null) killed += 1;
        const { app, store } = await heightsOf(home);
        assert.ok(app === before.app || app === target, `${app} of ${before.app} and ${target}`);
        if (app === target) back += 1;
        assert.is(store, before.store, "the log stays whole");
        assert.ok((await ordeal.visit(150)) >= before.store, "the log's blocks are executed again");
        await ordeal.verify();
      }
      const twin = await checkTwin(home);
      return [
        {
          what: "rollbacks killed",
          count: killed,
          result: "home of before or after, nothing lost",
        },
        { what: "rollbacks in all", count: kills, result: `${back} had reached their height` },
        { what: "verified in full after the next start", count: kills, result: "no fault" },
        { what: "transactions answered", count: load.answers.size, result: "all found; lost: 0" },
        {
          what: "blocks given to a twin from genesis",
          count: twin.blocks,
          result: `${twin.txs} transactions, every app hash equal`,
        },
      ];
    });
  },
};
