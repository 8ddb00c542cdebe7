// Mutations of bytes. Blind ones (bits, ranges, lengths) break the form of an input; those that know
// protobuf cut it into fields first and mostly mend the lengths, so that damage reaches deep fields.

import type { Random } from "../sim/random.ts";
import { concatBytes, utf8 } from "../../chain/base/bytes.ts";

const EDGES = [0x00, 0x01, 0x02, 0x7f, 0x80, 0x81, 0xfe, 0xff];
const NUMBERS = [0n, 1n, 127n, 128n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n].concat([
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
  2n ** 64n - 2n ** 31n,
]);
const TEXTS: readonly string[] = [
  "",
  "0",
  "-1",
  "+1",
  "01",
  "1e9",
  "0x1",
  " ",
  "ulease",
  "a",
].concat(
  ["9".repeat(78), "9".repeat(80), "lease1", "/cosmos.bank.v1beta1.MsgSend", "/a.B", "\u0000"],
  ["\ufeff", "𝔘", "x".repeat(300)],
);
const CONTENTS: readonly Uint8Array[] = [
  ...TEXTS.map(utf8),
  ...[0xff, 0xc0, 0xed, 0xf4].map((first) => Uint8Array.of(first, 0xa0, 0x80, 0x80)),
  Uint8Array.of(0x0a, 0x00),
  ...[20, 33, 64].map((length) => new Uint8Array(length)),
];

/** A varint of any size; `stretch` adds bytes that say nothing. */
export function varint(value: bigint, stretch = 0): Uint8Array {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  out.push(Number(rest));
  for (let left = stretch; left > 0; left--) {
    out[out.length - 1] = (out.at(-1) as number) | 0x80;
    out.push(0);
  }
  return Uint8Array.from(out);
}

/** Random bytes. */
export function someBytes(random: Random, most: number): Uint8Array {
  return Uint8Array.from({ length: random.int(0, most) }, () => random.next() & 0xff);
}

function replaced(bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  return concatBytes(bytes.subarray(0, from), by, bytes.subarray(to));
}

function range(bytes: Uint8Array, random: Random, most: number): readonly [number, number] {
  const from = random.int(0, Math.max(0, bytes.length - 1));
  return [from, Math.min(bytes.length, from + random.int(1, most))];
}

type Operator = (bytes: Uint8Array, random: Random, donor: Uint8Array) => Uint8Array;

/** One byte becomes another. */
function touch(bytes: Uint8Array, random: Random, change: (byte: number) => number): Uint8Array {
  const out = bytes.slice();
  const at = random.int(0, Math.max(0, out.length - 1));
  if (at < out.length) out[at] = change(out[at] as number);
  return out;
}

const BLIND: readonly Operator[] = [
  (bytes, random) => touch(bytes, random, (byte) => byte ^ (1 << random.int(0, 7))),
  (bytes, random) => touch(bytes, random, (byte) => byte + random.of([-1, 1, 16, -16])),
  (bytes, random) => touch(bytes, random, () => random.of(EDGES)),
  (bytes, random) => replaced(bytes, ...range(bytes, random, 8), new Uint8Array(0)),
  (bytes, random) => {
    const at = random.int(0, bytes.length);
    return replaced(bytes, at, at, someBytes(random, 8));
  },
  (bytes, random) => {
    const [from, to] = range(bytes, random, 40);
    return replaced(bytes, to, to, bytes.subarray(from, to));
  },
  (bytes, random) => bytes.slice(0, random.int(0, bytes.length)),
  (bytes, random) => concatBytes(bytes, someBytes(random, 12)),
  (bytes, random, donor) => {
    const [from, to] = range(donor, random, 60);
    return replaced(bytes, ...range(bytes, random, 60), donor.subarray(from, to));
  },
  (bytes, random, donor) =>
    concatBytes(
      bytes.subarray(0, random.int(0, bytes.length)),
      donor.subarray(random.int(0, donor.length)),
    ),
  (bytes, random) => replaced(bytes, ...range(bytes, random, 4), random.of(CONTENTS)),
  (bytes, random) => replaced(bytes, ...range(bytes, random, 2), varint(random.of(NUMBERS))),
];

