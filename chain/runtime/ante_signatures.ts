// The half of the ante chain that is about keys and signatures.

import type { Address } from "../base/address.ts";
import { equalBytes, toBase64 } from "../base/bytes.ts";
import { sdkErrors } from "../base/errors.ts";
import type { ChainError } from "../base/errors.ts";
import { SignMode } from "../codec/gen/cosmos/tx/signing/v1beta1.ts";
import { CodecError } from "../codec/index.ts";
import { signerAccount, SIMULATED_KEY } from "./ante_types.ts";
import { attribute } from "./events.ts";
import { isRefusal, undefinedError } from "./failure.ts";
import type { AnteAccount, AnteNeeds, AnteParams } from "./ante_types.ts";
import { countKeys } from "./pubkeys.ts";
import type { PubKey } from "./pubkeys.ts";
import {
  bitAt,
  bitCount,
  checksOf,
  flattenSignatures,
  isAllAmino,
  runCheck,
  signatureData,
  SignatureShapeError,
} from "./signatures.ts";
import type { SignatureCheck, SignatureData } from "./signatures.ts";
import { signBytes } from "./signdoc.ts";
import type { Transaction } from "./transaction.ts";
import type { Context } from "./types.ts";

/** One signer with what the transaction says of its signature. */
export interface Signer {
  readonly address: Address;
  readonly key: PubKey | undefined;
  readonly data: SignatureData | undefined;
  readonly sequence: bigint;
}

/** Checks given keys against their signers and stores them where the account has none yet. */
export function setKeys(
  ctx: Context,
  tx: Transaction,
  needs: AnteNeeds,
  addresses: readonly Address[],
): void {
  if (tx.keys.length !== addresses.length) {
    const text = `expected ${addresses.length} signer infos, got ${tx.keys.length}`;
    throw sdkErrors.txDecode.with(text);
  }
  const simulate = ctx.mode === "simulate";
  for (const [index, address] of addresses.entries()) {
    const given = tx.keys[index];
    if (given === undefined && !simulate) continue;
    const key = given ?? SIMULATED_KEY;
    const own = simulate ? address : tx.keyAddress(ctx.platform, index);
    if (own === undefined || !equalBytes(own, address)) {
      const text = `pubKey does not match signer address ${ctx.addresses.format(address)}`;
      throw sdkErrors.invalidPubKey.with(`${text} with signer index: ${index}`);
    }
    const account = signerAccount(ctx, needs, address);
    if (account.key === undefined) needs.accounts.setKey(ctx, address, account, key);
  }
}

/** Joins signers, signer infos and signatures. Throws: sdk/2 when counts differ. */
export function joinSigners(tx: Transaction, addresses: readonly Address[]): Signer[] {
  if (tx.signatures.length !== tx.signerInfos.length) {
    const text = `expected ${tx.signerInfos.length} signatures, got ${tx.signatures.length}`;
    throw sdkErrors.txDecode.with(text);
  }
  const signers: Signer[] = [];
  for (const [index, address] of addresses.entries()) {
    const info = tx.signerInfos[index];
    const signature = tx.signatures[index];
    if (info === undefined || signature === undefined) break;
    const data = info.modeInfo === undefined ? undefined : dataOf(info.modeInfo, signature);
    // As in the SDK: without mode info the sequence is not read either.
    const sequence = data === undefined ? 0n : info.sequence;
    signers.push({ address, key: tx.keys[index], data, sequence });
  }
  return signers;
}

/** Signature data; what does not fit is an error that no module registered. */
export function dataOf(
  info: Parameters<typeof signatureData>[0],
  signature: Uint8Array,
): SignatureData {
  try {
    return signatureData(info, signature);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw undefinedError(error.message);
  }
}

