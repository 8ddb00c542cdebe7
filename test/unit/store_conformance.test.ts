// Conformance suites: what every KVStore must do, run over each implementation against a plain
// sorted list; and what every key codec must do, run over each codec and over pairs of them.

import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addressFromBytes } from "../../chain/base/address.ts";
import { must } from "../../chain/base/assert.ts";
import { compareBytes, concatBytes, equalBytes, toHex, utf8 } from "../../chain/base/bytes.ts";
import {
  addressKey,
  boolKey,
  BranchStore,
  bytesKey,
  i64Key,
  MemStore,
  prefixedAddressKey,
  stringKey,
  TreeMultiStore,
  tuple,
  u32Key,
  u64Key,
  u8Key,
} from "../../chain/store/index.ts";
import type { KeyCodec, KVStore, ReadStore, StoreChange } from "../../chain/store/index.ts";
import { decodeKey, encodeKey, encodePrefix } from "../../chain/store/ranges.ts";
import { testPlatform } from "../support/platform.ts";

const RUNS = Number(process.env["FC_RUNS"] ?? 100);

// ---- stores --------------------------------------------------------------------------------------

/** The obvious store: a sorted list. */
class ListStore {
  entries: [Uint8Array, Uint8Array][] = [];
  set(key: Uint8Array, value: Uint8Array): void {
    this.delete(key);
    this.entries.push([key, value]);
    this.entries.sort(([a], [b]) => compareBytes(a, b));
  }
  delete(key: Uint8Array): void {
    this.entries = this.entries.filter(([other]) => !equalBytes(other, key));
  }
  range(start: Uint8Array | undefined, end: Uint8Array | undefined, reverse: boolean) {
    const inside = this.entries.filter(
      ([key]) =>
        (start === undefined || compareBytes(key, start) >= 0) &&
        (end === undefined || compareBytes(key, end) < 0),
    );
    return reverse ? inside.toReversed() : inside;
  }
}

const key = fc.uint8Array({ minLength: 1, maxLength: 3 }).map((bytes) => bytes.map((b) => b % 5));
const write = fc.tuple(key, fc.option(fc.uint8Array({ maxLength: 3 }), { nil: undefined }));
const bound = fc.option(fc.oneof(key, fc.constant(new Uint8Array(0))), { nil: undefined });

function apply(store: Pick<KVStore, "set" | "delete">, list: readonly StoreChange[]): void {
  for (const [k, value] of list) {
    if (value === undefined) store.delete(k);
    else store.set(k, value);
  }
}

/** Each makes a store that holds what `writes` leave, in halves where it has layers. */
const stores: Readonly<Record<string, (writes: readonly StoreChange[]) => ReadStore>> = {
  "memory store": (writes) => {
    const store = new MemStore();
    apply(store, writes);
    return store;
  },
  "snapshot of a memory store": (writes) => {
    const store = new MemStore();
    apply(store, writes);
    const view = store.snapshot();
    store.set(Uint8Array.of(1), Uint8Array.of(9));
    store.delete(Uint8Array.of(2));
    return view;
  },
  branch: (writes) => {
    const half = writes.length >> 1;
    const parent = new MemStore();
    apply(parent, writes.slice(0, half));
    const branch = new BranchStore(parent);
    apply(branch, writes.slice(half));
    return branch;
  },
  "branch on a branch, written and discarded on the way": (writes) => {
    const third = Math.floor(writes.length / 3);
    const parent = new BranchStore(new MemStore());
    apply(parent, writes.slice(0, third));
    const child = new BranchStore(parent);
    apply(child, writes.slice(third, 2 * third));
    child.write();
    child.set(Uint8Array.of(3), Uint8Array.of(9));
    child.discard();
    apply(child, writes.slice(2 * third));
    return child;
  },
  "branch on a committed tree": (writes) => {
    const store = new TreeMultiStore(testPlatform, ["s"]);
    const base = new BranchStore(new MemStore());
    const half = writes.length >> 1;
    apply(base, writes.slice(0, half));
    store.stage(1n, { seconds: 1n, nanos: 0 }, new Map([["s", base.changes()]]), new Map());
    store.promote();
    const committed = store.latest().store("s");
    const branch = new BranchStore({ ...readOnly(committed) });
    apply(branch, writes.slice(half));
    return branch;
  },
};

