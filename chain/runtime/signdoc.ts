// The bytes that a signer signs: SIGN_MODE_DIRECT, SIGN_MODE_DIRECT_AUX and
// SIGN_MODE_LEGACY_AMINO_JSON.

import { equalBytes } from "../base/bytes.ts";
import type { Fee } from "../codec/gen/cosmos/tx/v1beta1.ts";
import { SignDoc, SignDocDirectAux, TxBody } from "../codec/gen/cosmos/tx/v1beta1.ts";
import { SignMode } from "../codec/gen/cosmos/tx/signing/v1beta1.ts";
import { formatTime } from "../base/time.ts";
import { CodecError, sortedJsonBytes } from "../codec/index.ts";
import type { Json, TypeRegistry } from "../codec/index.ts";
import type { SignerFacts, Transaction } from "./transaction.ts";

/** Bytes to be signed in `mode`; undefined when the mode or this transaction in it is not supported. */
export function signBytes(
  tx: Transaction,
  mode: number,
  facts: SignerFacts,
  registry: TypeRegistry,
): Uint8Array | undefined {
  if (mode === SignMode.DIRECT) return directBytes(tx, facts);
  if (mode === SignMode.DIRECT_AUX) return directAuxBytes(tx, facts);
  if (mode !== SignMode.LEGACY_AMINO_JSON) return undefined;
  try {
    return aminoBytes(tx, facts, registry);
  } catch (error) {
    // A message that has no amino form cannot be signed in this mode.
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

function directBytes(tx: Transaction, facts: SignerFacts): Uint8Array {
  return SignDoc.encode({
    bodyBytes: tx.bodyBytes,
    authInfoBytes: tx.authInfoBytes,
    chainId: facts.chainId,
    accountNumber: facts.accountNumber,
  });
}

/** What a signer signs who does not pay: fee, and who else signs, are not covered. */
function directAuxBytes(tx: Transaction, facts: SignerFacts): Uint8Array {
  return SignDocDirectAux.encode({
    bodyBytes: tx.bodyBytes,
    publicKey: facts.key,
    chainId: facts.chainId,
    accountNumber: facts.accountNumber,
    sequence: facts.sequence,
    tip: tx.tip,
  });
}

/**
 * The amino JSON document. It does not cover the body's bytes, so the body must be the only way to
 * write what it says; extension options, unknown fields and a tip have no place in it.
 */
function aminoBytes(
  tx: Transaction,
  facts: SignerFacts,
  registry: TypeRegistry,
): Uint8Array | undefined {
  if (tx.fee === undefined || tx.tip !== undefined || !isCanonical(tx, registry)) return undefined;
  const { body } = tx;
  const doc: Record<string, Json> = {
    account_number: facts.accountNumber.toString(),
    chain_id: facts.chainId,
    fee: feeJson(tx.fee),
    memo: body.memo,
    msgs: tx.messages.map((message) => message.toAmino(registry)),
    sequence: facts.sequence.toString(),
  };
  if (body.timeoutHeight !== 0n) doc["timeout_height"] = body.timeoutHeight.toString();
  if (body.unordered) doc["unordered"] = true;
  if (body.timeoutTimestamp !== undefined)
    doc["timeout_timestamp"] = formatTime(body.timeoutTimestamp);
  return sortedJsonBytes(doc);
}

function isCanonical(tx: Transaction, registry: TypeRegistry): boolean {
  if (tx.hasUnknownFields) return false;
  if (tx.body.extensionOptions.length + tx.body.nonCriticalExtensionOptions.length > 0)
    return false;
  return (
    tx.messages.every((message) => message.isCanonical(registry)) &&
    equalBytes(TxBody.encode(tx.body), tx.bodyBytes)
  );
}

function feeJson(fee: Fee): Json {
  const out: Record<string, Json> = {
    amount: fee.amount.map(({ denom, amount }) => ({ amount, denom })),
    gas: fee.gasLimit.toString(),
  };
  if (fee.granter !== "") out["granter"] = fee.granter;
  if (fee.payer !== "") out["payer"] = fee.payer;
  return out;
}
