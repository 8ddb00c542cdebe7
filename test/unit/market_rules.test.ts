// Formulas of module market as text tables, and packing and the ladder as pure functions.

import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EndpointKind, ResourceUnit } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Host, Storage } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { compareRank, mayEnter } from "../../modules/market/keeper/book.ts";
import type { Rank } from "../../modules/market/keeper/book.ts";
import { largestFree, pack, reshape, unpack, usedOf } from "../../modules/market/keeper/packing.ts";
import { effectivePrice, leaseBasis, offerPrice } from "../../modules/market/keeper/price.ts";
import { satisfiesModel } from "../../modules/market/index.ts";
import { GIB, group, H100 } from "../support/market.ts";

/** Rows of a text table as numbers. */
function table(text: string): readonly (readonly bigint[])[] {
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(BigInt));
}

test("effective price: price, reputation, fit -> eff", () => {
  const rows = table(`
    1000000 1000000 1000000 1000000
    1000000 1000000       0 1100000
    1000000       0 1000000 1500000
    1000000  500000 1000000 1250000
    1000000       0       0 1600000
          1  999999 1000000       2
          3 1000000  999999       4
  `);
  for (const [price = 0n, reputation = 0n, fit = 0n, eff] of rows) {
    const weights = { weightReputation: 500_000n, weightFit: 100_000n };
    assert.is(effectivePrice(price, { reputation, fit, ...weights }), eff);
  }
});

test("offer price: one ceil over the whole sum", () => {
  const rows = table(`
    1000000       0       0       0       0 1000 1 1
    1               0       0       0       0 1000 1 1
    1000000000000 0       0       0       0 1500 1 1500000
    0         1000000     0       0       0 1000 1 16
    0               0 1000000     0       0 1000 1 100
    0               0       0 1000000     0 1000 1 1
    0               0       0 1000000     0 1000 7 7
    333333          333     333 333333    333333 100 3 3
  `);
  for (const row of rows) {
    const [cpu = 0n, mem = 0n, st = 0n, gpu = 0n, ep = 0n, milli = 0n, count = 0n, price] = row;
    const spec = group("g", { cpuMilli: milli, count: Number(count) });
    const endpoints = [{ kind: EndpointKind.SHARED_HTTP, sequenceNumber: 0 }];
    const units = spec.units.map((unit) => ({ ...unit, endpoints }));
    const prices = {
      cpuHour: cpu,
      memoryGibHour: mem,
      storage: [{ class: "", perGibHour: st }],
      gpuHour: gpu,
      endpointHour: ep,
      ipHour: 0n,
    };
    assert.is(offerPrice({ ...spec, units }, prices), price);
  }
});

test("an offer has no price for a storage class that it does not list", () => {
  const spec = group("g");
  const fast = (volume: Storage): Storage => ({
    ...volume,
    attributes: [{ key: "class", value: "beta3" }],
  });
  const units = spec.units.map((unit) => ({ ...unit, storage: unit.storage.map(fast) }));
  const prices = {
    cpuHour: 1n,
    memoryGibHour: 1n,
    storage: [{ class: "", perGibHour: 1n }],
    gpuHour: 1n,
    endpointHour: 0n,
    ipHour: 0n,
  };
  assert.is(offerPrice({ ...spec, units }, prices), undefined);
});

test("basis: price, rate ppm, reference -> basis", () => {
  for (const [price = 0n, rate = 0n, reference = 0n, basis] of table(`
    100 1000000 50 100
    100 1000000 150 150
    3   1500000 0 5
  `))
    assert.is(leaseBasis(price, rate, reference), basis);
});

test("models: an empty list or field of a wish means any", () => {
  const wish = { vendor: "nvidia", model: "", ram: "", interface: "" };
  assert.ok(satisfiesModel([], H100));
  assert.ok(satisfiesModel([wish], H100));
  assert.ok(
    satisfiesModel(
      [
        { ...wish, vendor: "amd" },
        { ...wish, model: "h100" },
      ],
      H100,
    ),
  );
  assert.not.ok(satisfiesModel([{ ...wish, ram: "40Gi" }], H100));
});

// ---- packing ------------------------------------------------------------------------------------------

function host(gpus: bigint, cpuMilli = 64_000n): Host {
  return { gpus, cpuMilli, memoryBytes: 512n * GIB, storageBytes: 4096n * GIB };
}

test("packing: a replica stays on one host", () => {
  const eight = group("g", { gpus: 8n }).units;
  assert.is(pack(eight, [host(4n), host(4n)]), undefined);
  assert.equal(pack(eight, [host(4n), host(8n)])?.placements, [{ unit: 1, host: 1, replicas: 1 }]);
  const pairs = group("g", { gpus: 2n, count: 5 }).units;
  assert.equal(pack(pairs, [host(5n), host(2n), host(8n)])?.placements, [
    { unit: 1, host: 0, replicas: 2 },
    { unit: 1, host: 1, replicas: 1 },
    { unit: 1, host: 2, replicas: 2 },
  ]);
});

