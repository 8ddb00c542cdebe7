// Lists of the market over random books: the pages of any filter, put together, are what a full scan
// leaves, and no page reads more than it may.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AddressCodec, addressFromBytes } from "../../chain/base/address.ts";
import type { Address } from "../../chain/base/address.ts";
import {
  Bid,
  GroupSpec,
  Lease,
  Offer,
  Order,
  QueryBidsRequest,
  QueryLeasesRequest,
  QueryOffersRequest,
  QueryOrdersRequest,
  ResourceUnit,
  UnitOffer,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { GpuModel } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context, PageRequest, PageResponse } from "../../chain/runtime/index.ts";
import { MemStore } from "../../chain/store/index.ts";
import type { KVStore, StoreEntry, StoreMap } from "../../chain/store/index.ts";
import type { Keeper } from "../../modules/market/keeper.ts";
import { marketQueries } from "../../modules/market/queries.ts";
import { LIST } from "../../modules/market/queries/filter.ts";
import * as state from "../../modules/market/state.ts";
import { modelName } from "../../modules/market/types.ts";
import { Random } from "../sim/random.ts";

const test = suite("market lists");

const SIZE = 1500;
const LIMIT = 100;
const addresses = new AddressCodec("lease");

/** A store that counts the entries that are read. */
class Counting extends MemStore {
  reads = 0;
  override get(key: Uint8Array, text?: string): Uint8Array | undefined {
    this.reads++;
    return super.get(key, text);
  }
  override *iterate(
    start?: Uint8Array,
    end?: Uint8Array,
    reverse?: boolean,
  ): IterableIterator<StoreEntry> {
    for (const entry of super.iterate(start, end, reverse)) {
      this.reads++;
      yield entry;
    }
  }
}

class Book {
  readonly addresses = addresses;
  readonly hashed = new Counting();
  readonly unhashed = new Counting();
  store(): KVStore {
    return this.hashed;
  }
  side(): KVStore {
    return this.unhashed;
  }
  readonly #rows = new Map<unknown, readonly unknown[]>();
  get ctx(): Context {
    return this as unknown as Context;
  }
  /** All values of a map, read once. */
  rows<K, V>(map: StoreMap<K, V>): readonly V[] {
    let rows = this.#rows.get(map) as readonly V[] | undefined;
    rows ??= Array.from(map.iterate(this), ([, value]) => value);
    this.#rows.set(map, rows);
    return rows;
  }
}

const person = (byte: number): Address => addressFromBytes(new Uint8Array(20).fill(byte));
const PEOPLE = [1, 2, 3].map(person);
const wish = (vendor: string, model: string): GpuModel => ({
  vendor,
  model,
  ram: "",
  interface: "",
});
/** The first is what nearly all name; the last two nobody does. */
const MODELS = [wish("nvidia", "h100"), wish("nvidia", ""), wish("amd", "mi300x"), wish("x", "y")];
const RARE = MODELS.slice(1, 3);
const MODEL_FILTERS = ["", ...[0, 1, 3].map((at) => modelName(MODELS[at] as GpuModel))];

/** One of the book's models, seldom a rare one. */
function someModel(random: Random): GpuModel {
  return random.chance(1) ? random.of(RARE) : (MODELS[0] as GpuModel);
}

