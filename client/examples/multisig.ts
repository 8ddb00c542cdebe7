// A multisig account sends coins: its members sign amino JSON, one of them broadcasts. On published
// CosmJS packages alone.

import type { StdFee } from "@cosmjs/amino";
import { createMultisigThresholdPubkey, pubkeyToAddress, Secp256k1HdWallet } from "@cosmjs/amino";
import { toBase64 } from "@cosmjs/encoding";
import { makeMultisignedTxBytes, SigningStargateClient, StargateClient } from "@cosmjs/stargate";
import { parseCoins } from "@cosmjs/stargate";

/** Members of a multisig, and how many of them must sign. */
export interface Members {
  readonly wallets: readonly Secp256k1HdWallet[];
  readonly threshold: number;
  readonly prefix: string;
}

/** The key and address of the multisig. Its members' order is part of the address. */
export async function multisigAccount({ wallets, threshold, prefix }: Members) {
  const accounts = await Promise.all(wallets.map((wallet) => wallet.getAccounts()));
  const keys = accounts.map(([account]) => ({
    type: "tendermint/PubKeySecp256k1",
    value: toBase64(account?.pubkey ?? new Uint8Array()),
  }));
  const key = createMultisigThresholdPubkey(keys, threshold);
  return { key, address: pubkeyToAddress(key, prefix) };
}

/** Sends coins of the multisig with the signatures of its first `threshold` members. */
export async function sendTogether(
  rpc: string,
  members: Members,
  to: string,
  amount: string,
  fee: StdFee,
): Promise<string> {
  const { key, address } = await multisigAccount(members);
  const online = await StargateClient.connect(rpc);
  const [chainId, { accountNumber, sequence }] = await Promise.all([
    online.getChainId(),
    online.getSequence(address),
  ]);
  const message = {
    typeUrl: "/cosmos.bank.v1beta1.MsgSend",
    value: { fromAddress: address, toAddress: to, amount: parseCoins(amount) },
  };
  const signerData = { accountNumber, sequence, chainId };
  const signatures = new Map<string, Uint8Array>();
  let body: Uint8Array = new Uint8Array();
  for (const wallet of members.wallets.slice(0, members.threshold)) {
    const [member] = await wallet.getAccounts();
    const offline = await SigningStargateClient.offline(wallet);
    const signer = member?.address as string;
    const signed = await offline.sign(signer, [message], fee, "", signerData);
    signatures.set(signer, signed.signatures[0] as Uint8Array);
    body = signed.bodyBytes;
  }
  const bytes = makeMultisignedTxBytes(key, sequence, fee, body, signatures);
  const result = await online.broadcastTx(bytes);
  online.disconnect();
  if (result.code !== 0) throw new Error(result.rawLog);
  return result.transactionHash;
}
