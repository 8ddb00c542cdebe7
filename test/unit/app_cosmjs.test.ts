// Transactions as published @cosmjs packages make them: direct, amino JSON, multisig; and answers
// that they decode.

import { createMultisigThresholdPubkey, pubkeyToAddress, Secp256k1Wallet } from "@cosmjs/amino";
import type { StdFee } from "@cosmjs/amino";
import { fromBase64 } from "@cosmjs/encoding";
import {
  DirectSecp256k1Wallet,
  encodePubkey,
  makeAuthInfoBytes,
  makeSignDoc,
  Registry,
} from "@cosmjs/proto-signing";
import {
  AminoTypes,
  createBankAminoConverters,
  defaultRegistryTypes,
  makeMultisignedTxBytes,
} from "@cosmjs/stargate";
import { makeSignDoc as makeAminoSignDoc } from "@cosmjs/amino";
import { Int53 } from "@cosmjs/math";
import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { QueryAccountRequest, QueryAccountResponse } from "cosmjs-types/cosmos/auth/v1beta1/query";
import { SignMode } from "cosmjs-types/cosmos/tx/signing/v1beta1/signing";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeBech32 } from "../../chain/base/address.ts";
import type { Address } from "../../chain/base/address.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { TestChain } from "../support/chain.ts";
import { msg } from "../support/signing.ts";

const registry = new Registry(defaultRegistryTypes);
const amino = new AminoTypes(createBankAminoConverters());
const FEE: StdFee = { amount: [{ denom: "ulease", amount: "3" }], gas: "200000" };
const MEMO = 'a <memo> & "quotes" ü';

function bytesOf(address: string): Address {
  const found = decodeBech32(address);
  if (found === undefined) throw new Error(address);
  return found.bytes;
}

function account(chain: TestChain, address: string): BaseAccount {
  const answer = chain.client.query(
    "/cosmos.auth.v1beta1.Query/Account",
    QueryAccountRequest.encode({ address }).finish(),
  );
  const { account: any } = QueryAccountResponse.decode(answer.value);
  return BaseAccount.decode(any?.value ?? new Uint8Array());
}

function fund(chain: TestChain, address: string): void {
  const alice = chain.account("alice");
  const amount = [{ denom: "ulease", amount: "1000" }];
  chain.must(alice, [msg(MsgSend, { fromAddress: alice.address, toAddress: address, amount })]);
}

function sendMessage(from: string, to: string): { typeUrl: string; value: object } {
  const amount = [{ denom: "ulease", amount: "10" }];
  return {
    typeUrl: "/cosmos.bank.v1beta1.MsgSend",
    value: { fromAddress: from, toAddress: to, amount },
  };
}

function bodyBytes(from: string, to: string): Uint8Array {
  const value = { messages: [sendMessage(from, to)], memo: MEMO };
  return registry.encode({ typeUrl: "/cosmos.tx.v1beta1.TxBody", value });
}

function delivered(chain: TestChain, raw: TxRaw): void {
  const bytes = TxRaw.encode(raw).finish();
  assert.is(chain.client.checkTx(bytes).log, "");
  const [result] = chain.block([bytes]);
  assert.is(result?.log, "");
}

const secret = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

test("direct mode", async () => {
  const chain = TestChain.create();
  const wallet = await DirectSecp256k1Wallet.fromKey(secret(7), "lease");
  const [only] = await wallet.getAccounts();
  const { address, pubkey } = only as { address: string; pubkey: Uint8Array };
  fund(chain, address);
  const { accountNumber, sequence } = account(chain, address);
  const key = encodePubkey({
    type: "tendermint/PubKeySecp256k1",
    value: Buffer.from(pubkey).toString("base64"),
  });
  const auth = makeAuthInfoBytes(
    [{ pubkey: key, sequence: Number(sequence) }],
    FEE.amount,
    Number(FEE.gas),
    undefined,
    undefined,
  );
  const doc = makeSignDoc(
    bodyBytes(address, chain.account("bob").address),
    auth,
    chain.chainId,
    accountNumber,
  );
  const { signature, signed } = await wallet.signDirect(address, doc);
  delivered(
    chain,
    TxRaw.fromPartial({
      bodyBytes: signed.bodyBytes,
      authInfoBytes: signed.authInfoBytes,
      signatures: [fromBase64(signature.signature)],
    }),
  );
  assert.is(chain.balance(bytesOf(address)), 987n);
  assert.is(account(chain, address).sequence, 1n);
});

test("amino JSON with escapes in the memo", async () => {
  const chain = TestChain.create();
  const wallet = await Secp256k1Wallet.fromKey(secret(8), "lease");
  const [first] = await wallet.getAccounts();
  const { address, pubkey } = first as { address: string; pubkey: Uint8Array };
  fund(chain, address);
  const bob = chain.account("bob").address;
  const { accountNumber, sequence } = account(chain, address);
  const doc = makeAminoSignDoc(
    [amino.toAmino(sendMessage(address, bob))],
    FEE,
    chain.chainId,
    MEMO,
    accountNumber.toString(),
    sequence.toString(),
  );
  const { signature } = await wallet.signAmino(address, doc);
  const key = encodePubkey({
    type: "tendermint/PubKeySecp256k1",
    value: Buffer.from(pubkey).toString("base64"),
  });
  const authInfoBytes = makeAuthInfoBytes(
    [{ pubkey: key, sequence: Number(sequence) }],
    FEE.amount,
    Number(FEE.gas),
    undefined,
    undefined,
    SignMode.SIGN_MODE_LEGACY_AMINO_JSON,
  );
  const raw = TxRaw.fromPartial({
    bodyBytes: bodyBytes(address, bob),
    authInfoBytes,
    signatures: [fromBase64(signature.signature)],
  });
  delivered(chain, raw);
  assert.is(chain.balance(bytesOf(address)), 987n);
});

test("multisig, two of three", async () => {
  const chain = TestChain.create();
  const wallets = await Promise.all(
    [11, 12, 13].map((byte) => Secp256k1Wallet.fromKey(secret(byte), "lease")),
  );
  const members = await Promise.all(
    wallets.map(async (wallet) => {
      const [first] = await wallet.getAccounts();
      return first as { address: string; pubkey: Uint8Array };
    }),
  );
  const key = createMultisigThresholdPubkey(
    members.map(({ pubkey }) => ({
      type: "tendermint/PubKeySecp256k1" as const,
      value: Buffer.from(pubkey).toString("base64"),
    })),
    2,
    true,
  );
  const address = pubkeyToAddress(key, "lease");
  fund(chain, address);
  const bob = chain.account("bob").address;
  const { accountNumber, sequence } = account(chain, address);
  const doc = makeAminoSignDoc(
    [amino.toAmino(sendMessage(address, bob))],
    FEE,
    chain.chainId,
    MEMO,
    accountNumber.toString(),
    sequence.toString(),
  );
  const signatures = new Map<string, Uint8Array>();
  for (const index of [0, 2]) {
    const member = members[index]?.address ?? "";
    const answer = await wallets[index]?.signAmino(member, doc);
    signatures.set(member, fromBase64(answer?.signature.signature ?? ""));
  }
  const bytes = makeMultisignedTxBytes(
    key,
    Int53.fromString(sequence.toString()).toNumber(),
    FEE,
    bodyBytes(address, bob),
    signatures,
  );
  const [result] = chain.block([bytes]);
  assert.is(result?.log, "");
  assert.is(chain.balance(bytesOf(address)), 987n);
});

test.run();
