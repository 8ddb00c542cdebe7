// The tree in arenas against the reference tree, over random histories with deletes and re-adds.

import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../chain/base/bytes.ts";
import { NIL } from "../../chain/store/nodes.ts";
import { TreeEngine } from "../../chain/store/tree.ts";
import { testPlatform } from "../support/platform.ts";
import { ReferenceTree } from "../support/reference_tree.ts";

const RUNS = Number(process.env["FC_RUNS"] ?? 150);
const test = suite("store tree");

/** One write: the key is drawn from few, so that deletes and re-adds meet. */
const write = fc.record({
  key: fc.integer({ min: 0, max: 70 }),
  value: fc.option(fc.uint8Array({ maxLength: 6 }), { freq: 3, nil: undefined }),
});
const histories = fc.array(fc.array(write, { maxLength: 25 }), { minLength: 1, maxLength: 12 });

function keyOf(number: number): Uint8Array {
  return Uint8Array.of(1, number % 7, number).subarray(0, number % 11 === 0 ? 2 : 3);
}

function sortedBlock(block: readonly { key: number; value: Uint8Array | undefined }[]) {
  const net = new Map<string, [Uint8Array, Uint8Array | undefined]>();
  for (const { key, value } of block) net.set(toHex(keyOf(key)), [keyOf(key), value]);
  return [...net.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

test("equal roots, entries and lookups at every version, and no node is lost", () => {
  fc.assert(
    fc.property(histories, (blocks) => {
      const engine = new TreeEngine(testPlatform);
      const reference = new ReferenceTree();
      const roots: number[] = [NIL];
      const orphans: (readonly number[])[] = [[]];
      for (const [i, block] of blocks.entries()) {
        const version = i + 1;
        engine.begin(version);
        let root = roots[i] as number;
        for (const [key, value] of sortedBlock(block)) {
          root = value === undefined ? engine.remove(root, key) : engine.set(root, key, value);
          if (value === undefined) reference.delete(key);
          else reference.set(key, value);
        }
        roots.push(root);
        orphans.push(engine.end().nodes);
        assert.is(toHex(engine.hashTree(root)), reference.commit(version).toString("hex"));
      }
      // Old versions are untouched.
      for (const [version, root] of roots.entries()) {
        const ours = [...engine.entries(root)].map(([k, v]) => [toHex(k), toHex(v)]);
        const theirs = [...reference.entries(version)].map(([k, v]) => [
          k.toString("hex"),
          v.toString("hex"),
        ]);
        assert.equal(ours, theirs);
        for (const [key, value] of ours)
          assert.is(
            toHex(engine.get(root, Buffer.from(key as string, "hex")) as Uint8Array),
            value,
          );
      }
      // Releasing all but the last leaves exactly the nodes of the last.
      for (const list of orphans) for (const id of list) engine.arena.free(id);
      const last = roots[roots.length - 1] as number;
      const leaves = last === NIL ? 0 : engine.arena.size(last);
      assert.is(engine.arena.count, Math.max(0, 2 * leaves - 1));
      if (last !== NIL) engine.freeAll(last);
      assert.is(engine.arena.count, 0);
      assert.is(engine.arena.blobs.usedBytes, 0);
    }),
    { numRuns: RUNS },
  );
});

test("ranges in both directions equal the sorted list", () => {
  const engine = new TreeEngine(testPlatform);
  engine.begin(1);
  let root = NIL;
  for (let i = 0; i < 200; i += 2) root = engine.set(root, Uint8Array.of(i), Uint8Array.of(i));
  engine.end();
  fc.assert(
    fc.property(
      fc.option(fc.integer({ min: 0, max: 210 }), { nil: undefined }),
      fc.option(fc.integer({ min: 0, max: 210 }), { nil: undefined }),
      fc.boolean(),
      (start, end, reverse) => {
        const from = start === undefined ? undefined : Uint8Array.of(start);
        const to = end === undefined ? undefined : Uint8Array.of(end);
        const got = [...engine.entries(root, from, to, reverse)].map(([key]) => key[0]);
        const all = Array.from({ length: 100 }, (_, i) => 2 * i);
        const want = all.filter(
          (i) => (start === undefined || i >= start) && (end === undefined || i < end),
        );
        assert.equal(got, reverse ? want.toReversed() : want);
      },
    ),
  );
});

test.run();
