// The multistore: staging, views of past heights, what is released when, disk and restart.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { must } from "../../chain/base/assert.ts";
import { equalBytes, toHex, utf8 } from "../../chain/base/bytes.ts";
import { checkStoreProof } from "../../chain/crypto/ics23.ts";
import {
  exportTree,
  DiskVerifier,
  importTree,
  RECORD,
  TreeMultiStore,
  verifyTrees,
} from "../../chain/store/index.ts";
import type { StateView, StoreChange } from "../../chain/store/index.ts";
import { TestDisk } from "../support/disk.ts";
import { testPlatform } from "../support/platform.ts";
import { ReferenceTree } from "../support/reference_tree.ts";

const NAMES = ["bank", "acc", "market"];

/** A repeatable source of numbers. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Changes = Map<string, StoreChange[]>;

/** Sorted net changes of a random block. */
function randomBlock(next: (below: number) => number, count: number): Changes {
  const changes: Changes = new Map();
  for (const name of NAMES) {
    const net = new Map<string, StoreChange>();
    for (let i = next(count + 1); i > 0; i--) {
      const key = utf8(`${name}/${next(60)}`);
      const value = next(4) === 0 ? undefined : utf8(`value ${next(1000)}`);
      net.set(toHex(key), [key, value]);
    }
    changes.set(
      name,
      [...net.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, c]) => c),
    );
  }
  return changes;
}

const time = (height: number) => ({ seconds: BigInt(height), nanos: height });

/** Contents of a height as text. */
function dump(store: TreeMultiStore, height = store.height): string {
  const view = must(store.at(height), `height ${height}`);
  return NAMES.flatMap((name) =>
    [...view.store(name).iterate()].map(([k, v]) => `${name} ${toHex(k)}=${toHex(v)}`),
  ).join("\n");
}

function dumpSide(store: TreeMultiStore): string {
  return NAMES.flatMap((name) =>
    [...store.side(name).iterate()].map(([k, v]) => `${name} ${toHex(k)}=${toHex(v)}`),
  ).join("\n");
}

const test = suite("multistore");

test("before the first block: the hash of nothing, empty stores", () => {
  const store = new TreeMultiStore(testPlatform, NAMES);
  assert.is(toHex(store.appHash), toHex(testPlatform.sha256(new Uint8Array(0))));
  assert.is(store.height, 0n);
  assert.equal(store.names, ["acc", "bank", "market"]);
  assert.is(store.latest().store("acc").get(utf8("x")), undefined);
  assert.throws(() => store.promote(), "nothing is staged");
  assert.throws(() => new TreeMultiStore(testPlatform, ["a", "a"]), "mounted twice");
});

test("staging again discards, leaves no node behind and changes nothing committed", () => {
  const next = numbers(1);
  const store = new TreeMultiStore(testPlatform, NAMES);
  store.stage(1n, time(1), randomBlock(next, 40), new Map());
  store.promote();
  const before = dump(store);
  const nodes = store.engine.arena.count;
  const bytes = store.engine.arena.usedBytes;
  const block = randomBlock(next, 40);
  const first = store.stage(2n, time(2), block, new Map());
  for (let i = 0; i < 5; i++) store.stage(2n, time(2), randomBlock(next, 40), new Map());
  assert.is(dump(store), before);
  assert.equal(store.stage(2n, time(2), block, new Map()), first);
  store.discard();
  assert.is(store.engine.arena.count, nodes);
  assert.is(store.engine.arena.usedBytes, bytes);
  assert.is(dump(store), before);
  store.stage(2n, time(2), block, new Map());
  assert.is(store.height, 1n);
  store.promote();
  assert.is(store.height, 2n);
  assert.equal(store.appHash, first);
});

test("changes must be sorted, of mounted stores, at the next height", () => {
  const store = new TreeMultiStore(testPlatform, NAMES);
  const unsorted = new Map([
    [
      "acc",
      [
        [utf8("b"), utf8("1")],
        [utf8("a"), utf8("1")],
      ] as const,
    ],
  ]);
  assert.throws(() => store.stage(1n, time(1), unsorted, new Map()), "not sorted");
  assert.throws(() => store.stage(1n, time(1), new Map([["x", []]]), new Map()), "not mounted");
});

