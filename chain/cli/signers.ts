// From a stored key to a signer, and to the address that a chain's prefix gives it.

import {
  createMultisigThresholdPubkey,
  pubkeyToAddress,
  Secp256k1HdWallet,
  Secp256k1Wallet,
} from "@cosmjs/amino";
import type { MultisigThresholdPubkey, OfflineAminoSigner, Pubkey } from "@cosmjs/amino";
import { stringToPath } from "@cosmjs/crypto";
import { fromHex } from "@cosmjs/encoding";
import { DirectSecp256k1HdWallet, DirectSecp256k1Wallet } from "@cosmjs/proto-signing";
import type { OfflineDirectSigner } from "@cosmjs/proto-signing";
import { CliFailure } from "./failure.ts";
import type { KeyRecord, Keyring, KeySecret } from "./keyring.ts";

/** Derivation path of the first account of coin type 118. */
export const DEFAULT_PATH = "m/44'/118'/0'/0/0";

/** A signer for SIGN_MODE_DIRECT. */
export async function directSigner(
  secret: KeySecret,
  prefix: string,
): Promise<OfflineDirectSigner> {
  if (secret.kind === "private") return DirectSecp256k1Wallet.fromKey(fromHex(secret.hex), prefix);
  return DirectSecp256k1HdWallet.fromMnemonic(secret.mnemonic, {
    prefix,
    hdPaths: [stringToPath(secret.path)],
  });
}

/** A signer for SIGN_MODE_LEGACY_AMINO_JSON. */
export async function aminoSigner(secret: KeySecret, prefix: string): Promise<OfflineAminoSigner> {
  if (secret.kind === "private") return Secp256k1Wallet.fromKey(fromHex(secret.hex), prefix);
  return Secp256k1HdWallet.fromMnemonic(secret.mnemonic, {
    prefix,
    hdPaths: [stringToPath(secret.path)],
  });
}

/** A key from its secret, ready to be stored. */
export async function recordFromSecret(name: string, secret: KeySecret): Promise<KeyRecord> {
  const signer = await aminoSigner(secret, "any");
  const [account] = await signer.getAccounts();
  if (account === undefined) throw new CliFailure(`key ${name} gives no account`);
  const value = Buffer.from(account.pubkey).toString("base64");
  return { name, type: "local", publicKey: { type: "tendermint/PubKeySecp256k1", value }, secret };
}

/** A multisig key from stored members, in the order of their addresses as the SDK has it. */
export function multisigRecord(
  name: string,
  keyring: Keyring,
  members: readonly string[],
  threshold: number,
  sort: boolean,
): KeyRecord {
  const keys = members.map((member) => keyring.need(member).publicKey as Pubkey);
  if (threshold < 1 || threshold > keys.length) {
    throw new CliFailure(`the threshold must be between 1 and ${keys.length}, got ${threshold}`);
  }
  const publicKey: MultisigThresholdPubkey = createMultisigThresholdPubkey(
    keys as Parameters<typeof createMultisigThresholdPubkey>[0],
    threshold,
    !sort,
  );
  return { name, type: "multi", publicKey };
}

/** Address of a key on a chain with that prefix. */
export function addressOf(record: KeyRecord, prefix: string): string {
  return pubkeyToAddress(record.publicKey as Pubkey, prefix);
}
