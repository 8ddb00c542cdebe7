// Going back behind real CometBFT: the application by rollback, CometBFT by its own. And blocks that both
// let go of, because the application says from which on it needs them.

import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { heightOf, NetNode, reach } from "../dev/network.ts";
import { findCometbft } from "../support/cometbft.ts";
import { makeCometHome } from "../support/comet_node.ts";
import { runCommand } from "../support/commands.ts";
import { callRpc, changeSettings } from "../support/node.ts";

const LIMIT_MS = 30_000;
const test = suite("upkeep behind CometBFT");
const comet = findCometbft();

interface Status {
  readonly sync_info: { readonly earliest_block_height: string };
}

async function appHashAt(rpc: string, height: bigint): Promise<string> {
  const params = { height: `${height}` };
  type Header = { header: { app_hash: string } };
  return (await callRpc<Header>(rpc, "header", params)).header.app_hash;
}

if ("missing" in comet) {
  test("is left out", () => {
    process.stdout.write(`left out: upkeep behind CometBFT, because ${comet.missing}\n`);
  });
} else {
  test("application and CometBFT go back together, and on", async () => {
    const ports = await makeCometHome();
    const { home } = ports;
    // Evidence that grows old after five blocks lets blocks go after ten.
    const path = join(home, "config", "genesis.json");
    const text = readFileSync(path, "utf8");
    const shorter = text.replace(/"max_age_num_blocks":\s*"\d+"/, '"max_age_num_blocks": "5"');
    assert.not.equal(shorter, text);
    writeFileSync(path, shorter);
    changeSettings(home, "app.toml", {
      "min-retain-blocks": "10",
      "snapshot-blocks": "3",
      pruning: '"everything"',
    });
    const node = new NetNode(ports, comet.path);
    const url = node.rpc;
    try {
      node.start();
      await reach(url, 25n, LIMIT_MS);
      const { sync_info: sync } = await callRpc<Status>(url, "status");
      const earliest = BigInt(sync.earliest_block_height);
      assert.ok(earliest > 1n && earliest <= 15n, `blocks from ${earliest} on`);
      await node.stop();
      const before = await runCommand(home, "rollback", "-o", "json");
      assert.is(before.failure, "");
      const { height, newest_block: newest } = JSON.parse(before.out) as Record<string, string>;
      assert.is(newest, undefined);
      const said = execFileSync(comet.path, ["rollback", "--home", home], { encoding: "utf8" });
      assert.match(said, new RegExp(`Rolled back state to height ${height}`));
      assert.match((await runCommand(home, "verify-state")).out, /is whole/);
      const hash = (JSON.parse(before.out) as { app_hash: string }).app_hash;
      const again = new NetNode(ports, comet.path);
      try {
        again.start();
        await reach(url, BigInt(height ?? "0") + 4n, LIMIT_MS);
        assert.is(await appHashAt(url, BigInt(height ?? "0") + 1n), hash);
        assert.ok((await heightOf(url)) > 25n);
      } finally {
        await again.stop();
      }
    } finally {
      await node.stop();
      await pause(50);
      rmSync(home, { recursive: true, force: true });
      for (const half of ["app", "comet"]) rmSync(`${home}.${half}.log`, { force: true });
    }
  });
}

test.run();
