// Ten thousand levels deep, in every decoder that goes into itself: refused or read in bounded time,
// never followed to the end of the stack.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, EMPTY_BYTES } from "../../chain/base/bytes.ts";
import { ChainError } from "../../chain/base/errors.ts";
import { Any } from "../../chain/codec/gen/google/protobuf.ts";
import { MsgExec } from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import { LegacyAminoPubKey } from "../../chain/codec/gen/cosmos/crypto/multisig.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import { AuthInfo, ModeInfo, TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { allMessageTypes } from "../../chain/codec/gen/index.ts";
import { CodecError } from "../../chain/codec/index.ts";
import type { Json, MessageType } from "../../chain/codec/index.ts";
import { readConfigText } from "../../chain/node/config/config.ts";
import { parseQuery, QueryError } from "../../chain/node/index/query.ts";
import { decodePubKey } from "../../chain/runtime/pubkeys.ts";
import { fromAmino } from "../../client/amino.ts";
import { hashManifestText, inspectSdl } from "../../client/sdl/index.ts";
import { parseGenesis } from "../../genesis/index.ts";
import { TestChain } from "../support/chain.ts";
import { nested as nestedExec, paying } from "../support/grants.ts";
import { makeSigner } from "../support/signing.ts";
import { everyType } from "./corpus.ts";
import { varint } from "./bytes.ts";

const DEEP = 10_000;
/** Longest time for one of these inputs, milliseconds. */
const LIMIT_MS = 5000;

/** Runs something that has to end soon: with a value, or with one of these errors. */
function ends(
  what: string,
  run: () => unknown,
  ...kinds: (new (...args: never[]) => Error)[]
): void {
  const started = performance.now();
  try {
    run();
  } catch (error) {
    assert.ok(
      kinds.some((kind) => error instanceof kind),
      `${what}: ${String((error as Error).stack).slice(0, 500)}`,
    );
    assert.ok((error as Error).message.length < 2000, `${what}: a long refusal`);
  }
  const ms = performance.now() - started;
  assert.ok(ms < LIMIT_MS, `${what} took ${ms} ms`);
}

/** A field of this number around itself, `levels` times: lengths are right at every level. */
function nested(number: number, levels: number, core: Uint8Array = EMPTY_BYTES): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = core.length;
  for (let level = 0; level < levels; level++) {
    const head = concatBytes(varint(BigInt(number * 8 + 2)), varint(BigInt(length)));
    parts.push(head);
    length += head.length;
  }
  return concatBytes(...parts.reverse(), core);
}

/** Whether a message can hold itself, at whatever depth. */
function isRecursive(type: MessageType<unknown>): boolean {
  const seen = new Set<MessageType<unknown>>();
  const queue = [...type.refs().types.values()];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === type) return true;
    if (!seen.has(next)) queue.push(...next.refs().types.values());
    seen.add(next);
  }
  return false;
}

test("protobuf: every message that can hold itself, and those that hold such", () => {
  const recursive = allMessageTypes.filter(isRecursive);
  assert.ok(recursive.length >= 2, recursive.map(({ name }) => name).join());
  const holders = allMessageTypes.filter((type) =>
    [...type.refs().types.values()].some((inner) => recursive.includes(inner)),
  );
  for (const type of new Set([...recursive, ...holders]))
    for (const field of type.table.fields) {
      if (field.kind !== "message") continue;
      for (const number of [1, 2, 3]) {
        const bytes = concatBytes(...[DEEP, 40].map((levels) => nested(number, levels)));
        const wrapped = nested(field.number, 1, bytes);
        for (const decode of [type.decode, type.decodeLenient])
          ends(`${type.name}.${field.name}`, () => decode(wrapped), CodecError);
      }
    }
  const deep = nested(2, 2 * DEEP);
  ends("ModeInfo", () => ModeInfo.decode(deep), CodecError);
  ends("ModeInfo leniently", () => ModeInfo.decodeLenient(deep), CodecError);
});

