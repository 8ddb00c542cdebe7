// What an amino JSON signature does not cover nobody may add: the tip, which this chain ignores.

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../chain/base/bytes.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import { SignMode } from "../../chain/codec/gen/cosmos/tx/signing/v1beta1.ts";
import { AuthInfo, TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import type { Tip } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { sortedJson } from "../../chain/codec/index.ts";
import { accounts } from "../../modules/auth/state.ts";
import { TestChain } from "../support/chain.ts";
import type { Delivered } from "../support/chain.ts";
import { lease, paying } from "../support/grants.ts";
import { testPlatform } from "../support/platform.ts";

/** Alice sends bob a coin, signed in amino JSON; the tip is added afterwards. */
function deliver(chain: TestChain, tip: Tip | undefined): Delivered {
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const { number, sequence } = accounts.must(chain.ctx(), alice.bytes);
  const value = { from_address: alice.address, to_address: bob.address, amount: lease(1n) };
  const doc = {
    account_number: number.toString(),
    chain_id: chain.chainId,
    fee: { amount: lease(5n), gas: "500000" },
    memo: "",
    msgs: [{ type: "cosmos-sdk/MsgSend", value }],
    sequence: sequence.toString(),
  };
  const digest = testPlatform.sha256(utf8(sortedJson(doc)));
  const signature = secp256k1.sign(digest, alice.secret, { prehash: false, lowS: true });
  const authInfoBytes = AuthInfo.encode({
    signerInfos: [
      {
        publicKey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: alice.key }) },
        modeInfo: { single: { mode: SignMode.LEGACY_AMINO_JSON } },
        sequence,
      },
    ],
    fee: { amount: lease(5n), gasLimit: 500_000n, payer: "", granter: "" },
    tip,
  });
  const messages = [paying(alice, bob.address, 1n)];
  const bodyBytes = TxBody.encode(TxBody.create({ messages }));
  const [result] = chain.block([
    TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [signature] }),
  ]);
  if (result === undefined) throw new Error("no result");
  return result;
}

test("a tip that was added to a signed transaction makes the signature wrong", () => {
  const chain = TestChain.create();
  const tipper = chain.account("bob").address;
  const result = deliver(chain, { amount: lease(1n), tipper });
  assert.is(result.code, 4, result.log);
  assert.is(deliver(chain, undefined).code, 0, "the same without a tip is taken");
});

test.run();
