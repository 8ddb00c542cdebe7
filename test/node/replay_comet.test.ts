// The ABCI stream of a validator behind real CometBFT, recorded over a restart, run again in memory
// beside the blocks that its CometBFT serves: equal answers, equal requests, equal hashes.

import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leaseholdParts } from "../../chain/app/index.ts";
import { genesisInput } from "../../chain/node/embedded/start.ts";
import { readGenesis } from "../../chain/node/home.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { readRecording } from "../../chain/node/replay/recording.ts";
import { Replay, servedChain } from "../../chain/node/replay/replay.ts";
import type { Replayed, ServedChain } from "../../chain/node/replay/replay.ts";
import { CometSource } from "../../chain/node/source_comet.ts";
import { findCometbft } from "../support/cometbft.ts";
import { makeCometHome, openCometNode } from "../support/comet_node.ts";

const FUNDS = [{ denom: "ulease", amount: 1_000_000_000n }];
const platform = fastPlatform(() => undefined);
const comet = findCometbft();
const test = suite("replay of a CometBFT chain");

function machine(): Replay {
  return new Replay(platform, leaseholdParts(platform, "test"));
}

/** Two sends, one of which fails. Gives the height of the last. */
async function send(rpc: string, wallet: DirectSecp256k1HdWallet): Promise<number> {
  const address = (await wallet.getAccounts())[0]?.address ?? "";
  const options = { broadcastPollIntervalMs: 50 };
  const client = await SigningStargateClient.connectWithSigner(rpc, wallet, options);
  const fee = { amount: [{ denom: "ulease", amount: "10" }], gas: "100000" };
  let height = 0;
  for (const amount of ["5", "999999999999"]) {
    const coins = [{ denom: "ulease", amount }];
    height = (await client.sendTokens(address, address, coins, fee)).height;
  }
  client.disconnect();
  return height;
}

async function record(
  cometbft: string,
  file: string,
): Promise<{ readonly home: string; readonly chain: ServedChain; stop(): Promise<void> }> {
  const wallet = await DirectSecp256k1HdWallet.generate(12, { prefix: "lease" });
  const address = (await wallet.getAccounts())[0]?.address ?? "";
  const { home, rpc } = await makeCometHome({ accounts: [{ address, coins: FUNDS }] });
  const url = `http://127.0.0.1:${rpc}`;
  const first = await openCometNode(home, cometbft, { record: join(home, file) });
  await send(url, wallet);
  await first.stop();
  const second = await openCometNode(home, cometbft, { record: join(home, file) });
  const height = BigInt(await send(url, wallet)) + 1n;
  const source = new CometSource(url);
  // CometBFT tells a height before the application has executed its block: the next one says it has.
  while ((await source.status()).height <= height)
    await new Promise((resume) => setTimeout(resume, 50));
  const genesis = genesisInput(readGenesis(home).document);
  return { home, chain: servedChain(source, genesis, height), stop: () => second.stop() };
}

function count({ findings }: Replayed, what: string): number {
  return findings.rows().find(([name]) => name === what)?.[1] ?? 0;
}

if ("missing" in comet) {
  test("is left out", () => {
    process.stdout.write(`left out: replay of a CometBFT chain, because ${comet.missing}\n`);
  });
} else {
  test("recording and blocks agree with each other and with us", async () => {
    const { home, chain, stop } = await record(comet.path, "abci.rec");
    try {
      const heights = Number(chain.height);
      const both = await machine().recording(readRecording(join(home, "abci.rec")), chain);
      assert.equal(both.findings.differences, []);
      assert.is(both.transactions, 4);
      assert.ok(count(both, "recorded request") >= heights);
      assert.is(count(both, "header hash"), heights);
      assert.is(count(both, "signatures of the commit"), heights - 1);
      assert.is(count(both, "recorded result of a transaction"), 4);
      const blocks = await machine().chain(chain);
      assert.equal(blocks.findings.differences, []);
      assert.is(blocks.transactions, 4);
    } finally {
      await stop();
    }
    // A pair that a crash cut off is left out.
    appendFileSync(join(home, "abci.rec"), Uint8Array.of(200, 1, 7));
    const alone = await machine().recording(readRecording(join(home, "abci.rec")));
    assert.equal(alone.findings.differences, []);
    assert.is(alone.transactions, 4);
    rmSync(home, { recursive: true, force: true });
  });
}

test.run();
