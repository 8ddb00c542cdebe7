// One home for two programs: CometBFT reads what we write, and its own files are read by us without a
// complaint; a supervised CometBFT is started, heard and stopped.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toBase64 } from "../../chain/base/bytes.ts";
import { claimedBy, readKeys } from "../../chain/node/claim.ts";
import { keepGenesis } from "../../chain/node/cometbft/files.ts";
import { endLeftover, noteChild } from "../../chain/node/cometbft/leftover.ts";
import { readCometLine } from "../../chain/node/cometbft/process.ts";
import { COMET_CONFIG } from "../../chain/node/config/comet_settings.ts";
import { configText, readConfigText } from "../../chain/node/config/config.ts";
import { parseToml } from "../../chain/node/config/toml.ts";
import { createLogger, SILENT } from "../../chain/node/log.ts";
import { genesisPath } from "../../chain/node/home.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { CrashLoad } from "../crash/load.ts";
import { findCometbft } from "../support/cometbft.ts";
import { makeCometHome, openCometNode } from "../support/comet_node.ts";
import { callRpc, makeTestHome } from "../support/node.ts";

const test = suite("one home for two programs");
const comet = findCometbft();

test("every default of CometBFT's settings is its own", () => {
  const text = configText("config.toml", {}, "comet");
  assert.equal(readConfigText("config.toml", text).warnings, []);
  assert.ok(text.includes('proxy_app = "tcp://127.0.0.1:26658"'));
  assert.not.ok(
    configText("config.toml").includes("proxy_app"),
    "not in homes of the other engine",
  );
});

test("lines of CometBFT's log are taken apart", () => {
  const line = '{"level":"info","module":"state","height":5,"_msg":"committed state","ts":"x"}';
  assert.equal(readCometLine(line), {
    level: "info",
    sentence: "committed state",
    fields: { module: "state", height: "5" },
    kind: "entry",
  });
  for (const [module, sentence, level] of [
    ["consensus", "Applying block", "debug"],
    ["consensus", "executed block", "debug"],
    ["consensus", "ABCI Replay Blocks", "info"],
    ["state", "executed block", "info"],
  ]) {
    const told = JSON.stringify({ level: "info", module, height: 5, _msg: sentence });
    assert.is(readCometLine(told).level, level, `${module}: ${sentence}`);
  }
  assert.is(readCometLine("panic: wrong app hash").kind, "failure");
  assert.is(readCometLine("goroutine 1 [running]:").kind, "text");
});

test("another genesis is refused before CometBFT's is written", () => {
  const home = mkdtempSync(join(tmpdir(), "leasehold-genesis-"));
  const { values } = readConfigText("config.toml", 'genesis_file = "config/genesis.comet.json"');
  const read = (): string[] =>
    ["config/genesis.comet.json", "data/genesis.sha256"].map((file) =>
      readFileSync(join(home, file), "utf8"),
    );
  const [first, second] = [1, 2].map((byte) => ({ text: `${byte}`, hash: Uint8Array.of(byte) }));
  if (first === undefined || second === undefined) throw new Error("two are expected");
  keepGenesis(home, values, second, 0n);
  keepGenesis(home, values, first, 0n);
  assert.equal(read(), ["1", "01\n"], "before the first block any genesis is taken");
  assert.throws(
    () => keepGenesis(home, values, second, 5n),
    /is not the one that this chain began/,
  );
  assert.equal(read(), ["1", "01\n"]);
  rmSync(join(home, "config", "genesis.comet.json"));
  keepGenesis(home, values, first, 5n);
  assert.equal(read(), ["1", "01\n"], "what is missing is made again");
  rmSync(home, { recursive: true, force: true });
});

