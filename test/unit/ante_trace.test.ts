// What a check made of a transaction, taken over into the block, against the ante chain run in the block:
// the recorded SDK chains checked in several orders, random blocks on two applications of which one
// checks, and what the clocks decide between check and block.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../chain/base/bytes.ts";
import type { ResponseFinalizeBlock } from "../../chain/codec/gen/tendermint/abci.ts";
import { RequestFinalizeBlock } from "../../chain/codec/gen/tendermint/abci.ts";
import type { Application } from "../../chain/runtime/index.ts";
import { Random } from "../sim/random.ts";
import { TestChain } from "../support/chain.ts";
import { foreignModule } from "../support/foreign.ts";
import { allowing, basic, lease, paying, periodic } from "../support/grants.ts";
import { readRecorded, replayModule } from "../support/recorded.ts";
import type { RecordedChain } from "../support/recorded.ts";
import { requestOf, startRecorded } from "../support/replay.ts";
import type { TxOptions } from "../support/signing.ts";

/** How many transactions have the events of their check in their results: only what was taken over. */
function takenOver(
  checked: readonly (object | undefined)[],
  { txResults }: ResponseFinalizeBlock,
): number {
  return txResults.filter(({ events }, i) => events[0] !== undefined && events[0] === checked[i])
    .length;
}

/** The first event that the check of each transaction kept. */
function keptEvents(app: Application, txs: readonly Uint8Array[]): (object | undefined)[] {
  return txs.map((tx) => app.decode(tx)?.trace?.outcome.events[0]);
}

/** Blocks of the records whose end we do not reach ourselves (chain_grants.test says why). */
const MENDED = [55, 56];

/** Replays a record without checks and with checks in some order; gives how many were taken over. */
function replayBoth(
  chain: RecordedChain,
  order: (txs: readonly Uint8Array[]) => readonly Uint8Array[],
): number {
  const start = (): ReturnType<typeof startRecorded> =>
    startRecorded(chain, [replayModule(chain, MENDED), foreignModule(chain).module]);
  const [plain, checking] = [start(), start()];
  let count = 0;
  for (const block of chain.blocks) {
    const told = plain.finalizeBlock(requestOf(block));
    plain.commit();
    const request = requestOf(block);
    for (const tx of order(request.txs)) checking.checkTx(tx);
    const kept = keptEvents(checking.app, request.txs);
    const response = checking.finalizeBlock(request);
    count += takenOver(kept, response);
    assert.equal(response.txResults, told.txResults, `results of block ${block.height}`);
    assert.is(toHex(response.appHash), toHex(told.appHash), `app hash of block ${block.height}`);
    checking.commit();
  }
  return count;
}

for (const [name, least] of [
  ["txs-bank", 15],
  ["txs-grants", 40],
] as const) {
  const chain = readRecorded(name);
  test(`${name}: checked in order, checks are taken over`, () => {
    const count = replayBoth(chain, (txs) => txs);
    assert.ok(count >= least, `${count} were taken over`);
  });
  test(`${name}: checked in reverse, every other one, or twice`, () => {
    replayBoth(chain, (txs) => txs.toReversed());
    replayBoth(chain, (txs) => txs.filter((_, i) => i % 2 === 0));
    replayBoth(chain, (txs) => [...txs, ...txs]);
  });
}

/** Random transfers of few accounts that have little: fees, amounts and senders get in each other's way. */
class Crowd {
  readonly checking: TestChain;
  readonly plain: TestChain;
  readonly #random: Random;
  takenOver = 0;
  failed = 0;

  constructor(seed: number) {
    const coins = [{ denom: "ulease", amount: 3000n }];
    this.checking = TestChain.create({ coins });
    this.plain = TestChain.create({ coins });
    this.#random = new Random(seed);
  }

