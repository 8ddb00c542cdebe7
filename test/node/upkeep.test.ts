// rollback, reindex, prune and verify-state on homes that a node made under load.

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../chain/base/bytes.ts";
import { dataPaths } from "../../chain/node/claim.ts";
import { Database } from "../../chain/node/db.ts";
import { stateAt } from "../../chain/node/embedded/rewind.ts";
import { encodeState } from "../../chain/node/embedded/state.ts";
import { parseQuery } from "../../chain/node/index/query.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { withStopped } from "../../chain/node/upkeep/stopped.ts";
import { RECORD } from "../../chain/store/index.ts";
import { checkHome, stopped } from "../crash/checks.ts";
import { CrashLoad } from "../crash/load.ts";
import { runCommand } from "../support/commands.ts";
import { callRpc, changeSettings, makeTestHome, openTestNode } from "../support/node.ts";

interface World {
  load: CrashLoad;
  home: string;
  /** A copy of the home as it was at height `early`. */
  copy: string;
  early: bigint;
  height: bigint;
}

const platform = fastPlatform(() => undefined);
const test = suite<World>("upkeep");

/** Lets a node run under load for a while. Gives the height it stopped at. */
async function runFor(home: string, load: CrashLoad, ms: number): Promise<bigint> {
  const node = await openTestNode(home);
  await load.readSequences(node.rpcUrl);
  const loading = load.run(node.rpcUrl);
  await pause(ms);
  load.stop();
  await loading;
  await node.stop();
  assert.equal(load.surprises, []);
  return node.engine.state.height;
}

test.before(async (world) => {
  world.load = new CrashLoad("test-1");
  world.home = makeTestHome({
    accounts: world.load.accounts,
    config: { timeout_commit: '"20ms"' },
    app: { "snapshot-blocks": "15" },
  });
  world.early = await runFor(world.home, world.load, 1200);
  world.copy = mkdtempSync(join(tmpdir(), "leasehold-copy-"));
  cpSync(world.home, world.copy, { recursive: true });
  world.height = await runFor(world.home, world.load, 1500);
});

test.after(({ home, copy }) => {
  for (const folder of [home, copy]) rmSync(folder, { recursive: true, force: true });
});

/** A copy that a test may spoil. */
async function inCopy(home: string, work: (copy: string) => Promise<void>): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), "leasehold-spoilt-"));
  cpSync(home, copy, { recursive: true });
  await work(copy);
  rmSync(copy, { recursive: true, force: true });
}

/** Records of a database as text; only of `kinds` when they are given. */
async function dump(path: string, kinds?: readonly number[]): Promise<string> {
  const database = await Database.open(path);
  const lines: string[] = [];
  await database.scan({}, (key, value) => {
    if (kinds === undefined || kinds.includes(key[0] ?? 0))
      lines.push(`${toHex(key)}=${toHex(value)}`);
  });
  await database.close();
  return lines.join("\n");
}

/** What a state consists of besides snapshots, as far as both homes have not pruned it. */
const STATE_KINDS = [RECORD.commit, RECORD.changes, RECORD.side];

async function wellAfter(home: string, least: bigint): Promise<void> {
  const node = await openTestNode(home);
  while (node.engine.state.height < least) await pause(20);
  await node.stop();
  await checkHome(home, 0n);
}

test("rollback to an earlier height equals a chain that never went further", async (world) => {
  const { home, copy, early, height } = world;
  await inCopy(home, async (back) => {
    const ran = await runCommand(back, "rollback", "--height", `${early}`);
    assert.is(ran.failure, "");
    assert.match(
      ran.out,
      new RegExp(`^Rolled back state to height ${early} and hash [0-9A-F]{64}`),
    );
    assert.match(
      ran.out,
      new RegExp(`executes blocks ${early + 1n} to ${height} of the log again`),
    );
    const [now, then] = await Promise.all(
      [back, copy].map((one) => dump(dataPaths(one).application, STATE_KINDS)),
    );
    const firstOf = (text: string | undefined): string => text?.split("\n").at(0) ?? "";
    // The longer chain may have pruned some of the oldest records that the copy still has.
    const from = firstOf(now) > firstOf(then) ? firstOf(now) : firstOf(then);
    assert.is(now?.slice(now.indexOf(from)), then?.slice(then.indexOf(from)));
    const verified = await runCommand(back, "verify-state");
    assert.match(verified.out, new RegExp(`^The state at height ${early} is whole`));
    await wellAfter(back, height + 3n);
    await runCommand(back, "rollback", "--height", `${height}`);
    const both = [home, back].map((one) => dump(dataPaths(one).application, [RECORD.side]));
    const [before, again] = await Promise.all(both);
    assert.is(again, before, "the same blocks lead to the same lists");
    assert.match((await runCommand(back, "verify-state")).out, /is whole/);
  });
});

