// SIGN_MODE_DIRECT_AUX: a signer who does not pay agrees to the body alone. What it covers, and that
// nobody can be made to pay by it.

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import { SignMode } from "../../chain/codec/gen/cosmos/tx/signing/v1beta1.ts";
import {
  AuthInfo,
  SignDoc,
  SignDocDirectAux,
  TxBody,
  TxRaw,
} from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { accounts } from "../../modules/auth/state.ts";
import { TestChain } from "../support/chain.ts";
import type { Delivered } from "../support/chain.ts";
import { lease, paying } from "../support/grants.ts";
import { testPlatform } from "../support/platform.ts";
import type { Signer } from "../support/signing.ts";

interface Draft {
  readonly memo?: string;
  readonly payer?: string;
  readonly fee?: bigint;
  /** Memo that the aux signer saw. */
  readonly seen?: string;
}

function keyOf({ key }: Signer): { typeUrl: string; value: Uint8Array } {
  return { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key }) };
}

/** Sends a coin of alice, who signs in aux mode; bob signs and, unless said otherwise, pays. */
function deliver(chain: TestChain, draft: Draft = {}): Delivered {
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const signers = [alice, bob].map((signer) => {
    const account = accounts.must(chain.ctx(), signer.bytes);
    return { signer, number: account.number, sequence: account.sequence };
  });
  const messages = [paying(alice, bob.address, 1n), paying(bob, alice.address, 1n)];
  const bodyOf = (memo = ""): Uint8Array => TxBody.encode(TxBody.create({ messages, memo }));
  const modes = [SignMode.DIRECT_AUX, SignMode.DIRECT];
  const authInfoBytes = AuthInfo.encode({
    signerInfos: signers.map(({ signer, sequence }, index) => ({
      publicKey: keyOf(signer),
      modeInfo: { single: { mode: modes[index] as number } },
      sequence,
    })),
    fee: {
      amount: lease(draft.fee ?? 5n),
      gasLimit: 500_000n,
      payer: draft.payer ?? bob.address,
      granter: "",
    },
  });
  const bodyBytes = bodyOf(draft.memo);
  const { chainId } = chain;
  const signatures = signers.map(({ signer, number, sequence }, index) => {
    const doc =
      index === 0
        ? SignDocDirectAux.encode({
            bodyBytes: bodyOf(draft.seen ?? draft.memo),
            publicKey: keyOf(signer),
            chainId,
            accountNumber: number,
            sequence,
          })
        : SignDoc.encode({ bodyBytes, authInfoBytes, chainId, accountNumber: number });
    const digest = testPlatform.sha256(doc);
    return secp256k1.sign(digest, signer.secret, { prehash: false, lowS: true });
  });
  const [result] = chain.block([TxRaw.encode({ bodyBytes, authInfoBytes, signatures })]);
  if (result === undefined) throw new Error("no result");
  return result;
}

test("one signs the body, the other pays", () => {
  const chain = TestChain.create();
  const before = chain.balance(chain.account("bob").bytes);
  const result = deliver(chain);
  assert.is(result.code, 0, result.log);
  assert.is(chain.balance(chain.account("bob").bytes), before - 5n);
  assert.is(deliver(chain, { fee: 900n }).code, 0, "the fee is not covered, and not alice's");
});

test("another body is refused", () => {
  const result = deliver(TestChain.create(), { memo: "a", seen: "b" });
  assert.is(result.code, 4);
  assert.match(result.log, /unable to verify single signer signature/);
});

test("whoever signs so cannot be the payer, however the address is written", () => {
  const chain = TestChain.create();
  const { address } = chain.account("alice");
  for (const payer of [address, address.toUpperCase(), ""]) {
    const result = deliver(chain, { payer });
    assert.is(result.code, 4, result.log);
    assert.match(result.log, /fee payer lease1\w+ cannot sign with SIGN_MODE_DIRECT_AUX/);
  }
});

test.run();
