// Receipts of tenants whose account is a multisig: enough members in order, over the right text.

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toBase64, utf8 } from "../../chain/base/bytes.ts";
import { LegacyAminoPubKey } from "../../chain/codec/gen/cosmos/crypto/multisig.ts";
import { MultiSignature } from "../../chain/codec/gen/cosmos/crypto/multisig/v1beta1.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import { Any } from "../../chain/codec/gen/google/protobuf.ts";
import { addressOfKey, decodePubKey } from "../../chain/runtime/index.ts";
import { defaultAuthParams } from "../../modules/auth/index.ts";
import { verifySignedText } from "../../modules/auth/signed_text.ts";
import { TestChain } from "../support/chain.ts";
import { testPlatform } from "../support/platform.ts";
import type { Signer } from "../support/signing.ts";

const TEXT = utf8("leasehold receipt v1\ntest-1\nowner\n1/1/1\nprovider\n00");

const chain = TestChain.create();
const members = ["alice", "bob", "carol"].map((name) => chain.account(name));
const [alice, bob, carol] = members as [Signer, Signer, Signer];
const publicKeys = members.map(({ key }) => ({
  typeUrl: PubKey.typeUrl,
  value: PubKey.encode({ key }),
}));
const key: Any = {
  typeUrl: LegacyAminoPubKey.typeUrl,
  value: LegacyAminoPubKey.encode({ threshold: 2, publicKeys }),
};
const signer = addressOfKey(testPlatform, decodePubKey(key));

function sign(by: Signer, text: Uint8Array): Uint8Array {
  const document = {
    account_number: "0",
    chain_id: "",
    fee: { amount: [], gas: "0" },
    memo: "",
    msgs: [
      {
        type: "sign/MsgSignData",
        value: { data: toBase64(text), signer: chain.ctx().addresses.format(signer) },
      },
    ],
    sequence: "0",
  };
  const digest = testPlatform.sha256(utf8(JSON.stringify(document)));
  return secp256k1.sign(digest, by.secret, { prehash: false, lowS: true });
}

function verify(signatures: readonly Uint8Array[], publicKey: Any = key): boolean {
  return verifySignedText(chain.ctx(), defaultAuthParams(), {
    signer,
    text: TEXT,
    publicKey: Any.encode(publicKey),
    signature: MultiSignature.encode({ signatures }),
  });
}

test("two of three members sign, in their order", () => {
  for (const pair of [
    [alice, bob],
    [alice, carol],
    [bob, carol],
    [alice, bob, carol],
  ])
    assert.is(verify(pair.map((by) => sign(by, TEXT))), true);
});

test("too few, twice the same, out of order, strangers and other texts are refused", () => {
  const dave = chain.account("dave");
  for (const bad of [
    [],
    [alice],
    [alice, alice],
    [bob, alice],
    [alice, dave],
    [alice, bob, dave],
  ] as readonly Signer[][])
    assert.is(verify(bad.map((by) => sign(by, TEXT))), false);
  assert.is(verify([alice, bob].map((by) => sign(by, utf8("another")))), false);
});

test("a key that is not the owner's is refused", () => {
  const value = LegacyAminoPubKey.encode({ threshold: 1, publicKeys });
  assert.is(verify([sign(alice, TEXT)], { typeUrl: LegacyAminoPubKey.typeUrl, value }), false);
});

test.run();
