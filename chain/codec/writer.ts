// Writing of protobuf bytes, from back to front: a nested message is written before its length, so
// nothing is sized in advance. Fields are therefore written in descending order of their numbers.
// Every method checks type and range of the value: a caller may be plain JavaScript.

import { copyBytes, utf8 } from "../base/bytes.ts";
import { MAX_AMOUNT } from "../base/integers.ts";
import type { Duration, Timestamp } from "../base/time.ts";
import { CodecError } from "./error.ts";
import { isDecText, isDuration, isIntText, isTimestamp } from "./ranges.ts";

const MIN_BUFFER = 1024;
/** A buffer that grew beyond this is not kept for the next message. */
const MAX_KEPT_BUFFER = 1 << 20;

/** Collects the bytes of one message at a time. */
export class Writer {
  #buffer = new Uint8Array(MIN_BUFFER);
  #pos = MIN_BUFFER;

  /** Bytes written so far. */
  get size(): number {
    return this.#buffer.length - this.#pos;
  }

  /** Forgets what was written. */
  start(): void {
    if (this.#buffer.length > MAX_KEPT_BUFFER) this.#buffer = new Uint8Array(MIN_BUFFER);
    this.#pos = this.#buffer.length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return copyBytes(this.#buffer, this.#pos, this.#buffer.length);
  }

  /** Refuses the value. `field` is message and field name. */
  fail(field: string, reason: string): never {
    throw new CodecError(field, reason);
  }

  /** Ends a nested message or packed list that began when `size` was `mark`. */
  nested(tag: number, mark: number): void {
    this.#varint32(this.size - mark);
    this.#varint32(tag);
  }

  string(tag: number, value: string, field: string): void {
    if (typeof value !== "string") this.fail(field, "not a string");
    const { length } = value;
    if (length > 64 || !this.#ascii(value)) {
      if (!value.isWellFormed()) this.fail(field, "has a lone surrogate, which has no UTF-8 form");
      this.#raw(utf8(value));
      return this.#varint32(tag);
    }
    this.#varint32(length);
    this.#varint32(tag);
  }

  /** Writes short ASCII text; false, with nothing written, when it is not ASCII. */
  #ascii(value: string): boolean {
    this.#reserve(value.length);
    const start = this.#pos - value.length;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) return false;
      this.#buffer[start + i] = code;
    }
    this.#pos = start;
    return true;
  }

  bytes(tag: number, value: Uint8Array, field: string): void {
    if (!(value instanceof Uint8Array)) this.fail(field, "not a Uint8Array");
    this.#raw(value);
    this.#varint32(tag);
  }

  #raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#pos -= value.length;
    this.#buffer.set(value, this.#pos);
    this.#varint32(value.length);
  }

  bool(tag: number, value: boolean, field: string): void {
    this.boolItem(value, field);
    this.#varint32(tag);
  }

  boolItem(value: boolean, field: string): void {
    if (typeof value !== "boolean") this.fail(field, "not a boolean");
    this.#varint32(value ? 1 : 0);
  }

  uint32(tag: number, value: number, field: string): void {
    this.uint32Item(value, field);
    this.#varint32(tag);
  }

  uint32Item(value: number, field: string): void {
    if (value >>> 0 !== value) this.fail(field, `out of range of uint32: ${value}`);
    this.#varint32(value);
  }

  int32(tag: number, value: number, field: string): void {
    this.int32Item(value, field);
    this.#varint32(tag);
  }

  int32Item(value: number, field: string): void {
    if ((value | 0) !== value) this.fail(field, `out of range of int32: ${value}`);
    if (value >= 0) this.#varint32(value);
    else this.#varint64(BigInt.asUintN(64, BigInt(value)));
  }

  sint32(tag: number, value: number, field: string): void {
    this.sint32Item(value, field);
    this.#varint32(tag);
  }

  sint32Item(value: number, field: string): void {
    if ((value | 0) !== value) this.fail(field, `out of range of sint32: ${value}`);
    this.#varint32(((value << 1) ^ (value >> 31)) >>> 0);
  }

  uint64(tag: number, value: bigint, field: string): void {
    this.uint64Item(value, field);
    this.#varint32(tag);
  }

  uint64Item(value: bigint, field: string): void {
    this.#checkUnsigned(value, "uint64", field);
    this.#varint64(value);
  }

  int64(tag: number, value: bigint, field: string): void {
    this.int64Item(value, field);
    this.#varint32(tag);
  }

  int64Item(value: bigint, field: string): void {
    this.#checkSigned(value, "int64", field);
    this.#varint64(value < 0n ? BigInt.asUintN(64, value) : value);
  }

  sint64(tag: number, value: bigint, field: string): void {
    this.sint64Item(value, field);
    this.#varint32(tag);
  }

  sint64Item(value: bigint, field: string): void {
    this.#checkSigned(value, "sint64", field);
    this.#varint64(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));
  }

  fixed32(tag: number, value: number, field: string): void {
    this.fixed32Item(value, field);
    this.#varint32(tag);
  }

  fixed32Item(value: number, field: string): void {
    if (value >>> 0 !== value) this.fail(field, `out of range of fixed32: ${value}`);
    this.#word(value);
  }

  sfixed32(tag: number, value: number, field: string): void {
    this.sfixed32Item(value, field);
    this.#varint32(tag);
  }

  sfixed32Item(value: number, field: string): void {
    if ((value | 0) !== value) this.fail(field, `out of range of sfixed32: ${value}`);
    this.#word(value >>> 0);
  }

  fixed64(tag: number, value: bigint, field: string): void {
    this.fixed64Item(value, field);
    this.#varint32(tag);
  }

  fixed64Item(value: bigint, field: string): void {
    this.#checkUnsigned(value, "fixed64", field);
    this.#word(Number(value >> 32n));
    this.#word(Number(BigInt.asUintN(32, value)));
  }

  sfixed64(tag: number, value: bigint, field: string): void {
    this.sfixed64Item(value, field);
    this.#varint32(tag);
  }

  sfixed64Item(value: bigint, field: string): void {
    this.#checkSigned(value, "sfixed64", field);
    this.fixed64Item(BigInt.asUintN(64, value), field);
  }

  intText(tag: number, value: string, field: string): void {
    if (!isIntText(value)) this.fail(field, "not a decimal integer of at most 256 bits");
    this.string(tag, value, field);
  }

  decText(tag: number, value: string, field: string): void {
    if (!isDecText(value)) this.fail(field, "not a decimal integer of at most 315 bits");
    this.string(tag, value, field);
  }

  amount(tag: number, value: bigint, field: string): void {
    if (typeof value !== "bigint") this.fail(field, "not a bigint");
    if (value > MAX_AMOUNT || value < -MAX_AMOUNT) this.fail(field, "more than 256 bits");
    this.string(tag, value.toString(), field);
  }

  /** Refuses a time that Go does not encode. */
  time(value: Timestamp, field: string): Timestamp {
    if (!isTimestamp(value)) this.fail(field, "not a time between the years 1 and 9999");
    return value;
  }

  /** Refuses a duration that Go does not encode. */
  duration(value: Duration, field: string): Duration {
    if (!isDuration(value)) this.fail(field, "not a duration of at most 292 years");
    return value;
  }

  #checkUnsigned(value: bigint, type: string, field: string): void {
    if (typeof value !== "bigint") this.fail(field, "not a bigint");
    if (BigInt.asUintN(64, value) !== value) this.fail(field, `out of range of ${type}: ${value}`);
  }

  #checkSigned(value: bigint, type: string, field: string): void {
    if (typeof value !== "bigint") this.fail(field, "not a bigint");
    if (BigInt.asIntN(64, value) !== value) this.fail(field, `out of range of ${type}: ${value}`);
  }

  #reserve(length: number): void {
    if (this.#pos >= length) return;
    const { size } = this;
    let capacity = this.#buffer.length * 2;
    while (capacity < size + length) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.#buffer.subarray(this.#pos), capacity - size);
    this.#buffer = grown;
    this.#pos = capacity - size;
  }

  #word(value: number): void {
    this.#reserve(4);
    this.#pos -= 4;
    for (let i = 0; i < 4; i++) this.#buffer[this.#pos + i] = value >>> (8 * i);
  }

  /** `value` is a whole number 0..2^32-1. */
  #varint32(value: number): void {
    this.#reserve(5);
    if (value < 0x80) {
      this.#buffer[--this.#pos] = value;
      return;
    }
    const width = value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
    this.#pos -= width;
    for (let i = 0; i < width - 1; i++) {
      this.#buffer[this.#pos + i] = (value & 0x7f) | 0x80;
      value >>>= 7;
    }
    this.#buffer[this.#pos + width - 1] = value;
  }

  /** `value` is 0..2^64-1. */
  #varint64(value: bigint): void {
    if (value < 0x100000000n) return this.#varint32(Number(value));
    this.#reserve(10);
    let width = 5;
    while (width < 10 && value >> BigInt(7 * width) !== 0n) width++;
    this.#pos -= width;
    for (let i = 0; i < width; i++) {
      const part = Number((value >> BigInt(7 * i)) & 0x7fn);
      this.#buffer[this.#pos + i] = i < width - 1 ? part | 0x80 : part;
    }
  }
}
