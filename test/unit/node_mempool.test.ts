// The waiting list: limits with CometBFT's texts, repeats, order, what leaves and may come again.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ResponseCheckTx } from "../../chain/codec/gen/tendermint/abci.ts";
import { Mempool, MempoolError, txProtoSize } from "../../chain/node/embedded/mempool.ts";

const LIMITS = {
  size: 3,
  maxTxsBytes: 100,
  maxTxBytes: 50,
  cacheSize: 5,
  keepInvalid: false,
};
const GOOD = ResponseCheckTx.create({ gasWanted: 10n });
const BAD = ResponseCheckTx.create({ code: 5 });

const test = suite("mempool");

function add(pool: Mempool, name: string, answer = GOOD, length = 10): boolean {
  const tx = new Uint8Array(length).fill(name.charCodeAt(0));
  pool.begin(tx, name);
  return pool.finish(tx, name, answer, 100n);
}

function refusal(work: () => void): string {
  try {
    work();
  } catch (error) {
    assert.instance(error, MempoolError);
    return (error as Error).message;
  }
  return "nothing was refused";
}

test("a repeat is refused while it is remembered", () => {
  const pool = new Mempool(LIMITS);
  assert.ok(add(pool, "a"));
  assert.is(
    refusal(() => add(pool, "a")),
    "tx already exists in cache",
  );
  pool.committed(["a"], [0]);
  assert.is(pool.size, 0);
  assert.is(
    refusal(() => add(pool, "a")),
    "tx already exists in cache",
  );
});

test("what failed may come again", () => {
  const pool = new Mempool(LIMITS);
  assert.not.ok(add(pool, "a", BAD));
  assert.ok(add(pool, "a"));
  pool.committed(["a"], [5]);
  assert.ok(add(pool, "a"));
  pool.drop("a");
  assert.ok(add(pool, "a"));
});

test("limits of number, bytes and length, with the texts that clients match", () => {
  const pool = new Mempool(LIMITS);
  assert.is(
    refusal(() => add(pool, "z", GOOD, 51)),
    "Tx too large. Max size is 50, but got 51",
  );
  for (const name of ["a", "b", "c"]) add(pool, name);
  assert.is(
    refusal(() => add(pool, "d")),
    "mempool is full: number of txs 3 (max: 3), total txs bytes 30 (max: 100)",
  );
  const heavy = new Mempool(LIMITS);
  add(heavy, "a", GOOD, 50);
  add(heavy, "b", GOOD, 45);
  assert.match(
    refusal(() => add(heavy, "c")),
    /total txs bytes 95 \(max: 100\)/,
  );
});

test("what leaves makes room", () => {
  const pool = new Mempool(LIMITS);
  add(pool, "a", GOOD, 50);
  add(pool, "b", GOOD, 45);
  pool.committed(["a"], [0]);
  assert.is(pool.bytes, 45);
  assert.ok(add(pool, "c", GOOD, 50));
});

test("a transaction above the block's gas does not wait", () => {
  const pool = new Mempool(LIMITS);
  assert.not.ok(add(pool, "a", ResponseCheckTx.create({ gasWanted: 101n })));
  assert.is(pool.size, 0);
});

test("a block takes in order what fits by bytes and gas", () => {
  const pool = new Mempool(LIMITS);
  for (const name of ["a", "b", "c"]) add(pool, name);
  const firsts = (bytes: bigint, gas: bigint): string =>
    pool
      .reap(bytes, gas)
      .map((tx) => String.fromCharCode(tx[0] ?? 0))
      .join("");
  assert.is(firsts(-1n, -1n), "abc");
  assert.is(firsts(24n, -1n), "ab");
  assert.is(firsts(23n, -1n), "a");
  assert.is(firsts(-1n, 25n), "ab");
  assert.is(firsts(0n, -1n), "");
});

test("the memory of repeats is bounded: the oldest is forgotten", () => {
  const pool = new Mempool({ ...LIMITS, size: 100, maxTxsBytes: 10_000 });
  for (const name of "abcdefg") add(pool, name);
  assert.match(
    refusal(() => add(pool, "g")),
    /exists/,
  );
  assert.ok(add(pool, "a"), "forgotten, and it waits already");
  assert.is(pool.size, 7);
});

test("bytes of a transaction in a block", () => {
  assert.is(txProtoSize(new Uint8Array(127)), 129);
  assert.is(txProtoSize(new Uint8Array(128)), 131);
  assert.is(txProtoSize(new Uint8Array(20_000)), 20_004);
});

test.run();
