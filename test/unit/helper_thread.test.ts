// The helper thread against its plain twin: the same verdicts, the same hashes, the same blocks; also
// when work is left over, when it is asked out of order and when the thread is gone.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { toHex, utf8 } from "../../chain/base/bytes.ts";
import type { CurveCheck } from "../../chain/base/platform.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { HelperThread } from "../../chain/node/helper/thread.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { TreeMultiStore, verifyTrees } from "../../chain/store/index.ts";
import type { StoreChange } from "../../chain/store/index.ts";
import { TestChain } from "../support/chain.ts";
import { msg } from "../support/signing.ts";

const test = suite("helper thread");
const SCRIPT = new URL("../../chain/node/signature_worker.js", import.meta.url);
const alone = fastPlatform(() => undefined);
const helper = new HelperThread(alone.verifySecp256k1, SCRIPT);
const helped = { ...alone, helper };

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Checks of which about a third are wrong in the key, the digest or the signature. */
function someChecks(count: number, next: (below: number) => number): CurveCheck[] {
  const secret = alone.sha256(utf8("helper"));
  const key = secp256k1.getPublicKey(secret, true);
  const signed = Array.from({ length: 8 }, (_, i) => {
    const digest = alone.sha256(Uint8Array.of(i));
    return { key, digest, signature: secp256k1.sign(digest, secret, { prehash: false }) };
  });
  return Array.from({ length: count }, () => {
    const good = signed[next(8)] as CurveCheck;
    const parts = [good.key.slice(), good.digest.slice(), good.signature.slice()] as const;
    if (next(3) === 0) {
      const part = parts[next(3)] as Uint8Array;
      part[next(part.length)] = next(256);
    }
    return { key: parts[0], digest: parts[1], signature: parts[2] };
  });
}

function plain({ key, digest, signature }: CurveCheck): boolean {
  return alone.verifySecp256k1(key, digest, signature);
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

test("verdicts are those of the main thread", async () => {
  const next = numbers(1);
  for (let round = 0; round < 12; round++) {
    const checks = someChecks(1 + next(300), next);
    const verdict = helper.verify(checks);
    // Sometimes the thread has long been done, sometimes it has not begun.
    if (round % 3 === 0) await pause(30);
    const order = checks.map((_, i) => (round % 2 === 0 ? i : checks.length - 1 - i));
    // Leaving some unasked: their turn is simply over.
    for (const i of order.slice(0, round % 4 === 3 ? 5 : checks.length))
      assert.is(verdict(i), plain(checks[i] as CurveCheck), `round ${round}, check ${i}`);
  }
  const old = someChecks(50, next);
  const late = helper.verify(old);
  helper.verify(someChecks(20, next));
  for (const [i, check] of old.entries()) assert.is(late(i), plain(check), "after its turn");
});

/** Changes of one block: new keys, new values and removals, sorted. */
function someChanges(next: (below: number) => number, count: number): StoreChange[] {
  const keys = new Set(Array.from({ length: count }, () => next(4000)));
  return [...keys]
    .sort((a, b) => a - b)
    .map((n) => {
      const value = new Uint8Array([0, 1, 40, 96, 97, 600][next(6)] as number).fill(next(256));
      return [utf8(`key ${String(n).padStart(5, "0")}`), next(8) === 0 ? undefined : value];
    });
}

test("roots are those of the main thread", async () => {
  const next = numbers(2);
  const names = ["acc", "bank", "market"];
  const [one, two] = [alone, helped].map((on) => new TreeMultiStore(on, names));
  for (let height = 1n; height <= 12n; height++) {
    const changes = new Map(names.map((name) => [name, someChanges(next, 700)]));
    const time = { seconds: height, nanos: 0 };
    if (height === 3n) await pause(50);
    const hashes = [one, two].map((store) => store?.stage(height, time, changes, new Map()));
    assert.equal(hashes[0], hashes[1], `height ${height}`);
    one?.promote();
    two?.promote();
  }
  assert.equal(two === undefined || verifyTrees(two), [], "every node hashed in the plain way");
});

test("hashing that was not ended before other work began is a bug, not an endless wait", () => {
  const memory = { nodes: [new SharedArrayBuffer(64)], blobs: [new SharedArrayBuffer(64)] };
  const finish = helper.hash(memory, [], () => undefined);
  helper.verify(someChecks(1, numbers(4)));
  assert.throws(finish, /before other work begins/);
});

test("blocks with good, wrong and refused signatures come out the same", async () => {
  const names = Array.from({ length: 24 }, (_, i) => `sender ${i}`);
  const outcomes = [alone, helped].map((platform) => {
    const chain = TestChain.create({ accounts: names, settings: { platform } });
    const told: unknown[] = [];
    for (let block = 0; block < 3; block++) {
      const txs = names.flatMap((name, i) => {
        const by = chain.account(name);
        const to = chain.account(names[(i * 7 + block) % names.length] as string);
        const amount = [{ denom: "ulease", amount: String(i + 1) }];
        const send = msg(MsgSend, { fromAddress: by.address, toAddress: to.address, amount });
        const first = chain.sign(by, [send]);
        const second = chain.sign(by, [send], {}, 1n);
        if (i % 5 === 0) second[second.length - 3] = (second[second.length - 3] as number) ^ 1;
        return i % 7 === 0 ? [second, first] : [first, second];
      });
      for (const { code, codespace, log, gasUsed, events } of chain.block(txs))
        told.push([code, codespace, log, gasUsed, events]);
      told.push(chain.appHash);
    }
    return told;
  });
  assert.equal(outcomes[1], outcomes[0]);
  const codes = new Set((outcomes[0] ?? []).map((one) => (Array.isArray(one) ? one[0] : 0)));
  assert.equal([...codes].sort(), [0, 32, 4], "delivered, out of sequence, unauthorized");
});

test("without its thread all is done here", async () => {
  const gone = new HelperThread(alone.verifySecp256k1, SCRIPT);
  await gone.close();
  const next = numbers(3);
  const checks = someChecks(40, next);
  const verdict = gone.verify(checks);
  for (const [i, check] of checks.entries()) assert.is(verdict(i), plain(check));
  const stores = [alone, { ...alone, helper: gone }].map((on) => new TreeMultiStore(on, ["acc"]));
  const changes = new Map([["acc", someChanges(next, 900)]]);
  const hashes = stores.map((store) =>
    toHex(store.stage(1n, { seconds: 1n, nanos: 0 }, changes, new Map())),
  );
  assert.is(hashes[0], hashes[1]);
});

test.after(() => helper.close());
test.run();
