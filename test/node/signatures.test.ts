// The same transactions with and without the signature worker: same codes, same gas, same texts.

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AddressCodec, secp256k1Address } from "../../chain/base/address.ts";
import { toBase64 } from "../../chain/base/bytes.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import { AuthInfo, SignDoc, TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { callRpc, startTestNode } from "../support/node.ts";

const platform = fastPlatform(() => undefined);
const secret = new Uint8Array(32).fill(3);
const key = secp256k1.getPublicKey(secret);
const address = new AddressCodec("lease").format(secp256k1Address(platform, key));

/** A send of one unit to itself; `spoil` changes the signature. */
function send(sequence: bigint, spoil?: (signature: Uint8Array) => Uint8Array): string {
  const amount = [{ denom: "ulease", amount: "1" }];
  const value = MsgSend.encode({ fromAddress: address, toAddress: address, amount });
  const messages = [{ typeUrl: MsgSend.typeUrl, value }];
  const bodyBytes = TxBody.encode(TxBody.create({ messages }));
  const signer = {
    publicKey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key }) },
    modeInfo: { single: { mode: 1 } },
    sequence,
  };
  const fee = { amount: [], gasLimit: 100_000n, payer: "", granter: "" };
  const authInfoBytes = AuthInfo.encode(AuthInfo.create({ signerInfos: [signer], fee }));
  const doc = { bodyBytes, authInfoBytes, chainId: "test-1", accountNumber: 0n };
  const digest = platform.sha256(SignDoc.encode(doc));
  const signature = secp256k1.sign(digest, secret, { prehash: false });
  const signatures = [spoil === undefined ? signature : spoil(signature)];
  return toBase64(TxRaw.encode({ bodyBytes, authInfoBytes, signatures }));
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The other signature of the same message: s replaced by the group's order minus s. */
function highS(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString("hex")}`);
  const other = Buffer.from((ORDER - s).toString(16).padStart(64, "0"), "hex");
  return Uint8Array.from([...signature.subarray(0, 32), ...other]);
}

const CASES: readonly string[] = [
  send(0n, highS),
  send(0n, (signature) => signature.slice(0, 63)),
  send(0n, (signature) => signature.map((byte, i) => (i === 5 ? byte ^ 1 : byte))),
  send(0n, () => new Uint8Array(64)),
  send(5n),
  send(0n),
  send(1n),
];

async function outcomes(workers: number): Promise<unknown> {
  const node = await startTestNode({
    accounts: [{ address, coins: [{ denom: "ulease", amount: 1_000_000n }] }],
    app: { "signature-workers": workers.toString() },
  });
  try {
    const answers: unknown[] = [];
    for (const tx of CASES) {
      const answer = await callRpc<{ check_tx: object; tx_result: object }>(
        node.rpcUrl,
        "broadcast_tx_commit",
        { tx },
      );
      answers.push([answer.check_tx, answer.tx_result]);
    }
    return answers;
  } finally {
    await node.remove();
  }
}

const test = suite("signatures with and without the worker");

test("every transaction ends the same way", async () => {
  const [inline, worker] = [await outcomes(0), await outcomes(1)];
  assert.equal(worker, inline);
  const codes = (inline as [{ code: number }, { code: number }][]).map(([check]) => check.code);
  assert.equal(codes, [4, 4, 4, 4, 32, 0, 0]);
});

test.run();
