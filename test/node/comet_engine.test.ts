// One validator behind real CometBFT under load, killed again and again: CometBFT at each of its own fail
// points between a decided block and the next, the application at each step of a commit, either or both
// at any moment. After each the chain goes on, with every hash and every answer in its place.

import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  checkApplication,
  checkEqualHashes,
  checkFound,
  checkIndexed,
} from "../crash/network_checks.ts";
import { NetworkLoad } from "../crash/network_load.ts";
import { heightOf, NetNode, reach } from "../dev/network.ts";
import type { Half } from "../dev/network.ts";
import { findCometbft } from "../support/cometbft.ts";
import { makeCometHome } from "../support/comet_node.ts";

const CHILD = fileURLToPath(new URL("../support/comet_child.js", import.meta.url));
/** CometBFT passes ten fail points from a decided block to the next. */
const FAIL_POINTS = 10;
const STEPS = ["block.executed", "state.writing", "state.written", "state.promoted"];
const AT_RANDOM: readonly (readonly Half[])[] = [["app"], ["comet"], ["app", "comet"]];
const LIMIT_MS = 30_000;

const test = suite("one validator behind CometBFT");
const comet = findCometbft();

/** Waits for a half to have been started again and for two more blocks. */
async function recovers(node: NetNode, half: Half, starts: number): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (node.starts[half] <= starts) {
    assert.ok(performance.now() < end, `${half} did not end`);
    await pause(20);
  }
  let height = 0n;
  while (height === 0n && performance.now() < end) {
    height = await heightOf(node.rpc);
    await pause(20);
  }
  await reach(node.rpc, height + 2n, LIMIT_MS);
}

async function killAll(node: NetNode): Promise<void> {
  for (let index = 0; index < FAIL_POINTS; index++) {
    node.nextComet = { FAIL_TEST_INDEX: String(index) };
    await node.kill("comet");
    // Once for the kill, once for the fail point.
    await recovers(node, "comet", node.starts.comet + 1);
  }
  for (const step of STEPS) {
    node.nextApp = [CHILD, node.ports.home, step, "3"];
    await node.kill("app");
    await recovers(node, "app", node.starts.app + 1);
  }
  for (const halves of AT_RANDOM) {
    await pause(Math.random() * 200);
    const half = halves[0] ?? "app";
    const starts = node.starts[half];
    await node.kill(...halves);
    await recovers(node, half, starts);
  }
}

if ("missing" in comet) {
  test("is left out", () => {
    process.stdout.write(`left out: a validator behind CometBFT, because ${comet.missing}\n`);
  });
} else {
  test("is killed at every step and loses nothing", async () => {
    const load = new NetworkLoad("test-1", 4);
    const ports = await makeCometHome({ accounts: load.accounts });
    const node = new NetNode(ports, comet.path);
    try {
      node.start();
      await reach(node.rpc, 2n, LIMIT_MS);
      const loading = load.run([node.rpc]);
      await killAll(node);
      load.stop();
      await loading;
      const height = await heightOf(node.rpc);
      assert.equal(load.surprises, []);
      assert.ok(load.answers.size > 20, `${load.answers.size} transactions were answered`);
      await checkApplication(node.rpc);
      await checkEqualHashes([node.rpc], height);
      await checkIndexed(node.rpc, height);
      assert.is(await checkFound([node.rpc], load.answers), load.answers.size);
    } finally {
      load.stop();
      await node.stop();
      rmSync(ports.home, { recursive: true, force: true });
      for (const half of ["app", "comet"]) rmSync(`${ports.home}.${half}.log`, { force: true });
    }
  });
}

test.run();
