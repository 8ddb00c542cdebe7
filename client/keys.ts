// Keys, by CosmJS only. A wallet here signs DIRECT for transactions and amino JSON for receipts and
// multisig, from the same mnemonic.

import type { AminoSignResponse, StdSignDoc } from "@cosmjs/amino";
import { Secp256k1HdWallet } from "@cosmjs/amino";
import type { AccountData, DirectSignResponse } from "@cosmjs/proto-signing";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import type { SignDoc } from "cosmjs-types/cosmos/tx/v1beta1/tx";

/** A signer of both kinds. */
export interface Wallet {
  /** Accounts with addresses under the chain's prefix. */
  getAccounts(): Promise<readonly AccountData[]>;
  signDirect(address: string, document: SignDoc): Promise<DirectSignResponse>;
  signAmino(address: string, document: StdSignDoc): Promise<AminoSignResponse>;
}

/** A wallet of the first account (m/44'/118'/0'/0/0) of a mnemonic. */
export async function walletFromMnemonic(mnemonic: string, prefix = "lease"): Promise<Wallet> {
  const direct = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix });
  const amino = await Secp256k1HdWallet.fromMnemonic(mnemonic, { prefix });
  return {
    getAccounts: () => direct.getAccounts(),
    signDirect: (address, document) => direct.signDirect(address, document),
    signAmino: (address, document) => amino.signAmino(address, document),
  };
}

/** A new mnemonic of 24 words. */
export async function newMnemonic(): Promise<string> {
  return (await Secp256k1HdWallet.generate(24)).mnemonic;
}
