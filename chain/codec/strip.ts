// Removal of unknown fields, as a pass before strict decoding: for query requests of newer clients
// and for the non-critical fields that the SDK lets through in a transaction body.

import { concatBytes } from "../base/bytes.ts";
import { CodecError } from "./error.ts";
import { MAX_DEPTH } from "./reader.ts";
import type { FieldTable, MessageType } from "./types.ts";

/** Which unknown fields go: all, or those whose number has bit 11 set (ADR-020: non-critical). */
export type Unknown = "all" | "noncritical";

/** Bytes without the unknown fields, and whether there were any. */
export interface Stripped {
  readonly bytes: Uint8Array;
  readonly found: boolean;
}

const NONCRITICAL_BIT = 1 << 10;

/**
 * Removes unknown fields, also of nested messages, not of the contents of an Any. What is left is
 * for the strict decoder to judge. Throws: CodecError where the bytes cannot be cut into fields.
 */
export function stripUnknown(
  type: MessageType<unknown>,
  bytes: Uint8Array,
  unknown: Unknown,
  depth = 0,
): Stripped {
  if (depth > MAX_DEPTH) throw new CodecError(type.name, `nested deeper than ${MAX_DEPTH}`);
  const kept: Uint8Array[] = [];
  let found = false;
  let offset = 0;
  while (offset < bytes.length) {
    const piece = cutField(type, bytes, offset);
    const field = type.table.fields.find((candidate) => candidate.number === piece.number);
    const whole = bytes.subarray(offset, piece.end);
    offset = piece.end;
    if (field === undefined) {
      if (unknown === "all" || (piece.number & NONCRITICAL_BIT) !== 0) found = true;
      else kept.push(whole);
      continue;
    }
    const inner = nested(type, field, piece.wireType);
    if (inner === undefined) {
      kept.push(whole);
      continue;
    }
    const content = bytes.subarray(piece.content, piece.end);
    const result = stripUnknown(inner, content, unknown, depth + 1);
    found ||= result.found;
    if (!result.found) kept.push(whole);
    else kept.push(varint(piece.number * 8 + 2), varint(result.bytes.length), result.bytes);
  }
  return { bytes: found ? concatBytes(...kept) : bytes, found };
}

function nested(
  type: MessageType<unknown>,
  field: FieldTable,
  wireType: number,
): MessageType<unknown> | undefined {
  return field.kind === "message" && wireType === 2 ? type.refs().types.get(field.type) : undefined;
}

interface Piece {
  readonly number: number;
  readonly wireType: number;
  /** Where the content of a length-delimited field begins. */
  readonly content: number;
  readonly end: number;
}

function cutField(type: MessageType<unknown>, bytes: Uint8Array, offset: number): Piece {
  const tag = readVarint(type, bytes, offset);
  const wireType = tag.value & 7;
  const number = tag.value >>> 3;
  let content = tag.end;
  let end = tag.end;
  if (wireType === 0) end = readVarint(type, bytes, tag.end).end;
  else if (wireType === 1) end += 8;
  else if (wireType === 5) end += 4;
  else if (wireType === 2) {
    const length = readVarint(type, bytes, tag.end);
    content = length.end;
    end = length.end + length.value;
  } else throw new CodecError(type.name, `wire type ${wireType} is not used (byte ${offset})`);
  if (end > bytes.length) throw new CodecError(type.name, `ends inside field ${number}`);
  return { number, wireType, content, end };
}

/** A varint; of more than 32 bits only the end is of use, since no tag or length is that large. */
function readVarint(
  type: MessageType<unknown>,
  bytes: Uint8Array,
  offset: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let i = 0; i < 10 && offset + i < bytes.length; i++) {
    const byte = bytes[offset + i] as number;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: offset + i + 1 };
  }
  throw new CodecError(type.name, `ends inside a varint (byte ${offset})`);
}

function varint(value: number): Uint8Array {
  const out: number[] = [];
  for (; value >= 0x80; value >>>= 7) out.push((value & 0x7f) | 0x80);
  return Uint8Array.from([...out, value]);
}
