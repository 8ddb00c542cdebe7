// Every generated upstream message against what the Go encoders write: bytes, proto JSON and amino
// JSON, in both directions. A generated message without a vector or a stated reason fails.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fromHex, toHex } from "../../chain/base/bytes.ts";
import { createRegistry, sortedJson } from "../../chain/codec/index.ts";
import { allMessageTypes } from "../../chain/codec/gen/index.ts";
import type { Json, MessageType } from "../../chain/codec/types.ts";

interface Vector {
  readonly type: string;
  readonly proto: string;
  readonly json?: string;
  readonly amino_json?: string;
}

const packed = readFileSync("test/vectors/wire/messages.jsonl.gz");
const vectors: Vector[] = gunzipSync(packed)
  .toString("utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Vector);

const registry = createRegistry(allMessageTypes);
const upstream = allMessageTypes.filter((type) => !type.name.startsWith("leasehold."));
const byName = new Map(upstream.map((type) => [type.name, type]));

/** Messages of which Go gives no value; each is held to another oracle. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([]);

function bytesOf(vector: Vector): Uint8Array {
  return fromHex(vector.proto) as Uint8Array;
}

function eachVector(check: (vector: Vector, type: MessageType<unknown>) => void): number {
  const broken: string[] = [];
  let count = 0;
  for (const vector of vectors) {
    const type = byName.get(vector.type);
    if (type === undefined) continue;
    count++;
    try {
      check(vector, type);
    } catch (error) {
      broken.push(`${vector.type} ${vector.proto.slice(0, 60)}: ${(error as Error).message}`);
    }
  }
  assert.equal(broken.slice(0, 20), []);
  return count;
}

test("bytes decode and encode to themselves", () => {
  const count = eachVector((vector, type) => {
    const value = type.decode(bytesOf(vector));
    assert.is(toHex(type.encode(value)), vector.proto);
  });
  assert.ok(count > 1000, `only ${count} vectors`);
});

test("proto JSON is what the gateway prints", () => {
  eachVector((vector, type) => {
    if (vector.json === undefined) return;
    const json = type.toJson(type.decode(bytesOf(vector)), registry);
    assert.equal(sortedJson(json), sortedJson(JSON.parse(vector.json) as Json));
  });
});

test("proto JSON reads back to the same bytes", () => {
  eachVector((vector, type) => {
    if (vector.json === undefined) return;
    const value = type.fromJson(JSON.parse(vector.json) as Json, registry);
    assert.is(toHex(type.encode(value)), vector.proto);
  });
});

test("amino JSON is what Go signs", () => {
  eachVector((vector, type) => {
    if (vector.amino_json === undefined) return;
    const json = type.toAmino(type.decode(bytesOf(vector)), registry);
    assert.is(sortedJson(json), vector.amino_json);
  });
});

test("no generated message is untested", () => {
  const seen = new Set(vectors.map((vector) => vector.type));
  const untested = upstream
    .map((type) => type.name)
    .filter((name) => !seen.has(name) && !ELSEWHERE.has(name));
  assert.equal(untested, []);
});

test.run();
