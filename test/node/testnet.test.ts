// testnet init: what stands in the homes of a network, and what is refused before anything is written.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readKeys } from "../../chain/node/claim.ts";
import { loadConfig } from "../../chain/node/config/config.ts";
import { readGenesis } from "../../chain/node/home.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { runCommand } from "../support/commands.ts";
import { makeTestHome } from "../support/node.ts";
import { makeSigner } from "../support/signing.ts";

const platform = fastPlatform(() => undefined);
const test = suite<{ folder: string; net: string }>("testnet init");

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "leasehold-testnet-"));
  context.net = join(context.folder, "net");
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

test("every home has its keys and ports, one genesis, and all others as peers", async (context) => {
  const { folder, net } = context;
  const funded = makeSigner("funded", "lease").address;
  const flags = ["--validators", "3", "--output-dir", net, "--starting-port", "30000"];
  const more = ["--chain-id", "net-1", "--account", `${funded}=5ulease`];
  const { failure } = await runCommand(folder, "testnet", "init", ...flags, ...more);
  assert.is(failure, "");
  const homes = [0, 1, 2].map((index) => join(net, `node${index}`));
  const ids = homes.map((home) => readKeys(platform, home).nodeId);
  assert.is(new Set(ids).size, 3);
  const bytes = homes.map((home) => readFileSync(join(home, "config", "genesis.json"), "utf8"));
  assert.is(new Set(bytes).size, 1);
  const { document } = readGenesis(homes[0] ?? "");
  assert.is(document.chainId, "net-1");
  assert.equal(
    document.validators.map(({ key }) => key),
    homes.map((home) => readKeys(platform, home).validator.publicKey),
  );
  assert.ok(bytes[0]?.includes(funded));
  for (const [index, home] of homes.entries()) {
    const { values, warnings } = loadConfig(home, "config.toml");
    assert.equal(warnings, []);
    const first = 30_000 + index * 10;
    assert.is(values.text("rpc.laddr"), `tcp://127.0.0.1:${first}`);
    assert.is(values.text("proxy_app"), `tcp://127.0.0.1:${first + 2}`);
    const peers = ids.map((id, at) => `${id}@127.0.0.1:${30_001 + at * 10}`);
    const others = peers.filter((_, at) => at !== index).join(",");
    assert.is(values.text("p2p.persistent_peers"), others);
    const keys = await runCommand(home, "keys", "list", "--keyring-backend", "test");
    assert.match(keys.out, /alice[\s\S]*bob/);
  }
  execFileSync("sh", ["-n", join(net, "start.sh")]);
});

test("what cannot be is refused, and nothing is written", async ({ folder, net }) => {
  const refused = async (pattern: RegExp, ...flags: readonly string[]): Promise<void> => {
    const { failure } = await runCommand(folder, "testnet", "init", "--output-dir", net, ...flags);
    assert.match(failure, pattern);
    assert.not.ok(existsSync(net));
  };
  await refused(/--validators is a number from 1 to 100, got 0/, "--validators", "0");
  await refused(/--validators is a number from 1 to 100, got 101/, "--validators", "101");
  await refused(/ports 65530 to 65563 are not all/, "--starting-port", "65530");
  await refused(/--block-time is a time/, "--block-time", "soon");
  await refused(/--preset is one of/, "--preset", "mainnet");
  await refused(/is not a coin/, "--account", "lease1x=many");
  await refused(/chain_id: 1 to 50 of letters/, "--chain-id", "two words");
  await refused(/chain_id: 1 to 50 of letters/, "--chain-id", "x".repeat(51));
  const made = ["--output-dir", net, "--validators", "1"];
  assert.is((await runCommand(folder, "testnet", "init", ...made)).failure, "");
  const again = await runCommand(folder, "testnet", "init", ...made);
  assert.match(again.failure, /node0 is there already/);
});

test("flags of engine comet are refused on a home of the other engine", async () => {
  const home = makeTestHome();
  for (const flags of [["--with-cometbft"], ["--record", "file"], ["--cometbft", "/bin/true"]]) {
    const { failure } = await runCommand(home, "start", ...flags);
    assert.match(failure, /belong to engine comet/);
  }
  assert.match(
    (await runCommand(home, "start", "--engine", "both")).failure,
    /--engine is embedded/,
  );
  rmSync(home, { recursive: true, force: true });
});

test.run();