test("rollback without flags: the last block is executed again", async ({ home, height }) => {
  await inCopy(home, async (back) => {
    const index = await dump(dataPaths(back).index);
    const ran = await runCommand(back, "rollback", "-o", "json");
    const { height: reached, newest_block: newest } = JSON.parse(ran.out) as Record<string, string>;
    assert.equal([reached, newest], [`${height - 1n}`, `${height}`]);
    await withStopped(stopped(back), async ({ blocks, indexer }) => {
      assert.is(blocks?.loadState()?.height, height - 1n);
      assert.is(blocks?.height, height);
      assert.is(blocks?.response(height), undefined);
      assert.is(indexer?.height, height - 1n);
    });
    const node = await openTestNode(back);
    const { header } = await callRpc<{ header: { height: string } }>(node.rpcUrl, "header", {
      height: `${height}`,
    });
    assert.is(header.height, `${height}`);
    await node.stop();
    await checkHome(back, 0n);
    // Everything that was found before is found again.
    const rows = new Set((await dump(dataPaths(back).index)).split("\n"));
    const lost = index.split("\n").filter((row) => !rows.has(row) && !row.startsWith("48="));
    assert.equal(lost, []);
  });
});

test("rollback --hard removes the last block where the key may still sign, and only there", async ({
  home,
  height,
}) => {
  await inCopy(home, async (back) => {
    const far = await runCommand(back, "rollback", "--hard", "--height", `${height - 3n}`);
    assert.match(far.failure, new RegExp(`signed up to height ${height}: .*double signing`));
    assert.match(far.failure, new RegExp(`--hard to ${height - 1n}$`));
    const ran = await runCommand(back, "rollback", "--hard");
    assert.match(ran.out, new RegExp(`Blocks after ${height - 1n} are removed`));
    const signed = readFileSync(join(back, "data", "priv_validator_state.json"), "utf8");
    const again = await runCommand(back, "rollback", "--hard");
    assert.match(again.failure, /double signing/);
    await wellAfter(back, height + 2n);
    await withStopped(stopped(back), async ({ blocks }) => {
      assert.is(blocks?.commit(height)?.round, 1, "the place that was signed is not signed again");
    });
    assert.is((JSON.parse(signed) as { height: string }).height, `${height}`);
  });
});

test("rollback refuses what is not there", async ({ home, height }) => {
  const far = await runCommand(home, "rollback", "--height", `${height + 5n}`);
  assert.match(
    far.failure,
    new RegExp(`is at height ${height}: it cannot go back to ${height + 5n}`),
  );
  const none = await runCommand(home, "rollback", "--height", "0");
  assert.match(none.failure, /height 0 lies before the first block \(1\)/);
  await inCopy(home, async (old) => {
    changeSettings(old, "app.toml", { pruning: '"everything"', "snapshot-blocks": "2" });
    const node = await openTestNode(old);
    while (node.engine.state.height < height + 12n) await pause(20);
    await node.stop();
    const pruned = await runCommand(old, "rollback", "--height", "2");
    assert.match(
      pruned.failure,
      /^failed to load state at height 2; version does not exist \(oldest snapshot: \d+\)$/,
    );
    assert.match((await runCommand(old, "verify-state")).out, /is whole/);
  });
});

test("the engine's state of an earlier height comes out of the log as it was", async (world) => {
  const { home, copy, early } = world;
  const then = await withStopped(stopped(copy), async ({ blocks }) => blocks?.loadState());
  await withStopped(stopped(home), async ({ blocks }) => {
    const current = blocks?.loadState();
    if (!blocks || !current || !then) throw new Error("no state");
    const now = stateAt(blocks, current, early);
    assert.is(encodeState(platform, now), encodeState(platform, then));
  });
});

