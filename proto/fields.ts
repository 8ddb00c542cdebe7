// What a field's table entry means for the generated code.

import { isAmount, isOptional, isPacked } from "../chain/codec/fields.ts";
import type { FieldTable, MessageTable } from "../chain/codec/types.ts";
import type { Imports } from "./imports.ts";

/** How one value of a scalar, enum or text integer is read, written and defaulted. */
export interface Shape {
  /** Type in TypeScript. */
  readonly type: string;
  /** Name of the Reader and Writer methods. */
  readonly method: string;
  /** Default as source text. */
  readonly zero: string;
  readonly wireType: number;
}

const SHAPES: Readonly<Record<string, Shape>> = {
  bool: { type: "boolean", method: "bool", zero: "false", wireType: 0 },
  string: { type: "string", method: "string", zero: '""', wireType: 2 },
  bytes: { type: "Uint8Array", method: "bytes", zero: "EMPTY_BYTES", wireType: 2 },
  int32: { type: "number", method: "int32", zero: "0", wireType: 0 },
  uint32: { type: "number", method: "uint32", zero: "0", wireType: 0 },
  sint32: { type: "number", method: "sint32", zero: "0", wireType: 0 },
  fixed32: { type: "number", method: "fixed32", zero: "0", wireType: 5 },
  sfixed32: { type: "number", method: "sfixed32", zero: "0", wireType: 5 },
  int64: { type: "bigint", method: "int64", zero: "0n", wireType: 0 },
  uint64: { type: "bigint", method: "uint64", zero: "0n", wireType: 0 },
  sint64: { type: "bigint", method: "sint64", zero: "0n", wireType: 0 },
  fixed64: { type: "bigint", method: "fixed64", zero: "0n", wireType: 1 },
  sfixed64: { type: "bigint", method: "sfixed64", zero: "0n", wireType: 1 },
};

const INT_TEXT: Shape = { type: "string", method: "intText", zero: '""', wireType: 2 };
const DEC_TEXT: Shape = { type: "string", method: "decText", zero: '""', wireType: 2 };
const AMOUNT: Shape = { type: "bigint", method: "amount", zero: "0n", wireType: 2 };

/** The shape of a field that is not a message. */
export function shapeOf(field: FieldTable, message: MessageTable): Shape {
  if (field.kind === "enum") return SHAPES["int32"] as Shape;
  if (isAmount(field, message)) return AMOUNT;
  if (field.type === "bytes") return SHAPES["bytes"] as Shape;
  if (field.customtype === "Int") return INT_TEXT;
  if (field.customtype === "LegacyDec") return DEC_TEXT;
  const shape = SHAPES[field.type];
  if (shape === undefined) throw new Error(`${message.name}.${field.name}: type ${field.type}`);
  return shape;
}

/** Tag on the wire. */
export function tagOf(field: FieldTable, message: MessageTable): number {
  const wireType =
    field.kind === "message" || isPacked(field) ? 2 : shapeOf(field, message).wireType;
  return field.number * 8 + wireType;
}

/** Type of the field in TypeScript, without `undefined`. */
export function fieldType(field: FieldTable, message: MessageTable, imports: Imports): string {
  const type = field.kind === "scalar" ? shapeOf(field, message).type : imports.type(field.type);
  return field.repeated === true ? `readonly ${type}[]` : type;
}

/** Source text of the default. */
export function emptyValue(field: FieldTable, message: MessageTable, imports: Imports): string {
  if (field.repeated === true) return "[]";
  if (isOptional(field)) return "undefined";
  if (field.kind === "message") {
    if (field.std === "time") {
      imports.use("../base/time", "ZERO_TIME");
      return "ZERO_TIME";
    }
    return `${imports.name(field.type, "empty")}()`;
  }
  const { zero } = shapeOf(field, message);
  if (zero === "EMPTY_BYTES") imports.use("../base/bytes", "EMPTY_BYTES");
  return zero;
}
