// Every generated upstream message against what the Go encoders write: bytes, proto JSON and amino
// JSON, in both directions. A generated message without a vector or a stated reason fails.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fromHex, toHex } from "../../chain/base/bytes.ts";
import { createRegistry, sortedJson } from "../../chain/codec/index.ts";
import { allMessageTypes } from "../../chain/codec/gen/index.ts";
import { joinSchemas, readTables } from "../../proto/tables.ts";
import { tableCodecs } from "../support/table_codec.ts";
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

const upstream = allMessageTypes.filter((type) => !type.name.startsWith("leasehold."));
const generated = new Map(upstream.map((type) => [type.name, type]));

// Random Any values hold messages of packages that are not generated yet: the reference codec
// stands in for those, and is itself held to all vectors.
const tables = joinSchemas(
  readTables("proto/tables/upstream.json"),
  readTables("proto/tables/extra.json"),
);
const reference = tableCodecs(tables.messages, tables.enums);
const everything = new Map(
  [...reference.values()].map((type) => [type.name, generated.get(type.name) ?? type]),
);
const registry = createRegistry([...everything.values()]);

/** Generated messages of which the Go program made no value, and what else they are held to. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["cosmos.crypto.ed25519.PrivKey", "cosmjs-types"],
  ["cosmos.crypto.secp256k1.PrivKey", "cosmjs-types"],
  ["google.protobuf.Any", "cosmjs-types; every vector with an Any"],
  ["google.protobuf.Duration", "cosmjs-types; every vector with a duration"],
  ["google.protobuf.Timestamp", "cosmjs-types; every vector with a time"],
  ["tendermint.p2p.DefaultNodeInfo", "cosmjs-types"],
  ["tendermint.p2p.DefaultNodeInfoOther", "cosmjs-types"],
  ["tendermint.p2p.NetAddress", "cosmjs-types"],
  ["tendermint.p2p.ProtocolVersion", "cosmjs-types"],
  ["tendermint.types.CanonicalBlockID", "sign bytes of the CometBFT vectors"],
  ["tendermint.types.CanonicalPartSetHeader", "sign bytes of the CometBFT vectors"],
  ["tendermint.types.CanonicalProposal", "cosmjs-types"],
  ["tendermint.types.CanonicalVote", "sign bytes of the CometBFT vectors"],
  ["tendermint.types.CanonicalVoteExtension", "cosmjs-types"],
]);

function bytesOf(vector: Vector): Uint8Array {
  return fromHex(vector.proto) as Uint8Array;
}

function eachVector(
  check: (vector: Vector, type: MessageType<unknown>) => void,
  types: ReadonlyMap<string, MessageType<unknown>> = generated,
): number {
  const broken: string[] = [];
  let count = 0;
  for (const vector of vectors) {
    const type = types.get(vector.type);
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

test("the reference codec agrees with Go too, on all packages", () => {
  const count = eachVector((vector, type) => {
    assert.is(toHex(type.encode(type.decode(bytesOf(vector)))), vector.proto);
  }, reference);
  assert.is(count, vectors.length);
});

test("generated code and reference codec decode to equal values", () => {
  eachVector((vector, type) => {
    const expected = reference.get(vector.type)?.decode(bytesOf(vector));
    assert.equal(type.decode(bytesOf(vector)), expected);
  });
});

/** Two messages of staking print a form of their own inside these; it comes with staking. */
const STAKING =
  /^cosmos\.staking\.v1beta1\.Query\w*(Delegation|Delegations|Redelegations)Response$/;

test("proto JSON is what the gateway prints", () => {
  eachVector((vector, type) => {
    if (vector.json === undefined || STAKING.test(type.name)) return;
    const json = type.toJson(type.decode(bytesOf(vector)), registry);
    assert.equal(sortedJson(json), sortedJson(JSON.parse(vector.json) as Json));
  }, everything);
});

test("proto JSON reads back to the same bytes", () => {
  eachVector((vector, type) => {
    if (vector.json === undefined) return;
    const value = type.fromJson(JSON.parse(vector.json) as Json, registry);
    assert.is(toHex(type.encode(value)), vector.proto);
  }, everything);
});

/** Module accounts alone print 64-bit integers as JSON numbers; those beyond 2^53 we refuse. */
function hasUnsafeNumber(json: string): boolean {
  return (
    /"cosmos-sdk\/ModuleAccount"/.test(json) && /"(?:account_number|sequence)":[0-9]{16}/.test(json)
  );
}

const DEFAULTS: readonly unknown[] = [null, "0", "0.000000000000000000", "0001-01-01T00:00:00Z"];

function isAllDefault(json: unknown): boolean {
  if (json === null || typeof json !== "object") return DEFAULTS.includes(json);
  return Object.values(json).every(isAllDefault);
}

/**
 * Ours, with `{}` wherever the Go program printed `{}` for a message that is empty but for fields
 * that are always written: it made its amino JSON from the value before the encoder filled those.
 */
function asPrinted(ours: unknown, printed: unknown): unknown {
  if (ours === null || typeof ours !== "object" || printed === null || typeof printed !== "object")
    return ours;
  if (Object.keys(printed).length === 0 && isAllDefault(ours)) return printed;
  if (Array.isArray(ours))
    return ours.map((item, index) => asPrinted(item, (printed as unknown[])[index]));
  const entries = Object.entries(ours);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, asPrinted(item, (printed as Record<string, unknown>)[key])]),
  );
}

test("amino JSON is what Go signs", () => {
  let different = 0;
  const count = eachVector((vector, type) => {
    if (vector.amino_json === undefined || hasUnsafeNumber(vector.amino_json)) return;
    const json = type.toAmino(type.decode(bytesOf(vector)), registry);
    const shown = asPrinted(json, JSON.parse(vector.amino_json)) as Json;
    if (sortedJson(shown) !== sortedJson(json)) different++;
    assert.is(sortedJson(shown), vector.amino_json);
  }, everything);
  assert.ok(different < count / 40, `${different} of ${count} printed from an unfilled value`);
});

test("no generated message is untested", () => {
  const seen = new Set(vectors.map((vector) => vector.type));
  const untested = upstream
    .map((type) => type.name)
    .filter((name) => !seen.has(name) && !ELSEWHERE.has(name));
  assert.equal(untested, []);
});

test("a value too large for JSON's numbers is refused and not rounded", () => {
  const type = registry.find("/cosmos.auth.v1beta1.ModuleAccount") as MessageType<unknown>;
  const account = { baseAccount: { address: "", accountNumber: 0n, sequence: 2n ** 60n } };
  assert.throws(() => type.toAmino(type.create(account as object), registry), /no exact JSON/);
});

test.run();
