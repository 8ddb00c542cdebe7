// What generated code offers for each protobuf message. TypeScript forms of field types:
//   int64 uint64 sint64 fixed64 -> bigint      int32 uint32 -> number     enum -> number (constants generated)
//   bytes -> Uint8Array    string -> string    bool -> boolean            repeated -> readonly T[]
//   message -> T | undefined (absent); nullable=false messages are always present
//   google.protobuf.Timestamp, Duration -> {seconds, nanos}; Any -> {typeUrl, value}
//   string with scalar cosmos.Int in package leasehold.* -> bigint (decimal text on the wire, "0" is
//   written as "0"; an absent field does not decode); in cosmos.* it stays text, as CosmJS has it.
// Names are the lowerCamelCase of the proto names (as CosmJS has them).

/** Value of google.protobuf.Any: a type URL with leading slash and the message's bytes. */
export interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** JSON as protobuf JSON and amino JSON use it. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** What lets JSON forms open Any values: finds the type by URL. */
export interface TypeRegistry {
  find(typeUrl: string): MessageType<unknown> | undefined;
}

/** One field of the compact table from which everything is generated. */
export interface FieldTable {
  readonly number: number;
  /** Name as in the .proto file (snake_case). */
  readonly name: string;
  /** Scalar name (`uint64`, `string`, ...) or full name of a message or enum. */
  readonly type: string;
  readonly kind: "scalar" | "enum" | "message";
  readonly repeated?: true;
  readonly oneof?: string;
  readonly nullable?: false;
  readonly customtype?: "Int" | "LegacyDec";
  readonly scalar?: string;
  /** `(amino.encoding)`: `legacy_coins` writes an empty list as `[]` and not as null. */
  readonly aminoEncoding?: string;
  /** `(amino.dont_omitempty)`: written in amino JSON even when it is the default. */
  readonly aminoDontOmitEmpty?: true;
  /** `(amino.field_name)`, where it differs from `name`. */
  readonly aminoFieldName?: string;
  /** `(amino.oneof_name)`: what a member of a oneof is called in amino JSON. */
  readonly aminoOneofName?: string;
  /** Interface that the content of an Any must implement. */
  readonly accepts?: string;
  readonly std?: "time" | "duration";
  /** Comment of our own .proto field (unit, range); empty for cosmos.* tables. */
  readonly comment?: string;
}

/** Everything known about one message type. */
export interface MessageTable {
  /** Full name without slash: `cosmos.bank.v1beta1.MsgSend`. */
  readonly name: string;
  readonly fields: readonly FieldTable[];
  /** Field names (snake_case) that hold signers, of messages that are a Msg. */
  readonly signer?: readonly string[];
  readonly aminoName?: string;
  readonly aminoEncoding?: string;
  /** Interfaces (`accepts` of an Any field) that this message may stand for. */
  readonly implements?: readonly string[];
}

/** Names and numbers of one enum, as the .proto file has them. */
export interface EnumTable {
  readonly name: string;
  readonly values: readonly (readonly [name: string, number: number])[];
}

/** What the fields of a message refer to, by full name. */
export interface MessageRefs {
  readonly types: ReadonlyMap<string, MessageType<unknown>>;
  readonly enums: ReadonlyMap<string, EnumTable>;
}

/**
 * One message type: strict codec and JSON forms. `decode` accepts exactly what `encode` produces
 * (ascending fields, no unknown or duplicate field, shortest varints, defaults omitted, valid
 * UTF-8). Throws: CodecError with the path of the field.
 */
export interface MessageType<T> {
  readonly name: string;
  /** `/` + name. */
  readonly typeUrl: string;
  readonly table: MessageTable;
  /** The types and enums that its fields name, by full name. */
  refs(): MessageRefs;
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
  /** Like decode, but skips unknown fields: for query requests of newer clients. */
  decodeLenient(bytes: Uint8Array): T;
  /** Fills every absent field with its default. */
  create(partial: Partial<T>): T;
  /** Proto JSON as the SDK's gateway prints it (original names, defaults emitted). */
  toJson(value: T, registry: TypeRegistry): Json;
  fromJson(json: Json, registry: TypeRegistry): T;
  /** Amino JSON as LEGACY_AMINO_JSON signs it (keys not yet sorted). */
  toAmino(value: T, registry: TypeRegistry): Json;
}

/** A method of a query or Msg service. */
export interface MethodTable {
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly http?: readonly {
    readonly verb: string;
    readonly path: string;
    readonly body?: string;
  }[];
}

/** A service: full name, and its methods. gRPC path of a method: `/<service>/<method>`. */
export interface ServiceTable {
  readonly name: string;
  readonly methods: readonly MethodTable[];
}
