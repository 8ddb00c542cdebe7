// JSON forms beyond the vectors: what is refused and with which path, our amounts, the text that is
// signed, the registry and the signers of a message.

import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../chain/base/bytes.ts";
import { MsgExec } from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import {
  MsgMultiSend,
  MsgSend,
  MsgSetSendEnabled,
} from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { Coin, DecCoin } from "../../chain/codec/gen/cosmos/base/v1beta1.ts";
import { PageRequest } from "../../chain/codec/gen/cosmos/base/query/v1beta1.ts";
import { SignMode } from "../../chain/codec/gen/cosmos/tx/signing/v1beta1.ts";
import { ModeInfo_Single, TxBody } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { Any, Duration, Timestamp } from "../../chain/codec/gen/google/protobuf.ts";
import { allMessageTypes } from "../../chain/codec/gen/index.ts";
import { CodecError, createRegistry, signersOf, sortedJson } from "../../chain/codec/index.ts";
import type { Json, MessageType } from "../../chain/codec/types.ts";
import { randomValue } from "../support/random_values.ts";

const registry = createRegistry(allMessageTypes);

function refused(type: MessageType<unknown>, json: Json, path: string, reason: RegExp): void {
  try {
    type.fromJson(json, registry);
  } catch (error) {
    assert.instance(error, CodecError);
    assert.is((error as CodecError).path, path);
    assert.match((error as CodecError).message, reason);
    return;
  }
  assert.unreachable(`${JSON.stringify(json)} was accepted`);
}

const PAGE = "cosmos.base.query.v1beta1.PageRequest";
const SEND = "cosmos.bank.v1beta1.MsgSend";

test("reading JSON refuses what does not fit, and says where", () => {
  refused(PageRequest, { nonsense: 1 }, `${PAGE}.nonsense`, /unknown field/);
  refused(PageRequest, { count_total: true, countTotal: true }, `${PAGE}.countTotal`, /twice/);
  refused(PageRequest, { limit: "-1" }, `${PAGE}.limit`, /not between/);
  refused(PageRequest, { limit: "18446744073709551616" }, `${PAGE}.limit`, /not between/);
  refused(PageRequest, { limit: 1.5 }, `${PAGE}.limit`, /whole number/);
  refused(PageRequest, { limit: 2 ** 53 }, `${PAGE}.limit`, /whole number/);
  refused(PageRequest, { limit: "01" }, `${PAGE}.limit`, /whole number/);
  refused(PageRequest, { key: "a" }, `${PAGE}.key`, /base64/);
  refused(PageRequest, { reverse: "true" }, `${PAGE}.reverse`, /true or false/);
  refused(PageRequest, [], PAGE, /not an object/);
  refused(MsgSend, { amount: {} }, `${SEND}.amount`, /not a list/);
  refused(MsgSend, { amount: [{ amount: "x" }] }, `${SEND}.amount[0].amount`, /whole number/);
  refused(MsgSend, { from_address: 5 }, `${SEND}.from_address`, /not text/);
  refused(MsgSend, { from_address: "\ud800" }, `${SEND}.from_address`, /surrogate/);
  refused(ModeInfo_Single, { mode: "SIGN" }, "cosmos.tx.v1beta1.ModeInfo.Single.mode", /no value/);
  refused(Any, { value: "" }, "google.protobuf.Any", /@type is missing/);
  refused(Any, { "@type": "/a.B" }, "google.protobuf.Any", /not known/);
  refused(Timestamp, "yesterday", "google.protobuf.Timestamp", /RFC 3339/);
  refused(Timestamp, "0000-12-31T23:59:59Z", "google.protobuf.Timestamp", /years 1 and 9999/);
  refused(Duration, "9223372036.854775808s", "google.protobuf.Duration", /292 years/);
  refused(Duration, "1h", "google.protobuf.Duration", /duration/);
  refused(DecCoin, { amount: "1.0000000000000000001" }, "cosmos.base.v1beta1.DecCoin.amount", /18/);
});

test("reading JSON takes both names, numbers as text or not, enums by name or number", () => {
  const page = PageRequest.fromJson(
    { countTotal: true, limit: 5, offset: "7", key: null },
    registry,
  );
  assert.equal(page, PageRequest.create({ countTotal: true, limit: 5n, offset: 7n }));
  for (const mode of ["SIGN_MODE_LEGACY_AMINO_JSON", 127])
    assert.is(ModeInfo_Single.fromJson({ mode }, registry).mode, SignMode.LEGACY_AMINO_JSON);
  assert.is(ModeInfo_Single.fromJson({ mode: 99 }, registry).mode, 99);
  assert.is(DecCoin.fromJson({ amount: "-0.5" }, registry).amount, "-500000000000000000");
});

