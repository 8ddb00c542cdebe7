// Key codecs: how typed keys become bytes whose order is the order of the values, so that ranges of
// keys are ranges of values. Byte layouts are those of the SDK's collections: integers big-endian,
// strings NUL-terminated and bytes length-prefixed unless they stand last.

import { assert, must } from "../base/assert.ts";
import type { Address } from "../base/address.ts";
import { addressFromBytes } from "../base/address.ts";
import { fromUtf8, readU64BigEndian, u64BigEndian, utf8 } from "../base/bytes.ts";
import { formatTime, parseTime } from "../base/time.ts";
import type { Timestamp } from "../base/time.ts";

/** A place in key bytes that codecs read from. */
export interface KeyReader {
  readonly bytes: Uint8Array;
  offset: number;
}

/** Turns values of one type into key bytes and back. */
export interface KeyCodec<K> {
  /** For `describe`: `u64`, `address`, `(u64, string)`. */
  readonly name: string;
  /** Codecs of the parts, of a tuple. */
  readonly parts?: readonly KeyCodec<never>[];
  /**
   * Whether the same value (`===`, or a list of such) means the same bytes for ever: text, numbers and
   * addresses, not arrays of bytes that their owner may change.
   */
  readonly lasting?: boolean;
  /** Pieces to be joined. `last` tells that nothing follows in the key. */
  encode(value: K, last: boolean, out: Uint8Array[]): void;
  /** Reads one value and moves the reader behind it. A bug when the bytes are not of this form. */
  decode(from: KeyReader, last: boolean): K;
}

function take(from: KeyReader, length: number): Uint8Array {
  const end = from.offset + length;
  assert(end <= from.bytes.length, `key ends inside a part of ${length} bytes`);
  const part = from.bytes.slice(from.offset, end);
  from.offset = end;
  return part;
}

function byteCodec(name: string, max: number): KeyCodec<number> {
  return {
    name,
    lasting: true,
    encode(value, _last, out) {
      assert(Number.isInteger(value) && value >= 0 && value <= max, `${name} key ${value}`);
      out.push(Uint8Array.of(value));
    },
    decode(from) {
      const value = take(from, 1)[0] as number;
      assert(value <= max, `${name} key ${value}`);
      return value;
    },
  };
}

/** An integer 0..255 (enum numbers too), one byte. */
export const u8Key: KeyCodec<number> = byteCodec("u8", 255);

/** False before true, one byte. */
export const boolKey: KeyCodec<boolean> = {
  name: "bool",
  lasting: true,
  encode(value, _last, out) {
    out.push(Uint8Array.of(value ? 1 : 0));
  },
  decode(from) {
    const byte = take(from, 1)[0] as number;
    assert(byte <= 1, `bool key ${byte}`);
    return byte === 1;
  },
};

/** An integer 0..2^32-1, four bytes big-endian. */
export const u32Key: KeyCodec<number> = {
  name: "u32",
  lasting: true,
  encode(value, _last, out) {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffffffff, `u32 key ${value}`);
    out.push(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value));
  },
  decode(from) {
    const part = take(from, 4);
    return new DataView(part.buffer).getUint32(0);
  },
};

/** An integer 0..2^64-1, eight bytes big-endian. */
export const u64Key: KeyCodec<bigint> = {
  name: "u64",
  lasting: true,
  encode(value, _last, out) {
    out.push(u64BigEndian(value));
  },
  decode(from) {
    return readU64BigEndian(take(from, 8));
  },
};

/** A signed 64-bit integer, eight bytes big-endian with the sign bit flipped. */
export const i64Key: KeyCodec<bigint> = {
  name: "i64",
  lasting: true,
  encode(value, _last, out) {
    out.push(u64BigEndian(value + (1n << 63n)));
  },
  decode(from) {
    return readU64BigEndian(take(from, 8)) - (1n << 63n);
  },
};

const NUL = Uint8Array.of(0);

/** The text that was written last: denoms come again and again. */
let lastText: { readonly text: string; readonly bytes: Uint8Array } = {
  text: "",
  bytes: NUL.slice(1),
};