test("reindex mends a damaged transaction index", async ({ home, load }) => {
  await inCopy(home, async (broken) => {
    const { index } = dataPaths(broken);
    const before = await dump(index);
    const rows = before.split("\n").map((row) => Buffer.from(row.split("=")[0] ?? "", "hex"));
    const database = await Database.open(index);
    const writes = rows
      .filter((_, i) => i % 3 === 0)
      .map((key, i) => [key, i % 2 === 0 ? undefined : Buffer.from("nonsense")] as const);
    await database.write(writes, { sync: true });
    await database.close();
    const ran = await runCommand(broken, "reindex");
    assert.is(ran.failure, "");
    assert.match(ran.out, /^Indexed \d+ transactions of blocks 1 to \d+\.$/);
    assert.is(await dump(index), before);
    await withStopped(stopped(broken), async ({ indexer, height }) => {
      const query = parseQuery("transfer.amount='1ulease'");
      const places = await indexer?.searchTxs(query, { from: 1n, to: height });
      assert.ok((places?.length ?? 0) > 10);
      for (const hash of load.answers.keys())
        assert.ok(indexer?.find(Buffer.from(hash, "hex")), hash);
    });
  });
});

test("reindex --side mends damaged lists, which verify-state names", async ({ home }) => {
  await inCopy(home, async (broken) => {
    assert.match((await runCommand(broken, "reindex", "--side")).out, /nothing to mend/);
    const { application } = dataPaths(broken);
    const before = await dump(application);
    const rows = (await dump(application, [RECORD.side]))
      .split("\n")
      .map((row) => Buffer.from(row.split("=")[0] ?? "", "hex"))
      .filter((key) => key.toString("latin1").includes("market"));
    const database = await Database.open(application);
    const stray = Buffer.concat([rows[2] ?? Buffer.of(), Buffer.of(9)]);
    const damage = [rows[0], rows[1]].map((key) => [key ?? Buffer.of(), undefined] as const);
    await database.write([...damage, [stray, Buffer.of()]], { sync: true });
    await database.close();
    const verified = await runCommand(broken, "verify-state");
    assert.match(verified.out, /store market: of its lists 2 rows are missing, 0 wrong, 1 belong/);
    assert.match(verified.failure, /has \d+ faults$/);
    const ran = await runCommand(broken, "reindex", "--side");
    assert.match(ran.out, /^store +missing +wrong +stray\nmarket +2 +0 +1\n/);
    assert.is(await dump(application), before);
    assert.match((await runCommand(broken, "verify-state")).out, /is whole/);
  });
});

test("prune gives back what a change of settings no longer asks for", async ({ home, height }) => {
  await inCopy(home, async (full) => {
    changeSettings(full, "app.toml", { pruning: '"nothing"' });
    await wellAfter(full, height + 20n);
    const { application } = dataPaths(full);
    const archive = [RECORD.node, RECORD.root, RECORD.archive];
    assert.ok((await dump(application, archive)).split("\n").length > 100);
    const kept = await runCommand(full, "prune", "-o", "json");
    const { oldest_state: oldest } = JSON.parse(kept.out) as Record<string, string>;
    assert.is(oldest, `${height}`, "an archive begins where it was switched on");
    changeSettings(full, "app.toml", { pruning: '"everything"' });
    const pruned = await runCommand(full, "prune");
    assert.is(pruned.failure, "");
    assert.match(pruned.out, /^States from height \d+ to \d+ are readable; 0 blocks were removed/);
    assert.is(await dump(application, archive), "");
    await wellAfter(full, height + 25n);
  });
});

test("settings of pruning are checked before anything is opened", async ({ home }) => {
  await inCopy(home, async (wrong) => {
    changeSettings(wrong, "app.toml", { pruning: '"custom"', "pruning-keep-recent": "1" });
    const ran = await runCommand(wrong, "verify-state");
    assert.match(ran.failure, /pruning-keep-recent must be at least 2 with pruning = "custom"/);
    changeSettings(wrong, "app.toml", { "pruning-keep-recent": "500" });
    const again = await runCommand(wrong, "verify-state");
    assert.match(again.failure, /pruning-interval must be at least 10/);
  });
});

test("a home without blocks is refused, and nothing is made there", async () => {
  const nowhere = join(tmpdir(), `leasehold-nowhere-${process.pid}`);
  for (const words of [["rollback"], ["reindex"], ["prune"], ["verify-state"], ["export"]])
    assert.match((await runCommand(nowhere, ...words)).failure, /has no blocks yet$/);
  assert.not.ok(existsSync(nowhere));
});

test("a running node's home is refused, and says who holds it", async ({ home }) => {
  await inCopy(home, async (running) => {
    const node = await openTestNode(running);
    for (const words of [["rollback"], ["reindex"], ["prune"], ["comet", "unsafe-reset-all"]]) {
      const { failure } = await runCommand(running, ...words);
      assert.match(failure, /is in use by process \d+ .*; stop it first$/);
    }
    await node.stop();
  });
});

test.run();
