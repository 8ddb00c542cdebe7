// The two sources of blocks say the same of one chain: the embedded engine's own, and the one for
// CometBFT's RPC, which is pointed at the embedded node's RPC. Then a CometBFT that misbehaves.

import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fromHex, toHex } from "../../chain/base/bytes.ts";
import { Block, BlockID, Header } from "../../chain/codec/gen/tendermint/types.ts";
import { MempoolError } from "../../chain/node/embedded/mempool.ts";
import { QueryError } from "../../chain/node/index/query.ts";
import { CometSource } from "../../chain/node/source_comet.ts";
import { PageError, SourceError } from "../../chain/node/source.ts";
import type { BlockSource } from "../../chain/node/source.ts";
import { Answer, readBlock } from "../../chain/node/source_json.ts";
import { startTestNode } from "../support/node.ts";
import type { TestNode } from "../support/node.ts";

const WORDS =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
/** Empty blocks an hour apart: the chain stands still while it is looked at. */
const STILL = { create_empty_blocks: "false" };

interface World {
  readonly node: TestNode;
  readonly comet: CometSource;
  readonly embedded: BlockSource;
  readonly signing: SigningStargateClient;
  readonly hash: Uint8Array;
  readonly height: bigint;
}
const test = suite<World>("the source that asks CometBFT");

test.before(async (context) => {
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(WORDS, { prefix: "lease" });
  const address = (await wallet.getAccounts())[0]?.address ?? "";
  const coins = [{ denom: "ulease", amount: 1_000_000_000n }];
  const node = await startTestNode({ accounts: [{ address, coins }], config: STILL });
  const signing = await SigningStargateClient.connectWithSigner(node.rpcUrl, wallet, {
    broadcastPollIntervalMs: 50,
  });
  const fee = { amount: [], gas: "100000" };
  let sent = await signing.sendTokens(address, address, [{ denom: "ulease", amount: "5" }], fee);
  const { transactionHash, height } = sent;
  for (const amount of ["6", "999999999999"])
    sent = await signing.sendTokens(address, address, [{ denom: "ulease", amount }], fee);
  Object.assign(context, {
    node,
    signing,
    comet: new CometSource(node.rpcUrl),
    embedded: node.source,
    hash: fromHex(transactionHash.toLowerCase()),
    height: BigInt(height),
  });
});
test.after(async ({ node, signing }) => {
  signing?.disconnect();
  await node?.remove();
});

async function refusal(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => new Error("answered"),
    (error: Error) => error,
  );
}

test("node, status, blocks, headers and validators", async ({ comet, embedded, height }) => {
  assert.equal(await comet.nodeInfo(), await embedded.nodeInfo());
  const { halted: _, ...status } = await embedded.status();
  const { halted, ...same } = await comet.status();
  assert.equal(same, status);
  assert.is(halted, undefined);
  assert.is(await comet.peers(), 0);
  for (const at of [1n, height]) {
    const [one, other] = [await comet.block(at), await embedded.block(at)];
    assert.ok(one !== undefined && other !== undefined);
    assert.is(toHex(Block.encode(one.block)), toHex(Block.encode(other.block)));
    assert.equal(BlockID.encode(one.id), BlockID.encode(other.id));
    const [header, own] = [await comet.header(at), await embedded.header(at)];
    assert.ok(header !== undefined && own !== undefined);
    assert.equal(Header.encode(header), Header.encode(own));
    assert.equal(await comet.validators(at), await embedded.validators(at));
  }
});

test("transactions by hash and by query", async ({ comet, embedded, hash }) => {
  assert.equal(await comet.tx(hash), await embedded.tx(hash));
  assert.is(await comet.tx(new Uint8Array(32)), undefined);
  const query = "tx.height > 0";
  for (const descending of [true, false]) {
    const page = { page: 1n, limit: 2, descending };
    const found = await embedded.searchTxs(query, page);
    assert.equal([found.total, found.txs.length], [3, 2]);
    assert.equal(await comet.searchTxs(query, page), found);
  }
  const failed = await comet.searchTxs(query, { page: 1n, limit: 1, descending: true });
  assert.is(failed.txs[0]?.result.codespace, "sdk");
  for (const source of [comet, embedded]) {
    const far = { page: 9n, limit: 10, descending: false };
    assert.instance(await refusal(source.searchTxs(query, far)), PageError);
    assert.instance(await refusal(source.searchTxs("a=", { ...far, page: 1n })), QueryError);
  }
});

