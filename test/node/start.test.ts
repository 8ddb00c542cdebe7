// Starting a node: what it goes on from, what it rebuilds, and the sentences with which it refuses.

import { mkdirSync, appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leaseholdParts } from "../../chain/app/index.ts";
import { toHex } from "../../chain/base/bytes.ts";
import { dataPaths } from "../../chain/node/claim.ts";
import { signStatePath } from "../../chain/node/embedded/signer.ts";
import { createLogger } from "../../chain/node/log.ts";
import { startNode } from "../../chain/node/node.ts";
import { callRpc, makeTestHome, openTestNode } from "../support/node.ts";

const test = suite<{ home: string }>("start");

test.before.each((context) => {
  context.home = makeTestHome();
});
test.after.each(({ home }) => rmSync(home, { recursive: true, force: true }));

/** Runs a node for some blocks; gives the heights and app hashes that its log holds. */
async function runFor(home: string, blocks: bigint): Promise<Map<bigint, string>> {
  const node = await openTestNode(home);
  const target = node.engine.state.height + blocks;
  while (node.engine.state.height < target) await new Promise((next) => setTimeout(next, 20));
  await node.stop();
  const hashes = new Map<bigint, string>();
  const { height, appHash } = node.engine.state;
  hashes.set(height, toHex(appHash));
  return hashes;
}

async function refusal(home: string): Promise<string> {
  try {
    await (await openTestNode(home)).stop();
  } catch (error) {
    return (error as Error).message;
  }
  return "it started";
}

test("a restart goes on where the chain stood", async ({ home }) => {
  const [[height, hash] = [0n, ""]] = await runFor(home, 5n);
  const node = await openTestNode(home);
  const header = async (): Promise<{ header: { app_hash: string } } | undefined> =>
    callRpc<{ header: { app_hash: string } }>(node.rpcUrl, "header", {
      height: (height + 1n).toString(),
    }).catch(() => undefined);
  let next = await header();
  while (next === undefined) {
    await new Promise((resume) => setTimeout(resume, 20));
    next = await header();
  }
  assert.is(next.header.app_hash.toLowerCase(), hash);
  await node.stop();
});

test("a lost application state is computed again from the log, a lost index too", async ({
  home,
}) => {
  const [[height, hash] = [0n, ""]] = await runFor(home, 8n);
  rmSync(dataPaths(home).application, { recursive: true });
  rmSync(dataPaths(home).index, { recursive: true });
  const node = await openTestNode(home);
  const meta = node.blocks.meta(height + 1n);
  const found = meta === undefined ? node.app.info().lastBlockAppHash : meta.header.appHash;
  assert.is(toHex(found), hash);
  const search = { query: "block.height >= 1" };
  const { total_count } = await callRpc<{ total_count: string }>(
    node.rpcUrl,
    "block_search",
    search,
  );
  assert.ok(BigInt(total_count) >= height);
  await node.stop();
});

test("a lost block log is refused: the key has signed what is gone", async ({ home }) => {
  await runFor(home, 3n);
  rmSync(dataPaths(home).blocks, { recursive: true });
  assert.match(await refusal(home), /signed up to height \d+, the block log ends at 0/);
});

test("a lost or an old last-sign state is refused: the key could sign twice", async ({ home }) => {
  await runFor(home, 3n);
  const path = signStatePath(home);
  const text = readFileSync(path, "utf8");
  rmSync(path);
  assert.match(
    await refusal(home),
    /priv_validator_state\.json ends at height 0, the block log at/,
  );
  writeFileSync(path, text.replace(/"height": "\d+"/, '"height": "1"'));
  assert.match(await refusal(home), /lost or is old; restore it/);
  writeFileSync(path, text);
  assert.is(await refusal(home), "it started");
});

test("a genesis of tomorrow: a local chain goes there, another one waits", async ({ home }) => {
  const path = join(home, "config", "genesis.json");
  const genesis = readFileSync(path, "utf8");
  const late = (ms: number): void => {
    const time = new Date(Date.now() + ms).toISOString();
    writeFileSync(path, genesis.replace(/"genesis_time": "[^"]+"/, `"genesis_time": "${time}"`));
  };
  late(86_400_000);
  const local = await openTestNode(home);
  const began = local.engine.state.blockTime.seconds;
  assert.ok(began > BigInt(Math.floor(Date.now() / 1000)) + 86_000n);
  await new Promise((resume) => setTimeout(resume, 1500));
  assert.ok(local.engine.state.blockTime.seconds > began, "time goes on there");
  await local.stop();
  rmSync(join(home, "data"), { recursive: true });
  const settings = join(home, "config", "app.toml");
  writeFileSync(settings, readFileSync(settings, "utf8").replace("dev = true", "dev = false"));
  late(1000);
  const asked = Date.now();
  const node = await openTestNode(home);
  assert.ok(Date.now() - asked > 700, "no block before the genesis");
  await node.stop();
});

test("a home in use, another genesis, no genesis, a wrong setting", async ({ home }) => {
  const node = await openTestNode(home);
  assert.match(await refusal(home), new RegExp(`in use by process ${process.pid} `));
  await node.stop();
  const path = join(home, "config", "genesis.json");
  const genesis = readFileSync(path, "utf8");
  writeFileSync(path, genesis.replace('"test-1"', '"test-2"'));
  assert.match(await refusal(home), /is not the one that this chain began with/);
  writeFileSync(path, genesis.replace('"app_state"', '"app_states"'));
  assert.match(await refusal(home), /app_states/);
  writeFileSync(path, "{");
  assert.match(await refusal(home), /genesis\.json is not JSON/);
  rmSync(path);
  assert.match(await refusal(home), /there is no genesis/);
  mkdirSync(path);
  assert.match(await refusal(home), /genesis\.json cannot be read: it is a folder.* \(EISDIR\)$/);
  rmSync(path, { recursive: true });
  writeFileSync(path, genesis);
  appendFileSync(join(home, "config", "app.toml"), 'engine = "comet"\n');
  assert.is(await refusal(home), "it started", "an unknown key is only told");
  writeFileSync(join(home, "config", "app.toml"), "dev = 1\n");
  assert.match(await refusal(home), /app\.toml line 1: dev must be true or false/);
});

test("a taken port is told, and the home is free again afterwards", async ({ home }) => {
  const other = makeTestHome();
  const node = await openTestNode(other);
  const listen = node.rpcUrl.replace("http", "tcp");
  const lines: string[] = [];
  const log = createLogger({ level: "info", format: "json", write: (line) => lines.push(line) });
  let sentence = "";
  await startNode({ home, listen, log, compose: (platform) => leaseholdParts(platform, "") }).catch(
    (error: Error) => (sentence = error.message),
  );
  assert.match(sentence, /RPC cannot listen on .*another program uses the port/);
  await node.stop();
  rmSync(other, { recursive: true });
  assert.is(await refusal(home), "it started");
});

test.run();