function fill(seed: number): Book {
  const random = new Random(seed);
  const book = new Book();
  const { ctx } = book;
  for (let at = 0; at < SIZE; at++) {
    const owner = random.chance(90) ? (PEOPLE[0] as Address) : random.of(PEOPLE);
    const provider = random.chance(90) ? (PEOPLE[1] as Address) : random.of(PEOPLE);
    const number = { dseq: BigInt(1 + (at >> 1)), gseq: 1 + (at & 1), oseq: 1 };
    const key = [owner, number.dseq, number.gseq, number.oseq] as const;
    const id = { owner: addresses.format(owner), ...number };
    const leaseId = { ...id, provider: addresses.format(provider) };
    const models = Array.from({ length: random.int(0, 2) }, () => someModel(random));
    const units = models.map((model) =>
      ResourceUnit.create({ gpu: { units: 1n, models: [model, model] } }),
    );
    const spec = GroupSpec.create({ units });
    const createdAt = random.big(0, 5);
    const value = { id, state: random.of([1, 1, 1, 1, 1, 1, 1, 1, 3]), createdAt, spec };
    state.orders.set(ctx, key, Order.create(value as object));
    const leased = { ...value, id: leaseId, units: models.map((gpu) => UnitOffer.create({ gpu })) };
    state.leases.set(ctx, [...key, provider], Lease.create(leased as object));
    state.bids.set(
      ctx,
      [...key, provider],
      Bid.create({ id: leaseId, state: (value.state % 2) + 1 }),
    );
    const offer = { id: BigInt(at + 1), provider: leaseId.provider, state: value.state };
    const [model] = models;
    const denom = random.of(["ulease", "uusd"]);
    state.offers.set(ctx, offer.id, Offer.create({ ...offer, model, denom }));
  }
  // What is written again and removed leaves nothing behind in an index.
  for (const [key, order] of Array.from(state.orders.iterate(ctx)))
    if (random.chance(10))
      state.orders.set(ctx, key, {
        ...order,
        state: random.int(1, 4),
        spec: { ...order.spec, units: [] },
      });
    else if (random.chance(5)) state.orders.delete(ctx, key);
  return book;
}

/** One list query: its values, the parts that filters are made of, and what a full scan keeps. */
interface List {
  readonly path: string;
  readonly filters: readonly object[];
  readonly request: (filter: object) => object;
  readonly all: (book: Book, filter: object) => readonly string[];
  readonly taken: (answer: object) => readonly string[];
}

/** All combinations of what each field may be filtered by. */
function combined(fields: { readonly [name: string]: readonly unknown[] }): readonly object[] {
  let made: object[] = [{}];
  for (const [name, values] of Object.entries(fields))
    made = made.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  return made;
}

const WHO = ["", ...[1, 9].map((byte) => addresses.format(person(byte)))];
const STATES = [0, 1, 3];
const name = (id: object): string => JSON.stringify(Object.values(id).map(String));

type Filter = { owner: string; provider: string; state: number; model: string; denom: string };

const of = (filter: object): Filter => ({
  owner: "",
  provider: "",
  state: 0,
  model: "",
  denom: "",
  ...filter,
});
const same = (wanted: unknown, value: unknown): boolean =>
  wanted === "" || wanted === 0 || wanted === value;

const LISTS: readonly List[] = [
  {
    path: "Orders",
    filters: combined({ owner: WHO, state: STATES, model: MODEL_FILTERS }),
    request: QueryOrdersRequest.create,
    taken: (answer) => (answer as { orders: Order[] }).orders.map((order) => name(order.id)),
    all: (book, asked) =>
      book
        .rows(state.orders)
        .filter(({ id, state: now, spec }) => {
          const { owner, state: wanted, model } = of(asked);
          const models = spec.units.flatMap((unit) => unit.gpu.models.map(modelName));
          return same(owner, id.owner) && same(wanted, now) && (!model || models.includes(model));
        })
        .map((order) => name(order.id)),
  },
  {
    path: "Leases",
    filters: combined({
      owner: WHO.slice(0, 2),
      provider: WHO,
      state: STATES,
      model: MODEL_FILTERS,
    }),
    request: QueryLeasesRequest.create,
    taken: (answer) => (answer as { leases: Lease[] }).leases.map((lease) => name(lease.id)),
    all: (book, asked) =>
      book
        .rows(state.leases)
        .filter(({ id, state: now, units }) => {
          const { owner, provider, state: wanted, model } = of(asked);
          const models = units.map(({ gpu }) => (gpu === undefined ? "" : modelName(gpu)));
          if (model !== "" && !models.includes(model)) return false;
          return same(owner, id.owner) && same(provider, id.provider) && same(wanted, now);
        })
        .map((lease) => name(lease.id)),
  },
  {
    path: "Bids",
    filters: combined({ owner: WHO, provider: WHO, state: STATES }),
    request: QueryBidsRequest.create,
    taken: (answer) => (answer as { bids: Bid[] }).bids.map((bid) => name(bid.id)),
    all: (book, asked) =>
      book
        .rows(state.bids)
        .filter(({ id, state: now }) => {
          const { owner, provider, state: wanted } = of(asked);
          return same(owner, id.owner) && same(provider, id.provider) && same(wanted, now);
        })
        .map((bid) => name(bid.id)),
  },
  {
    path: "Offers",
    filters: combined({
      provider: WHO,
      state: STATES,
      model: MODEL_FILTERS,
      denom: ["", "uother"],
    }),
    request: QueryOffersRequest.create,
    taken: (answer) => (answer as { offers: Offer[] }).offers.map(({ id }) => name({ id })),
    all: (book, asked) =>
      book
        .rows(state.offers)
        .filter(({ provider: by, state: now, model, denom }) => {
          const filter = of(asked);
          const named = model === undefined ? "" : modelName(model);
          if (!same(filter.model, named) || !same(filter.denom, denom)) return false;
          return same(filter.provider, by) && same(filter.state, now);
        })
        .map(({ id }) => name({ id })),
  },
];