test("sending: the check's answer, and refusals before it", async ({ comet, embedded }) => {
  for (const source of [comet, embedded]) {
    const junk = await source.submit(Uint8Array.of(1), "sync");
    assert.equal([junk.code, junk.codespace], [2, "sdk"]);
    const sent = await source.submit(Uint8Array.of(2), "async");
    assert.equal([sent.code, sent.log], [0, ""]);
    const large = await refusal(source.submit(new Uint8Array(1_048_577), "sync"));
    assert.instance(large, MempoolError);
    assert.match(large.message, /Tx too large/);
  }
});

/** A server that answers every call with `answer`; its calls are counted. */
async function pretend(
  answer: (response: ServerResponse) => void,
): Promise<{ url: string; server: Server; calls: () => number }> {
  let calls = 0;
  const server = createServer((_request, response) => {
    calls++;
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, server, calls: () => calls };
}

function end(server: Server): void {
  server.closeAllConnections();
  server.close();
}

test("a CometBFT that is slow, long-winded, broken or gone", async () => {
  const cases: readonly (readonly [(response: ServerResponse) => void, RegExp])[] = [
    [() => undefined, /did not answer status within 200 ms/],
    [(response) => response.end("1".repeat(2_000_000)), /larger than this node reads/],
    [(response) => response.end("<html>"), /is not JSON/],
    [(response) => response.end("[]"), /status in CometBFT's answer is not an object/],
    [
      (response) => response.end('{"result":{"sync_info":7}}'),
      /status.result.sync_info in .* is not an object/,
    ],
    [(response) => response.destroy(), /does not answer/],
    [(response) => response.end('{"error":{"message":"m","data":"nope"}}'), /refused status: nope/],
  ];
  for (const [answer, expected] of cases) {
    const { url, server } = await pretend(answer);
    const source = new CometSource(url, { timeout: 200, maxAnswerBytes: 1_000_000 });
    const error = await refusal(source.status());
    end(server);
    assert.instance(error, SourceError);
    assert.match(error.message, expected);
  }
  const gone = await refusal(new CometSource("http://127.0.0.1:1").status());
  assert.match(gone.message, /CometBFT at http:\/\/127.0.0.1:1 does not answer/);
});

test("calls at one time are bounded, and so are those that wait", async () => {
  const held: ServerResponse[] = [];
  const { url, server, calls } = await pretend((response) => held.push(response));
  const source = new CometSource(url, { timeout: 5000, maxRunning: 2, maxWaiting: 3 });
  const asked = Array.from({ length: 5 }, () => source.peers());
  assert.match((await refusal(source.peers())).message, /3 calls to CometBFT wait/);
  for (let answered = 0; answered < 5;) {
    await new Promise((resume) => setTimeout(resume, 20));
    assert.ok(calls() - answered <= 2, `${calls() - answered} at once`);
    for (const response of held.splice(0)) {
      response.end('{"result":{"n_peers":"4"}}');
      answered++;
    }
  }
  assert.equal(await Promise.all(asked), [4, 4, 4, 4, 4]);
  end(server);
});

test("evidence in a block is read; what only CometBFT's own RPC shows is refused", () => {
  const id = { hash: "AB", parts: { total: 1, hash: "CD" } };
  const vote = {
    type: 2,
    height: "7",
    round: 1,
    block_id: id,
    timestamp: "2026-01-01T00:00:00.5Z",
    validator_address: "0A",
    validator_index: 3,
    signature: "AQ==",
  };
  const value = {
    vote_a: vote,
    vote_b: vote,
    TotalVotingPower: "10",
    ValidatorPower: "4",
    Timestamp: "2026-01-01T00:00:00Z",
  };
  const header = { version: {}, time: "2026-01-01T00:00:00Z", last_block_id: id };
  const block = (type: string): Answer =>
    new Answer(
      { header, data: { txs: null }, evidence: { evidence: [{ type, value }] }, last_commit: null },
      "block",
    );
  const read = readBlock(block("tendermint/DuplicateVoteEvidence")).evidence.evidence[0];
  assert.is(read?.duplicateVoteEvidence?.voteB?.validatorIndex, 3);
  assert.is(read?.duplicateVoteEvidence?.validatorPower, 4n);
  assert.throws(() => readBlock(block("tendermint/LightClientAttackEvidence")), /own RPC/);
});

test.run();