/** Events by which wallets find a transaction: tx{acc_seq}, tx{signature}. Throws: sdk/14. */
export function emitSignatures(ctx: Context, signers: readonly Signer[]): void {
  for (const { address, data, sequence } of signers) {
    const flat = shaped(() => flattenSignatures(data), sdkErrors.tooManySignatures.with);
    const acc = `${ctx.addresses.format(address)}/${sequence}`;
    ctx.emit({ type: "tx", attributes: [attribute("acc_seq", acc)] });
    for (const signature of flat)
      ctx.emit({ type: "tx", attributes: [attribute("signature", toBase64(signature))] });
  }
}

/** Runs `body`; a signature whose shape is wrong becomes the ChainError that `refuse` makes. */
function shaped<T>(body: () => T, refuse: (text: string) => ChainError): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof SignatureShapeError) throw refuse(error.message);
    throw error;
  }
}

/**
 * Throws: sdk/14 when the keys count more than tx_sig_limit. Beyond the SDK, a signer whose key is left
 * out counts too: each costs a digest of the whole document, seconds for a thousand.
 */
export function checkSignatureCount(ctx: Context, tx: Transaction, needs: AnteNeeds): void {
  const { txSigLimit } = needs.accounts.params(ctx);
  const signers = tx.keys.length;
  if (BigInt(signers) > txSigLimit)
    throw sdkErrors.tooManySignatures.with(`signatures: ${signers}, limit: ${txSigLimit}`);
  let count = 0;
  for (const key of tx.keys) {
    count += key === undefined ? 0 : countKeys(key);
    if (BigInt(count) > txSigLimit)
      throw sdkErrors.tooManySignatures.with(`signatures: ${count}, limit: ${txSigLimit}`);
  }
}

/** Charges for each signature by the kind of its key. Throws: sdk/8, undefined/1. */
export function chargeSignatures(ctx: Context, signers: readonly Signer[], needs: AnteNeeds): void {
  const params = needs.accounts.params(ctx);
  for (const { address, data } of signers) {
    const { key } = signerAccount(ctx, needs, address);
    chargeSignature(
      ctx,
      key ?? (ctx.mode === "simulate" ? SIMULATED_KEY : undefined),
      data,
      params,
    );
  }
}

function chargeSignature(
  ctx: Context,
  key: PubKey | undefined,
  data: SignatureData | undefined,
  params: AnteParams,
): void {
  if (key === undefined) throw sdkErrors.invalidPubKey.with("unrecognized public key type: <nil>");
  switch (key.kind) {
    case "secp256k1":
      ctx.gas.consume(Number(params.sigVerifyCostSecp256k1), "ante verify: secp256k1");
      return;
    case "ed25519":
      ctx.gas.consume(Number(params.sigVerifyCostEd25519), "ante verify: ed25519");
      throw sdkErrors.invalidPubKey.with("ED25519 public keys are unsupported");
    case "multisig":
      chargeMultisig(ctx, key, data, params);
  }
}

function chargeMultisig(
  ctx: Context,
  key: PubKey & { readonly kind: "multisig" },
  data: SignatureData | undefined,
  params: AnteParams,
): void {
  if (data?.kind !== "multi") throw undefinedError("expected multisig signature data");
  const size = bitCount(data.bits);
  if (key.keys.length !== size)
    throw undefinedError(`bit array size is incorrect, expecting: ${key.keys.length}`);
  let next = 0;
  for (const [index, member] of key.keys.entries()) {
    if (!bitAt(data.bits, index)) continue;
    const inner = data.signatures[next++];
    if (inner === undefined)
      throw undefinedError(`signature size is incorrect ${data.signatures.length}`);
    chargeSignature(ctx, member, inner, params);
  }
}

/** Checks sequences and signatures. Throws: sdk/4, 8, 32, 37. */
export function verifySignatures(
  ctx: Context,
  tx: Transaction,
  signers: readonly Signer[],
  needs: AnteNeeds,
): void {
  if (tx.body.unordered)
    throw sdkErrors.notSupported.with("unordered transactions are not enabled");
  for (const signer of signers) {
    const account = signerAccount(ctx, needs, signer.address);
    if (ctx.mode !== "simulate" && account.key === undefined)
      throw sdkErrors.invalidPubKey.with("pubkey on account is not set");
    if (signer.sequence !== account.sequence) {
      const counts = `expected ${account.sequence}, got ${signer.sequence}`;
      throw sdkErrors.wrongSequence.with(`account sequence mismatch, ${counts}`);
    }
    if (ctx.mode === "simulate") continue;
    verifySignature(ctx, tx, signer, account, needs);
    tx.wasVerified = true;
  }
}

