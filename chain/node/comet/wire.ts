// The few protobuf forms that CometBFT hashes or signs and that are no message of their own: the
// wrapped leaves of a header and length-delimited sign bytes. Everything else uses the generated codec.

import { concatBytes, EMPTY_BYTES, utf8 } from "../../base/bytes.ts";
import type { Timestamp } from "../../base/time.ts";

/** A 64-bit number as an unsigned varint; negative numbers take ten bytes, as int64 does. */
export function varint(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}

/** `number` as a varint field; nothing for zero. */
export function varintField(number: number, value: bigint): Uint8Array {
  return value === 0n ? EMPTY_BYTES : concatBytes(varint(BigInt(number << 3)), varint(value));
}

/** `number` as a bytes field; nothing when empty. */
export function bytesField(number: number, value: Uint8Array): Uint8Array {
  return value.length === 0
    ? EMPTY_BYTES
    : concatBytes(varint(BigInt((number << 3) | 2)), varint(BigInt(value.length)), value);
}

/** `number` as a string field; nothing when empty. */
export function stringField(number: number, value: string): Uint8Array {
  return bytesField(number, utf8(value));
}

/** Bytes of a google.protobuf.Timestamp. */
export function timestampBytes(time: Timestamp): Uint8Array {
  return concatBytes(varintField(1, time.seconds), varintField(2, BigInt(time.nanos)));
}

/** `bytes` behind its own length, as gogoproto's delimited writer has it. */
export function delimited(bytes: Uint8Array): Uint8Array {
  return concatBytes(varint(BigInt(bytes.length)), bytes);
}
