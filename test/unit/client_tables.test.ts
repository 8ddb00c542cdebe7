// The client library against the tables and modules of the chain: registry, amino forms, queries,
// events, names of refusals, receipts. Nothing here needs a node.

import { existsSync, readdirSync } from "node:fs";
import {
  createMultisigThresholdPubkey,
  pubkeyToAddress,
  Secp256k1HdWallet,
  serializeSignDoc,
} from "@cosmjs/amino";
import type { QueryClient } from "@cosmjs/stargate";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AddressCodec, decodeBech32 } from "../../chain/base/address.ts";
import type { ErrorKind } from "../../chain/base/errors.ts";
import { sdkErrors } from "../../chain/base/errors.ts";
import { camelCase } from "../../chain/codec/fields.ts";
import * as chainTypes from "../../chain/codec/gen/leasehold/chain/v1.ts";
import * as deploymentTypes from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import * as escrowTypes from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import * as marketTypes from "../../chain/codec/gen/leasehold/market/v1.ts";
import * as providerTypes from "../../chain/codec/gen/leasehold/provider/v1.ts";
import { createRegistry, signersOf, sortedJson } from "../../chain/codec/index.ts";
import type { FieldTable, MessageType, ServiceTable } from "../../chain/codec/index.ts";
import { purePlatform } from "../../chain/crypto/pure.ts";
import type { Attribute, Context } from "../../chain/runtime/index.ts";
import { emitTyped } from "../../chain/runtime/index.ts";
import {
  ChainRefusal,
  createLeaseholdAminoTypes,
  createLeaseholdRegistry,
  decodeEvent,
  findEvents,
  joinReceipt,
  marketMsgs,
  newMnemonic,
  nameOfCode,
  receiptDocument,
  servedMessages,
  setupChainExtension,
  setupDeploymentExtension,
  setupEscrowExtension,
  setupMarketExtension,
  setupProviderExtension,
  signReceipt,
  signReceiptPart,
  toRefusal,
  verifyReceiptPart,
  walletFromMnemonic,
} from "../../client/index.ts";
import { errorCodes } from "../../client/error_codes.ts";
import { marketErrors } from "../../modules/market/errors.ts";
import { verifySignedText } from "../../modules/auth/signed_text.ts";
import { receiptText } from "../../modules/market/types.ts";

const client = suite("client tables");

/** A value in which every field is set, and lists have two entries. */
function sample(type: MessageType<unknown>, seed: number): unknown {
  const value: Record<string, unknown> = {};
  for (const [index, field] of type.table.fields.entries()) {
    const one = (turn: number): unknown => sampleField(type, field, seed + index + turn * 7);
    value[camelCase(field.name)] = field.repeated === true ? [one(1), one(2)] : one(0);
  }
  return type.create(value);
}

function sampleField(type: MessageType<unknown>, field: FieldTable, seed: number): unknown {
  if (field.kind === "message") {
    const inner = type.refs().types.get(field.type);
    assert.ok(inner, `${type.name}.${field.name}`);
    return sample(inner as MessageType<unknown>, seed + 1);
  }
  if (field.kind === "enum") return 1;
  if (field.scalar === "cosmos.Int") {
    return type.name.startsWith("leasehold.") ? BigInt(seed) ** 9n + 1n : String(seed + 1);
  }
  if (field.type.endsWith("64")) return BigInt(seed) * 1_000_003n + 1n;
  if (field.type === "bytes") return Uint8Array.from([seed & 255, 250, 3]);
  if (field.type === "string") return `<text & ${seed}>`;
  return field.type === "bool" ? true : seed + 1;
}

client("registry encodes and decodes every served message as the chain's codec does", () => {
  const registry = createLeaseholdRegistry();
  assert.ok(servedMessages.length >= 35);
  for (const [index, type] of servedMessages.entries()) {
    const value = sample(type, index * 13 + 1);
    const bytes = registry.encode({ typeUrl: type.typeUrl, value });
    assert.equal(bytes, type.encode(value), type.name);
    assert.equal(registry.decode({ typeUrl: type.typeUrl, value: bytes }), value, type.name);
    assert.equal(
      registry.encode({ typeUrl: type.typeUrl, value: {} }),
      type.encode(type.create({})),
    );
  }
  assert.ok(registry.lookupType("/cosmos.bank.v1beta1.MsgSend"));
});

client(
  "amino forms: both ways, sorted as CosmJS and the chain sort them, omitting defaults",
  () => {
    const amino = createLeaseholdAminoTypes();
    const types = createRegistry(servedMessages);
    for (const [index, type] of servedMessages.entries()) {
      const empty = type.create({});
      for (const value of [sample(type, index * 17 + 3), empty]) {
        const form = amino.toAmino({ typeUrl: type.typeUrl, value });
        assert.is(form.type, type.table.aminoName);
        assert.ok(form.type.length <= 39, form.type);
        const chainForm = type.toAmino(value, types);
        const doc = { chain_id: "c", account_number: "1", sequence: "2", memo: "" };
        const document = { ...doc, fee: { amount: [], gas: "3" }, msgs: [form] };
        const signed = new TextDecoder().decode(serializeSignDoc(document));
        assert.ok(signed.includes(sortedJson(chainForm)), type.name);
        const back = amino.fromAmino(form);
        assert.equal(amino.toAmino(back), form, type.name);
        // An absent amount prints as 0 and comes back as 0, so defaults compare by their form alone.
        if (value !== empty) assert.equal(back, { typeUrl: type.typeUrl, value }, type.name);
      }
    }
  },
);