const anyHost = fc
  .record({
    gpus: fc.bigInt(0n, 8n),
    cpuMilli: fc.bigInt(0n, 64_000n),
    memoryBytes: fc.bigInt(0n, 256n * GIB),
    storageBytes: fc.bigInt(0n, 1024n * GIB),
  })
  .map((one): Host => ({ ...one }));

const anyUnits = fc
  .array(fc.tuple(fc.bigInt(0n, 4n), fc.integer({ min: 1, max: 6 }), fc.bigInt(1n, 16_000n)), {
    minLength: 1,
    maxLength: 4,
  })
  .map((rows) =>
    rows.flatMap(([gpus, count, cpuMilli], index) =>
      group("g", { gpus, count, cpuMilli }).units.map((unit) =>
        ResourceUnit.create({ ...unit, id: index + 1 }),
      ),
    ),
  );

/** First-fit replica by replica: the rule that pack follows, spelt out. */
function naive(units: readonly ResourceUnit[], hosts: readonly Host[]): string | undefined {
  const rest = hosts.map((one) => ({ ...one }));
  const places: string[] = [];
  for (const unit of units)
    for (let replica = 0; replica < unit.count; replica++) {
      const storage = unit.storage.reduce((sum, volume) => sum + volume.bytes, 0n);
      const at = rest.findIndex(
        (one) =>
          one.gpus >= unit.gpu.units &&
          one.cpuMilli >= unit.cpu.milli &&
          one.memoryBytes >= unit.memory.bytes &&
          one.storageBytes >= storage,
      );
      const found = rest[at];
      if (found === undefined) return undefined;
      found.gpus -= unit.gpu.units;
      found.cpuMilli -= unit.cpu.milli;
      found.memoryBytes -= unit.memory.bytes;
      found.storageBytes -= storage;
      places.push(`${unit.id}@${at}`);
    }
  return places.join(" ");
}

test("packing agrees with first-fit replica by replica, and unpacking gives everything back", () => {
  fc.assert(
    fc.property(anyUnits, fc.array(anyHost, { minLength: 1, maxLength: 8 }), (units, hosts) => {
      const packed = pack(units, hosts);
      const places = packed?.placements.flatMap(({ unit, host: at, replicas }) =>
        Array.from({ length: replicas }, () => `${unit}@${at}`),
      );
      assert.is(places?.join(" "), naive(units, hosts));
      if (packed === undefined) return;
      assert.equal(unpack(units, packed.placements, packed.free), hosts);
      assert.equal(reshape(hosts, usedOf(hosts, packed.free)), packed.free);
      const most = largestFree(hosts);
      for (const unit of units) assert.ok(unit.gpu.units <= most.gpus);
    }),
    { numRuns: 300 },
  );
});

// ---- ladder -------------------------------------------------------------------------------------------

test("ladder of 4, step 5000 ppm: eff -> may enter", () => {
  const ladder = [1_000_000n, 1_010_000n, 1_020_000n, 1_030_000n];
  const rows: readonly (readonly [bigint, boolean])[] = [
    [999_999n, true],
    [1_000_000n, true],
    [1_024_850n, true],
    [1_024_851n, false],
    [1_029_999n, false],
    [2_000_000n, false],
  ];
  for (const [eff, enters] of rows) assert.is(mayEnter(eff, ladder, 4, 5000), enters, `${eff}`);
  assert.ok(mayEnter(9_000_000n, ladder.slice(1), 4, 5000));
  const close = [1_000_000n, 1_000_001n, 1_000_002n, 1_000_003n];
  assert.ok(mayEnter(999_999n, close, 4, 5000), "below the least, though not by the step");
});

const anyRank = fc
  .record({
    eff: fc.bigInt(1n, 3n),
    price: fc.bigInt(1n, 3n),
    lastAward: fc.bigInt(0n, 2n),
    age: fc.bigInt(1n, 4n),
    provider: fc.uint8Array({ minLength: 1, maxLength: 1 }),
  })
  .map((rank): Rank => rank);

test("a losing bid never changes the winner among the others", () => {
  fc.assert(
    fc.property(fc.array(anyRank, { minLength: 2, maxLength: 12 }), anyRank, (bids, loser) => {
      const before = bids.toSorted(compareRank)[0];
      const after = [...bids, loser].toSorted(compareRank);
      if (after[0] !== loser) assert.is(compareRank(after[0] as Rank, before as Rank), 0);
      assert.is(compareRank(after.filter((bid) => bid !== loser)[0] as Rank, before as Rank), 0);
    }),
    { numRuns: 500 },
  );
});

test.run();