/** A committed view as a store that refuses writes. */
function readOnly(view: ReadStore): KVStore {
  const refuse = (): never => {
    throw new Error("a committed view is not written");
  };
  return {
    get: (k) => view.get(k),
    has: (k) => view.has(k),
    iterate: (start, end, reverse) => view.iterate(start, end, reverse),
    set: refuse,
    delete: refuse,
  };
}

const storeTest = suite("KVStore conformance");

for (const [name, make] of Object.entries(stores)) {
  storeTest(`${name}: gets, ranges and reversed ranges equal a sorted list`, () => {
    fc.assert(
      fc.property(
        fc.array(write, { maxLength: 60 }),
        fc.array(fc.tuple(bound, bound, fc.boolean())),
        key,
        (writes, ranges, probe) => {
          const list = new ListStore();
          apply(list, writes);
          const store = make(writes);
          for (const [start, end, reverse] of [...ranges, [undefined, undefined, false] as const]) {
            const got = [...store.iterate(start, end, reverse)];
            const want = list.range(start, end, reverse);
            assert.equal(
              got.map(([k, v]) => `${toHex(k)}=${toHex(v)}`),
              want.map(([k, v]) => `${toHex(k)}=${toHex(v)}`),
            );
          }
          const found = list.entries.find(([k]) => equalBytes(k, probe));
          assert.equal(store.get(probe), found?.[1]);
          assert.is(store.has(probe), found !== undefined);
        },
      ),
      { numRuns: RUNS },
    );
  });
}

storeTest("the ordered map equals a sorted list over many nodes, and snapshots stay", () => {
  const store = new MemStore();
  const truth = new Map<number, number>();
  let state = 5;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const bytes = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 255);
  for (let round = 0; round < 12; round++) {
    const before = [...store.iterate()].length;
    const snapshot = store.snapshot();
    for (let i = 0; i < 1500; i++) {
      const n = next(4000);
      // Rounds grow and shrink in turn, so that nodes split and join.
      if (next(10) < (round % 2 === 0 ? 7 : 2)) {
        truth.set(n, i);
        store.set(bytes(n), bytes(i));
      } else {
        truth.delete(n);
        store.delete(bytes(n));
      }
    }
    const sorted = [...truth.keys()].sort((a, b) => a - b);
    assert.is(store.size, truth.size);
    assert.equal(
      [...store.iterate()].map(([k]) => ((k[0] ?? 0) << 8) | (k[1] ?? 0)),
      sorted,
    );
    const reversed = [...store.iterate(undefined, undefined, true)];
    assert.equal(
      reversed.map(([k]) => ((k[0] ?? 0) << 8) | (k[1] ?? 0)),
      sorted.toReversed(),
    );
    assert.is([...snapshot.iterate()].length, before);
  }
});

storeTest("a branch tells its net changes sorted by key, equal values and vain deletes too", () => {
  const parent = new MemStore();
  parent.set(utf8("b"), utf8("1"));
  const branch = new BranchStore(parent);
  branch.set(utf8("c"), utf8("3"));
  branch.set(utf8("b"), utf8("1"));
  branch.delete(utf8("a"));
  branch.set(utf8("d"), utf8("4"));
  branch.delete(utf8("d"));
  assert.equal(branch.changes(), [
    [utf8("a"), undefined],
    [utf8("b"), utf8("1")],
    [utf8("c"), utf8("3")],
    [utf8("d"), undefined],
  ]);
  assert.throws(() => branch.set(new Uint8Array(0), utf8("x")), "must not be empty");
});

storeTest.run();

// ---- key codecs ------------------------------------------------------------------------------------

interface CodecCase<K> {
  readonly codec: KeyCodec<K>;
  readonly values: fc.Arbitrary<K>;
  readonly order: (a: K, b: K) => number;
}

const byLengthFirst = (a: Uint8Array, b: Uint8Array): number =>
  a.length - b.length || compareBytes(a, b);
const compareBigints = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const text = fc
  .string({ unit: "grapheme", maxLength: 8 })
  .filter((s) => !s.includes("\0") && s.isWellFormed());
const address = fc.uint8Array({ minLength: 1, maxLength: 32 }).map(addressFromBytes);
const utf8Order = (a: string, b: string): number => compareBytes(utf8(a), utf8(b));