function verifySignature(
  ctx: Context,
  tx: Transaction,
  signer: Signer,
  account: AnteAccount,
  needs: AnteNeeds,
): void {
  const refuse = (reason: string): ChainError => {
    const facts = `account number (${account.number})`;
    const text = `signature verification failed; please verify ${facts}`;
    if (signer.data !== undefined && isAllAmino(signer.data)) {
      const sequence = `sequence (${account.sequence}) and chain-id (${ctx.chainId})`;
      return sdkErrors.unauthorized.with(`${text}, ${sequence}`);
    }
    return sdkErrors.unauthorized.with(`${text} and chain-id (${ctx.chainId}): (${reason})`);
  };
  const checks = shaped(() => signatureChecks(ctx, tx, signer, account, needs), refuse);
  for (const check of checks)
    if (!runCheck(ctx.platform, needs.memo, check, tx.checkId(ctx.platform, check)))
      throw refuse("unable to verify single signer signature");
}

function signatureChecks(
  ctx: Context,
  tx: Transaction,
  signer: Signer,
  account: AnteAccount,
  needs: AnteNeeds,
): SignatureCheck[] {
  if (signer.data === undefined) throw new SignatureShapeError("SignatureData is required");
  const key = account.key ?? signer.key;
  if (key === undefined) throw new SignatureShapeError("no public key");
  const facts = {
    chainId: ctx.chainId,
    accountNumber: account.number,
    sequence: signer.sequence,
    key: key.any,
  };
  return checksOf(key, signer.data, (mode) => {
    if (mode === SignMode.DIRECT_AUX) refusePayer(ctx, tx, signer.address);
    return tx.digest(mode, facts, () => {
      const bytes = signBytes(tx, mode, facts, needs.registry);
      return bytes === undefined ? undefined : ctx.platform.sha256(bytes);
    });
  });
}

/**
 * Who pays must sign the fee, which this mode does not cover. Compared as bytes: one address has
 * several texts, and with another one somebody could let a signer pay who has not agreed to it.
 */
function refusePayer(ctx: Context, tx: Transaction, address: Address): void {
  const text = ctx.addresses.format(address);
  const named = tx.fee?.payer ?? "";
  const [first] = tx.signers(ctx.addresses);
  const payer = named === "" ? first : ctx.addresses.parse(named);
  const pays = payer !== undefined && equalBytes(payer, address);
  if (pays)
    throw new SignatureShapeError(
      `fee payer ${text} cannot sign with SIGN_MODE_DIRECT_AUX: unauthorized`,
    );
}

/**
 * The elementary checks that this transaction will need, as far as they can be known from the state
 * of `ctx`: a pure read for a worker that verifies ahead. Nothing is refused here.
 */
export function signatureJobs(ctx: Context, tx: Transaction, needs: AnteNeeds): SignatureCheck[] {
  const jobs: SignatureCheck[] = [];
  try {
    const addresses = tx.signers(ctx.addresses);
    // Each signer costs a digest of the whole document: what the chain will refuse is not prepared.
    checkSignatureCount(ctx, tx, needs);
    for (const signer of joinSigners(tx, addresses)) {
      const account = needs.accounts.account(ctx, signer.address);
      if (account === undefined) continue;
      shaped(
        () => jobs.push(...signatureChecks(ctx, tx, signer, account, needs)),
        sdkErrors.unauthorized.with,
      );
    }
  } catch (error) {
    if (isRefusal(error)) return [];
    throw error;
  }
  return jobs;
}