client("every served message has exactly one signer field, and builders keep it", () => {
  for (const type of servedMessages) {
    assert.is(type.table.signer?.length, 1, type.name);
    const name = camelCase((type.table.signer as readonly string[])[0] as string);
    assert.equal(signersOf(type, type.create({ [name]: "me" } as object)), ["me"]);
  }
});

client("builders fill defaults, take small numbers for 64 bits and refuse unknown fields", () => {
  const message = marketMsgs.withdrawBid({
    operator: "a",
    order: { owner: "b", dseq: 7, gseq: 1, oseq: 2 },
  });
  assert.is(message.typeUrl, "/leasehold.market.v1.MsgWithdrawBid");
  assert.is(message.value.order.dseq, 7n);
  const wrong = { operator: "a", ordr: {} } as unknown as { operator: string };
  assert.throws(() => marketMsgs.withdrawBid(wrong), /has no field ordr/);
  const half = { operator: "a", order: { dseq: 1.5 } };
  assert.throws(() => marketMsgs.withdrawBid(half), /order\.dseq is not a whole number/);
});

const SERVICES: readonly (readonly [
  string,
  ServiceTable,
  (base: QueryClient) => object,
  { readonly messageTypes: readonly MessageType<unknown>[] },
])[] = [
  ["chain", chainTypes.QueryService, setupChainExtension, chainTypes],
  ["provider", providerTypes.QueryService, setupProviderExtension, providerTypes],
  ["escrow", escrowTypes.QueryService, setupEscrowExtension, escrowTypes],
  ["market", marketTypes.QueryService, setupMarketExtension, marketTypes],
  ["deployment", deploymentTypes.QueryService, setupDeploymentExtension, deploymentTypes],
];

client("query extensions offer every method of every query service, on its path", async () => {
  for (const [name, service, setup, { messageTypes }] of SERVICES) {
    const asked: string[] = [];
    const answers = new Map(
      service.methods.map((method) => [`/${service.name}/${method.name}`, method]),
    );
    const base = {
      queryAbci: (path: string) => {
        asked.push(path);
        const output = messageTypes.find((type) => type.name === answers.get(path)?.output);
        assert.ok(output, path);
        const full = sample(output as MessageType<unknown>, 5);
        return Promise.resolve({ value: (output as MessageType<unknown>).encode(full), height: 1 });
      },
    } as unknown as QueryClient;
    const extension = setup(base) as Record<
      string,
      Record<string, (r?: object) => Promise<unknown>>
    >;
    for (const call of Object.values(extension[name] ?? {})) assert.ok(await call());
    assert.equal(asked.sort(), [...answers.keys()].sort());
  }
});

client("events: what the chain emits decodes to what was emitted", () => {
  let count = 0;
  for (const [, , , { messageTypes }] of SERVICES) {
    for (const type of messageTypes.filter((each) => /\.Event[A-Z]/.test(each.name))) {
      const emitted: { type: string; attributes: readonly Attribute[] }[] = [];
      const ctx = { emit: (event: (typeof emitted)[number]) => emitted.push(event) };
      const value = sample(type, 11);
      emitTyped(ctx as unknown as Context, type, value);
      const raw = emitted[0] as (typeof emitted)[number];
      const attributes = [...raw.attributes, { key: "msg_index", value: "0" }];
      assert.equal(decodeEvent({ ...raw, attributes }), { type: type.name, value }, type.name);
      assert.equal(findEvents(type, [{ type: "transfer", attributes: [] }, raw]), [value]);
      count++;
    }
  }
  assert.ok(count >= 30, `${count} events`);
  assert.is(decodeEvent({ type: "transfer", attributes: [] }), undefined);
  const broken = {
    type: marketTypes.EventLeaseClosed.name,
    attributes: [{ key: "dseq", value: "x" }],
  };
  assert.is(decodeEvent(broken), undefined);
});

client("names of refusals are those that the modules declare", async () => {
  const codesOf = (kinds: Readonly<Record<string, { readonly code: number }>>): object =>
    Object.fromEntries(Object.entries(kinds).map(([name, { code }]) => [name, code]));
  const declared: Record<string, object> = { sdk: codesOf(sdkErrors) };
  for (const name of readdirSync("modules")) {
    if (!existsSync(`modules/${name}/errors.ts`)) continue;
    const file: unknown = await import(`../../modules/${name}/errors.js`);
    for (const table of Object.values(
      file as Record<string, Readonly<Record<string, ErrorKind>>>,
    )) {
      const codespace = Object.values(table)[0]?.codespace;
      if (codespace !== undefined && codespace !== "sdk") declared[codespace] = codesOf(table);
    }
  }
  assert.equal(errorCodes, declared);
});

