// The committed versions that are kept in memory, oldest first, and the nodes that each of them
// replaced. Releasing the oldest version frees the nodes that only it still needed.

import { assert } from "../base/assert.ts";
import type { Timestamp } from "../base/time.ts";
import type { TreeEngine } from "./tree.ts";
import type { StoreRoot } from "./types.ts";

/** One committed state. */
export interface Version {
  readonly height: bigint;
  readonly time: Timestamp;
  readonly appHash: Uint8Array;
  /** Hashes of the stores, sorted by name. */
  readonly roots: readonly StoreRoot[];
  /** Root nodes by store name. */
  readonly nodes: ReadonlyMap<string, number>;
  /** Nodes of earlier versions that this one no longer has. */
  readonly orphans: Uint32Array;
  /** Bytes that those nodes hold. */
  readonly orphanBytes: number;
  /** Set when its nodes are freed: nobody may read it any more. */
  released: boolean;
}

/** How much of the past stays readable and provable. */
export interface HistoryLimits {
  /** Heights, the last commit included; at least 1. */
  readonly heights: number;
  /** Bytes held by nodes that the last commit no longer has. */
  readonly bytes: number;
}

/** The kept versions. */
export class History {
  readonly #engine: TreeEngine;
  readonly #limits: HistoryLimits;
  readonly #kept: Version[] = [];
  readonly #pins = new Map<Version, number>();
  #bytes = 0;

  constructor(engine: TreeEngine, limits: HistoryLimits) {
    assert(limits.heights >= 1, "at least the last height is kept");
    this.#engine = engine;
    this.#limits = limits;
  }

  get latest(): Version | undefined {
    return this.#kept[this.#kept.length - 1];
  }

  get oldest(): Version | undefined {
    return this.#kept[0];
  }

  /** Bytes held for versions other than the last. */
  get heldBytes(): number {
    return this.#bytes;
  }

  find(height: bigint): Version | undefined {
    const oldest = this.#kept[0];
    if (oldest === undefined || height < oldest.height) return undefined;
    return this.#kept[Number(height - oldest.height)];
  }

  /** Adds the next version and releases what is over the limits. */
  add(version: Version): void {
    const { latest } = this;
    assert(
      latest === undefined || version.height === latest.height + 1n,
      `height ${version.height} committed after ${latest?.height}`,
    );
    this.#kept.push(version);
    if (latest !== undefined) this.#bytes += version.orphanBytes;
    this.trim();
  }

  /** Releases versions over the limits, from the oldest up to a pinned one or the last. */
  trim(): void {
    while (this.#kept.length > 1) {
      const over = this.#kept.length > this.#limits.heights || this.#bytes > this.#limits.bytes;
      if (!over || this.#pins.has(this.#kept[0] as Version)) return;
      (this.#kept.shift() as Version).released = true;
      const next = this.#kept[0] as Version;
      this.#bytes -= next.orphanBytes;
      for (const id of next.orphans) this.#engine.arena.free(id);
    }
  }

  /** Keeps a version (and the later ones) until it is unpinned as often as pinned. */
  pin(version: Version): void {
    assert(!version.released, `height ${version.height} is gone`);
    this.#pins.set(version, (this.#pins.get(version) ?? 0) + 1);
  }

  unpin(version: Version): void {
    const pins = this.#pins.get(version) ?? 0;
    assert(pins > 0, `height ${version.height} is not pinned`);
    if (pins === 1) this.#pins.delete(version);
    else this.#pins.set(version, pins - 1);
    this.trim();
  }
}