  block(): void {
    const random = this.#random;
    const people = ["alice", "bob", "carol", "dave"].map((name) => this.plain.account(name));
    const sent = new Map<string, bigint>();
    const txs: Uint8Array[] = [];
    for (let i = random.int(1, 12); i > 0; i--) {
      const [from, to] = [random.of(people), random.of(people)];
      const ahead = sent.get(from.address) ?? 0n;
      sent.set(from.address, ahead + 1n);
      const options: TxOptions = {
        gas: random.of([30_000n, 100_000n, 200_000n]),
        fee: lease(random.big(1, 40)),
        ...(random.chance(20) && { timeoutHeight: this.plain.height + random.big(0, 2) }),
      };
      txs.push(
        this.plain.sign(from, [paying(from, to.address, random.big(1, 900))], options, ahead),
      );
    }
    for (const tx of txs) if (random.chance(90)) this.checking.client.checkTx(tx);
    this.#both(txs.filter(() => random.chance(90)));
  }

  #both(txs: readonly Uint8Array[]): void {
    const time = { seconds: this.plain.time + BigInt(this.#random.int(1, 90)), nanos: 0 };
    this.plain.time = time.seconds;
    const height = this.plain.height + 1n;
    const request = RequestFinalizeBlock.create({ txs, height, time });
    const kept = keptEvents(this.checking.client.app, txs);
    const [ours, plain] = [this.checking, this.plain].map(({ client }) => {
      const response = client.finalizeBlock(request);
      client.commit();
      return response;
    });
    if (ours === undefined || plain === undefined) throw new Error("no response");
    this.takenOver += takenOver(kept, ours);
    this.failed += ours.txResults.filter(({ code }) => code !== 0).length;
    assert.equal(ours, plain, `block ${height}`);
  }
}

test("random blocks: who checks and who does not agree", () => {
  let [takenOver, failed] = [0, 0];
  for (let seed = 1; seed <= 6; seed++) {
    const crowd = new Crowd(seed);
    for (let i = 0; i < 30; i++) crowd.block();
    takenOver += crowd.takenOver;
    failed += crowd.failed;
  }
  assert.ok(takenOver > 60 && failed > 60, `${takenOver} taken over, ${failed} failed`);
});

test("what a clock decides is decided in the block", () => {
  const chain = TestChain.create();
  const [alice, bob, poor] = [chain.account("alice"), chain.account("bob"), chain.account("poor")];
  const until = chain.time + 60n;
  chain.must(alice, [allowing(alice, poor, basic(500n, until)), paying(alice, poor.address, 9n)]);
  const late = [
    chain.sign(alice, [paying(alice, bob.address, 1n)], { timeoutHeight: chain.height + 1n }),
    chain.sign(poor, [paying(poor, bob.address, 1n)], { fee: lease(5n), granter: alice.address }),
  ];
  for (const tx of late) assert.is(chain.client.checkTx(tx).code, 0);
  chain.block([], { seconds: 90 });
  const codes = chain.block(late).map(({ codespace, code }) => `${codespace}/${code}`);
  assert.equal(codes, ["sdk/30", "sdk/38"]);
});

test("an allowance by periods begins its next period in the block", () => {
  const run = (checks: boolean): string => {
    const chain = TestChain.create();
    const [alice, poor] = [chain.account("alice"), chain.account("poor")];
    const until = chain.time + 60n;
    chain.must(alice, [allowing(alice, poor, periodic(10n, 90n, 3600n, until))]);
    chain.must(alice, [paying(alice, poor.address, 9n)]);
    const options = { fee: lease(4n), granter: alice.address };
    const tx = chain.sign(poor, [paying(poor, alice.address, 1n)], options);
    if (checks) assert.is(chain.client.checkTx(tx).code, 0);
    assert.is(chain.block([tx], { seconds: 3700 })[0]?.code, 0);
    return toHex(chain.client.app.store.appHash);
  };
  assert.is(run(true), run(false));
});

test("a sender who has no longer what the check saw pays no fee", () => {
  const chain = TestChain.create({ coins: [{ denom: "ulease", amount: 100n }] });
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const first = chain.sign(alice, [paying(alice, bob.address, 90n)]);
  const second = chain.sign(alice, [paying(alice, bob.address, 1n)], { fee: lease(60n) }, 1n);
  // Checks do not run messages: both pass.
  for (const tx of [first, second]) assert.is(chain.client.checkTx(tx).code, 0);
  const [paid, refused] = chain.block([first, second]);
  assert.equal([paid?.code, refused?.code], [0, 5]);
  assert.is(chain.balance(alice.bytes), 10n);
});

test.run();
