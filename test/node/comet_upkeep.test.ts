// Going back behind real CometBFT: the application by rollback, CometBFT by its own. And blocks that both
// let go of, because the application says from which on it needs them.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
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

type Row = Record<string, string>;

async function appHashAt(rpc: string, height: bigint): Promise<string> {
  const params = { height: `${height}` };
  type Header = { header: { app_hash: string } };
  return (await callRpc<Header>(rpc, "header", params)).header.app_hash;
}

/** The command that a line of an answer ends in. */
function commandIn(out: string, before: string): string {
  return new RegExp(`${before}: (.*)$`, "m").exec(out)?.[1] ?? "";
}

function shell(command: string): string {
  return execFileSync("sh", ["-c", command], { encoding: "utf8" });
}

/** In a copy whose name a shell would take apart: what is printed takes CometBFT as far as the application. */
async function bothRemoveBlocks(home: string, program: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "leasehold-hard-"));
  const copy = join(folder, "it's a home");
  cpSync(home, copy, { recursive: true });
  try {
    const one = await runCommand(copy, "rollback", "-o", "json");
    const { height: reached = "", newest_block: newest } = JSON.parse(one.out) as Row;
    assert.is(newest, undefined);
    const target = BigInt(reached) - 2n;
    const { out } = await runCommand(copy, "rollback", "--hard", "--height", `${target}`);
    const command = commandIn(out, `until it says height ${target}`);
    assert.is(command, `${program} rollback --hard --home '${folder}/it'\\''s a home'`);
    for (let height = target + 2n; height >= target; height--)
      assert.match(shell(command), new RegExp(`both state and block to height ${height} `));
    assert.match(out, /^The validator's key signs no height again/m);
    changeSettings(copy, "app.toml", { binary: '"/nowhere/cometbft"' });
    const without = await runCommand(copy, "rollback", "--hard");
    assert.match(without.notes, /^\/nowhere\/cometbft cannot be run/);
    assert.match(without.out, /: cometbft rollback --hard --home /);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
      changeSettings(home, "app.toml", { binary: JSON.stringify(comet.path) });
      await bothRemoveBlocks(home, comet.path);
      const first = await runCommand(home, "rollback");
      assert.is(first.failure, "");
      const [, height = "", hash = ""] = /height (\d+) and hash (\w+)\./.exec(first.out) ?? [];
      assert.match(first.out, new RegExp(`those from ${BigInt(height) + 1n} on executed again`));
      const command = commandIn(first.out, "first run once");
      assert.is(command, `${comet.path} rollback --home ${home}`);
      assert.match(shell(command), new RegExp(`Rolled back state to height ${height} `));
      assert.match((await runCommand(home, "verify-state")).out, /is whole/);
      const again = new NetNode(ports, comet.path);
      try {
        again.start();
        await reach(url, BigInt(height) + 4n, LIMIT_MS);
        assert.is(await appHashAt(url, BigInt(height) + 1n), hash);
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
