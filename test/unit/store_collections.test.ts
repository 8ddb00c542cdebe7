// Collections, their indexes and ranges, over a memory store.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addressFromBytes } from "../../chain/base/address.ts";
import type { Address } from "../../chain/base/address.ts";
import { fromHex, toHex, utf8 } from "../../chain/base/bytes.ts";
import {
  addressKey,
  BranchStore,
  emptyValue,
  mappedValue,
  MemStore,
  prefixedAddressKey,
  Schema,
  stringKey,
  stringValue,
  tuple,
  u32Key,
  u64Key,
  u64Value,
  u8Key,
} from "../../chain/store/index.ts";
import type { KVStore, StoreSource } from "../../chain/store/index.ts";

class Source implements StoreSource {
  readonly hashed = new MemStore();
  readonly unhashed = new MemStore();
  sideReads = 0;
  store(): KVStore {
    return this.hashed;
  }
  side(): KVStore {
    return this.unhashed;
  }
}

interface Order {
  readonly state: number;
  readonly price: bigint;
}

const orderValue = mappedValue<Order, string>(
  stringValue,
  (order) => `${order.state}/${order.price}`,
  (text) => {
    const [state, price] = text.split("/");
    return { state: Number(state), price: BigInt(price ?? "") };
  },
);

function address(byte: number): Address {
  return addressFromBytes(new Uint8Array(20).fill(byte));
}

function market() {
  const schema = new Schema("market");
  const orders = schema.map({
    prefix: 1,
    name: "orders",
    key: tuple(addressKey, u64Key, u32Key),
    value: orderValue,
    indexes: {
      byState: { prefix: 0x11, key: u8Key, of: (_key, order) => order.state },
      open: {
        prefix: 0x12,
        key: tuple(u8Key, u64Key),
        of: (key, order) => (order.state === 1 ? ([order.state, key[1]] as const) : undefined),
      },
    },
    side: { byPrice: { prefix: 0x21, key: u64Key, of: (_key, order) => order.price } },
  });
  return { schema, orders };
}

const test = suite("store collections");

test("a map keeps its indexes through sets, changes and deletes", () => {
  const { schema, orders } = market();
  const source = new Source();
  for (let i = 0; i < 6; i++)
    orders.set(source, [address(i % 3), BigInt(i), 7], { state: i % 2, price: BigInt(10 - i) });
  assert.is([...orders.iterate(source)].length, 6);
  assert.equal(
    [...orders.iterate(source, { prefix: [address(1)] })].map(([key]) => key[1]),
    [1n, 4n],
  );
  assert.equal(
    [...orders.indexes.byState.iterate(source, { prefix: 1 })].map(([, key]) => key[1]),
    [3n, 1n, 5n],
  );
  assert.equal(
    [...orders.indexes.open.iterate(source, { prefix: [1], reverse: true })].map(([k]) => k[1]),
    [5n, 3n, 1n],
  );
  assert.equal(
    [...orders.side.byPrice.iterate(source, { start: 6n, end: 9n })].map(([k]) => k),
    [6n, 7n, 8n],
  );
  assert.equal(schema.checkIndexes(source), []);

  orders.set(source, [address(0), 3n, 7], { state: 0, price: 70n });
  orders.delete(source, [address(1), 1n, 7]);
  orders.delete(source, [address(1), 99n, 7]);
  assert.equal(schema.checkIndexes(source), []);
  assert.equal([...orders.indexes.byState.iterate(source, { prefix: 1 })].length, 1);
  assert.is(orders.get(source, [address(0), 3n, 7])?.price, 70n);
  assert.throws(() => orders.must(source, [address(0), 4n, 7]), "no entry");
});

test("a damaged index is named, and rebuildSide mends the side store", () => {
  const { schema, orders } = market();
  const source = new Source();
  orders.set(source, [address(1), 1n, 1], { state: 1, price: 5n });
  const [entry] = orders.side.byPrice.entries([address(1), 1n, 1], { state: 1, price: 5n });
  source.unhashed.delete(entry?.[0] as Uint8Array);
  source.unhashed.set(
    Uint8Array.of(0x21, 9, 9, 9, 9, 9, 9, 9, 9, 20, ...address(2), ...new Uint8Array(12)),
    Uint8Array.of(),
  );
  assert.is(schema.checkIndexes(source).length, 2);
  schema.rebuildSide(source);
  assert.equal(schema.checkIndexes(source), []);
});

