// Twenty kills of a node at random instants under load. After each restart: every block whole, hashes
// chained, nothing that was answered lost, and the money of the world unchanged.

import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { calculateFee, SigningStargateClient, StargateClient } from "@cosmjs/stargate";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { equalBytes } from "../../chain/base/bytes.ts";
import { dataPaths } from "../../chain/node/claim.ts";
import { blockId, commitHash, dataHash } from "../../chain/node/comet/header.ts";
import { resultsHash } from "../../chain/runtime/index.ts";
import { validatorsHash } from "../../chain/node/comet/validators.ts";
import { checkCommit, sameBlockId } from "../../chain/node/comet/votes.ts";
import { Database } from "../../chain/node/db.ts";
import { BlockStore } from "../../chain/node/embedded/blocks.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { makeTestHome, startChildNode } from "../support/node.ts";
import type { ChildNode } from "../support/node.ts";

const WORDS =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const KILLS = 20;
const SUPPLY = 1_000_000_000n;
const platform = fastPlatform(() => undefined);
const test = suite("kill");

/** A small seeded generator, so that a failing run can be told again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What the node told before it died: hashes of transactions that were answered with a height. */
type Answered = Map<string, number>;

/** Sends until the node dies; waits for each to stand in a block and notes what was answered. */
async function load(node: ChildNode, answered: Answered): Promise<void> {
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(WORDS, { prefix: "lease" });
  const [account] = await wallet.getAccounts();
  const address = account?.address ?? "";
  try {
    const client = await SigningStargateClient.connectWithSigner(node.rpcUrl, wallet);
    const chainId = await client.getChainId();
    const { accountNumber, sequence: first } = await client.getSequence(address);
    let sequence = first;
    const send = async (): Promise<void> => {
      const message = {
        typeUrl: "/cosmos.bank.v1beta1.MsgSend",
        value: {
          fromAddress: address,
          toAddress: address,
          amount: [{ denom: "ulease", amount: "1" }],
        },
      };
      const data = { accountNumber, sequence: sequence++, chainId };
      const fee = calculateFee(100_000, "0ulease");
      const raw = await client.sign(address, [message], fee, "", data);
      const tx = Buffer.from(TxRaw.encode(raw).finish()).toString("base64");
      const body = { jsonrpc: "2.0", id: 1, method: "broadcast_tx_commit", params: { tx } };
      const response = await fetch(node.rpcUrl, { method: "POST", body: JSON.stringify(body) });
      const answer = (await response.json()) as { result?: { height: string; hash: string } };
      const height = Number(answer.result?.height ?? "0");
      if (height > 0) answered.set(answer.result?.hash ?? "", height);
    };
    for (;;) {
      const batch = Array.from({ length: 5 }, send);
      await Promise.all(batch);
    }
  } catch {
    // The node was killed: what it answered until then is what counts.
  }
}

/** Opens the block log of a dead node and checks every block in it. Gives the height. */
async function checkLog(home: string): Promise<bigint> {
  const database = await Database.open(dataPaths(home).blocks);
  try {
    const blocks = await BlockStore.load(database, platform);
    for (let height = blocks.base; height <= blocks.height; height++) checkBlock(blocks, height);
    return blocks.height;
  } finally {
    await database.close();
  }
}

/** A light client's check of one block, and of what it says about the one before. */
function checkBlock(blocks: BlockStore, height: bigint): void {
  const block = blocks.block(height);
  const bytes = blocks.blockBytes(height);
  const [meta, commit] = [blocks.meta(height), blocks.commit(height)];
  const validators = blocks.validators(height);
  if (!block || !bytes || !meta || !commit || !validators)
    throw new Error(`height ${height} is not whole`);
  const { header } = block;
  assert.ok(sameBlockId(blockId(platform, block, bytes), meta.blockId), `id of ${height}`);
  assert.ok(equalBytes(header.dataHash, dataHash(platform, block.data.txs)));
  assert.ok(equalBytes(header.validatorsHash, validatorsHash(platform, validators)));
  assert.is(checkCommit(platform, header.chainId, validators, meta.blockId, commit), undefined);
  if (height === blocks.base) return;
  const before = blocks.meta(height - 1n);
  const response = blocks.response(height - 1n);
  const last = block.lastCommit;
  if (!before || !response || !last) throw new Error(`height ${height - 1n} is not whole`);
  assert.ok(sameBlockId(header.lastBlockId, before.blockId), `chain at ${height}`);
  assert.ok(equalBytes(header.lastCommitHash, commitHash(platform, last)));
  assert.ok(equalBytes(header.appHash, response.appHash), `app hash in ${height}`);
  assert.ok(equalBytes(header.lastResultsHash, resultsHash(platform, response.txResults)));
  const signed = last.signatures[0]?.timestamp;
  assert.equal(header.time, signed, "BFT time is the time of the precommit before");
  assert.ok(header.time.seconds >= before.header.time.seconds);
}

test("twenty kills lose nothing that was answered", async () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  const next = random(seed);
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(WORDS, { prefix: "lease" });
  const [account] = await wallet.getAccounts();
  const address = account?.address ?? "";
  const home = makeTestHome({
    accounts: [{ address, coins: [{ denom: "ulease", amount: SUPPLY }] }],
    config: { timeout_commit: '"20ms"' },
  });
  const answered: Answered = new Map();
  let height = 0n;
  try {
    for (let round = 0; round < KILLS; round++) {
      const node = await startChildNode(home);
      const loading = load(node, answered);
      await new Promise((resolve) => setTimeout(resolve, 100 + next() * 400));
      await node.kill();
      await loading;
      const found = await checkLog(home);
      assert.ok(found >= height, `round ${round} of seed ${seed}: ${found} after ${height}`);
      height = found;
    }
    const node = await startChildNode(home);
    const client = await StargateClient.connect(node.rpcUrl);
    assert.ok(answered.size >= 10, `only ${answered.size} transactions were answered`);
    for (const [hash, expected] of answered)
      assert.is((await client.getTx(hash))?.height, expected, `seed ${seed}: ${hash}`);
    assert.is((await client.getBalance(address, "ulease")).amount, SUPPLY.toString());
    client.disconnect();
    assert.is(await node.stop(), 0, "an orderly stop ends with status 0");
    assert.not.ok(existsSync(`${dataPaths(home).blocks}.owner`));
    const state = readFileSync(join(home, "data", "priv_validator_state.json"), "utf8");
    assert.ok(BigInt((JSON.parse(state) as { height: string }).height) >= height);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test.run();