test("times and durations print 0, 3, 6 or 9 decimals", () => {
  const times = [0, 500_000_000, 120_000, 1].map((nanos) =>
    Timestamp.toJson({ seconds: 0n, nanos }, registry),
  );
  const head = "1970-01-01T00:00:00";
  assert.equal(times, [`${head}Z`, `${head}.500Z`, `${head}.000120Z`, `${head}.000000001Z`]);
  for (const text of ["0s", "-0.500s", "3.000001s", "-9223372036.854775808s"])
    assert.is(Duration.toJson(Duration.fromJson(text, registry), registry), text);
});

test("times and durations that Go cannot hold have no JSON", () => {
  const late = { seconds: 253402300800n, nanos: 0 };
  const bent = { seconds: 0n, nanos: -1 };
  const long = { seconds: 1n << 62n, nanos: 0 };
  for (const form of ["toJson", "toAmino"] as const) {
    assert.throws(() => Timestamp[form](late, registry), /years/);
    assert.throws(() => Timestamp[form](bent, registry), /years/);
    assert.throws(() => Duration[form](long, registry), /292 years/);
  }
});

/** `levels` messages, each within an Any of the one before. */
function nestedExec(levels: number): MsgExec {
  let exec = MsgExec.create({ grantee: "g" });
  for (let i = 0; i < levels; i++) {
    exec = { grantee: "g", msgs: [{ typeUrl: MsgExec.typeUrl, value: MsgExec.encode(exec) }] };
  }
  return exec;
}

test("JSON nested without end is refused before the stack ends", () => {
  const deep = nestedExec(200);
  assert.throws(() => MsgExec.toJson(deep, registry), /nested deeper/);
  assert.throws(() => MsgExec.toAmino(deep, registry), /nested deeper/);
  let json: Json = { "@type": MsgExec.typeUrl, grantee: "g", msgs: [] };
  for (let i = 0; i < 10_000; i++) json = { "@type": MsgExec.typeUrl, grantee: "g", msgs: [json] };
  assert.throws(() => Any.fromJson(json, registry), /nested deeper/);
});

test("a well-known type inside an Any stands under `value`", () => {
  const second = Timestamp.encode({ seconds: 1n, nanos: 0 });
  const inner = { typeUrl: Timestamp.typeUrl, value: second };
  const outer = { typeUrl: Any.typeUrl, value: Any.encode(inner) };
  const json = Any.toJson(outer, registry);
  assert.equal(json, {
    "@type": "/google.protobuf.Any",
    value: { "@type": "/google.protobuf.Timestamp", value: "1970-01-01T00:00:01Z" },
  });
  assert.equal(Any.fromJson(json, registry), outer);
});

test("the text that is signed is Go's: sorted, no space, escaped", () => {
  const json = { b: [1, true, null, { z: "a", a: {} }], a: '<&>\u2028\u2029\u0000\b\f\n\t"\\é𝔘' };
  assert.is(
    sortedJson(json),
    '{"a":"\\u003c\\u0026\\u003e\\u2028\\u2029\\u0000\\b\\f\\n\\t\\"\\\\é𝔘",' +
      '"b":[1,true,null,{"a":{},"z":"a"}]}',
  );
  assert.is(sortedJson("a\\b"), '"a\\\\b"', "a backslash before a letter is no escape");
});

test("amino JSON has the URL for a name inside an Any, and no form for most oneofs", () => {
  const body = TxBody.create({ messages: [{ typeUrl: Coin.typeUrl, value: new Uint8Array(0) }] });
  assert.equal((TxBody.toAmino(body, registry) as { messages: unknown }).messages, [
    { type: Coin.typeUrl, value: { amount: "0" } },
  ]);
  const unknown = TxBody.create({ messages: [{ typeUrl: "/a.B", value: new Uint8Array(0) }] });
  assert.throws(() => TxBody.toAmino(unknown, registry), /not known/);
  assert.throws(() => TxBody.toJson(unknown, registry), /not known/);
  const info = registry.find("/cosmos.tx.v1beta1.ModeInfo") as MessageType<unknown>;
  assert.throws(() => info.toAmino(info.create({}), registry), /oneof/);
});

test("a registry finds by URL, amino name and interface, and refuses doubles", () => {
  assert.is(registry.find("/cosmos.bank.v1beta1.MsgSend"), MsgSend);
  assert.is(registry.find("cosmos.bank.v1beta1.MsgSend"), undefined);
  assert.is(registry.findAmino("cosmos-sdk/MsgSend"), MsgSend);
  const allowances = registry.implementing("cosmos.feegrant.v1beta1.FeeAllowanceI");
  assert.is(allowances.length, 3);
  assert.throws(() => createRegistry([MsgSend, MsgSend]), /registered twice/);
});