/** Codecs with the order that their bytes must have before other parts. */
const cases: Readonly<Record<string, CodecCase<never>>> = {
  u8: {
    codec: u8Key,
    values: fc.integer({ min: 0, max: 255 }),
    order: (a: number, b: number) => a - b,
  },
  bool: {
    codec: boolKey,
    values: fc.boolean(),
    order: (a: boolean, b: boolean) => Number(a) - Number(b),
  },
  u32: {
    codec: u32Key,
    values: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    order: (a: number, b: number) => a - b,
  },
  u64: {
    codec: u64Key,
    values: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    order: compareBigints,
  },
  i64: {
    codec: i64Key,
    values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    order: compareBigints,
  },
  string: { codec: stringKey, values: text, order: utf8Order },
  bytes: { codec: bytesKey, values: fc.uint8Array({ maxLength: 40 }), order: byLengthFirst },
  address: { codec: addressKey, values: address, order: byLengthFirst },
  prefixed: { codec: prefixedAddressKey, values: address, order: byLengthFirst },
} as unknown as Readonly<Record<string, CodecCase<never>>>;

const PREFIX = Uint8Array.of(7);
const keyTest = suite("key codec conformance");

for (const [name, { codec, values, order }] of Object.entries(cases)) {
  keyTest(`${name}: decodes what it encodes, last and before others`, () => {
    fc.assert(
      fc.property(values, values, (value, other) => {
        assert.equal(decodeKey(codec, encodeKey(codec, PREFIX, value), 1), value);
        const pair = tuple(codec, u8Key);
        assert.equal(decodeKey(pair, encodeKey(pair, PREFIX, [value, 9] as never), 1), [value, 9]);
        const [a, b] = [value, other].map((v) => encodePrefix([codec], PREFIX, [v]));
        const bytes = Math.sign(compareBytes(must(a, "a"), must(b, "b")));
        assert.is(bytes, Math.sign(order(value, other)), "order of bytes is order of values");
      }),
      { numRuns: RUNS },
    );
  });

  for (const [secondName, second] of Object.entries(cases)) {
    keyTest(
      `(${name}, ${secondName}): order of the first part, then the second; prefixes hold`,
      () => {
        const codecs = tuple(codec, second.codec, u8Key);
        const pairs = fc.tuple(values, second.values);
        fc.assert(
          fc.property(pairs, pairs, fc.boolean(), (a, b, sameFirst) => {
            const other = sameFirst ? ([a[0], b[1]] as const) : b;
            const keys = [a, other].map((v) => encodeKey(codecs, PREFIX, [v[0], v[1], 1] as never));
            const [x, y] = [must(keys[0], "x"), must(keys[1], "y")];
            const want = order(a[0], other[0]) || second.order(a[1], other[1]);
            assert.is(Math.sign(compareBytes(x, y)), Math.sign(want));
            assert.equal(decodeKey(codecs, x, 1), [a[0], a[1], 1]);
            const prefix = encodePrefix([codec], PREFIX, [a[0]]);
            assert.equal(x.subarray(0, prefix.length), prefix);
            const within = equalBytes(y.subarray(0, prefix.length), prefix);
            assert.is(within, order(a[0], other[0]) === 0, "a prefix holds only its own keys");
          }),
          { numRuns: Math.max(20, Math.floor(RUNS / 4)) },
        );
      },
    );
  }
}

keyTest("bytes that are not a key are bugs", () => {
  const key3 = tuple(u8Key, stringKey, boolKey);
  for (const bytes of [[1], [1, 65], [1, 65, 0], [1, 65, 0, 2], [1, 65, 0, 1, 1], [1, 0xff, 0, 1]])
    assert.throws(() => decodeKey(key3, concatBytes(Uint8Array.from(bytes)), 0));
  assert.throws(() => encodeKey(key3, PREFIX, [1, "a\0b", true]));
  assert.throws(() => encodeKey(u8Key, PREFIX, 256));
  assert.throws(() => encodeKey(u64Key, PREFIX, -1n));
  assert.throws(() => encodeKey(tuple(bytesKey, u8Key), PREFIX, [new Uint8Array(256), 1]));
});

keyTest.run();
