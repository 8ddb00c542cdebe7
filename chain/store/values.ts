// Value codecs: how typed values become stored bytes and back.

import { assert } from "../base/assert.ts";
import { EMPTY_BYTES, fromUtf8, readU64BigEndian, u64BigEndian, utf8 } from "../base/bytes.ts";
import type { MessageType } from "../codec/types.ts";

/** Turns values of one type into stored bytes and back. `decode` gives a fresh value. */
export interface ValueCodec<V> {
  /** For `describe`. */
  readonly name: string;
  encode(value: V): Uint8Array;
  decode(bytes: Uint8Array): V;
}

/**
 * A protobuf message. A message whose fields are all default is stored as no bytes, and a leaf
 * without bytes has no ICS-23 proof: give such a message a field that is always set.
 */
export function protoValue<T>(type: MessageType<T>): ValueCodec<T> {
  return {
    name: type.name,
    encode: (value) => type.encode(value),
    decode: (bytes) => type.decode(bytes),
  };
}

/** An integer 0..2^64-1, eight bytes big-endian. */
export const u64Value: ValueCodec<bigint> = {
  name: "u64",
  encode: u64BigEndian,
  decode(bytes) {
    assert(bytes.length === 8, `a u64 value of ${bytes.length} bytes`);
    return readU64BigEndian(bytes);
  },
};

/** Text as UTF-8 (the SDK keeps balances as decimal text). */
export const stringValue: ValueCodec<string> = {
  name: "string",
  encode: utf8,
  decode(bytes) {
    const text = fromUtf8(bytes);
    assert(text !== undefined, "a text value that is not UTF-8");
    return text;
  },
};

const MARK = Uint8Array.of(1);

/** Nothing, stored as one byte 0x01, so that the entry and its neighbours' absence can be proven. */
export const markValue: ValueCodec<true> = {
  name: "mark",
  encode: () => MARK,
  decode(bytes) {
    assert(bytes.length === 1 && bytes[0] === 1, "a mark that is not 0x01");
    return true;
  },
};

/** Nothing, stored as no bytes, as the SDK has it. ICS-23 cannot prove such an entry. */
export const emptyValue: ValueCodec<true> = {
  name: "empty",
  encode: () => EMPTY_BYTES,
  decode(bytes) {
    assert(bytes.length === 0, `an empty value of ${bytes.length} bytes`);
    return true;
  },
};

/** A codec for one type over another's bytes. */
export function mappedValue<V, Inner>(
  inner: ValueCodec<Inner>,
  toInner: (value: V) => Inner,
  fromInner: (inner: Inner) => V,
): ValueCodec<V> {
  return {
    name: inner.name,
    encode: (value) => inner.encode(toInner(value)),
    decode: (bytes) => fromInner(inner.decode(bytes)),
  };
}
