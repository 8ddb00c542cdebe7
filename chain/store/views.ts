// Committed states as they are read: a height in memory, a height in the archive, and the state before
// the first commit.

import { assert, BugError, must } from "../base/assert.ts";
import { utf8 } from "../base/bytes.ts";
import type { Platform } from "../base/platform.ts";
import { entriesBelow, findBelow } from "./archive.ts";
import type { ArchivedHeight } from "./archive.ts";
import type { Version } from "./history.ts";
import { MemStore } from "./memory.ts";
import { NIL } from "./nodes.ts";
import { proveBelow, proveKey } from "./proofs.ts";
import type { TreeNode } from "./proofs.ts";
import { proveStore } from "./roots.ts";
import type { TreeEngine } from "./tree.ts";
import type { ProofOp, ReadStore, StateView, StoreEntry, StoreRoot } from "./types.ts";

/** A committed height. Using it after the height was released is a bug. */
export class CommittedView implements StateView {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  readonly archived = false;
  readonly #engine: TreeEngine;
  readonly #version: Version;

  constructor(engine: TreeEngine, version: Version) {
    this.height = version.height;
    this.appHash = version.appHash;
    this.#engine = engine;
    this.#version = version;
  }

  store(name: string): ReadStore {
    return new TreeReader(this.#engine, () => this.#root(name));
  }

  prove(store: string, key: Uint8Array): readonly ProofOp[] {
    const inStore = proveKey(this.#engine, this.#root(store), key);
    return proofOps(this.#engine.platform, this.#version.roots, store, key, inStore);
  }

  #root(name: string): number {
    assert(!this.#version.released, `height ${this.height} was released`);
    return must(this.#version.nodes.get(name), `no store ${name}`);
  }
}

/** One store of a view. Asks for its root each time, so that a released height is noticed. */
class TreeReader implements ReadStore {
  readonly #engine: TreeEngine;
  readonly #root: () => number;

  constructor(engine: TreeEngine, root: () => number) {
    this.#engine = engine;
    this.#root = root;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#engine.get(this.#root(), key);
  }

  has(key: Uint8Array): boolean {
    return this.#engine.find(this.#root(), key) !== NIL;
  }

  iterate(start?: Uint8Array, end?: Uint8Array, reverse?: boolean): IterableIterator<StoreEntry> {
    return this.#engine.entries(this.#root(), start, end, reverse);
  }
}

/** A height of the archive: nodes are read from disk one by one. */
export class ArchivedView implements StateView {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  readonly archived = true;
  readonly #platform: Platform;
  readonly #found: ArchivedHeight;

  constructor(platform: Platform, found: ArchivedHeight) {
    this.height = found.info.height;
    this.appHash = found.info.appHash;
    this.#platform = platform;
    this.#found = found;
  }

  store(name: string): ReadStore {
    const root = this.#root(name);
    return {
      get: (key) => findBelow(root, key)?.value,
      has: (key) => findBelow(root, key) !== undefined,
      iterate: (start, end, reverse) => entriesBelow(root, start, end, reverse ?? false),
    };
  }

  prove(store: string, key: Uint8Array): readonly ProofOp[] {
    const inStore = proveBelow(this.#root(store), key);
    return proofOps(this.#platform, this.#found.info.roots, store, key, inStore);
  }

  #root(name: string): TreeNode | undefined {
    assert(this.#found.roots.has(name), `no store ${name} at height ${this.height}`);
    return this.#found.roots.get(name);
  }
}

/** Both steps of a proof: key in its store, store in the application hash. */
function proofOps(
  platform: Platform,
  roots: readonly StoreRoot[],
  store: string,
  key: Uint8Array,
  inStore: Uint8Array,
): readonly ProofOp[] {
  const inRoot = proveStore(platform, roots, store);
  return [
    { type: "ics23:iavl", key, data: inStore },
    { type: "ics23:simple", key: utf8(store), data: inRoot },
  ];
}

/** The state before the first commit. */
export class EmptyView implements StateView {
  readonly height = 0n;
  readonly appHash: Uint8Array;
  readonly archived = false;
  readonly #names: readonly string[];

  constructor(names: readonly string[], appHash: Uint8Array) {
    this.#names = names;
    this.appHash = appHash;
  }

  store(name: string): ReadStore {
    assert(this.#names.includes(name), `no store ${name}`);
    return new MemStore();
  }

  prove(): readonly ProofOp[] {
    throw new BugError("a proof was asked for before the first commit");
  }
}
