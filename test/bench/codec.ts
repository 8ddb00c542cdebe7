// Cost of decoding and encoding one bank send, everything included, in microseconds per operation:
//   node build/test/bench/codec.js
// Target: 0.5 to 3 us to decode the whole transaction. cosmjs-types stands beside it.

import {
  AuthInfo as PeerAuthInfo,
  TxBody as PeerTxBody,
  TxRaw as PeerTxRaw,
} from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { MsgSend as PeerMsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { PubKey as PeerPubKey } from "cosmjs-types/cosmos/crypto/secp256k1/keys";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import { AuthInfo, TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";

const ROUNDS = 9;
const RUNS = 40_000;

const send: MsgSend = {
  fromAddress: "lease1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9",
  toAddress: "lease1zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3jmv4k7",
  amount: [{ denom: "ulease", amount: "1234567" }],
};
const key = PubKey.encode({ key: new Uint8Array(33).fill(2) });
const body = TxBody.encode(
  TxBody.create({
    messages: [{ typeUrl: MsgSend.typeUrl, value: MsgSend.encode(send) }],
    memo: "",
  }),
);
const authInfo = AuthInfo.encode(
  AuthInfo.create({
    signerInfos: [
      {
        publicKey: { typeUrl: PubKey.typeUrl, value: key },
        modeInfo: { single: { mode: 1 } },
        sequence: 41n,
      },
    ],
    fee: {
      amount: [{ denom: "ulease", amount: "250" }],
      gasLimit: 100_000n,
      payer: "",
      granter: "",
    },
  }),
);
const transaction = TxRaw.encode({
  bodyBytes: body,
  authInfoBytes: authInfo,
  signatures: [new Uint8Array(64).fill(7)],
});

function decodeAll(): number {
  const raw = TxRaw.decode(transaction);
  const { messages } = TxBody.decode(raw.bodyBytes);
  const info = AuthInfo.decode(raw.authInfoBytes);
  const message = MsgSend.decode(messages[0]?.value as Uint8Array);
  const publicKey = PubKey.decode(info.signerInfos[0]?.publicKey?.value as Uint8Array);
  return message.amount.length + publicKey.key.length;
}

function decodeAllPeer(): number {
  const raw = PeerTxRaw.decode(transaction);
  const { messages } = PeerTxBody.decode(raw.bodyBytes);
  const info = PeerAuthInfo.decode(raw.authInfoBytes);
  const message = PeerMsgSend.decode(messages[0]?.value as Uint8Array);
  const publicKey = PeerPubKey.decode(info.signerInfos[0]?.publicKey?.value as Uint8Array);
  return message.amount.length + publicKey.key.length;
}

const sendBytes = MsgSend.encode(send);
const bodyValue = TxBody.decode(body);
const authValue = AuthInfo.decode(authInfo);

const WORK: readonly (readonly [name: string, run: () => unknown])[] = [
  ["decode whole transaction", decodeAll],
  ["decode whole transaction, cosmjs-types", decodeAllPeer],
  ["decode MsgSend", () => MsgSend.decode(sendBytes)],
  ["decode MsgSend, cosmjs-types", () => PeerMsgSend.decode(sendBytes)],
  ["decode AuthInfo", () => AuthInfo.decode(authInfo)],
  ["encode MsgSend", () => MsgSend.encode(send)],
  ["encode MsgSend, cosmjs-types", () => PeerMsgSend.encode(send as never).finish()],
  ["encode TxBody and AuthInfo", () => [TxBody.encode(bodyValue), AuthInfo.encode(authValue)]],
];

console.log(`${transaction.length} bytes, ${ROUNDS} rounds of ${RUNS}, Node ${process.version}`);
for (const [name, run] of WORK) {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < RUNS; i++) run();
    times.push(Number(process.hrtime.bigint() - start) / 1000 / RUNS);
  }
  times.sort((a, b) => a - b);
  const [fastest, median, slowest] = [times[0], times[ROUNDS >> 1], times[ROUNDS - 1]] as const;
  const spread = `[${fastest?.toFixed(2)}-${slowest?.toFixed(2)}]`;
  console.log(`${name.padEnd(42)} ${median?.toFixed(2).padStart(7)} us  ${spread}`);
}
