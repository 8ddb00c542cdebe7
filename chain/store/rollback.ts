// Going back to an earlier height on disk. The store is loaded up to that height (`LoadOptions.upTo`)
// and the records of later heights go. One atomic batch: a crash leaves the state before or after.
//
//   const back = new Rollback(store);
//   for (const range of back.ranges) await database.scan(range, (key, value) => back.push(key, value));
//   await database.write([...back.writes(), ...sideRows], { sync: true });

import { concatBytes, readU64BigEndian, u64BigEndian } from "../base/bytes.ts";
import type { TreeMultiStore } from "./multistore.ts";
import { decodeLatest, encodeLatest, heightKey, RECORD } from "./records.ts";
import type { DiskRange, DiskWrite } from "./types.ts";

/** Makes the height at which a store was loaded the last one of its disk. */
export class Rollback {
  readonly #store: TreeMultiStore;
  readonly #removed: Uint8Array[] = [];
  #archive: Uint8Array | undefined;
  #firstChange = 0n;

  constructor(store: TreeMultiStore) {
    this.#store = store;
  }

  /** What is to be pushed, in this order. */
  get ranges(): readonly DiskRange[] {
    const after = (kind: number): DiskRange => ({
      gte: heightKey(kind, this.#store.height + 1n),
      lt: Uint8Array.of(kind + 1),
    });
    const single = (kind: number): DiskRange => ({
      gte: Uint8Array.of(kind),
      lt: Uint8Array.of(kind + 1),
    });
    return [
      single(RECORD.latest),
      single(RECORD.archive),
      after(RECORD.commit),
      after(RECORD.changes),
      after(RECORD.marker),
    ];
  }

  /** Takes one record. */
  push(key: Uint8Array, value: Uint8Array): void {
    switch (key[0]) {
      case RECORD.latest:
        this.#firstChange = decodeLatest(value).firstChange;
        return;
      case RECORD.archive:
        this.#archive = value.slice();
        return;
      default:
        this.#removed.push(key.slice());
    }
  }

  /** The records to write. */
  writes(): DiskWrite[] {
    const writes: DiskWrite[] = this.#removed.map((key) => [key, undefined]);
    const { height } = this.#store;
    writes.push([Uint8Array.of(RECORD.latest), encodeLatest(height, this.#firstChange)]);
    if (this.#archive !== undefined)
      writes.push([Uint8Array.of(RECORD.archive), shortened(this.#archive, height)]);
    return writes;
  }
}

/** The archive's record when it ends at `height`; undefined when it only began later. */
function shortened(record: Uint8Array, height: bigint): Uint8Array | undefined {
  const from = readU64BigEndian(record);
  if (from > height) return undefined;
  return concatBytes(u64BigEndian(from), u64BigEndian(height), record.subarray(16));
}
