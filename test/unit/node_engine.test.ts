// The embedded engine: real blocks, the time rules, its pace, its halts, and recovery from a failure
// before or after every single write.

import { rmSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { equalBytes, fromUtf8, toHex, utf8 } from "../../chain/base/bytes.ts";
import { toNanos } from "../../chain/base/time.ts";
import type { RequestCheckTx } from "../../chain/codec/gen/tendermint/abci.ts";
import { CheckTxType, ResponseCheckTx } from "../../chain/codec/gen/tendermint/abci.ts";
import { checkCommit } from "../../chain/node/comet/votes.ts";
import { BlockIDFlag } from "../../chain/node/comet/votes.ts";
import { generateKeyPair } from "../../chain/node/embedded/keys.ts";
import { hasDueWork, isIdle, nextBlockAt } from "../../chain/node/embedded/pace.ts";
import { makeKvHome, openKvNode, platform, until } from "../support/engine.ts";
import type { Fault, KvHome, KvNode } from "../support/engine.ts";

const test = suite<{ homes: KvHome[]; nodes: KvNode[] }>("engine");

test.before.each((context) => {
  context.homes = [];
  context.nodes = [];
});
test.after.each(async ({ homes, nodes }) => {
  for (const node of nodes) await node.close();
  for (const home of homes) rmSync(home.folder, { recursive: true, force: true });
});

test("the first block carries genesis time, each later one the vote before it", async (context) => {
  const home = makeKvHome();
  const node = await openKvNode(home);
  context.homes.push(home);
  context.nodes.push(node);
  node.engine.start();
  await until(() => node.engine.state.height >= 4n, "four blocks");
  assert.equal(node.blocks.block(1n)?.header.time, home.genesis.time);
  for (let height = 2n; height <= 4n; height++) {
    const header = node.blocks.block(height)?.header;
    const vote = node.blocks.commit(height - 1n)?.signatures[0]?.timestamp;
    assert.equal(header?.time, vote);
    const before = node.blocks.block(height - 1n)?.header.time;
    assert.ok(header && before && toNanos(header.time) - toNanos(before) >= 1_000_000n);
  }
});

test("validators that never sign are absent; the commit still holds two thirds", async (context) => {
  const home = makeKvHome([30n, 15n]);
  const node = await openKvNode(home);
  context.homes.push(home);
  context.nodes.push(node);
  node.engine.start();
  await until(() => node.engine.state.height >= 2n, "two blocks");
  const [commit, meta] = [node.blocks.commit(1n), node.blocks.meta(1n)];
  const validators = node.blocks.validators(1n);
  if (!commit || !meta || !validators) throw new Error("no block");
  assert.equal(
    commit.signatures.map((one) => one.blockIdFlag),
    [BlockIDFlag.COMMIT, BlockIDFlag.ABSENT, BlockIDFlag.ABSENT],
  );
  assert.is(checkCommit(platform, "kv-1", validators, meta.blockId, commit), undefined);
  const votes = node.app.finalized[1]?.decidedLastCommit.votes ?? [];
  assert.equal(
    votes.map((vote) => [vote.validator.power, vote.blockIdFlag]),
    [
      [100n, 2],
      [30n, 1],
      [15n, 1],
    ],
  );
});

test("losing two thirds halts with one sentence", async (context) => {
  const home = makeKvHome();
  const node = await openKvNode(home);
  context.homes.push(home);
  context.nodes.push(node);
  node.app.powers.set(2n, [{ key: generateKeyPair(platform).publicKey, power: 50n }]);
  let told = "";
  node.engine.onHalt((reason) => (told = reason));
  node.engine.start();
  await until(() => told !== "", "the halt");
  assert.match(told, /no longer holds more than 2\/3 of the voting power/);
  assert.is(node.engine.state.height, 3n, "the update of height 2 is in force at height 4");
});

test("a failed application call halts, and nothing more is signed", async (context) => {
  const home = makeKvHome();
  const node = await openKvNode(home);
  context.homes.push(home);
  context.nodes.push(node);
  node.app.finalizeBlock = () => {
    throw new Error("out of memory");
  };
  node.engine.start();
  await until(() => node.engine.haltReason !== undefined, "the halt");
  assert.match(node.engine.haltReason ?? "", /no more blocks after height 0: out of memory/);
});

test("halt-height stops after that block", async (context) => {
  const home = makeKvHome();
  const node = await openKvNode(home, { haltHeight: 3n });
  context.homes.push(home);
  context.nodes.push(node);
  node.engine.start();
  await until(() => node.engine.haltReason !== undefined, "the halt");
  assert.is(node.engine.state.height, 3n);
  assert.match(node.engine.haltReason ?? "", /halt-height 3/);
});

test("transactions go in, failed ones may come again, results are kept", async (context) => {
  const home = makeKvHome();
  const node = await openKvNode(home);
  context.homes.push(home);
  context.nodes.push(node);
  node.engine.start();
  const [good, bad] = [utf8("good"), utf8("bad")];
  await Promise.all([node.admission.submit(good), node.admission.submit(bad)]);
  await until(() => node.published.some((block) => block.hashes.length > 0), "the block");
  await until(() => node.mempool.size === 0, "an empty mempool");
  const found = node.indexer.find(platform.sha256(bad));
  assert.is(found?.result.code, 4);
  assert.throws(() => node.admission.submit(good), /tx already exists in cache/);
  assert.is((await node.admission.submit(bad)).code, 0);
});

test("checks go on while the disk writes, and stop from the commit to the recheck", async (context) => {
  const home = makeKvHome();
  const node = await openKvNode(home);
  context.homes.push(home);
  context.nodes.push(node);
  const { app, admission, indexer } = node;
  const [early, late] = [utf8("early"), utf8("late")];
  const told: string[] = [];
  const write = app.commitBatch.bind(app);
  const commit = app.commit.bind(app);
  let isWatched = false;
  app.checkTx = ({ tx, type }: Partial<RequestCheckTx>) => {
    const name = fromUtf8(tx ?? early) ?? "";
    if (isWatched) told.push(`${type === CheckTxType.RECHECK ? "recheck" : "check"} ${name}`);
    return ResponseCheckTx.create({ gasWanted: 1n });
  };
  app.commitBatch = () => {
    const first = app.finalized.at(-1)?.txs[0];
    if (first !== undefined && fromUtf8(first) === "early") {
      isWatched = true;
      void admission.submit(late);
    }
    return write();
  };
  app.commit = () => {
    if (isWatched && !told.includes("commit")) {
      told.push("commit");
      void admission.submit(utf8("last"));
    }
    return commit();
  };
  const add = indexer.add.bind(indexer);
  indexer.add = async (block) => {
    if (isWatched) await until(() => told.includes("check last"), "a check beside the index");
    assert.ok(node.engine.state.height < block.height, "a block is told of before it is indexed");
    return add(block);
  };
  node.engine.start();
  await admission.submit(early);
  await until(() => told.includes("check last"), "the check after the block");
  assert.equal(told, ["check late", "commit", "recheck late", "check last"]);
  await until(() => node.indexer.find(platform.sha256(late)) !== undefined, "the block after it");
});

test("a block that takes longer than the pace is followed by one block, not by a row", async (context) => {
  const home = makeKvHome();
  const node = await openKvNode(home, { interval: 300 });
  context.homes.push(home);
  context.nodes.push(node);
  const { app, engine, admission } = node;
  let late = 0n;
  const commit = app.commit.bind(app);
  const add = node.indexer.add.bind(node.indexer);
  app.commit = () => {
    if (engine.state.height === 2n) late = 3n;
    return commit();
  };
  node.indexer.add = async (block) => {
    if (block.height === late)
      for (let i = 0; i < 50; i++) {
        await admission.submit(utf8(`tx ${i}`));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    return add(block);
  };
  engine.start();
  await until(() => late > 0n && engine.state.height >= late, "the late block");
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(engine.state.height <= late + 2n, `${engine.state.height} after ${late}`);
});

test("without empty blocks: an idle chain makes one before a transaction, and one after", async (context) => {
  const home = makeKvHome();
  const node = await openKvNode(home, { emptyBlocks: false });
  context.homes.push(home);
  context.nodes.push(node);
  node.engine.start();
  await until(() => node.engine.state.height >= 1n, "the first block");
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const quiet = node.engine.state.height;
  assert.ok(quiet <= 2n, `an idle chain is at height ${quiet}`);
  const sent = Date.now();
  await node.admission.submit(utf8("tx"));
  await until(() => node.engine.state.height === quiet + 3n, "three blocks");
  const sizes = [1n, 2n, 3n].map((i) => node.blocks.block(quiet + i)?.data.txs.length);
  assert.equal(sizes, [0, 1, 0]);
  const time = node.blocks.block(quiet + 2n)?.header.time;
  const lag = sent - Number(toNanos(time ?? home.genesis.time) / 1_000_000n);
  assert.ok(lag < 50, `the transaction ran ${lag} ms in the past`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.is(node.engine.state.height, quiet + 3n, "then the chain is quiet again");
});

test("advance moves the clock in steps of the block gap, halt in one", async (context) => {
  const home = makeKvHome();
  const node = await openKvNode(home, { emptyBlocks: false });
  context.homes.push(home);
  context.nodes.push(node);
  node.engine.start();
  await until(() => node.engine.state.height >= 1n, "the first block");
  const before = node.engine.state;
  await node.engine.advance(150n);
  const after = node.engine.state;
  assert.is(
    after.height - before.height,
    5n,
    "one to catch up, three of at most 60 s, one to tell",
  );
  const passed = toNanos(after.blockTime) - toNanos(before.blockTime);
  assert.ok(passed >= 150_000_000_000n && passed < 165_000_000_000n, `${passed} ns passed`);
  for (let height = before.height + 1n; height <= after.height; height++) {
    const [one, two] = [node.blocks.block(height), node.blocks.block(height - 1n)];
    const gap = toNanos(one!.header.time) - toNanos(two!.header.time);
    assert.ok(gap <= 60_000_000_000n, `gap of ${gap} ns at ${height}`);
  }
  await node.engine.halt(1000n);
  const jumped = toNanos(node.engine.state.blockTime) - toNanos(after.blockTime);
  assert.ok(jumped >= 1_000_000_000_000n && jumped < 1_005_000_000_000n);
  await node.close();
  const again = await openKvNode(home);
  context.nodes = [again];
  assert.is(again.clock.aheadMs, 1_150_000, "a restart keeps the clock");
});

test("a failure before or after every write is recovered from", async (context) => {
  const home = makeKvHome();
  context.homes.push(home);
  let known: string[] = [];
  for (const when of ["before", "after"] as const) {
    for (let nth = 1; nth <= 10; nth++) {
      const fault: Fault = { writesLeft: nth, when };
      let node: KvNode | undefined;
      try {
        node = await openKvNode(home, {}, fault);
        node.engine.start();
        const running = node;
        await running.admission.submit(utf8(`tx ${when} ${nth}`));
        await until(() => running.engine.haltReason !== undefined, "the failure");
      } catch (error) {
        assert.match(String(error), /disk failed|process is dead/);
      }
      const told = (node?.published ?? []).map((block) => toHex(block.id.hash));
      await node?.close();
      known = await recovered(home, known, told);
    }
  }
  assert.ok(known.length > 10, `${known.length} blocks`);
});

/** Opens the home without faults: what was published or known stands, and the chain goes on. */
async function recovered(home: KvHome, known: string[], told: string[]): Promise<string[]> {
  const node = await openKvNode(home);
  const { state } = node.engine;
  assert.is(node.blocks.height, state.height);
  assert.is(node.app.info().lastBlockHeight, state.height);
  assert.is(node.indexer.height, state.height);
  const chain: string[] = [];
  for (let height = 1n; height <= state.height; height++) {
    const [meta, before] = [node.blocks.meta(height), node.blocks.meta(height - 1n)];
    if (meta === undefined) throw new Error(`no block ${height}`);
    if (before !== undefined)
      assert.ok(equalBytes(meta.header.lastBlockId.hash, before.blockId.hash));
    chain.push(toHex(meta.blockId.hash));
  }
  assert.equal(chain.slice(0, known.length), known, "what stood, stands");
  for (const hash of told) assert.ok(chain.includes(hash), "what was published, stands");
  node.engine.start();
  await until(() => node.engine.state.height > state.height, "one more block");
  await node.engine.stop();
  const end = node.engine.state.height;
  for (let height = state.height + 1n; height <= end; height++)
    chain.push(toHex(node.blocks.meta(height)!.blockId.hash));
  await node.close();
  return chain;
}

const CLOCKS = { time: 1000n, uptime: 900n, maxBlockGap: 60n };
const NOTHING = { ...CLOCKS, dueTime: undefined, dueUptime: undefined };

test("when a block is due", () => {
  const settings = { interval: 500, emptyBlocks: false, emptyInterval: 0 };
  const state = { lastStart: 1_000_000, followUp: "none" as const, waiting: 0, aheadMs: 0 };
  const at = (clocks: typeof NOTHING | object, more: object = {}, set: object = {}): number =>
    nextBlockAt({ ...settings, ...set }, { ...state, ...more }, () => ({ ...NOTHING, ...clocks }));
  assert.is(at({}), Number.POSITIVE_INFINITY);
  assert.is(at({}, { waiting: 1 }), 1_000_500);
  assert.is(at({}, { followUp: "proof" }), 1_000_500);
  assert.is(at({}, { followUp: "now" }), 0);
  assert.is(at({}, {}, { emptyBlocks: true }), 1_000_500);
  assert.is(at({}, {}, { emptyBlocks: true, emptyInterval: 9000 }), 1_009_000);
  assert.is(at({ dueTime: 1030n }), 1_030_000);
  assert.is(at({ dueTime: 1030n }, { aheadMs: 20_000 }), 1_010_000);
  assert.is(at({ dueTime: 900n }), 1_000_500);
  assert.is(at({ dueUptime: 930n }), 1_030_000, "30 s of uptime from now");
  assert.is(at({ dueUptime: 5000n }), 1_060_000, "no longer than a gap, or uptime stands still");
});

test("what counts as due work and as idle", () => {
  const due = (more: object, seconds: bigint): boolean =>
    hasDueWork({ ...NOTHING, ...more }, { seconds, nanos: 0 });
  assert.ok(due({ dueTime: 1005n }, 1005n));
  assert.not.ok(due({ dueTime: 1006n }, 1005n));
  assert.ok(due({ dueUptime: 960n }, 1060n));
  assert.not.ok(due({ dueUptime: 961n }, 9999n), "uptime moves by a gap at most");
  assert.not.ok(isIdle(2000, 500, 500));
  assert.ok(isIdle(2001, 500, 500));
});

test.run();