test("kept heights stay readable and provable, released ones are refused", () => {
  const next = numbers(2);
  const store = new TreeMultiStore(testPlatform, NAMES, { provableHeights: 5 });
  const dumps: string[] = [];
  const early: StateView[] = [];
  for (let height = 1; height <= 30; height++) {
    store.stage(BigInt(height), time(height), randomBlock(next, 20), new Map());
    store.promote();
    dumps.push(dump(store));
    early.push(store.latest());
  }
  assert.is(store.oldestHeight, 26n);
  assert.is(store.at(25n), undefined);
  assert.is(store.at(31n), undefined);
  assert.throws(() => must(early[3], "view").store("acc").get(utf8("x")), "was released");
  for (let height = 26; height <= 30; height++) {
    assert.is(dump(store, BigInt(height)), dumps[height - 1]);
    const view = must(store.at(BigInt(height)), "view");
    for (const key of ["acc/1", "acc/2", "acc/3", "zzz", "a"].map(utf8)) {
      const value = view.store("acc").get(key);
      const claim = { appHash: view.appHash, store: "acc", key, value };
      assert.is(checkStoreProof(testPlatform, view.prove("acc", key), claim), undefined);
      const lie = { ...claim, value: value === undefined ? utf8("x") : undefined };
      assert.ok(checkStoreProof(testPlatform, view.prove("acc", key), lie));
    }
  }
});

test("old nodes are freed: memory does not grow with height", () => {
  const next = numbers(3);
  const store = new TreeMultiStore(testPlatform, NAMES, { provableHeights: 3 });
  for (let height = 1; height <= 300; height++) {
    store.stage(BigInt(height), time(height), randomBlock(next, 30), new Map());
    store.promote();
  }
  const leaves = dump(store).split("\n").length;
  assert.ok(store.engine.arena.count < 2 * leaves + 3 * 3 * 30 * 8, `${store.engine.arena.count}`);
  // The cap on bytes releases heights before their number does; the last always stays.
  const tight = new TreeMultiStore(testPlatform, NAMES, { provableBytes: 1 });
  for (let height = 1; height <= 10; height++) {
    tight.stage(BigInt(height), time(height), randomBlock(next, 30), new Map());
    tight.promote();
  }
  assert.is(tight.oldestHeight, 10n);
});

test("side stores change at promote only", () => {
  const store = new TreeMultiStore(testPlatform, NAMES);
  const side = new Map([["acc", [[utf8("k"), utf8("v")]] as const]]);
  store.stage(1n, time(1), new Map(), side);
  assert.is(store.side("acc").get(utf8("k")), undefined);
  store.promote();
  assert.equal(store.side("acc").get(utf8("k")), utf8("v"));
});

test("stopped at any write, the node comes back at a whole height and goes on alike", () => {
  const next = numbers(4);
  const blocks = Array.from({ length: 40 }, () => [randomBlock(next, 12), randomBlock(next, 3)]);
  const options = { provableHeights: 4, snapshots: { blocks: 7, keys: 1_000_000, keep: 2 } };
  const disk = new TestDisk();
  const store = disk.load(NAMES, options);
  /** What must be found after each height. */
  const truth: { readonly appHash: string; readonly content: string; readonly side: string }[] = [
    { appHash: toHex(store.appHash), content: "", side: "" },
  ];
  const disks: { readonly disk: TestDisk; readonly height: number }[] = [];
  for (const [i, [changes, side]] of blocks.entries()) {
    const height = i + 1;
    store.stage(BigInt(height), time(height), must(changes, "c"), must(side, "s"));
    disk.write(store.batch().writes);
    disks.push({ disk: disk.copy(), height });
    store.promote();
    truth.push({ appHash: toHex(store.appHash), content: dump(store), side: dumpSide(store) });
    // A piece of a snapshot after each block: it takes several blocks.
    const step = store.snapshots.step(40);
    if (step === undefined) continue;
    disk.write(step.writes);
    disks.push({ disk: disk.copy(), height });
    disk.clear(step.clear);
    disks.push({ disk: disk.copy(), height });
  }
  assert.ok(store.snapshots.complete.length === 2, "snapshots were made");
  for (const { disk: stopped, height } of disks) {
    const loaded = stopped.load(NAMES, options);
    const expected = must(truth[height], "truth");
    assert.is(loaded.height, BigInt(height));
    assert.is(toHex(loaded.appHash), expected.appHash);
    assert.is(dump(loaded), expected.content);
    assert.is(dumpSide(loaded), expected.side);
    assert.equal(verifyTrees(loaded), []);
    const after = blocks[height];
    if (after === undefined) continue;
    const [changes, side] = after;
    loaded.stage(BigInt(height + 1), time(height + 1), must(changes, "c"), must(side, "s"));
    stopped.write(loaded.batch().writes);
    loaded.promote();
    assert.is(toHex(loaded.appHash), truth[height + 1]?.appHash);
    assert.is(dumpSide(stopped.load(NAMES, options)), truth[height + 1]?.side);
  }
});

