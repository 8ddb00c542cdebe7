// The one liberty of the strict decoder: a message that the writer always writes may be absent, and
// gets its default (docs/adr/0003). Here its bytes are put in, by the table, to compare.

import { concatBytes } from "../../chain/base/bytes.ts";
import { camelCase, isOptional } from "../../chain/codec/fields.ts";
import type { FieldTable, MessageType } from "../../chain/codec/index.ts";
import { cut, join } from "./bytes.ts";
import type { Piece } from "./bytes.ts";

/** Canonical bytes for bytes that lack such messages. The bytes were taken by the strict decoder. */
export function withDefaults(type: MessageType<unknown>, bytes: Uint8Array): Uint8Array {
  const pieces = cut(bytes) ?? [];
  const fields = [...type.table.fields].sort((a, b) => a.number - b.number);
  return concatBytes(
    ...fields.map((field) => {
      const own = pieces.filter(({ number }) => number === field.number);
      if (own.length > 0) return join(own.map((piece) => mended(type, field, piece)));
      const isWritten = field.kind === "message" && field.repeated !== true && !isOptional(field);
      return isWritten ? join([defaultOf(type, field)]) : new Uint8Array(0);
    }),
  );
}

function mended(type: MessageType<unknown>, field: FieldTable, piece: Piece): Piece {
  const inner = field.kind === "message" ? type.refs().types.get(field.type) : undefined;
  return inner === undefined ? piece : { ...piece, content: withDefaults(inner, piece.content) };
}

function defaultOf(type: MessageType<unknown>, field: FieldTable): Piece {
  const inner = type.refs().types.get(field.type) as MessageType<unknown>;
  const empty = type.create({}) as Record<string, unknown>;
  const content = inner.encode(empty[camelCase(field.name)]);
  return { number: field.number, wire: 2, value: 0n, content };
}
