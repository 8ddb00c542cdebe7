// A disk for tests: records in order, every write a step after which the machine may stop.

import { MemStore, StateLoader } from "../../chain/store/index.ts";
import type {
  DiskRange,
  DiskWrite,
  LoadOptions,
  SnapshotStep,
  TreeMultiStore,
} from "../../chain/store/index.ts";
import { testPlatform } from "./platform.ts";

/** Records of a store, as LevelDB would hold them. */
export class TestDisk {
  readonly records = new MemStore();

  write(writes: readonly DiskWrite[]): void {
    for (const [key, value] of writes) {
      if (value === undefined) this.records.delete(key);
      else this.records.set(key, value);
    }
  }

  clear(ranges: readonly DiskRange[]): void {
    for (const { gte, lt } of ranges)
      for (const [key] of this.records.iterate(gte, lt)) this.records.delete(key);
  }

  /** One piece of a snapshot, as floor 5 handles it. */
  snapshotStep(step: SnapshotStep): void {
    this.write(step.writes);
    this.clear(step.clear);
  }

  /** What a process that starts now would have. */
  load(names: readonly string[], options: LoadOptions = {}): TreeMultiStore {
    const loader = new StateLoader(testPlatform, names, options);
    for (let range = loader.next(); range !== undefined; range = loader.next())
      for (const [key, value] of this.records.iterate(range.gte, range.lt)) loader.push(key, value);
    const store = loader.finish();
    if (options.upTo !== undefined) return store;
    this.clear(store.stale());
    for (const writes of store.archiveBase()) this.write(writes);
    return store;
  }

  copy(): TestDisk {
    const disk = new TestDisk();
    for (const [key, value] of this.records.iterate()) disk.records.set(key, value);
    return disk;
  }
}
