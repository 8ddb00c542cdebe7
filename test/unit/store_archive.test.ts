// Heights on disk and going back: an archive answers and proves what memory answered, bounded ones
// forget without leaving a node behind, and a rolled back disk is the disk of a chain that never went on.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { must } from "../../chain/base/assert.ts";
import { toHex, utf8 } from "../../chain/base/bytes.ts";
import { checkStoreProof } from "../../chain/crypto/ics23.ts";
import { RECORD, repairSides, Rollback, TreeMultiStore } from "../../chain/store/index.ts";
import type { LoadOptions, StateView, StoreChange } from "../../chain/store/index.ts";
import { TestDisk } from "../support/disk.ts";
import { testPlatform } from "../support/platform.ts";

const NAMES = ["acc", "bank", "empty"];
const KEYS = Array.from({ length: 50 }, (_, i) => utf8(`key ${i}`));
const test = suite("archive and rollback");

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomChanges(next: (below: number) => number): StoreChange[] {
  return KEYS.filter(() => next(5) === 0)
    .sort((a, b) => Buffer.compare(a, b))
    .map((key) => [key, next(3) === 0 ? undefined : utf8(`value ${next(1000)}`)]);
}

/** One block; the side row of a key says its value's length, so that it can be rebuilt. */
function block(store: TreeMultiStore, disk: TestDisk, next: (below: number) => number): void {
  const height = store.height + 1n;
  const changes = new Map<string, StoreChange[]>();
  const sides = new Map<string, StoreChange[]>();
  for (const name of ["acc", "bank"]) {
    const list = name === "acc" && next(3) === 0 ? [] : randomChanges(next);
    changes.set(name, list);
    sides.set(
      name,
      list.map(([key, value]) => [key, value === undefined ? undefined : sideOf(value)]),
    );
  }
  store.stage(height, { seconds: height, nanos: 0 }, changes, sides);
  disk.write(store.batch().writes);
  store.promote();
}

function sideOf(value: Uint8Array): Uint8Array {
  return Uint8Array.of(value.length);
}

function content(view: StateView): string {
  return NAMES.flatMap((name) =>
    [...view.store(name).iterate()].map(([k, v]) => `${name} ${toHex(k)}=${toHex(v)}`),
  ).join("\n");
}

/** All reads and proofs of a view against what is known of its height. */
function checkView(view: StateView, expected: { appHash: string; content: string }): void {
  assert.is(toHex(view.appHash), expected.appHash);
  assert.is(content(view), expected.content);
  const backwards = [...view.store("bank").iterate(undefined, undefined, true)];
  assert.equal(backwards.toReversed(), [...view.store("bank").iterate()]);
  const some = [...view.store("bank").iterate(KEYS[7], KEYS[3])].map(([key]) => toHex(key));
  const all = [...view.store("bank").iterate()].map(([key]) => toHex(key));
  const [from, to] = [toHex(must(KEYS[7], "key")), toHex(must(KEYS[3], "key"))];
  assert.equal(
    some,
    all.filter((key) => key >= from && key < to),
  );
  for (const name of NAMES)
    for (const key of [...KEYS.slice(0, 12), utf8("a"), utf8("zzz")]) {
      const value = view.store(name).get(key);
      assert.is(view.store(name).has(key), value !== undefined);
      const claim = { appHash: view.appHash, store: name, key, value };
      // ICS-23 has no proof for an empty store.
      if (view.store(name).iterate().next().done === true) continue;
      assert.is(checkStoreProof(testPlatform, view.prove(name, key), claim), undefined);
    }
}

function rowsOf(disk: TestDisk, kind: number): number {
  return [...disk.records.iterate(Uint8Array.of(kind), Uint8Array.of(kind + 1))].length;
}

const read =
  (disk: TestDisk) =>
  (key: Uint8Array): Uint8Array | undefined =>
    disk.records.get(key);

test("every height is read and proved across restarts when nothing is pruned", () => {
  const next = numbers(1);
  const disk = new TestDisk();
  const options = (): LoadOptions => ({
    provableHeights: 3,
    snapshots: { blocks: 9 },
    archive: { read: read(disk), interval: 10 },
  });
  let store = disk.load(NAMES, options());
  const truth: { appHash: string; content: string }[] = [];
  for (let height = 1; height <= 60; height++) {
    block(store, disk, next);
    truth.push({ appHash: toHex(store.appHash), content: content(store.latest()) });
    const step = store.snapshots.step(30);
    if (step !== undefined) disk.snapshotStep(step);
    if (height % 17 === 0) store = disk.load(NAMES, options());
  }
  for (const [i, expected] of truth.entries())
    checkView(must(store.at(BigInt(i + 1)), `height ${i + 1}`), expected);
  assert.is(store.oldestHeight, 1n);
  assert.is(store.at(61n), undefined);
  assert.is(store.at(0n), undefined);
});

