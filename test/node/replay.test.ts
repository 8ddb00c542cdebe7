// The blocks of a node run again in memory: everything equal; with anything changed, it is named.

import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { tmpdir } from "node:os";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leaseholdParts } from "../../chain/app/index.ts";
import type { Block } from "../../chain/codec/gen/tendermint/types.ts";
import { readGenesis } from "../../chain/node/home.ts";
import { genesisInput } from "../../chain/node/embedded/start.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { Replay, servedChain } from "../../chain/node/replay/replay.ts";
import type { Replayed, ServedChain } from "../../chain/node/replay/replay.ts";
import { CometSource } from "../../chain/node/source_comet.ts";
import { runCommand } from "../support/commands.ts";
import { startTestNode } from "../support/node.ts";
import type { TestNode } from "../support/node.ts";

const FUNDS = [{ denom: "ulease", amount: 1_000_000_000n }];
const platform = fastPlatform(() => undefined);

interface World {
  readonly node: TestNode;
  readonly chain: ServedChain;
  /** Height of a block with transactions. */
  readonly height: bigint;
}
const test = suite<{ world: World }>("replay");

test.before(async (context) => {
  const wallet = await DirectSecp256k1HdWallet.generate(12, { prefix: "lease" });
  const address = (await wallet.getAccounts())[0]?.address ?? "";
  const node = await startTestNode({ accounts: [{ address, coins: FUNDS }] });
  const options = { broadcastPollIntervalMs: 50 };
  const client = await SigningStargateClient.connectWithSigner(node.rpcUrl, wallet, options);
  const fee = { amount: [{ denom: "ulease", amount: "10" }], gas: "100000" };
  let height = 0n;
  for (const amount of ["1", "2", "999999999999"]) {
    const coins = [{ denom: "ulease", amount }];
    height = BigInt((await client.sendTokens(address, address, coins, fee)).height);
  }
  client.disconnect();
  const source = new CometSource(node.rpcUrl);
  // The block after the last transaction carries its hashes.
  while ((await source.status()).height < height + 1n)
    await new Promise((done) => setTimeout(done, 50));
  const genesis = genesisInput(readGenesis(node.home).document);
  const chain = servedChain(source, genesis, height + 1n);
  context.world = { node, chain, height };
});

test.after(async ({ world }) => {
  await world.node.remove();
});

function replay(chain: ServedChain): Promise<Replayed> {
  return new Replay(platform, leaseholdParts(platform, "test")).chain(chain);
}

/** The chain with one block changed. */
function changed(chain: ServedChain, height: bigint, change: (block: Block) => Block): ServedChain {
  return {
    ...chain,
    block: async (at) => {
      const found = await chain.block(at);
      return at === height ? { ...found, block: change(found.block) } : found;
    },
  };
}

test("all hashes of all blocks are equal", async ({ world }) => {
  const { chain } = world;
  const { findings, height, transactions } = await replay(chain);
  assert.equal(findings.differences, []);
  assert.is(height, chain.height);
  assert.is(transactions, 3);
  const rows = new Map(findings.rows().map(([what, checked]) => [what, checked]));
  for (const what of ["header hash", "part set hash", "app hash", "results hash", "block time"])
    assert.is(rows.get(what), Number(chain.height), what);
  assert.is(rows.get("signatures of the commit"), Number(chain.height) - 1);
});

test("a transaction that was not in the block is found, at its height", async ({ world }) => {
  const { chain, height } = world;
  const added = changed(chain, height, (block) => ({
    ...block,
    data: { txs: [...block.data.txs, Uint8Array.of(1)] },
  }));
  const { findings, height: reached } = await replay(added);
  assert.is(reached, height);
  const names = findings.differences.map(({ height: at, what }) => `${at} ${what}`);
  assert.equal(names, [`${height} part set hash`, `${height} data hash`]);
});

test("another genesis is found by the app hash of the second block", async ({ world }) => {
  const { chain } = world;
  const text = Buffer.from(chain.genesis.appState).toString("utf8");
  const appState = Buffer.from(text.replaceAll('"1000000000"', '"1000000001"'));
  const { findings, height } = await replay({ ...chain, genesis: { ...chain.genesis, appState } });
  assert.is(height, 2n);
  assert.equal(
    findings.differences.map(({ what }) => what),
    ["app hash"],
  );
});

test("a file that is no recording is refused by name", async () => {
  const refused = async (path: string, pattern: RegExp): Promise<void> => {
    const { failure } = await runCommand(tmpdir(), "replay", path);
    assert.match(failure, pattern);
  };
  await refused("/no/such/file", /\/no\/such\/file cannot be read: there is no such file/);
  await refused(process.execPath, /node is no recording of start --record: /);
  await refused("/dev/null", /there is no block that could be run/);
});

test("a forged signature is found", async ({ world }) => {
  const { chain } = world;
  const forged = changed(chain, 2n, (block) => {
    const commit = block.lastCommit;
    if (commit === undefined) return block;
    const signatures = commit.signatures.map((entry) => ({
      ...entry,
      signature: entry.signature.map((byte, index) => (index === 9 ? byte ^ 1 : byte)),
    }));
    return { ...block, lastCommit: { ...commit, signatures } };
  });
  const { findings } = await replay(forged);
  const names = findings.differences.map(({ what }) => what);
  assert.equal(names, ["part set hash", "commit hash", "signatures of the commit"]);
});

test.run();