/** Damages bytes of any form, once to three times. */
export function mutateBytes(bytes: Uint8Array, random: Random, donor: Uint8Array): Uint8Array {
  let out = bytes;
  for (let left = random.of([1, 1, 1, 2, 3]); left > 0; left--)
    out = random.of(BLIND)(out, random, donor);
  return out;
}

/** One field of a message as it stands in the bytes. */
export interface Piece {
  readonly number: number;
  readonly wire: number;
  /** Value of a varint; length of a content. */
  readonly value: bigint;
  readonly content: Uint8Array;
}

function readVarint(
  bytes: Uint8Array,
  at: number,
): readonly [value: bigint, end: number] | undefined {
  let value = 0n;
  for (let i = 0; i < 10 && at + i < bytes.length; i++) {
    const byte = bytes[at + i] as number;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return [value, at + i + 1];
  }
  return undefined;
}

function cutPiece(bytes: Uint8Array, at: number): readonly [Piece, number] | undefined {
  const tag = readVarint(bytes, at);
  if (tag === undefined || tag[0] < 8n || tag[0] >= 2n ** 32n) return undefined;
  const [number, wire] = [Number(tag[0] >> 3n), Number(tag[0] & 7n)];
  const size = wire === 1 ? 8 : wire === 5 ? 4 : undefined;
  const value = size === undefined ? readVarint(bytes, tag[1]) : ([0n, tag[1]] as const);
  if (value === undefined || (wire !== 0 && wire !== 2 && size === undefined)) return undefined;
  const end = wire === 2 ? value[1] + Number(value[0]) : value[1] + (size ?? 0);
  if (end > bytes.length) return undefined;
  const content = wire === 0 ? new Uint8Array(0) : bytes.subarray(value[1], end);
  return [{ number, wire, value: value[0], content }, end];
}

/** The fields of a message; undefined when the bytes cannot be cut. */
export function cut(bytes: Uint8Array): Piece[] | undefined {
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length;) {
    const found = cutPiece(bytes, at);
    if (found === undefined) return undefined;
    pieces.push(found[0]);
    at = found[1];
  }
  return pieces;
}

/** The bytes of fields. */
export function join(pieces: readonly Piece[]): Uint8Array {
  return concatBytes(
    ...pieces.flatMap(({ number, wire, value, content }) => {
      const tag = varint(BigInt(number * 8 + wire));
      if (wire === 0) return [tag, varint(value)];
      return wire === 2 ? [tag, varint(BigInt(content.length)), content] : [tag, content];
    }),
  );
}

/** A field whose bytes are not what a writer makes: long varints, wrong lengths, other wire types. */
function bent(piece: Piece, random: Random): Uint8Array {
  const { number, wire, value, content } = piece;
  const stretch = random.of([0, 0, 1, 4, 9]);
  const tag = varint(BigInt(number * 8 + random.of([wire, wire, wire, 0, 1, 2, 3, 5, 7])), stretch);
  if (wire === 0) return concatBytes(tag, varint(value, random.of([1, 2, 9])));
  if (wire !== 2) return concatBytes(tag, content.subarray(random.int(0, 2)));
  const size = BigInt(content.length);
  const told = random.of([size + 1n, size - 1n, size * 2n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 63n]);
  return concatBytes(tag, varint(told < 0n ? 0n : told, random.of([0, 0, 1])), content);
}

function mutateScalar(piece: Piece, random: Random): Piece {
  if (piece.wire === 0) {
    const near = piece.value + BigInt(random.int(-2, 2));
    const value = random.chance(60) ? (near < 0n ? 0n : near) : random.of(NUMBERS);
    return { ...piece, value };
  }
  if (piece.wire === 2 && random.chance(30)) return { ...piece, content: random.of(CONTENTS) };
  if (piece.wire === 2 && random.chance(60))
    return { ...piece, content: retouched(piece.content, random) };
  return { ...piece, content: mutateBytes(piece.content, random, piece.content) };
}

/** Another digit for a digit, another letter for a letter, another byte for a byte. */
function retouched(content: Uint8Array, random: Random): Uint8Array {
  return touch(content, random, (byte) => {
    if (byte >= 0x30 && byte <= 0x39) return random.int(0x30, 0x39);
    if (byte >= 0x61 && byte <= 0x7a) return random.int(0x61, 0x7a);
    return byte ^ (1 << random.int(0, 7));
  });
}

