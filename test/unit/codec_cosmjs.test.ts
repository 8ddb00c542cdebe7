// Every message that cosmjs-types knows too, both ways on random values: what we write it reads as
// the same value, what it writes we read. And our codecs inside a CosmJS Registry.

import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Registry } from "@cosmjs/proto-signing";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../chain/base/bytes.ts";
import { allMessageTypes } from "../../chain/codec/gen/index.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { PageRequest } from "../../chain/codec/gen/cosmos/base/query/v1beta1.ts";
import { TxBody } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { isPacked } from "../../chain/codec/fields.ts";
import type { MessageType } from "../../chain/codec/types.ts";
import { toGeneratedType } from "../../client/registry.ts";
import { randomValue } from "../support/random_values.ts";

interface Peer {
  readonly typeUrl: string;
  encode(value: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

const load = createRequire(import.meta.url);
const folder = dirname(load.resolve("cosmjs-types/binary"));

function isPeer(item: unknown): item is Peer {
  return typeof (item as Peer | undefined)?.typeUrl === "string";
}

const peers = new Map<string, Peer>();
for (const root of ["cosmos", "tendermint", "google"]) {
  for (const path of readdirSync(join(folder, root), { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".js")) continue;
    const module = load(join(folder, root, path)) as Record<string, unknown>;
    for (const item of Object.values(module)) if (isPeer(item)) peers.set(item.typeUrl, item);
  }
}

/** Got a field that cosmjs-types 0.11 does not have yet: held to the vectors alone. */
const YOUNGER = new Set(["cosmos.ics23.v1.ProofSpec"]);

/** Whether the message holds a packed list, which cosmjs-types writes even when it is empty. */
function hasPacked(type: MessageType<unknown>, seen = new Set<string>()): boolean {
  if (seen.has(type.name)) return false;
  seen.add(type.name);
  if (type.table.fields.some(isPacked)) return true;
  return [...type.refs().types.values()].some((inner) => hasPacked(inner, seen));
}

const shared = allMessageTypes.flatMap((type) => {
  const peer = peers.get(type.typeUrl);
  return peer === undefined || YOUNGER.has(type.name) ? [] : [{ type, peer }];
});

/** Without undefined properties, and with plain Uint8Arrays, so that both sides compare. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `hex:${toHex(value)}`;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
}

/**
 * Whether the value holds a 64-bit integer of 2^31 to 2^32 - 1: cosmjs-types 0.11 writes those as
 * other numbers (3000000000n as zero, in long form).
 */
function isGarbled(value: unknown): boolean {
  if (typeof value === "bigint") return value >> 31n === 1n;
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return false;
  return Object.values(value).some(isGarbled);
}

test("random values pass in both directions", () => {
  const broken: string[] = [];
  for (const [seed, { type, peer }] of shared.entries()) {
    const values = randomValue(type).filter((value) => !isGarbled(value));
    const property = fc.property(values, (value) => {
      const ours = type.encode(value);
      const theirs = peer.encode(value).finish();
      if (!hasPacked(type)) assert.is(toHex(theirs), toHex(ours));
      assert.equal(plain(peer.decode(ours)), plain(type.decode(ours)));
    });
    const result = fc.check(property, { numRuns: 10, seed });
    if (result.failed) broken.push(`${type.name}: ${(result.errorInstance as Error).message}`);
  }
  assert.equal(broken, []);
  assert.ok(shared.length > 250, `only ${shared.length} messages are shared`);
});

test("what cosmjs-types garbles is refused and not taken for another number", () => {
  const peer = peers.get("/cosmos.base.query.v1beta1.PageRequest") as Peer;
  const value = { key: new Uint8Array(0), offset: 0n, limit: 3_000_000_000n };
  const bytes = peer.encode({ ...value, countTotal: false, reverse: false }).finish();
  assert.throws(() => PageRequest.decode(bytes), /limit: explicit default/);
});

test("CosmJS packs and reads our messages through its Registry", () => {
  const registry = new Registry([[MsgSend.typeUrl, toGeneratedType(MsgSend)]]);
  const value: MsgSend = {
    fromAddress: "lease1a",
    toAddress: "lease1b",
    amount: [{ denom: "ulease", amount: "12" }],
  };
  const any = registry.encodeAsAny({ typeUrl: MsgSend.typeUrl, value });
  assert.equal(MsgSend.decode(any.value), value);
  assert.equal(registry.decode(any), value);
  const body = registry.encodeTxBody({
    messages: [{ typeUrl: MsgSend.typeUrl, value }],
    memo: "m",
  });
  const decoded = TxBody.decode(body);
  assert.is(decoded.memo, "m");
  assert.equal(MsgSend.decode(decoded.messages[0]?.value as Uint8Array), value);
});

test("all our messages can stand in a CosmJS Registry", () => {
  const own = allMessageTypes.filter((type) => type.name.startsWith("leasehold."));
  const registry = new Registry(own.map((type) => [type.typeUrl, toGeneratedType(type)]));
  for (const [seed, type] of own.entries()) {
    fc.assert(
      fc.property(randomValue(type), (value) => {
        const bytes = registry.encode({ typeUrl: type.typeUrl, value });
        assert.equal((type as MessageType<unknown>).decode(bytes), value);
      }),
      { numRuns: 3, seed },
    );
  }
});

test.run();