test("pages go on from the bytes of a key, in both directions", () => {
  const { orders } = market();
  const source = new Source();
  for (let i = 0; i < 10; i++) orders.set(source, [address(i), 1n, 1], { state: 1, price: 1n });
  const from = orders.keyBytes([address(4), 1n, 1]);
  const up = [...orders.iterate(source, { from })].map(([key]) => key[0][0]);
  assert.equal(up, [4, 5, 6, 7, 8, 9]);
  const down = [...orders.iterate(source, { from, reverse: true })].map(([key]) => key[0][0]);
  assert.equal(down, [4, 3, 2, 1, 0]);
  const entry = orders.indexes.byState.keyBytes(1, [address(8), 1n, 1]);
  assert.is([...orders.indexes.byState.iterate(source, { prefix: 1, from: entry })].length, 2);
});

test("layouts of the SDK: accounts by number and balances by denomination", () => {
  const schema = new Schema("bank");
  const balances = schema.map({
    prefix: 2,
    name: "balances",
    key: tuple(addressKey, stringKey),
    value: stringValue,
    indexes: {
      byDenom: {
        prefix: 3,
        layout: "sdk reverse pair",
        key: tuple(stringKey, prefixedAddressKey),
        of: (key) => [key[1], key[0]] as const,
        pair: (key) => [key[1], key[0]] as const,
        primary: (index) => [index[1], index[0]] as const,
      },
    },
  });
  const accounts = schema.map({
    prefix: 0x41,
    name: "accounts",
    key: addressKey,
    value: u64Value,
    indexes: {
      number: {
        prefix: utf8("accountNumber"),
        layout: "sdk unique",
        key: u64Key,
        of: (_key, number) => number,
      },
    },
  });
  const source = new Source();
  const owner = addressFromBytes(
    fromHex("2db5fc66c6055b50e0b2e83858dafcc034895412") ?? new Uint8Array(1),
  );
  balances.set(source, [owner, "alpha"], "40");
  accounts.set(source, owner, 3n);
  accounts.set(source, owner, 4n);
  const stored = [...source.hashed.iterate()].map(
    ([key, value]) => `${toHex(key)}=${toHex(value)}`,
  );
  assert.equal(stored, [
    "02142db5fc66c6055b50e0b2e83858dafcc034895412616c706861=3430",
    "03616c70686100142db5fc66c6055b50e0b2e83858dafcc034895412=",
    "412db5fc66c6055b50e0b2e83858dafcc034895412=0000000000000004",
    "6163636f756e744e756d6265720000000000000004=2db5fc66c6055b50e0b2e83858dafcc034895412",
  ]);
  assert.equal(
    [...balances.indexes.byDenom.iterate(source, { prefix: ["alpha"] })].map(([, key]) => key),
    [[owner, "alpha"]],
  );
  assert.equal(accounts.indexes.number.find(source, 4n), owner);
  assert.equal(schema.checkIndexes(source), []);
  balances.delete(source, [owner, "alpha"]);
  accounts.delete(source, owner);
  assert.is(source.hashed.size, 0);
});

test("items, sequences and sets", () => {
  const schema = new Schema("x");
  const item = schema.item({ prefix: 1, name: "plain", value: u64Value });
  const withDefault = schema.item({ prefix: 2, name: "other", value: u64Value, default: () => 9n });
  const sequence = schema.sequence({ prefix: 3, name: "ids", first: 1n });
  const set = schema.set({ prefix: 4, name: "names", key: stringKey });
  const bare = schema.set({ prefix: 5, name: "bare", key: stringKey, value: emptyValue });
  const source = new Source();
  assert.is(item.get(source), undefined);
  assert.is(withDefault.get(source), 9n);
  item.set(source, 5n);
  assert.is(item.get(source), 5n);
  item.delete(source);
  assert.not(item.has(source));
  assert.equal([sequence.next(source), sequence.next(source), sequence.peek(source)], [1n, 2n, 3n]);
  set.add(source, "b");
  set.add(source, "a");
  bare.add(source, "c");
  assert.equal([...set.iterate(source)], ["a", "b"]);
  assert.equal(source.hashed.get(Uint8Array.of(5, 0x63)), new Uint8Array(0));
  assert.equal(source.hashed.get(Uint8Array.of(4, 0x61)), Uint8Array.of(1));
});

