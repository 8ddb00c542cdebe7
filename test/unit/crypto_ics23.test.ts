// The proof verifier against hostile proofs: every flipped byte, neighbours that are none, proofs of
// another key, store or root.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { must } from "../../chain/base/assert.ts";
import { utf8 } from "../../chain/base/bytes.ts";
import { CommitmentProof, HashOp, LengthOp } from "../../chain/codec/gen/cosmos/ics23/v1.ts";
import {
  checkAbsence,
  checkPresence,
  checkStoreProof,
  IAVL_SPEC,
  SIMPLE_SPEC,
} from "../../chain/crypto/ics23.ts";
import type { VerifiableOp } from "../../chain/crypto/ics23.ts";
import { TreeMultiStore } from "../../chain/store/index.ts";
import type { StoreChange } from "../../chain/store/index.ts";
import { testPlatform } from "../support/platform.ts";

const test = suite("ics23 verifier");

function grown(): TreeMultiStore {
  const store = new TreeMultiStore(testPlatform, ["acc", "bank", "market"]);
  for (let height = 1n; height <= 5n; height++) {
    const changes = Array.from({ length: 40 }, (_, i): StoreChange => [
      Uint8Array.of(5 + 3 * i),
      utf8(`value ${height} ${i}`),
    ]).filter((_, i) => (i + Number(height)) % 3 !== 0);
    store.stage(height, { seconds: height, nanos: 0 }, new Map([["bank", changes]]), new Map());
    store.promote();
  }
  return store;
}

/** What the verifier says; a proof that does not decode is refused too. */
function refused(store: TreeMultiStore, ops: readonly VerifiableOp[], key: Uint8Array): boolean {
  const view = store.latest();
  const value = view.store("bank").get(key);
  try {
    const claim = { appHash: view.appHash, store: "bank", key, value };
    return checkStoreProof(testPlatform, ops, claim) !== undefined;
  } catch {
    return true;
  }
}

test("no flipped byte of a proof passes", () => {
  const store = grown();
  for (const key of [Uint8Array.of(8), Uint8Array.of(9), Uint8Array.of(1), Uint8Array.of(255)]) {
    const ops = store.latest().prove("bank", key);
    assert.not(refused(store, ops, key));
    for (const [which, op] of ops.entries()) {
      for (let at = 0; at < op.data.length; at++) {
        for (const flip of [1, 0x80, 0xff]) {
          const data = op.data.slice();
          data[at] = must(data[at], "byte") ^ flip;
          const forged = ops.map((other, i) => (i === which ? { ...other, data } : other));
          assert.ok(refused(store, forged, key), `operation ${which}, byte ${at}, flip ${flip}`);
        }
      }
    }
  }
});

test("a leaf does not pass for an inner node", () => {
  const [key, value] = [utf8("key"), utf8("value")];
  const leaf = {
    hash: HashOp.SHA256,
    prehashKey: HashOp.NO_HASH,
    prehashValue: HashOp.SHA256,
    length: LengthOp.VAR_PROTO,
    prefix: Uint8Array.of(0),
  };
  const verdict = (prefix: number): string | undefined => {
    const step = {
      hash: HashOp.SHA256,
      prefix: Uint8Array.of(prefix),
      suffix: new Uint8Array(32).fill(7),
    };
    const exist = { key, value, leaf, path: [step] };
    const proof = CommitmentProof.encode(CommitmentProof.create({ exist }));
    const { sha256 } = testPlatform;
    const low = sha256(Uint8Array.of(0, key.length, ...key, 32, ...sha256(value)));
    const root = sha256(Uint8Array.of(prefix, ...low, ...step.suffix));
    return checkPresence(testPlatform, SIMPLE_SPEC, root, proof, key, value);
  };
  assert.is(verdict(1), undefined);
  assert.is(verdict(0), "a step that looks like a leaf");
});

test("absence needs true neighbours on both sides", () => {
  const store = grown();
  const view = store.latest();
  const keys = [...view.store("bank").iterate()].map(([key]) => key);
  const root = must(
    store.commitInfo(5n)?.roots.find(({ name }) => name === "bank"),
    "root",
  ).hash;
  const leaf = (key: Uint8Array) =>
    CommitmentProof.decode(must(view.prove("bank", key)[0], "op").data).exist;
  const check = (left: number | undefined, right: number | undefined, key: Uint8Array) => {
    const side = (i: number | undefined) =>
      i === undefined ? undefined : leaf(must(keys[i], "key"));
    const nonexist = { key, left: side(left), right: side(right) };
    const data = CommitmentProof.encode(CommitmentProof.create({ nonexist }));
    return checkAbsence(testPlatform, IAVL_SPEC, root, data, key);
  };
  const between = Uint8Array.of(must(keys[6]?.[0], "key") + 1);
  assert.is(check(6, 7, between), undefined);
  for (let left = 0; left < keys.length; left++) {
    for (let right = 0; right < keys.length; right++) {
      const verdict = check(left, right, between);
      assert.is(verdict === undefined, left === 6 && right === 7, `${left} ${right}`);
    }
    assert.ok(check(left, undefined, between), `only left ${left}`);
    assert.ok(check(undefined, left, between), `only right ${left}`);
  }
  assert.is(check(undefined, 0, Uint8Array.of(1)), undefined);
  assert.is(check(keys.length - 1, undefined, Uint8Array.of(255)), undefined);
  assert.is(check(undefined, undefined, between), "no neighbour in the proof");
  // A key that is there cannot be denied by the leaves around it.
  assert.ok(check(5, 7, must(keys[6], "key")));
  assert.ok(check(6, 7, must(keys[6], "key")));
});

test("a proof holds for its own store, key, value and height only", () => {
  const store = grown();
  const view = store.latest();
  const key = Uint8Array.of(8);
  const ops = view.prove("bank", key);
  const value = view.store("bank").get(key);
  const claim = { appHash: view.appHash, store: "bank", key, value };
  assert.is(checkStoreProof(testPlatform, ops, claim), undefined);
  const lies = [
    { ...claim, value: utf8("other") },
    { ...claim, value: undefined },
    { ...claim, key: Uint8Array.of(11) },
    { ...claim, store: "acc" },
    { ...claim, appHash: must(store.at(4n), "view").appHash },
  ];
  for (const lie of lies) assert.ok(checkStoreProof(testPlatform, ops, lie));
  assert.ok(checkStoreProof(testPlatform, ops.slice(0, 1), claim));
  assert.ok(checkStoreProof(testPlatform, ops.toReversed(), claim));
});

test("an empty store has nothing that can be proven", () => {
  const store = grown();
  const view = store.latest();
  const key = utf8("x");
  const claim = { appHash: view.appHash, store: "acc", key, value: undefined };
  assert.ok(checkStoreProof(testPlatform, view.prove("acc", key), claim));
});

test.run();
