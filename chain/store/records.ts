// How the store's records look on disk. Floor 5 reads and writes them without knowing what is in
// them; `docs` of the layout stand here and in README.md.
//
//   01                          latest: height, first height whose change set is kept
//   02 height(8)                commit: time, app hash, store roots
//   03 height(8) part(4)        change set, in parts of about one megabyte
//   05 len(1) store key         side store
//   06 height(8) chunk(4)       tree snapshot, chunks of about 256 KB
//   07 height(8)                marker of a complete snapshot: count of chunks
//   08 to 0b                    archive of older heights, see archive.ts
// Numbers are big-endian, so that scans give heights and parts in order.

import { assert } from "../base/assert.ts";
import { concatBytes, fromUtf8, readU64BigEndian, u64BigEndian, utf8 } from "../base/bytes.ts";
import { writeUnsigned } from "./preimage.ts";
import type { CommitInfo, DiskWrite, StoreChange, StoreRoot } from "./types.ts";

/** First byte of a record's key. */
export const RECORD = {
  latest: 1,
  commit: 2,
  changes: 3,
  side: 5,
  chunk: 6,
  marker: 7,
  node: 8,
  root: 9,
  orphans: 10,
  archive: 11,
} as const;

/** A part of a change set is closed when it is this long, bytes. */
const PART_BYTES = 1 << 20;

/** Disk holds something that cannot be what was written. */
export class DamagedState extends Error {
  override readonly name = "DamagedState";
}

/** Refuses disk content with a sentence that names what is damaged. */
export function requireIntact(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new DamagedState(sentence);
}

/** Appends numbers and byte strings to a growing buffer. */
export class RecordWriter {
  #buffer = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A number 0..2^53-1 as a varint. */
  number(value: number): void {
    this.#reserve(10);
    this.#length = writeUnsigned(this.#buffer, this.#length, value);
  }

  /** Bytes with their length before them. */
  bytes(value: Uint8Array): void {
    this.number(value.length);
    this.raw(value);
  }

  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** What was written, as an array of its own; the writer begins anew. */
  take(): Uint8Array {
    const out = this.#buffer.slice(0, this.#length);
    this.#length = 0;
    return out;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const grown = new Uint8Array(2 * (this.#length + more));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

/** Reads what RecordWriter wrote. Throws: DamagedState when bytes are missing. */
export class RecordReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      requireIntact(byte !== undefined && scale < 2 ** 53, "a record ends inside a number");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  bytes(): Uint8Array {
    return this.raw(this.number());
  }

  raw(length: number): Uint8Array {
    const end = this.#at + length;
    requireIntact(end <= this.#bytes.length, "a record ends inside a byte string");
    const out = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return out;
  }

  text(): string {
    const text = fromUtf8(this.bytes());
    requireIntact(text !== undefined, "a record holds a name that is not UTF-8");
    return text;
  }
}

/** Key of a record that belongs to a height. */
export function heightKey(kind: number, height: bigint, part?: number): Uint8Array {
  const key = concatBytes(Uint8Array.of(kind), u64BigEndian(height));
  if (part === undefined) return key;
  return concatBytes(key, Uint8Array.of(part >>> 24, part >>> 16, part >>> 8, part));
}

/** Height in the key of such a record. */
export function heightOfKey(key: Uint8Array): bigint {
  requireIntact(key.length >= 9, "a record key without a height");
  return readU64BigEndian(key, 1);
}

/** What stands before the keys of one store's rows (kind `side`). */
export function rowPrefix(kind: number, store: string): Uint8Array {
  const name = utf8(store);
  assert(name.length < 256, `store name of ${name.length} bytes`);
  return concatBytes(Uint8Array.of(kind, name.length), name);
}

/** Store and key of a row. */
export function parseRow(row: Uint8Array): { readonly store: string; readonly key: Uint8Array } {
  const length = row[1] ?? 0;
  const store = fromUtf8(row.subarray(2, 2 + length));
  requireIntact(store !== undefined && row.length > 2 + length, "a row key without store or key");
  return { store, key: row.slice(2 + length) };
}

/** Adds the rows of one store's changes to `out`. */
export function addRows(
  out: DiskWrite[],
  kind: number,
  store: string,
  changes: readonly StoreChange[],
): void {
  const prefix = rowPrefix(kind, store);
  for (const [key, value] of changes) out.push([concatBytes(prefix, key), value]);
}

/** Value of the record of the latest height. */
export function encodeLatest(height: bigint, firstChange: bigint): Uint8Array {
  return concatBytes(u64BigEndian(height), u64BigEndian(firstChange));
}

/** Reads it. Throws: DamagedState. */
export function decodeLatest(value: Uint8Array): { height: bigint; firstChange: bigint } {
  requireIntact(value.length === 16, `record of the latest height has ${value.length} bytes`);
  return { height: readU64BigEndian(value), firstChange: readU64BigEndian(value, 8) };
}

/** Height of the last commit on a disk; 0 before the first. Throws: DamagedState. */
export function committedHeight(read: (key: Uint8Array) => Uint8Array | undefined): bigint {
  const value = read(Uint8Array.of(RECORD.latest));
  return value === undefined ? 0n : decodeLatest(value).height;
}

/** Value of a commit record. */
export function encodeCommit(info: CommitInfo): Uint8Array {
  const out = new RecordWriter();
  // Times before 1970 do not occur in headers; the sum keeps the varint unsigned for year 1 too.
  out.raw(u64BigEndian(info.time.seconds + (1n << 62n)));
  out.number(info.time.nanos);
  out.bytes(info.appHash);
  for (const root of info.roots) {
    out.bytes(utf8(root.name));
    out.bytes(root.hash);
  }
  return out.take();
}

/** Reads the commit record of a height. Throws: DamagedState. */
export function decodeCommit(height: bigint, value: Uint8Array): CommitInfo {
  const from = new RecordReader(value);
  const seconds = readU64BigEndian(from.raw(8)) - (1n << 62n);
  const time = { seconds, nanos: from.number() };
  const appHash = from.bytes();
  const roots: StoreRoot[] = [];
  while (!from.done) roots.push({ name: from.text(), hash: from.bytes() });
  return { height, appHash, time, roots };
}

/** A change set as one or more parts. Each part can be read alone. */
export function encodeChanges(
  changes: ReadonlyMap<string, readonly StoreChange[]>,
  names: readonly string[],
): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  const out = new RecordWriter();
  for (const [index, name] of names.entries()) {
    for (const [key, value] of changes.get(name) ?? []) {
      // 2 * index + 1 when there is a value: store and kind of change in one byte.
      out.number(2 * index + (value === undefined ? 0 : 1));
      out.bytes(key);
      if (value !== undefined) out.bytes(value);
      if (out.length >= PART_BYTES) parts.push(out.take());
    }
  }
  if (out.length > 0 || parts.length === 0) parts.push(out.take());
  return parts;
}

/** Adds one part to `into`. `names` as when it was written. */
export function decodeChanges(
  part: Uint8Array,
  names: readonly string[],
  into: Map<string, StoreChange[]>,
): void {
  const from = new RecordReader(part);
  while (!from.done) {
    const tag = from.number();
    const name = names[tag >>> 1];
    requireIntact(name !== undefined, `a change of store number ${tag >>> 1}, which is not there`);
    const key = from.bytes();
    const list = into.get(name) ?? [];
    list.push([key, tag % 2 === 1 ? from.bytes() : undefined]);
    into.set(name, list);
  }
}
