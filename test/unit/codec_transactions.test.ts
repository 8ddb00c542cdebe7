// The transactions of three recorded chains: what Go decodes decodes here, re-encodes to itself and
// has its JSON forms; what Go refuses is refused, here or where messages are routed.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fromHex, toHex } from "../../chain/base/bytes.ts";
import { AuthInfo, TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { CodecError, createRegistry, stripUnknown } from "../../chain/codec/index.ts";
import type { Any, MessageType } from "../../chain/codec/types.ts";
import { joinSchemas, readTables } from "../../proto/tables.ts";
import { tableCodecs } from "../support/table_codec.ts";

interface Recorded {
  readonly chain: string;
  readonly note?: string;
  readonly refused?: true;
  readonly bytes: string;
}

const recorded = gunzipSync(readFileSync("test/vectors/wire/transactions.jsonl.gz"))
  .toString("utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

const tables = joinSchemas(
  readTables("proto/tables/upstream.json"),
  readTables("proto/tables/extra.json"),
);
const registry = createRegistry([...tableCodecs(tables.messages, tables.enums).values()]);

/** Go refuses these for what a known message may not stand for; that is the router's to say. */
const ROUTED = new Set([
  "extension option of a known type",
  "non-critical extension option of a known type",
  "message of a type that is no message",
]);

function open(any: Any): void {
  const type = registry.find(any.typeUrl) as MessageType<unknown> | undefined;
  if (type === undefined) throw new CodecError(any.typeUrl, "type is not known");
  const value = type.decode(any.value);
  assert.is(toHex(type.encode(value)), toHex(any.value), any.typeUrl);
  type.toJson(value, registry);
}

/** Decodes all of a transaction; the reason where it is refused. */
function refusal(bytes: Uint8Array): string | undefined {
  try {
    const raw = TxRaw.decode(bytes);
    assert.is(toHex(TxRaw.encode(raw)), toHex(bytes));
    const body = TxBody.decode(stripUnknown(TxBody, raw.bodyBytes, "noncritical").bytes);
    const info = AuthInfo.decode(raw.authInfoBytes);
    const keys = info.signerInfos.flatMap((signer) => signer.publicKey ?? []);
    for (const any of [...body.messages, ...body.extensionOptions, ...keys]) open(any);
    return undefined;
  } catch (error) {
    if (error instanceof CodecError) return error.message;
    throw error;
  }
}

test("what Go decodes decodes here, but for a memo that is not UTF-8", () => {
  const accepted = recorded.filter((tx) => tx.refused !== true);
  const different = accepted.flatMap((tx) => {
    const reason = refusal(fromHex(tx.bytes) as Uint8Array);
    return reason === undefined ? [] : [`${tx.chain}, ${tx.note}: ${reason.split(" (")[0]}`];
  });
  assert.equal(different, [
    "grants, memo is not UTF-8: cosmos.tx.v1beta1.TxBody.memo: not valid UTF-8",
  ]);
  assert.ok(accepted.length > 600);
});

test("what Go refuses to decode is refused here, or routed nowhere", () => {
  const refused = recorded.filter((tx) => tx.refused === true);
  const decoded = refused
    .filter((tx) => refusal(fromHex(tx.bytes) as Uint8Array) === undefined)
    .map((tx) => tx.note ?? "");
  assert.equal(new Set(decoded), ROUTED);
  assert.ok(refused.length >= 10, `only ${refused.length}`);
});

test.run();
