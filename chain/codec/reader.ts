// Strict reading of protobuf bytes. Accepts only what the writer produces: shortest varints, no
// explicit default (methods named `...Item` allow it, for members of lists and oneofs), valid UTF-8,
// nesting of at most 32. Generated readers call it in order of field numbers.

import { copyBytes, fromUtf8 } from "../base/bytes.ts";
import { MAX_AMOUNT, parseInteger } from "../base/integers.ts";
import type { Duration, Timestamp } from "../base/time.ts";
import { CodecError } from "./error.ts";
import { isDecText, isDuration, isIntText, isTimestamp } from "./ranges.ts";

/** Deepest nesting of messages that is read. */
export const MAX_DEPTH = 32;

const TWO_32 = 4294967296;

/** A position in the bytes of one message, with the path that led there. */
export class Reader {
  readonly #bytes: Uint8Array;
  #pos = 0;
  #limit: number;
  #depth = 0;
  readonly #path: string[];
  // The last varint, as two unsigned halves.
  #low = 0;
  #high = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#limit = bytes.length;
    this.#path = [name];
  }

  /** Refuses the bytes. `field` is the innermost name, empty for the message itself. */
  fail(field: string, reason: string): never {
    const path = this.#path.slice(0, this.#depth + 1);
    if (field !== "") path.push(field);
    throw new CodecError(path.join("."), `${reason} (byte ${this.#pos})`);
  }

  /** The next tag, or 0 at the end of the current message. */
  tag(): number {
    if (this.#pos === this.#limit) return 0;
    const first = this.#bytes[this.#pos] as number;
    if (first < 0x80) {
      if (first < 8) this.fail("", `tag ${first} has no field number`);
      this.#pos++;
      return first;
    }
    this.#varint("");
    if (this.#high !== 0) this.fail("", "tag is longer than 32 bits");
    if (this.#low < 8) this.fail("", `tag ${this.#low} has no field number`);
    return this.#low;
  }

  /** Ends a message: a tag that is left over belongs to no field, or not here. */
  end(tag: number): void {
    if (tag === 0) return;
    const field = `field ${tag >>> 3} of wire type ${tag & 7}`;
    this.fail("", `${field} is unknown, repeated or out of order`);
  }

  /** Enters a nested message. Gives the limit to hand to `leave`. */
  enter(field: string): number {
    const length = this.#length(field);
    this.#depth++;
    if (this.#depth > MAX_DEPTH) this.fail("", `nested deeper than ${MAX_DEPTH}`);
    this.#path[this.#depth] = field;
    const outer = this.#limit;
    this.#limit = this.#pos + length;
    return outer;
  }

  /** Enters a packed list, which is never empty. */
  packed(field: string): number {
    const outer = this.enter(field);
    if (this.#pos === this.#limit) this.fail("", "explicit empty list");
    return outer;
  }

  /** Whether the current message or packed list has more bytes. */
  more(): boolean {
    return this.#pos < this.#limit;
  }

  /** Leaves what `enter` or `packed` entered. */
  leave(outer: number): void {
    this.#depth--;
    this.#limit = outer;
  }

  /** Refuses a second member of one oneof; gives true, to be handed in next time. */
  member(seen: boolean, field: string): true {
    if (seen) this.fail(field, "second member of its oneof");
    return true;
  }

  string(field: string): string {
    const value = this.stringItem(field);
    if (value === "") this.#explicitDefault(field);
    return value;
  }

  stringItem(field: string): string {
    const length = this.#length(field);
    const start = this.#pos;
    this.#pos = start + length;
    if (length < 16) {
      let value = "";
      for (let i = start; i < this.#pos; i++) {
        const code = this.#bytes[i] as number;
        if (code >= 0x80) return this.#utf8(field, start);
        value += String.fromCharCode(code);
      }
      return value;
    }
    return this.#utf8(field, start);
  }

  #utf8(field: string, start: number): string {
    const value = fromUtf8(this.#bytes.subarray(start, this.#pos));
    if (value === undefined) this.fail(field, "not valid UTF-8");
    return value;
  }

  /** The bytes are copied: they outlive the input. */
  bytes(field: string): Uint8Array {
    const value = this.bytesItem(field);
    if (value.length === 0) this.#explicitDefault(field);
    return value;
  }

  bytesItem(field: string): Uint8Array {
    const length = this.#length(field);
    const start = this.#pos;
    this.#pos = start + length;
    return copyBytes(this.#bytes, start, this.#pos);
  }

  bool(field: string): true {
    if (!this.boolItem(field)) this.#explicitDefault(field);
    return true;
  }

  boolItem(field: string): boolean {
    this.#varint(field);
    if (this.#high !== 0 || this.#low > 1) this.fail(field, "a bool is 0 or 1");
    return this.#low === 1;
  }

  uint32(field: string): number {
    const value = this.uint32Item(field);
    if (value === 0) this.#explicitDefault(field);
    return value;
  }

  uint32Item(field: string): number {
    this.#varint(field);
    if (this.#high !== 0) this.fail(field, "out of range of uint32");
    return this.#low;
  }

  int32(field: string): number {
    const value = this.int32Item(field);
    if (value === 0) this.#explicitDefault(field);
    return value;
  }

  /** Negative numbers are sign-extended to ten bytes, as all encoders do. Enums are int32 too. */
  int32Item(field: string): number {
    this.#varint(field);
    const value = this.#low | 0;
    const expected = value < 0 ? TWO_32 - 1 : 0;
    if (this.#high !== expected) this.fail(field, "out of range of int32");
    return value;
  }

  sint32(field: string): number {
    const value = this.sint32Item(field);
    if (value === 0) this.#explicitDefault(field);
    return value;
  }

  sint32Item(field: string): number {
    const value = this.uint32Item(field);
    return (value >>> 1) ^ -(value & 1);
  }

  uint64(field: string): bigint {
    const value = this.uint64Item(field);
    if (value === 0n) this.#explicitDefault(field);
    return value;
  }

  uint64Item(field: string): bigint {
    this.#varint(field);
    return this.#unsigned();
  }

  int64(field: string): bigint {
    const value = this.int64Item(field);
    if (value === 0n) this.#explicitDefault(field);
    return value;
  }

  int64Item(field: string): bigint {
    this.#varint(field);
    return this.#high < 0x80000000 ? this.#unsigned() : BigInt.asIntN(64, this.#unsigned());
  }

  sint64(field: string): bigint {
    const value = this.sint64Item(field);
    if (value === 0n) this.#explicitDefault(field);
    return value;
  }

  sint64Item(field: string): bigint {
    const value = this.uint64Item(field);
    return (value >> 1n) ^ -(value & 1n);
  }

  fixed32(field: string): number {
    const value = this.fixed32Item(field);
    if (value === 0) this.#explicitDefault(field);
    return value;
  }

  fixed32Item(field: string): number {
    const start = this.#pos;
    if (start + 4 > this.#limit) this.fail(field, "ends before its last byte");
    this.#pos += 4;
    const bytes = this.#bytes;
    const low = (bytes[start] as number) | ((bytes[start + 1] as number) << 8);
    return (
      (low | ((bytes[start + 2] as number) << 16) | ((bytes[start + 3] as number) << 24)) >>> 0
    );
  }

  sfixed32(field: string): number {
    return this.fixed32(field) | 0;
  }

  sfixed32Item(field: string): number {
    return this.fixed32Item(field) | 0;
  }

  fixed64(field: string): bigint {
    const value = this.fixed64Item(field);
    if (value === 0n) this.#explicitDefault(field);
    return value;
  }

  fixed64Item(field: string): bigint {
    this.#low = this.fixed32Item(field);
    this.#high = this.fixed32Item(field);
    return this.#unsigned();
  }

  sfixed64(field: string): bigint {
    return BigInt.asIntN(64, this.fixed64(field));
  }

  sfixed64Item(field: string): bigint {
    return BigInt.asIntN(64, this.fixed64Item(field));
  }

  /** Text of Go's Int: the shortest decimal form of at most 256 bits. */
  intText(field: string): string {
    const value = this.string(field);
    if (!isIntText(value)) this.fail(field, "not a decimal integer of at most 256 bits");
    return value;
  }

  /** Text of Go's LegacyDec: a whole number of 10^-18 of at most 315 bits. */
  decText(field: string): string {
    const value = this.string(field);
    if (!isDecText(value)) this.fail(field, "not a decimal integer of at most 315 bits");
    return value;
  }

  /** An amount of a message of ours: decimal text on the wire, always there. */
  amount(field: string): bigint {
    const value = parseInteger(this.stringItem(field), MAX_AMOUNT);
    if (value === undefined) this.fail(field, "not a decimal integer of at most 256 bits");
    return value;
  }

  /** Holds a timestamp that was just entered to the years 1 to 9999, as Go does. */
  time(value: Timestamp): Timestamp {
    if (!isTimestamp(value)) this.fail("", "not a time between the years 1 and 9999");
    return value;
  }

  /** Holds a duration to what fits into Go's int64 nanoseconds. */
  duration(value: Duration): Duration {
    if (!isDuration(value)) this.fail("", "not a duration of at most 292 years");
    return value;
  }

  #explicitDefault(field: string): never {
    this.fail(field, "explicit default value");
  }

  #length(field: string): number {
    this.#varint(field);
    if (this.#high !== 0 || this.#pos + this.#low > this.#limit) {
      this.fail(field, "longer than what contains it");
    }
    return this.#low;
  }

  #unsigned(): bigint {
    if (this.#high === 0) return BigInt(this.#low);
    if (this.#high < 0x200000) return BigInt(this.#high * TWO_32 + this.#low);
    return (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  /** Reads a varint of the shortest form into #low and #high. */
  #varint(field: string): void {
    const bytes = this.#bytes;
    const limit = this.#limit;
    let pos = this.#pos;
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (pos >= limit) this.fail(field, "ends inside a varint");
      const byte = bytes[pos++] as number;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift === 28) {
        low |= (byte & 0x0f) << 28;
        high = (byte & 0x7f) >> 4;
      } else high |= (byte & 0x7f) << (shift - 32);
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) this.fail(field, "varint is not of the shortest form");
        if (shift === 63 && byte > 1) this.fail(field, "varint is longer than 64 bits");
        break;
      }
      if (shift === 63) this.fail(field, "varint is longer than 64 bits");
    }
    this.#pos = pos;
    this.#low = low >>> 0;
    this.#high = high >>> 0;
  }
}
