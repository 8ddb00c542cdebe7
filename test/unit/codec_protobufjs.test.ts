// Our own messages against protobufjs reading the same .proto files: what we write it reads as the
// same value, and what it writes of that value are our bytes.

import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import protobuf from "protobufjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../chain/base/bytes.ts";
import { allMessageTypes } from "../../chain/codec/gen/index.ts";
import { camelCase, isAmount } from "../../chain/codec/fields.ts";
import type { FieldTable, MessageType } from "../../chain/codec/types.ts";
import { protoFiles } from "../../proto/parse.ts";
import { randomValue } from "../support/random_values.ts";

/** What our files import, as far as they use it. */
const IMPORTED = `
syntax = "proto3";
package cosmos.base.v1beta1;
message Coin { string denom = 1; string amount = 2; }
`;
const PAGES = `
syntax = "proto3";
package cosmos.base.query.v1beta1;
message PageRequest {
  bytes key = 1; uint64 offset = 2; uint64 limit = 3; bool count_total = 4; bool reverse = 5;
}
message PageResponse { bytes next_key = 1; uint64 total = 2; }
`;

const root = new protobuf.Root();
for (const text of [IMPORTED, PAGES]) protobuf.parse(text, root, { keepCase: true });
for (const path of protoFiles("proto/leasehold"))
  protobuf.parse(readFileSync(path, "utf8"), root, { keepCase: true });

const own = allMessageTypes.filter((type) => type.name.startsWith("leasehold."));

/** The value as protobufjs takes it: original names, integers of 64 bits as text. */
function toPeer(type: MessageType<unknown>, value: unknown): object {
  const out: Record<string, unknown> = {};
  for (const field of type.table.fields) {
    const held = (value as Record<string, unknown>)[camelCase(field.name)];
    if (held === undefined) continue;
    out[field.name] = Array.isArray(held)
      ? held.map((item) => oneToPeer(type, field, item))
      : oneToPeer(type, field, held);
  }
  return out;
}

function oneToPeer(type: MessageType<unknown>, field: FieldTable, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  const inner = field.kind === "message" ? type.refs().types.get(field.type) : undefined;
  return inner === undefined ? value : toPeer(inner, value);
}

/**
 * protobufjs writes a list that is set but empty as nothing, a scalar that is set even when it is
 * the default, and knows nothing of `nullable = false`; so its bytes are compared through ours.
 */
function fromPeer(peer: protobuf.Type, bytes: Uint8Array): unknown {
  return peer.toObject(peer.decode(bytes), { longs: String, defaults: true, arrays: true });
}

/** Our value in the shape that protobufjs gives with defaults. */
function withDefaults(type: MessageType<unknown>, value: unknown): unknown {
  const out: Record<string, unknown> = {};
  for (const field of type.table.fields) {
    const held = (value as Record<string, unknown>)[camelCase(field.name)];
    const one = (item: unknown): unknown => {
      const inner = field.kind === "message" ? type.refs().types.get(field.type) : undefined;
      if (inner !== undefined) return withDefaults(inner, item);
      if (typeof item === "bigint") return item.toString();
      return item instanceof Uint8Array ? toHex(item) : item;
    };
    if (held === undefined && field.oneof !== undefined) continue;
    out[field.name] = Array.isArray(held) ? held.map(one) : held === undefined ? null : one(held);
  }
  return out;
}

function hexed(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(hexed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hexed(item)]));
}

test("protobufjs reads what we write, and we read what it writes", () => {
  const broken: string[] = [];
  for (const [seed, type] of own.entries()) {
    const peer = root.lookupType(type.name);
    const property = fc.property(randomValue(type), (value) => {
      const bytes = type.encode(value);
      assert.equal(hexed(fromPeer(peer, bytes)), withDefaults(type, type.decode(bytes)));
      const theirs = Uint8Array.from(peer.encode(peer.fromObject(toPeer(type, value))).finish());
      assert.equal(fromPeer(peer, theirs), fromPeer(peer, bytes));
    });
    const result = fc.check(property, { numRuns: 8, seed });
    if (result.failed) broken.push(`${type.name}: ${(result.errorInstance as Error).message}`);
  }
  assert.equal(broken, []);
});

test("tags are those of the .proto files", () => {
  for (const type of own) {
    const fields = root.lookupType(type.name).fieldsArray.map((field) => [field.name, field.id]);
    const ours = type.table.fields.map((field) => [field.name, field.number]);
    assert.equal(new Map(ours as [string, number][]), new Map(fields as [string, number][]));
  }
});

test("amounts of our messages are always written, as shortest decimals", () => {
  const amounts = own.filter((type) => type.table.fields.some((f) => isAmount(f, type.table)));
  assert.ok(amounts.length > 0);
  for (const type of amounts) {
    const required = type.table.fields.some(
      (field) => isAmount(field, type.table) && field.repeated !== true && !field.oneof,
    );
    if (required) assert.throws(() => type.decode(new Uint8Array(0)), /missing/);
    const empty = type.encode(type.create({}));
    assert.equal(type.decode(empty), type.create({}));
  }
});

test.run();