if ("missing" in comet) {
  test("is left out", () => {
    process.stdout.write(`left out: homes as CometBFT reads them, because ${comet.missing}\n`);
  });
} else {
  test("a configuration that CometBFT wrote is read whole, with our defaults", () => {
    const home = mkdtempSync(join(tmpdir(), "leasehold-files-"));
    try {
      execFileSync(comet.path, ["init", "--home", home], { stdio: "ignore" });
      const text = readFileSync(join(home, "config", "config.toml"), "utf8");
      assert.equal(readConfigText("config.toml", text).warnings, []);
      const theirs = new Map(parseToml(text, "config.toml").map(({ key, value }) => [key, value]));
      const plain = (value: unknown): unknown =>
        typeof value === "bigint" ? Number(value) : value;
      for (const { key, value } of COMET_CONFIG) {
        assert.ok(theirs.has(key), `CometBFT knows no ${key}`);
        assert.equal(plain(theirs.get(key)), value, key);
      }
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  test("a home that was made for the other engine says what is missing", async () => {
    const home = makeTestHome();
    try {
      const started = openCometNode(home, comet.path).then(
        () => "it started",
        (error: Error) => error.message,
      );
      assert.match(await started, /form of SDK 0\.50.* set genesis_file = "config\/genesis\.comet/);
      assert.is(claimedBy(home), undefined, "it may still be started with its own engine");
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  test("CometBFT finds keys and configuration in a home of ours", async () => {
    const { home } = await makeCometHome();
    try {
      const ask = (command: string): string =>
        execFileSync(comet.path, [command, "--home", home], { encoding: "utf8" }).trim();
      const { validator, nodeId } = readKeys(
        fastPlatform(() => undefined),
        home,
      );
      assert.is(ask("show-node-id"), nodeId);
      assert.ok(ask("show-validator").includes(toBase64(validator.publicKey)));
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  test("market life under a supervised CometBFT; both end together", async () => {
    const load = new CrashLoad("test-1");
    const ports = await makeCometHome({ accounts: load.accounts });
    const lines: string[] = [];
    const log = createLogger({
      level: "info",
      format: "plain",
      write: (line) => void lines.push(line),
    });
    try {
      const node = await openCometNode(ports.home, comet.path, { log });
      await load.readSequences(node.rpcUrl);
      const loading = load.run(node.rpcUrl);
      await pause(4000);
      load.stop();
      await loading;
      assert.equal(load.surprises, []);
      assert.ok(load.succeeded > 10, `${load.succeeded} transactions`);
      const { response } = await callRpc<{ response: { last_block_app_hash: string } }>(
        node.rpcUrl,
        "abci_info",
      );
      assert.ok(response.last_block_app_hash.length > 0);
      const pid = node.cometPid ?? 0;
      await node.stop();
      assert.throws(() => process.kill(pid, 0), /ESRCH/);
      const height = node.app.store.height;
      const path = genesisPath(ports.home);
      const genesis = readFileSync(path, "utf8");
      writeFileSync(path, genesis.replace('"test-1"', '"test-2"'));
      const other = openCometNode(ports.home, comet.path).then(
        () => "it started",
        (error: Error) => error.message,
      );
      assert.match(await other, /is not the one that this chain began with/);
      const theirs = join(ports.home, "config", "genesis.comet.json");
      assert.match(readFileSync(theirs, "utf8"), /"chain_id":"test-1"/);
      writeFileSync(path, genesis);
      const again = await openCometNode(ports.home, comet.path, { log });
      assert.ok(again.app.store.height >= height);
      process.kill(again.cometPid ?? 0, "SIGKILL");
      assert.match(await again.halted, /^cometbft ended by SIGKILL/);
      await again.stop();
      assert.ok(lines.some((line) => line.includes("CometBFT is connected version=0.38")));
    } finally {
      rmSync(ports.home, { recursive: true, force: true });
    }
  });

  test("a CometBFT that an earlier run left hanging is ended, another process is not", async () => {
    const { home } = await makeCometHome();
    // Nobody listens where it dials: it tries for ever.
    const args = ["start", "--home", home, "--log_level", "error"];
    const child = spawn(comet.path, args, { stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
    try {
      mkdirSync(join(home, "data"), { recursive: true });
      noteChild(home, child.pid ?? 0);
      await endLeftover(home, SILENT);
      assert.is(await ended, "SIGKILL");
      noteChild(home, process.pid);
      await endLeftover(home, SILENT);
      assert.not.ok(existsSync(join(home, "data", "cometbft.pid")), "this process lives");
    } finally {
      child.kill("SIGKILL");
      rmSync(home, { recursive: true, force: true });
    }
  });

  test("when CometBFT has lost the chain the node ends with CometBFT's own words", async () => {
    const { home } = await makeCometHome();
    try {
      const node = await openCometNode(home, comet.path);
      while (node.app.store.height < 3n) await pause(20);
      await node.stop();
      const stale = join(home, "data", "blockstore.db");
      rmSync(stale, { recursive: true });
      rmSync(join(home, "data", "state.db"), { recursive: true });
      const error = await openCometNode(home, comet.path).then(
        () => "it started",
        (reason: Error) => reason.message,
      );
      assert.match(error, /cometbft ended .*AppHash does not match .* Got [0-9A-F]{64}, expected/);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
}

test.run();
