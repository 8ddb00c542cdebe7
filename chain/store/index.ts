// The door of floor 1.

export { BranchStore } from "./branch.ts";
export type { Write } from "./branch.ts";
export { MemStore, MemView } from "./memory.ts";
export { textOfBytes } from "./ordered.ts";
export { Schema } from "./schema.ts";
export type { CollectionRow, Named } from "./schema.ts";
export { StoreItem, StoreMap, StoreQueue, StoreSequence, StoreSet } from "./collections.ts";
export type { Place, QueueEntry } from "./collections.ts";
export { Index } from "./indexes.ts";
export type { IndexLayout, IndexPrefix, IndexRange, IndexSpec } from "./indexes.ts";
export {
  addressKey,
  boolKey,
  bytesKey,
  i64Key,
  prefixedAddressKey,
  sdkTimeKey,
  stringKey,
  tuple,
  u32Key,
  u64Key,
  u8Key,
} from "./keys.ts";
export type { KeyCodec, KeyReader } from "./keys.ts";
export type { KeyPrefix, KeyRange } from "./ranges.ts";
export { emptyValue, mappedValue, markValue, protoValue, stringValue, u64Value } from "./values.ts";
export type { ValueCodec } from "./values.ts";
export { TreeMultiStore } from "./multistore.ts";
export { StateLoader } from "./loader.ts";
export type { LoadOptions } from "./loader.ts";
export type { ArchiveOptions } from "./archive.ts";
export { committedHeight, DamagedState, RECORD } from "./records.ts";
export { Rollback } from "./rollback.ts";
export { repairSides } from "./side_repair.ts";
export type { SideDifference, SideRepair } from "./side_repair.ts";
export { SnapshotKeeper } from "./snapshots.ts";
export type { SnapshotMark, SnapshotPolicy } from "./snapshots.ts";
export { exportTree, importTree } from "./stream.ts";
export { describeDamage, DiskVerifier, verifyTrees } from "./verify.ts";
export type { Damage } from "./verify.ts";
export type { BlockChanges, MultiStoreOptions } from "./multistore.ts";
export type * from "./types.ts";