test("disk and memory prove the same heights byte for byte", () => {
  const next = numbers(12);
  const disk = new TestDisk();
  const archive = { read: read(disk), interval: 10 };
  const memory = disk.load(NAMES, { archive });
  for (let i = 0; i < 25; i++) block(memory, disk, next);
  const other = disk.load(NAMES, { provableHeights: 1, archive });
  for (let height = 5n; height < 25n; height++) {
    const [own, archived] = [memory, other].map((store) => must(store.at(height), "view"));
    assert.equal([own?.archived, archived?.archived], [false, true]);
    for (const name of ["acc", "bank"])
      for (const key of [...KEYS, utf8("a"), utf8("zzz")])
        assert.equal(archived?.prove(name, key), own?.prove(name, key));
  }
});

test("a bounded archive keeps exactly its heights, and no node beyond them", () => {
  const next = numbers(2);
  const disk = new TestDisk();
  const options = { archive: { read: read(disk), heights: 20, interval: 10 } };
  let store = disk.load(NAMES, { ...options, provableHeights: 3 });
  const truth: { appHash: string; content: string }[] = [];
  let most = 0;
  for (let height = 1; height <= 200; height++) {
    block(store, disk, next);
    truth.push({ appHash: toHex(store.appHash), content: content(store.latest()) });
    if (height % 30 === 0) store = disk.load(NAMES, { ...options, provableHeights: 3 });
    if (height > 100) most = Math.max(most, rowsOf(disk, RECORD.node));
  }
  assert.is(store.oldestHeight, 181n);
  assert.is(store.at(180n), undefined);
  for (let height = 181; height <= 200; height++)
    checkView(must(store.at(BigInt(height)), "view"), must(truth[height - 1], "truth"));
  // What the kept heights need is all there is: a fresh archive of the same heights has as many.
  const reachable = new Set<string>();
  const counting = {
    read: (key: Uint8Array) => {
      if (key[0] === RECORD.node) reachable.add(toHex(key));
      return disk.records.get(key);
    },
    heights: 20,
    interval: 10,
  };
  const counted = disk.load(NAMES, { provableHeights: 1, archive: counting });
  for (let height = 181n; height < 200n; height++) content(must(counted.at(height), "view"));
  const last = disk.load(NAMES, { provableHeights: 1, archive: counting });
  const alive = last.engine.arena.count;
  assert.ok(rowsOf(disk, RECORD.node) <= reachable.size + alive, `${rowsOf(disk, RECORD.node)}`);
  assert.ok(most < 4 * rowsOf(disk, RECORD.node), "it does not grow");
});

test("an archive begins with a chain that had none, ends when it is left out, and begins anew", () => {
  const next = numbers(3);
  const disk = new TestDisk();
  let store = disk.load(NAMES, { provableHeights: 2 });
  for (let i = 0; i < 10; i++) block(store, disk, next);
  const archive = { read: read(disk), interval: 10 };
  store = disk.load(NAMES, { provableHeights: 2, archive });
  const truth = new Map([[10n, content(store.latest())]]);
  for (let i = 0; i < 10; i++) {
    block(store, disk, next);
    truth.set(store.height, content(store.latest()));
  }
  assert.is(store.oldestHeight, 10n);
  store = disk.load(NAMES, { provableHeights: 2 });
  for (let i = 0; i < 5; i++) block(store, disk, next);
  store = disk.load(NAMES, { provableHeights: 2, archive });
  assert.is(store.oldestHeight, 25n, "the heights in between were not archived");
  assert.is(store.at(22n), undefined);
  for (const [height, text] of truth) assert.is(content(must(store.at(height), "view")), text);
  const bounded = { ...archive, heights: 3 };
  store = disk.load(NAMES, { provableHeights: 2, archive: bounded });
  assert.is(store.at(15n), undefined, "a bounded one cannot go on from what noted no orphans");
  for (let i = 0; i < 40; i++) block(store, disk, next);
  for (let step = must(store.archive, "archive").pruneStep(); step !== undefined;) {
    disk.write(step);
    step = must(store.archive, "archive").pruneStep();
  }
  assert.is(store.oldestHeight, 63n);
});

/** What a rebuild from the trees changes: all rows go, and come again. */
function rebuilt(store: TreeMultiStore): Map<string, StoreChange[]> {
  const sides = new Map<string, StoreChange[]>();
  for (const name of NAMES) {
    const rows = new Map<string, StoreChange>();
    for (const [key] of store.side(name).iterate()) rows.set(toHex(key), [key, undefined]);
    for (const [key, value] of store.latest().store(name).iterate())
      rows.set(toHex(key), [key, sideOf(value)]);
    sides.set(name, [...rows.values()]);
  }
  return sides;
}

function rollBack(disk: TestDisk, upTo: bigint, options: LoadOptions): void {
  const store = disk.load(NAMES, { ...options, upTo });
  const back = new Rollback(store);
  for (const range of back.ranges)
    for (const [key, value] of disk.records.iterate(range.gte, range.lt)) back.push(key, value);
  disk.write([...back.writes(), ...repairSides(store, rebuilt(store)).writes]);
}