test("a queue gives what is due, in order, up to a limit", () => {
  const schema = new Schema("x");
  const queue = schema.queue({ prefix: 9, name: "due", clock: "uptime" });
  const source = new Source();
  assert.is(queue.next(source), undefined);
  queue.insert(source, 30n, 1, Uint8Array.of(1));
  queue.insert(source, 10n, 2, Uint8Array.of(2));
  queue.insert(source, 10n, 1, Uint8Array.of(3));
  queue.insert(source, 20n, 1, Uint8Array.of(4));
  queue.remove(source, 20n, 1, Uint8Array.of(9));
  assert.is(queue.next(source), 10n);
  assert.equal(queue.due(source, 9n, 10), []);
  assert.equal(
    queue.due(source, 20n, 10).map(([second, kind]) => [second, kind]),
    [
      [10n, 1],
      [10n, 2],
      [20n, 1],
    ],
  );
  assert.is(queue.due(source, 99n, 2).length, 2);
  queue.remove(source, 10n, 1, Uint8Array.of(3));
  assert.is(queue.due(source, 10n, 9).length, 1);
});

test("a schema refuses prefixes that meet and names declared twice", () => {
  const schema = new Schema("x");
  schema.item({ prefix: 1, name: "a", value: u64Value });
  assert.throws(() => schema.item({ prefix: Uint8Array.of(1, 2), name: "b", value: u64Value }));
  assert.throws(() => schema.item({ prefix: 2, name: "a", value: u64Value }));
  assert.throws(() => schema.item({ prefix: 256, name: "c", value: u64Value }));
  assert.is(schema.describe().length, 1);
});

test("iterating a branch while writing to it sees the moment of the call", () => {
  const parent = new MemStore();
  for (let i = 0; i < 10; i += 2) parent.set(Uint8Array.of(i), Uint8Array.of(i));
  const branch = new BranchStore(parent);
  branch.set(Uint8Array.of(3), Uint8Array.of(33));
  branch.delete(Uint8Array.of(4));
  const seen: number[] = [];
  for (const [key] of branch.iterate()) {
    seen.push(key[0] as number);
    branch.delete(key);
    branch.set(Uint8Array.of((key[0] as number) + 100), key);
  }
  assert.equal(seen, [0, 2, 3, 6, 8]);
  assert.equal(
    [...branch.iterate(undefined, undefined, true)].map(([key]) => key[0]),
    [108, 106, 103, 102, 100],
  );
  assert.is(branch.changes().length, 11);
  branch.write();
  assert.is(branch.changes().length, 0);
  assert.is(parent.size, 5);
});

test("an entry stands under each of its index keys, and only what changes is written", () => {
  const schema = new Schema("words");
  const texts = schema.map({
    prefix: 1,
    name: "texts",
    key: u8Key,
    value: stringValue,
    indexes: { byWord: { prefix: 2, key: stringKey, each: (_key, text) => text.split(" ") } },
  });
  const source = new Source();
  const under = (word: string): readonly number[] =>
    [...texts.indexes.byWord.iterate(source, { prefix: word })].map(([, key]) => key);
  texts.set(source, 1, "a b a");
  texts.set(source, 2, "b c");
  assert.equal([under("a"), under("b"), under("c")], [[1], [1, 2], [2]]);
  const written: string[] = [];
  const { hashed } = source;
  const [set, remove] = [hashed.set.bind(hashed), hashed.delete.bind(hashed)];
  hashed.set = (key, value) => void (written.push(`set ${toHex(key)}`), set(key, value));
  hashed.delete = (key) => void (written.push(`delete ${toHex(key)}`), remove(key));
  texts.set(source, 1, "b d");
  assert.equal(written, ["delete 02610001", "set 02640001", "set 0101"]);
  assert.equal([under("a"), under("b"), under("d")], [[], [1, 2], [1]]);
  assert.equal(schema.checkIndexes(source), []);
  texts.delete(source, 1);
  assert.equal([under("b"), under("d")], [[2], []]);
  hashed.delete(Uint8Array.of(2, 0x63, 0, 2));
  assert.is(schema.checkIndexes(source).length, 1);
});

test.run();
