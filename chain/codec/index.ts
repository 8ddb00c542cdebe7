// The codec's door: what higher floors use besides the generated messages themselves.

export { messageToAmino, nameInAny, sortedJson, sortedJsonBytes } from "./amino.ts";
export { checkAnys, MAX_ANY_DEPTH, MAX_ANYS } from "./anys.ts";
export { CodecError } from "./error.ts";
export { defineMessage } from "./message.ts";
export type { Definition } from "./message.ts";
export { createRegistry, signersOf } from "./registry.ts";
export type { Registry } from "./registry.ts";
export { stripUnknown } from "./strip.ts";
export type { Stripped, Unknown } from "./strip.ts";
export { messageToText } from "./text.ts";
export type {
  Any,
  EnumTable,
  FieldTable,
  Json,
  MessageRefs,
  MessageTable,
  MessageType,
  MethodTable,
  ServiceTable,
  TypeRegistry,
} from "./types.ts";