const QUERIES = marketQueries({ deps: undefined } as unknown as Keeper);

/** Answers one page and says how many entries it read. */
function ask(book: Book, list: List, filter: object, page: Partial<PageRequest>) {
  const pagination = { key: new Uint8Array(0), offset: 0n, limit: BigInt(LIMIT), ...page };
  const whole = { countTotal: false, reverse: false, ...pagination };
  const query = QUERIES.find(({ path }) => path.endsWith(`Query/${list.path}`));
  if (query === undefined) throw new Error(`no query ${list.path}`);
  book.hashed.reads = book.unhashed.reads = 0;
  const answer = query.handle(book.ctx, list.request({ ...filter, pagination: whole }) as never);
  const reads = Math.max(book.hashed.reads, book.unhashed.reads);
  const { nextKey } = (answer as { pagination: PageResponse }).pagination;
  return { names: list.taken(answer as object), nextKey, reads };
}

for (const list of LISTS)
  test(`${list.path}: pages are the full scan, and read a bounded number of entries`, () => {
    const book = fill(7);
    let short = 0;
    for (const [at, filter] of list.filters.entries()) {
      const what = `${list.path} ${JSON.stringify(filter)}`;
      const found: string[] = [];
      let key: Uint8Array = new Uint8Array(0);
      do {
        const page = ask(book, list, filter, { key, reverse: at % 2 === 1 });
        assert.ok(page.reads <= LIST.misses + LIMIT + 1, `${what}: ${page.reads} entries read`);
        if (page.nextKey.length > 0 && page.names.length < LIMIT) short++;
        found.push(...page.names);
        key = page.nextKey;
      } while (key.length > 0);
      assert.equal(found.toSorted(), [...list.all(book, filter)].toSorted(), what);
    }
    assert.ok(short > 0, "some pages end short");
  });

test("a state or a model by its index reads what it shows and one more", () => {
  const book = fill(8);
  for (const list of LISTS)
    for (const filter of [
      { state: 3 },
      { model: modelName(MODELS[0] as GpuModel) },
      { model: "x" },
    ]) {
      if (list.path === "Bids" && "model" in filter) continue;
      const page = ask(book, list, filter, {});
      assert.ok(page.reads <= page.names.length + 1, `${list.path}: ${page.reads} entries read`);
    }
});

test("an offset counts from the beginning, however many entries are passed over", () => {
  const book = fill(9);
  const [orders] = LISTS as readonly [List];
  const filter = { owner: WHO[1], model: modelName(RARE[0] as GpuModel) };
  const all = orders.all(book, filter);
  assert.equal(ask(book, orders, filter, { offset: 1n }).names, all.slice(1, 1 + LIMIT));
});

test("a model that no key can hold is refused", () => {
  const [orders] = LISTS as readonly [List];
  assert.throws(() => ask(new Book(), orders, { model: "a\0b" }, {}), /U\+0000/);
});

test("indexes equal their rebuild", () => {
  const book = fill(10);
  assert.equal(state.marketSchema.checkIndexes(book.ctx), []);
  const before = [...book.unhashed.iterate()].map(([key]) => String(key));
  // A home made before an index was declared lacks its rows.
  for (const [key] of book.unhashed.snapshot().iterate())
    if (key[0] === 0x27) book.unhashed.delete(key);
  assert.ok(state.marketSchema.checkIndexes(book.ctx).length > 0);
  state.marketSchema.rebuildSide(book.ctx);
  assert.equal(
    [...book.unhashed.iterate()].map(([key]) => String(key)),
    before,
  );
});

test.run();
