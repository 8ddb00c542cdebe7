// A block's changes applied at once give what they give one by one: the same hash in every version,
// the same nodes, nothing left over. The one-by-one form is held against Go's iavl elsewhere.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../chain/base/bytes.ts";
import { NIL } from "../../chain/store/nodes.ts";
import { TreeEngine } from "../../chain/store/tree.ts";
import type { StoreChange } from "../../chain/store/index.ts";
import { testPlatform } from "../support/platform.ts";

const HISTORIES = 400;
const VERSIONS = 8;

function numbers(seed: number): (below: number) => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Changes of one block: short and long keys that meet again, sorted, each once. */
function randomChanges(next: (below: number) => number, pool: number): StoreChange[] {
  const keys = new Map<string, Uint8Array>();
  for (let i = next(2 * pool); i >= 0; i--) {
    const n = next(pool);
    const length = n % 3 === 0 ? 2 : n % 3 === 1 ? 8 : 13;
    const key = new Uint8Array(length).fill(n % 7);
    key[length - 1] = n & 255;
    keys.set(toHex(key), key);
  }
  const deletes = next(6);
  return [...keys.values()]
    .sort(Buffer.compare)
    .map((key) => [key, next(10) < deletes ? undefined : Uint8Array.of(next(256), next(256))]);
}

/** Finishes a version; frees what it replaced at once and gives what is comparable. */
function finish(engine: TreeEngine, root: number): string {
  const { nodes, bytes } = engine.end();
  const hash = toHex(engine.hashTree(root));
  for (const id of nodes) engine.arena.free(id);
  return `${hash} ${nodes.length} orphans of ${bytes} bytes, ${engine.arena.count} nodes, ${engine.arena.usedBytes} bytes`;
}

const test = suite("changes of a block applied at once");

test("equal to one by one in random histories", () => {
  for (let seed = 0; seed < HISTORIES; seed++) {
    const next = numbers(seed);
    const pool = [2, 9, 60, 250][seed % 4] as number;
    const single = new TreeEngine(testPlatform);
    const atOnce = new TreeEngine(testPlatform);
    let one = NIL;
    let other = NIL;
    for (let version = 1; version <= VERSIONS; version++) {
      const changes = randomChanges(next, pool);
      single.begin(version);
      for (const [key, value] of changes)
        one = value === undefined ? single.remove(one, key) : single.set(one, key, value);
      atOnce.begin(version);
      other = atOnce.apply(other, changes);
      assert.is(finish(atOnce, other), finish(single, one), `seed ${seed}, version ${version}`);
    }
    single.freeAll(one);
    atOnce.freeAll(other);
    assert.is(atOnce.arena.count, 0, `seed ${seed}`);
  }
});

test.run();