/** Values within each other as the content of an Any, `levels` times, made from the inside. */
function anyWithin(levels: number, wrap: (inner: Any) => Any, core: Any): Any {
  let any = core;
  for (let level = 0; level < levels; level++) any = wrap(any);
  return any;
}

const KEY: Any = { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: new Uint8Array(33) }) };

/** Each level is a few bytes longer, so that all together are some hundred megabytes: fewer levels do. */
const ANY_LEVELS = 2000;

test("multisig keys and MsgExec within each other", () => {
  const multisig = anyWithin(
    ANY_LEVELS,
    (key) => {
      const value = LegacyAminoPubKey.encode({ threshold: 1, publicKeys: [key] });
      return { typeUrl: LegacyAminoPubKey.typeUrl, value };
    },
    KEY,
  );
  ends("multisig", () => decodePubKey(multisig), CodecError);
  const someone = makeSigner("someone", "lease");
  const exec = nestedExec(someone, DEEP, paying(someone, someone.address, 1n));
  ends("MsgExec to JSON", () => Any.toJson(exec, everyType), CodecError);
  ends("MsgExec to amino", () => Any.toAmino(exec, everyType), CodecError);
  const chain = TestChain.create();
  for (const [publicKey, message] of [
    [multisig, undefined],
    [KEY, exec],
  ] as const) {
    const info = { publicKey, modeInfo: { single: { mode: 1 } }, sequence: 0n };
    const fee = { amount: [], gasLimit: 100_000n, payer: "", granter: "" };
    const tx = TxRaw.encode({
      bodyBytes: TxBody.encode(TxBody.create({ messages: message ? [message] : [] })),
      authInfoBytes: AuthInfo.encode({ signerInfos: [info], fee }),
      signatures: [new Uint8Array(64)],
    });
    ends("CheckTx", () => assert.is.not(chain.client.checkTx(tx).code, 0));
    ends("simulation", () => assert.is.not(chain.client.app.simulate(tx).code, 0));
    ends("block", () => assert.is.not(chain.block([tx])[0]?.code, 0));
  }
});

function nestedJson(open: string, close: string, core = "1"): string {
  return open.repeat(DEEP) + core + close.repeat(DEEP);
}

const SHAPES: readonly string[] = [
  nestedJson("[", "]"),
  nestedJson('{"a":', "}"),
  nestedJson('{"@type":"/cosmos.authz.v1beta1.MsgExec","msgs":[', "]}"),
  nestedJson('{"multi":{"mode_infos":[', "]}}"),
  nestedJson('{"app_state":', "}"),
];

test("JSON: messages, genesis, amino, manifests", () => {
  for (const [index, text] of SHAPES.entries()) {
    const json = JSON.parse(text) as Json;
    for (const type of [Any, ModeInfo, TxBody, MsgExec] as unknown as MessageType<unknown>[]) {
      ends(`${type.name} ${index}`, () => type.fromJson(json, everyType), CodecError);
      ends(`${type.name} ${index} amino`, () => fromAmino(type, json), TypeError);
    }
    ends(`genesis ${index}`, () => parseGenesis(json), ChainError);
    ends(`manifest ${index}`, () => hashManifestText(text));
  }
});

test("YAML, TOML, event queries", () => {
  const flow = ["[", "{a: ", "- ", "? ", "&a [", "!!seq ["].map((open) => open.repeat(DEEP));
  const blocks = Array.from({ length: DEEP }, (_, i) => `${" ".repeat(Math.min(i, 900))}a:`);
  for (const source of [...flow, blocks.join("\n")])
    ends("SDL", () => assert.not.ok(inspectSdl("deep", source).accepted));
  ends("TOML", () => readConfigText("config.toml", `a = ${"[".repeat(DEEP)}`), Error);
  ends("TOML lines", () => readConfigText("config.toml", "a = [\n".repeat(DEEP)), Error);
  const conditions = Array.from({ length: DEEP }, () => "a.b=1").join(" AND ");
  for (const query of ["(".repeat(DEEP), "a=".repeat(DEEP), conditions, "'".repeat(500)])
    ends("query", () => parseQuery(query), QueryError);
});

test.run();
