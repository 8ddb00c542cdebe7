// A message as one line of text, in the form in which Go prints it: for the sentence that says
// which of several messages failed. Not for machines: nothing reads it back.

import { utf8 } from "../base/bytes.ts";
import { camelCase } from "./fields.ts";
import { refEnum, refType } from "./json.ts";
import type { FieldTable, MessageType } from "./types.ts";

/** Longest text, characters; what is longer ends in `...`. */
const MAX_TEXT = 1000;

/** `from_address:"a" amount:<denom:"b" amount:"1" > `: fields in order, those at default left out. */
export function messageToText(type: MessageType<unknown>, value: unknown): string {
  const parts: string[] = [];
  print(type, value, parts, { left: MAX_TEXT });
  const text = parts.join("");
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
}

function print(
  type: MessageType<unknown>,
  value: unknown,
  parts: string[],
  room: { left: number },
): void {
  const add = (text: string): void => {
    parts.push(text);
    room.left -= text.length;
  };
  for (const field of type.table.fields) {
    const held = (value as Readonly<Record<string, unknown>>)[camelCase(field.name)];
    for (const item of Array.isArray(held) ? (held as unknown[]) : [held]) {
      if (room.left < 0) return;
      if (item === undefined || (!Array.isArray(held) && isDefault(item))) continue;
      if (field.kind === "message") {
        add(`${field.name}:<`);
        print(refType(type, field), item, parts, room);
        add("> ");
      } else add(`${field.name}:${scalarText(type, field, item, room.left)} `);
    }
  }
}

function isDefault(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length === 0;
  return value === "" || value === 0 || value === 0n || value === false;
}

function scalarText(
  type: MessageType<unknown>,
  field: FieldTable,
  value: unknown,
  room: number,
): string {
  if (value instanceof Uint8Array) return quoted(value.subarray(0, room + 1));
  // The cut may fall between the two halves of a character.
  if (typeof value === "string") return quoted(utf8(value.slice(0, room + 1).toWellFormed()));
  if (field.kind === "enum") {
    const named = refEnum(type, field).values.find(([, number]) => number === value);
    if (named !== undefined) return named[0];
  }
  return field.customtype === undefined && field.scalar !== "cosmos.Int"
    ? String(value)
    : `"${String(value)}"`;
}

const ESCAPES = new Map([
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x09, "\\t"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
]);

/** Printable ASCII as it is, the usual escapes, every other byte in octal. */
function quoted(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c)
      text += String.fromCharCode(byte);
    else text += ESCAPES.get(byte) ?? `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return `"${text}"`;
}