/** Every record but the first height of change sets, which a later pruning moved. */
function image(disk: TestDisk): string {
  return [...disk.records.iterate()]
    .filter(([key]) => key[0] !== RECORD.latest)
    .map(([key, value]) => `${toHex(key)}=${toHex(value)}`)
    .join("\n");
}

for (const archived of [false, true])
  test(`a rolled back disk equals one that never went on${archived ? ", archive too" : ""}`, () => {
    for (const [target, end] of [
      [3n, 4n],
      [8n, 19n],
      [17n, 18n],
      [18n, 19n],
      [12n, 30n],
    ] as const) {
      const disk = new TestDisk();
      const options = {
        provableHeights: 3,
        snapshots: { blocks: 9, keep: 9 },
        ...(archived ? { archive: { read: read(disk), heights: 100, interval: 10 } } : {}),
      };
      let store = disk.load(NAMES, options);
      const next = numbers(7);
      let before = "";
      while (store.height < end) {
        block(store, disk, next);
        const step = store.snapshots.step(10_000);
        if (step !== undefined) disk.snapshotStep(step);
        if (store.height === target) before = image(disk);
      }
      rollBack(disk, target, options);
      store = disk.load(NAMES, options);
      assert.is(store.height, target);
      assert.is(image(disk), before, `${end} back to ${target}`);
    }
  });

test("snapshots stay as long as a restart needs them for the heights in memory", () => {
  const disk = new TestDisk();
  const options = { provableHeights: 17, snapshots: { blocks: 5 } };
  let store = disk.load(NAMES, options);
  const next = numbers(10);
  for (let height = 1n; height <= 60n; height++) {
    block(store, disk, next);
    const step = store.snapshots.step(10_000);
    if (step !== undefined) disk.snapshotStep(step);
    const { oldestHeight } = store;
    store = disk.load(NAMES, options);
    assert.is(store.oldestHeight, oldestHeight, `after ${height} blocks`);
  }
  assert.is(store.oldestHeight, 44n);
});

test("a restart reaches no further back than it can replay fast", () => {
  const disk = new TestDisk();
  const options = { snapshots: { blocks: 1000, replay: 100 } };
  const store = disk.load(NAMES, options);
  const next = numbers(11);
  for (let height = 1n; height <= 12n; height++) {
    block(store, disk, next);
    if (height % 2n === 0n) disk.snapshotStep(must(store.snapshots.step(1e9, true), "step"));
  }
  const { complete } = store.snapshots;
  assert.ok(complete.length > 2 && complete.length < 6, `${complete.length} snapshots`);
  const cost = complete.slice(1).reduce((sum, { keys }) => sum + keys, 0);
  assert.ok(cost > 0 && cost <= 100, `${cost} keys`);
  assert.is(disk.load(NAMES, options).oldestHeight, complete[0]?.height);
  assert.is(disk.load(NAMES, { snapshots: { replay: 0 } }).oldestHeight, 12n);
});

test("what is pruned cannot be gone back to", () => {
  const disk = new TestDisk();
  const options = { provableHeights: 3, snapshots: { blocks: 5, keep: 2 } };
  const store = disk.load(NAMES, options);
  const next = numbers(8);
  while (store.height < 20n) {
    block(store, disk, next);
    const step = store.snapshots.step(10_000);
    if (step !== undefined) disk.snapshotStep(step);
  }
  assert.throws(
    () => rollBack(disk, 14n, options),
    /failed to load state at height 14; version does not exist \(oldest snapshot: 15\)/,
  );
  assert.throws(() => rollBack(disk, 21n, options), /height 21 is not one of 1 to 20/);
  assert.throws(() => rollBack(disk, 0n, options), /height 0 is not one of 1 to 20/);
  rollBack(disk, 16n, options);
  assert.is(disk.load(NAMES, options).height, 16n);
});

test("damaged side rows are found and mended", () => {
  const disk = new TestDisk();
  const store = disk.load(NAMES);
  const next = numbers(9);
  while (store.height < 5n) block(store, disk, next);
  const before = image(disk);
  const rows = [
    ...disk.records.iterate(Uint8Array.of(RECORD.side), Uint8Array.of(RECORD.side + 1)),
  ];
  disk.records.delete(must(rows[0], "row")[0]);
  disk.records.set(must(rows[1], "row")[0], utf8("wrong"));
  disk.records.set(Uint8Array.of(RECORD.side, 3, 0x61, 0x63, 0x63, 0xff), utf8("stray"));
  const damaged = disk.load(NAMES);
  const { writes, found } = repairSides(damaged, rebuilt(damaged));
  assert.equal(found, [{ store: "acc", missing: 1, wrong: 1, stray: 1 }]);
  disk.write(writes);
  assert.is(image(disk), before);
});

test.run();