/** Twelve blocks with two snapshots on disk. */
function grown(blocks = 12): { disk: TestDisk; store: TreeMultiStore } {
  const next = numbers(5);
  const disk = new TestDisk();
  const store = disk.load(NAMES, { provableHeights: 3 });
  for (let height = 1; height <= blocks; height++) {
    store.stage(BigInt(height), time(height), randomBlock(next, 20), new Map());
    disk.write(store.batch().writes);
    store.promote();
    if (height % 4 === 0 && height < 12)
      disk.snapshotStep(must(store.snapshots.step(1e9, true), "step"));
  }
  return { disk, store };
}

test("snapshots let old change sets go, and the older one stands in for a damaged newer one", () => {
  const { disk, store } = grown();
  const heights = (kind: number) =>
    [...disk.records.iterate(Uint8Array.of(kind), Uint8Array.of(kind + 1))].map(([key]) => key[8]);
  assert.equal(heights(RECORD.marker), [4, 8]);
  assert.equal(heights(RECORD.changes), [5, 6, 7, 8, 9, 10, 11, 12]);
  assert.equal(heights(RECORD.commit), [4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.is(disk.load(NAMES).oldestHeight, 4n, "as many heights as the snapshots allow");
  assert.is(disk.load(NAMES, { provableHeights: 3 }).oldestHeight, 10n);
  const [chunk] = disk.records.iterate(Uint8Array.of(RECORD.chunk, 0, 0, 0, 0, 0, 0, 0, 8));
  const [key, value] = must(chunk, "chunk");
  const wrong = value.slice();
  wrong[40] = (wrong[40] as number) ^ 1;
  disk.records.set(key, wrong);
  assert.throws(() => disk.load(NAMES, { provableHeights: 3 }), /snapshot 8: its chunks/);
  const older = disk.load(NAMES, { provableHeights: 3, without: new Set([8n]) });
  assert.equal(older.appHash, store.appHash);
  assert.is(older.oldestHeight, 10n);
  assert.equal(heights(RECORD.marker), [4], "the damaged snapshot is forgotten");
});

function diskDamages(disk: TestDisk, store: TreeMultiStore): readonly string[] {
  const verifier = new DiskVerifier(store);
  for (const { gte, lt } of verifier.ranges)
    for (const [key, value] of disk.records.iterate(gte, lt)) verifier.push(key, value);
  return verifier.finish().map(({ store: name, what }) => `${name} ${what}`);
}

test("what stands on disk is held against the trees", () => {
  const { disk } = grown();
  const load = (): TreeMultiStore => disk.load(NAMES);
  assert.equal(diskDamages(disk, load()), []);
  const { store: own } = grown();
  const at = (name: string): number => own.rootAt(12n, name);
  const put = (name: string, key: string, value: Uint8Array | undefined): readonly string[] => {
    const other = load();
    const change: StoreChange = [utf8(key), value];
    other.stage(13n, { seconds: 1n, nanos: 0 }, new Map([[name, [change]]]), new Map());
    other.promote();
    return diskDamages(disk, other);
  };
  const leaf = own.engine.leaves(at("bank"), undefined, undefined, false).next().value as number;
  const known = Buffer.from(own.engine.arena.blobs.read(own.engine.arena.key(leaf))).toString();
  assert.equal(put("bank", known, utf8("other")), ["bank has another value on disk"]);
  assert.equal(put("bank", known, undefined), ["bank is on disk and not in the tree"]);
  assert.equal(put("bank", "never written", utf8("x")), ["bank is in the tree and not on disk"]);
  assert.equal(put("bank", "~ behind all", utf8("x")), ["bank is in the tree and not on disk"]);
  const young = grown(3);
  assert.equal(diskDamages(young.disk, young.store), [], "without a snapshot");
});

test("a damaged change set is named", () => {
  const { disk } = grown();
  const changes = [...disk.records.iterate(Uint8Array.of(3), Uint8Array.of(4))];
  const [key, value] = must(changes.at(-1), "change set");
  const wrong = value.slice();
  wrong[wrong.length - 1] = (wrong[wrong.length - 1] as number) ^ 1;
  disk.records.set(key, wrong);
  assert.throws(() => disk.load(NAMES), /change set of height 12 gives another root of market/);
  disk.records.delete(must(changes.at(-2), "change set")[0]);
  assert.throws(() => disk.load(NAMES), /no change set between heights 10 and 12/);
});

test("a flipped byte in memory is found by walking the trees", () => {
  const { store } = grown();
  assert.equal(verifyTrees(store), []);
  const leaf = store.engine.find(store.rootAt(12n, "bank"), utf8("bank/1"));
  const any =
    leaf === 0
      ? [...store.engine.leaves(store.rootAt(12n, "bank"), undefined, undefined, false)][0]
      : leaf;
  const id = must(any, "leaf");
  const hash = store.engine.arena.hash(id);
  hash[0] = (hash[0] as number) ^ 1;
  store.engine.arena.setHash(id, hash);
  const found = verifyTrees(store);
  assert.ok(found.some((damage) => damage.store === "bank"));
});

test("a store exports and imports to the same root", () => {
  const { store } = grown();
  const root = store.rootAt(12n, "acc");
  const chunks = [...exportTree(store.engine, root)];
  const other = new TreeMultiStore(testPlatform, NAMES);
  const copy = importTree(other.engine, chunks);
  assert.equal(other.engine.hashTree(copy), store.engine.hashTree(root));
  const first = must(chunks[0], "chunk").slice();
  // The first letter of the first leaf's value.
  first[first.indexOf(0x76)] = 0x77;
  const forged = importTree(other.engine, [first, ...chunks.slice(1)]);
  assert.not(equalBytes(other.engine.hashTree(forged), store.engine.hashTree(root)));
});

test("large values and change sets of several parts come back from disk", () => {
  const disk = new TestDisk();
  const store = disk.load(NAMES);
  const sizes = [0, 1, 55, 56, 64, 65, 500, 505, 520, 4000, 70_000, 300_000, 1_500_000, 4_000_000];
  const changes = sizes.map((size, i): StoreChange => [
    Uint8Array.of(i + 1),
    new Uint8Array(size).fill(i + 1),
  ]);
  for (let height = 1n; height <= 3n; height++) {
    store.stage(height, time(Number(height)), new Map([["market", changes]]), new Map());
    disk.write(store.batch().writes);
    store.promote();
  }
  const parts = [...disk.records.iterate(Uint8Array.of(RECORD.changes), Uint8Array.of(4))];
  assert.is(parts.length, 6, "two parts a block");
  assert.is(dump(disk.load(NAMES)), dump(store));
  disk.snapshotStep(must(store.snapshots.step(1e9, true), "step"));
  const loaded = disk.load(NAMES, { provableHeights: 1 });
  assert.is(loaded.oldestHeight, 3n);
  assert.is(disk.load(NAMES).oldestHeight, 1n, "all heights, while nothing is pruned");
  assert.is(dump(loaded), dump(store));
  const huge = new Map([["acc", [[utf8("k"), new Uint8Array(2 ** 22)]] as const]]);
  assert.throws(() => store.stage(4n, time(4), huge, new Map()), "at most");
});

test("stores equal the reference tree over a long history", () => {
  const next = numbers(6);
  const store = new TreeMultiStore(testPlatform, NAMES);
  const references = new Map(NAMES.map((name) => [name, new ReferenceTree()]));
  for (let height = 1; height <= 120; height++) {
    const changes = randomBlock(next, 50);
    store.stage(BigInt(height), time(height), changes, new Map());
    store.promote();
    for (const { name, hash } of must(store.commitInfo(BigInt(height)), "info").roots) {
      const reference = must(references.get(name), name);
      for (const [key, value] of changes.get(name) ?? []) {
        if (value === undefined) reference.delete(key);
        else reference.set(key, value);
      }
      assert.is(toHex(hash), reference.commit(height).toString("hex"));
    }
  }
});

test.run();