client("refusals carry name, remedy and text", () => {
  const refusal = new ChainRefusal("market", marketErrors.notFunded.code, "account cannot pay");
  assert.is(refusal.kind, "notFunded");
  assert.ok(refusal.is("market", "notFunded"));
  assert.not(refusal.is("market", "changed"));
  assert.match(refusal.message, /account cannot pay \[market\/14\] \(deposit more/);
  assert.is(nameOfCode("market", 9999), undefined);
  assert.is(nameOfCode("constructor", 1), undefined);
  const query = toRefusal(
    new Error("Query failed with (22): rpc error: code = NotFound desc = x: key not found"),
  );
  assert.instance(query, ChainRefusal);
  assert.is((query as ChainRefusal).kind, "keyNotFound");
  const other = new Error("socket closed");
  assert.is(toRefusal(other), other);
});

const LEASE = { dseq: 7n, gseq: 1, oseq: 2, provider: "lease1provider" };
const HASH = Uint8Array.from({ length: 32 }, (_, index) => index);

/** What the chain's verifier needs of a context. */
function verifierContext(): Context {
  const platform = purePlatform;
  const addresses = new AddressCodec("lease");
  return { platform, addresses, gas: { consume: () => undefined } } as unknown as Context;
}

client("a receipt signed here is good for the chain, and for nothing else", async () => {
  const wallet = await walletFromMnemonic(await newMnemonic(), "lease");
  const owner = (await wallet.getAccounts())[0]?.address as string;
  const terms = { chainId: "leasehold-test-1", lease: { owner, ...LEASE }, manifestHash: HASH };
  const receipt = await signReceipt(wallet, terms);
  const check = (lease = terms.lease, hash = HASH): boolean =>
    verifySignedText(
      verifierContext(),
      { txSigLimit: 7n, sigVerifyCostSecp256k1: 1000n } as never,
      {
        signer: decodeBech32(owner)?.bytes as never,
        text: receiptText(terms.chainId, lease, hash),
        publicKey: receipt.publicKey,
        signature: receipt.signature,
      },
    );
  assert.ok(check());
  assert.not(check({ ...terms.lease, oseq: 3 }));
  assert.not(check(terms.lease, HASH.toReversed()));
  const part = await signReceiptPart(wallet, owner, terms);
  assert.ok(verifyReceiptPart(terms, part, "lease"));
  assert.not(verifyReceiptPart({ ...terms, chainId: "other" }, part, "lease"));
  assert.is(receiptDocument(terms).msgs[0]?.type, "sign/MsgSignData");
});

client("a multisig owner's members sign receipts together", async () => {
  const wallets = await Promise.all(
    [0, 1, 2].map(() => Secp256k1HdWallet.generate(12, { prefix: "lease" })),
  );
  const accounts = await Promise.all(wallets.map(async (each) => (await each.getAccounts())[0]));
  const keys = accounts.map((account) => ({
    type: "tendermint/PubKeySecp256k1",
    value: Buffer.from(account?.pubkey ?? []).toString("base64"),
  }));
  const multisig = createMultisigThresholdPubkey(keys, 2);
  const owner = pubkeyToAddress(multisig, "lease");
  const terms = { chainId: "leasehold-test-1", lease: { owner, ...LEASE }, manifestHash: HASH };
  const parts = await Promise.all(
    [2, 0].map((index) =>
      signReceiptPart(
        wallets[index] as Secp256k1HdWallet,
        accounts[index]?.address as string,
        terms,
      ),
    ),
  );
  const receipt = joinReceipt(multisig, terms, parts);
  const signed = {
    signer: decodeBech32(owner)?.bytes as never,
    text: receiptText(terms.chainId, terms.lease, HASH),
    publicKey: receipt.publicKey,
    signature: receipt.signature,
  };
  const params = { txSigLimit: 7n, sigVerifyCostSecp256k1: 1000n } as never;
  assert.ok(verifySignedText(verifierContext(), params, signed));
  assert.throws(() => joinReceipt(multisig, terms, parts.slice(0, 1)), /needs 2/);
});

client("the library bundles for browsers without anything of Node", async () => {
  const bundle = await build({
    entryPoints: ["client/index.ts"],
    bundle: true,
    platform: "browser",
    format: "esm",
    write: false,
    logLevel: "silent",
    metafile: true,
  });
  const size = bundle.outputFiles[0]?.contents.length ?? 0;
  assert.ok(size > 0);
  const inputs = Object.keys(bundle.metafile.inputs);
  const own = inputs.filter((path) => !path.includes("node_modules"));
  for (const path of own) {
    const allowed = /^(client|chain\/base|chain\/codec|modules\/[a-z]+\/types\.ts)/.test(path);
    assert.ok(allowed, `${path} is not for clients`);
  }
});

client.run();