test("signers: a field, the fields of a list of messages, each once", () => {
  const send = MsgSend.create({ fromAddress: "a" });
  assert.equal(signersOf(MsgSend, send), ["a"]);
  const input = (address: string): { address: string; coins: [] } => ({ address, coins: [] });
  const multi = MsgMultiSend.create({ inputs: [input("x"), input("y"), input("x")] });
  assert.equal(signersOf(MsgMultiSend, multi), ["x", "y"]);
  assert.equal(signersOf(Coin, Coin.create({})), []);
});

test("our amounts: bigint here, decimal text in all three forms", () => {
  const type = allMessageTypes.find(
    (candidate) =>
      candidate.name.startsWith("leasehold.") &&
      candidate.table.fields.some((field) => field.scalar === "cosmos.Int" && !field.repeated),
  ) as MessageType<Record<string, unknown>>;
  const field = type.table.fields.find((f) => f.scalar === "cosmos.Int" && !f.repeated);
  assert.ok(field !== undefined);
  const key = (field as { name: string }).name.replace(/_([a-z])/g, (_, c: string) =>
    c.toUpperCase(),
  );
  const value = type.create({ [key]: 12n });
  const json = type.toJson(value, registry) as Record<string, unknown>;
  assert.is(json[(field as { name: string }).name], "12");
  assert.is(toHex(type.encode(type.fromJson(json as Json, registry))), toHex(type.encode(value)));
});

/** Whether the message holds an Any at some depth: a random one names no type. */
function holdsAny(type: MessageType<unknown>, seen = new Set<string>()): boolean {
  if (seen.has(type.name)) return false;
  seen.add(type.name);
  return type.name === Any.name || [...type.refs().types.values()].some((t) => holdsAny(t, seen));
}

test("random values of every message pass through JSON text unchanged", () => {
  for (const [seed, type] of allMessageTypes.entries()) {
    if (holdsAny(type) || type.name.startsWith("google.protobuf.")) continue;
    fc.assert(
      fc.property(randomValue(type, { depth: 3, onlyRealTimes: true }), (value) => {
        const text = JSON.stringify(type.toJson(value, registry));
        const again = type.fromJson(JSON.parse(text) as Json, registry);
        const once = type.encode(again);
        // Text of a number that is left empty prints as 0, and comes back as that.
        const twice = type.fromJson(type.toJson(again, registry), registry);
        assert.is(toHex(type.encode(twice)), toHex(once), type.name);
        if (!hasNumberText(type)) assert.is(toHex(once), toHex(type.encode(value)), type.name);
      }),
      { numRuns: 6, seed },
    );
  }
});

test("JSON of any kind is read or refused with a CodecError", () => {
  const names = allMessageTypes.flatMap((type) => type.table.fields.map((field) => field.name));
  const urls = allMessageTypes.map((type) => type.typeUrl);
  const { json } = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>(null, true, 0, -1, 1.5, 2 ** 60, "", "1", "-1", "1s", "AA==", ...urls),
      fc.array(tie("json"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("@type", "value", "__proto__", ...names), tie("json"), {
        maxKeys: 4,
      }),
    ),
  }));
  fc.assert(
    fc.property(json, fc.nat(), (value, pick) => {
      const type = allMessageTypes[pick % allMessageTypes.length] as MessageType<unknown>;
      try {
        type.encode(type.fromJson(value, registry));
      } catch (error) {
        assert.instance(
          error,
          CodecError,
          `${type.name} ${JSON.stringify(value)}: ${String(error)}`,
        );
      }
    }),
    { numRuns: 5000, seed: 3 },
  );
});

function hasNumberText(type: MessageType<unknown>, seen = new Set<string>()): boolean {
  if (seen.has(type.name)) return false;
  seen.add(type.name);
  if (type.table.fields.some((field) => field.customtype !== undefined)) return true;
  return [...type.refs().types.values()].some((inner) => hasNumberText(inner, seen));
}

test("every message prints and reads its empty value", () => {
  for (const type of allMessageTypes) {
    if (type.name.startsWith("google.protobuf.")) continue;
    const value = type.create({});
    const again = type.fromJson(type.toJson(value, registry), registry);
    const filled = type.fromJson(type.toJson(again, registry), registry);
    assert.equal(filled, again, type.name);
  }
  const enabled = MsgSetSendEnabled.create({ authority: "a" });
  assert.equal(
    MsgSetSendEnabled.fromJson(MsgSetSendEnabled.toJson(enabled, registry), registry),
    enabled,
  );
});

test.run();