/** A field around itself, a few times or many. */
function nested(piece: Piece, random: Random): Piece {
  let content = join([piece]);
  for (let levels = random.of([1, 2, 40, 200]); levels > 0 && content.length < 4000; levels--)
    content = join([{ ...piece, wire: 2, content }]);
  return { ...piece, wire: 2, content };
}

const UNKNOWN = [1, 2, 15, 16, 1023, 1024, 2047, 2048, 99_999, 2 ** 29 - 1];

function stranger(random: Random): Piece {
  const wire = random.of([0, 1, 2, 5]);
  const size = wire === 1 ? 8 : wire === 5 ? 4 : random.int(0, 6);
  const content = wire === 0 ? new Uint8Array(0) : new Uint8Array(size).fill(7);
  return { number: random.of(UNKNOWN), wire, value: random.of(NUMBERS), content };
}

function mutateFields(pieces: Piece[], at: number, random: Random, donor: Uint8Array): Uint8Array {
  const chosen = pieces[at] as Piece;
  const other = random.int(0, pieces.length - 1);
  switch (random.int(0, 12)) {
    case 0:
      pieces.splice(at, 1);
      break;
    case 1:
      pieces.splice(other, 0, chosen);
      break;
    case 2:
      [pieces[at], pieces[other]] = [pieces[other] as Piece, chosen];
      break;
    case 3:
      pieces.splice(other, 0, stranger(random));
      break;
    case 4:
      pieces.splice(at, 1, ...(cut(donor)?.slice(0, 4) ?? []));
      break;
    case 5:
      pieces[at] = nested(chosen, random);
      break;
    case 6:
      pieces[at] = { ...chosen, number: Math.max(1, chosen.number + random.int(-2, 2)) };
      break;
    case 7:
      return concatBytes(
        join(pieces.slice(0, at)),
        bent(chosen, random),
        join(pieces.slice(at + 1)),
      );
    default:
      pieces[at] = mutateScalar(chosen, random);
  }
  return join(pieces);
}

function mutateOnce(
  bytes: Uint8Array,
  random: Random,
  donor: Uint8Array,
  depth: number,
): Uint8Array {
  const pieces = cut(bytes);
  if (pieces === undefined || pieces.length === 0 || random.chance(8))
    return mutateBytes(bytes, random, donor);
  const at = random.int(0, pieces.length - 1);
  const chosen = pieces[at] as Piece;
  if (chosen.wire === 2 && depth < 12 && chosen.content.length > 1 && random.chance(70)) {
    if (cut(chosen.content) !== undefined) {
      pieces[at] = { ...chosen, content: mutateOnce(chosen.content, random, donor, depth + 1) };
      return join(pieces);
    }
  }
  return mutateFields(pieces, at, random, donor);
}

/** Damages a protobuf message at some depth, once or twice. `donor` is another valid one. */
export function mutateMessage(bytes: Uint8Array, random: Random, donor: Uint8Array): Uint8Array {
  const once = mutateOnce(bytes, random, donor, 0);
  return random.chance(25) ? mutateOnce(once, random, donor, 0) : once;
}

/** Changes one number of a message a little: what comes out has its form, and often passes its checks. */
export function touchMessage(bytes: Uint8Array, random: Random): Uint8Array {
  const pieces = cut(bytes);
  if (pieces === undefined) return bytes;
  for (let tries = 0; tries < 8 && pieces.length > 0; tries++) {
    const at = random.int(0, pieces.length - 1);
    const chosen = pieces[at] as Piece;
    const touched = touchPiece(chosen, random);
    if (touched === undefined) continue;
    pieces[at] = touched;
    return join(pieces);
  }
  return bytes;
}

function touchPiece(piece: Piece, random: Random): Piece | undefined {
  const { wire, value, content } = piece;
  if (wire === 0) {
    const near = value + BigInt(random.int(-2, 2));
    return { ...piece, value: near < 1n ? 1n : near };
  }
  if (wire !== 2 || content.length === 0) return undefined;
  if (content.every((byte) => byte >= 0x30 && byte <= 0x39)) {
    const digits = retouched(content, random);
    return digits[0] === 0x30 ? undefined : { ...piece, content: digits };
  }
  const inner = content.length > 2 ? touchMessage(content, random) : content;
  return inner === content ? undefined : { ...piece, content: inner };
}