/** Text as UTF-8, followed by a zero byte unless last. Before others it must not hold U+0000. Orders by UTF-8 bytes. */
export const stringKey: KeyCodec<string> = {
  name: "string",
  lasting: true,
  encode(value, last, out) {
    if (value !== lastText.text) lastText = { text: value, bytes: utf8(value) };
    const { bytes } = lastText;
    out.push(bytes);
    if (last) return;
    assert(!bytes.includes(0), "a string key that is not last must not hold U+0000");
    out.push(NUL);
  },
  decode(from, last) {
    const end = last ? from.bytes.length : from.bytes.indexOf(0, from.offset);
    assert(end >= 0, "a string key without its terminating zero");
    const text = fromUtf8(take(from, end - from.offset));
    if (!last) from.offset += 1;
    assert(text !== undefined, "a string key that is not UTF-8");
    return text;
  },
};

/** Each byte as an array: what stands before a part of that length. */
const LENGTHS = Array.from({ length: 256 }, (_, length) => Uint8Array.of(length));

function encodePrefixed(value: Uint8Array, out: Uint8Array[]): void {
  assert(value.length <= 255, `a key part of ${value.length} bytes, at most 255 fit the prefix`);
  out.push(LENGTHS[value.length] as Uint8Array, value);
}

function decodePrefixed(from: KeyReader): Uint8Array {
  const length = take(from, 1)[0] as number;
  return take(from, length);
}

/**
 * Bytes, with a one-byte length before them unless last. Last, they order bytewise; before others
 * they order by length first. At most 255 unless last.
 */
export const bytesKey: KeyCodec<Uint8Array> = {
  name: "bytes",
  encode(value, last, out) {
    if (last) out.push(value);
    else encodePrefixed(value, out);
  },
  decode(from, last) {
    return last ? take(from, from.bytes.length - from.offset) : decodePrefixed(from);
  },
};

const TIME_LENGTH = 29;

/** A time as 29 characters of text with nine decimals: how the SDK's queues order by time. */
export const sdkTimeKey: KeyCodec<Timestamp> = {
  name: "time text",
  encode(value, _last, out) {
    const whole = formatTime({ seconds: value.seconds, nanos: 0 }).slice(0, -1);
    const text = `${whole}.${value.nanos.toString().padStart(9, "0")}`;
    assert(text.length === TIME_LENGTH, `time key ${text}`);
    out.push(utf8(text));
  },
  decode(from) {
    const text = fromUtf8(take(from, TIME_LENGTH));
    return must(parseTime(`${text}Z`), `time key ${text}`);
  },
};

/** An address: as `bytesKey`. */
export const addressKey: KeyCodec<Address> = {
  name: "address",
  lasting: true,
  encode(value, last, out) {
    bytesKey.encode(value, last, out);
  },
  decode(from, last) {
    return addressFromBytes(bytesKey.decode(from, last));
  },
};

/** An address with its length byte even when last, as older SDK layouts have it (bank's denom index). */
export const prefixedAddressKey: KeyCodec<Address> = {
  name: "prefixed address",
  lasting: true,
  encode(value, _last, out) {
    encodePrefixed(value, out);
  },
  decode(from) {
    return addressFromBytes(decodePrefixed(from));
  },
};

type Parts<T extends readonly unknown[]> = { readonly [I in keyof T]: KeyCodec<T[I]> };

/** Several parts, one after another. Orders by the first part, then the second, and so on. */
export function tuple<T extends readonly unknown[]>(...parts: Parts<T>): KeyCodec<Readonly<T>> {
  const codecs = parts as unknown as readonly KeyCodec<unknown>[];
  assert(codecs.length > 1, "a tuple key has at least two parts");
  return {
    name: `(${codecs.map((part) => part.name).join(", ")})`,
    parts: codecs as readonly KeyCodec<never>[],
    lasting: codecs.every((part) => part.lasting === true && part.parts === undefined),
    encode(value, last, out) {
      assert(value.length === codecs.length, `tuple of ${value.length}, not ${codecs.length}`);
      const end = codecs.length - 1;
      for (let i = 0; i <= end; i++)
        (codecs[i] as KeyCodec<unknown>).encode(value[i], last && i === end, out);
    },
    decode(from, last) {
      const value = codecs.map((codec, i) => codec.decode(from, last && i === codecs.length - 1));
      return value as unknown as Readonly<T>;
    },
  };
}
