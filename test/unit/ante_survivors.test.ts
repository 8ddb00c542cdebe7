// Rules of the ante chain whose guards `make mutate` once switched off without a test noticing.

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../chain/base/bytes.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import { SignMode } from "../../chain/codec/gen/cosmos/tx/signing/v1beta1.ts";
import { AuthInfo, TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { accounts } from "../../modules/auth/index.ts";
import { TestChain } from "../support/chain.ts";
import type { Delivered } from "../support/chain.ts";
import { testPlatform } from "../support/platform.ts";
import { msg } from "../support/signing.ts";

/** A send that is signed as amino JSON; `more` stands at the end of its body. */
function aminoSend(chain: TestChain, more: readonly number[]): Delivered {
  const [alice, bob] = ["alice", "bob"].map((name) => chain.account(name));
  if (alice === undefined || bob === undefined) throw new Error("nobody");
  const coins = [{ denom: "ulease", amount: "5" }];
  const names = { fromAddress: alice.address, toAddress: bob.address };
  const account = accounts.get(chain.ctx(), alice.bytes);
  const document = {
    account_number: String(account?.number ?? 0n),
    chain_id: chain.chainId,
    fee: { amount: [], gas: "200000" },
    memo: "",
    msgs: [
      {
        type: "cosmos-sdk/MsgSend",
        value: {
          amount: [{ amount: "5", denom: "ulease" }],
          from_address: names.fromAddress,
          to_address: names.toAddress,
        },
      },
    ],
    sequence: String(account?.sequence ?? 0n),
  };
  const digest = testPlatform.sha256(utf8(JSON.stringify(document)));
  const signature = secp256k1.sign(digest, alice.secret, { prehash: false, lowS: true });
  const messages = [msg(MsgSend, { ...names, amount: coins })];
  const bodyBytes = Uint8Array.of(...TxBody.encode(TxBody.create({ messages })), ...more);
  const authInfoBytes = AuthInfo.encode({
    signerInfos: [
      {
        publicKey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: alice.key }) },
        modeInfo: { single: { mode: SignMode.LEGACY_AMINO_JSON } },
        sequence: account?.sequence ?? 0n,
      },
    ],
    fee: { amount: [], gasLimit: 200_000n, payer: "", granter: "" },
  });
  const bytes = TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [signature] });
  const [result] = chain.block([bytes]);
  if (result === undefined) throw new Error("no result");
  return result;
}

test("amino JSON signs no body that says more than the document", () => {
  const chain = TestChain.create();
  assert.is(aminoSend(chain, []).log, "");
  // Field 1024: unknown, and by its number one that a chain may ignore.
  const refused = aminoSend(chain, [0x82, 0x40, 1, 7]);
  assert.is(`${refused.codespace}/${refused.code}`, "sdk/4", refused.log);
});

test("a transaction is in time at its height and too late in the next block", () => {
  const chain = TestChain.create();
  const [alice, bob] = ["alice", "bob"].map((name) => chain.account(name));
  if (alice === undefined || bob === undefined) throw new Error("nobody");
  const amount = [{ denom: "ulease", amount: "5" }];
  const send = msg(MsgSend, { fromAddress: alice.address, toAddress: bob.address, amount });
  const next = chain.height + 1n;
  assert.is(chain.deliver(alice, [send], { timeoutHeight: next }).code, 0);
  const late = chain.deliver(alice, [send], { timeoutHeight: next });
  assert.is(`${late.codespace}/${late.code}`, "sdk/30", late.log);
});

test.run();
