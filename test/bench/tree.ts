// The tree alone: microseconds per updated key (set, then hashing) for random existing 32-byte keys
// and 40-byte values, with every version kept as a snapshot; lookups; memory.
//
//   node build/test/bench/tree.js [keys ...]        default 100000 1000000

import { fastPlatform } from "../../chain/node/platform.ts";
import { NIL } from "../../chain/store/nodes.ts";
import { TreeEngine } from "../../chain/store/tree.ts";

const platform = fastPlatform(console.log);

/** A repeatable source of numbers 0..2^32-1 (xorshift). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function randomBytes(next: () => number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) out[i] = next();
  return out;
}

function sortedSample(keys: readonly Uint8Array[], next: () => number, count: number): Buffer[] {
  const picked = new Set<number>();
  while (picked.size < count) picked.add(next() % keys.length);
  return [...picked].map((i) => Buffer.from(keys[i] as Uint8Array)).sort(Buffer.compare);
}

const ms = (): number => performance.now();
const median = (list: number[]): number =>
  list.toSorted((a, b) => a - b)[list.length >> 1] as number;

class Run {
  readonly engine = new TreeEngine(platform);
  readonly next = numbers(7);
  readonly keys: Uint8Array[] = [];
  root = NIL;
  version = 1;
  readonly orphans: (readonly number[])[] = [];

  fill(count: number): string {
    const begin = ms();
    this.engine.begin(1);
    for (let i = 0; i < count; i++) {
      const key = randomBytes(this.next, 32);
      this.keys.push(key);
      this.root = this.engine.set(this.root, key, randomBytes(this.next, 40));
    }
    this.engine.end();
    const built = ms();
    this.engine.hashTree(this.root);
    return `insert ${(((built - begin) * 1000) / count).toFixed(2)}, first hash ${(((ms() - built) * 1000) / count).toFixed(2)} us a key`;
  }

  /** Microseconds per key of one block: sets, hashing, releasing a version that is 16 blocks old. */
  block(updates: number): [number, number, number] {
    const batch = sortedSample(this.keys, this.next, updates);
    const values = batch.map(() => randomBytes(this.next, 40));
    this.version += 1;
    const begin = ms();
    this.engine.begin(this.version);
    for (const [i, key] of batch.entries())
      this.root = this.engine.set(this.root, key, values[i] as Uint8Array);
    this.orphans.push(this.engine.end().nodes);
    const set = ms();
    this.engine.hashTree(this.root);
    const hashed = ms();
    if (this.orphans.length > 16)
      for (const id of this.orphans.shift() as readonly number[]) this.engine.arena.free(id);
    const freed = ms();
    const scale = 1000 / updates;
    return [(set - begin) * scale, (hashed - set) * scale, (freed - hashed) * scale];
  }

  reads(count: number): number {
    const picked = Array.from({ length: count }, () => this.keys[this.next() % this.keys.length]);
    const begin = ms();
    for (const key of picked) this.engine.get(this.root, key as Uint8Array);
    return ((ms() - begin) * 1000) / count;
  }
}

for (const count of process.argv
  .slice(2)
  .map(Number)
  .concat(process.argv[2] ? [] : [100_000, 1_000_000])) {
  const run = new Run();
  console.log(`${count} keys: ${run.fill(count)}`);
  for (const updates of [1000, 10_000]) {
    const blocks = Array.from({ length: updates === 1000 ? 40 : 20 }, () =>
      run.block(updates),
    ).slice(5);
    const [set, hashing, free] = [0, 1, 2].map((i) => median(blocks.map((b) => b[i] as number)));
    const total = median(blocks.map((b) => b[0] + b[1] + b[2]));
    console.log(
      `  ${updates} updates a block: set ${set?.toFixed(2)} + hash ${hashing?.toFixed(2)} + release ${free?.toFixed(2)} = ${total.toFixed(2)} us a key`,
    );
  }
  const bytes = run.engine.arena.usedBytes;
  console.log(
    `  get ${run.reads(100_000).toFixed(2)} us; ${(bytes / count).toFixed(0)} bytes a key with 16 versions`,
  );
}
