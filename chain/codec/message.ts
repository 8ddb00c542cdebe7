// Makes a MessageType out of generated code: reader and writer are straight-line code, the JSON
// forms and `create` walk the table.

import { messageToAmino } from "./amino.ts";
import { messageToJson } from "./json.ts";
import { messageFromJson } from "./json_parse.ts";
import { Reader } from "./reader.ts";
import { stripUnknown } from "./strip.ts";
import type { EnumTable, MessageTable, MessageType } from "./types.ts";
import { Writer } from "./writer.ts";

/** What the generator hands over for one message. */
export interface Definition<T> {
  readonly table: MessageTable;
  readonly read: (reader: Reader) => T;
  readonly write: (writer: Writer, value: T) => void;
  /** A value with every field at its default. */
  readonly empty: () => T;
  /** The types of its message fields; a function, since packages refer to each other. */
  readonly types?: () => readonly MessageType<unknown>[];
  readonly enums?: () => readonly EnumTable[];
}

// One writer for all: encoding is synchronous and no writer method calls back into `encode`.
const writer = new Writer();

/** The message type of generated code. */
export function defineMessage<T>(definition: Definition<T>): MessageType<T> {
  const { table, read, write, empty } = definition;
  const type: MessageType<T> = {
    name: table.name,
    typeUrl: `/${table.name}`,
    table,
    refs: lazy(() => ({
      types: new Map((definition.types?.() ?? []).map((item) => [item.name, item])),
      enums: new Map((definition.enums?.() ?? []).map((item) => [item.name, item])),
    })),
    encode(value) {
      writer.start();
      write(writer, value);
      return writer.finish();
    },
    decode(bytes) {
      return read(new Reader(plain(bytes), table.name));
    },
    decodeLenient: (bytes) => type.decode(stripUnknown(type, plain(bytes), "all").bytes),
    create: (partial) => fill(empty(), partial),
    toJson: (value, registry) => messageToJson(type, value, registry),
    fromJson: (json, registry) => messageFromJson(type, json, registry) as T,
    toAmino: (value, registry) => messageToAmino(type, value, registry),
  };
  return type;
}

/** A Node Buffer as the Uint8Array it is: its `slice` would not copy. */
function plain(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Defaults overwritten by what is given; an undefined property counts as not given. */
function fill<T>(defaults: T, partial: Partial<T>): T {
  const target = defaults as Record<string, unknown>;
  for (const [key, value] of Object.entries(partial)) {
    if (value !== undefined) target[key] = value;
  }
  return defaults;
}
