// The ante chain: what happens to every transaction before its messages, in the SDK's order and
// with its codes, texts, reads and writes (x/auth/ante of SDK 0.53). Gas depends on each read, so
// what looks redundant here (params and accounts read again at each step) is part of the contract.

import type { Address } from "../base/address.ts";
import { equalBytes } from "../base/bytes.ts";
import { formatCoins, isDenom } from "../base/coins.ts";
import { ChainError, sdkErrors, undefinedErrors } from "../base/errors.ts";
import { ceilDiv } from "../base/integers.ts";
import { compareTime, formatTime } from "../base/time.ts";
import type { Timestamp } from "../base/time.ts";
import {
  chargeSignatures,
  checkSignatureCount,
  dataOf,
  emitSignatures,
  joinSigners,
  setKeys,
  verifySignatures,
} from "./ante_signatures.ts";
import { rewrapped, SIMULATED_KEY } from "./ante_types.ts";
import type { AnteNeeds } from "./ante_types.ts";
import { attribute } from "./events.ts";
import { parseAddress } from "./handlers.ts";
import { aminoBytes } from "./pubkeys.ts";
import type { PubKey } from "./pubkeys.ts";
import type { SignatureData } from "./signatures.ts";
import type { FeeCoin, Transaction } from "./transaction.ts";
import type { Context } from "./types.ts";

const DECIMAL = 10n ** 18n;
const MAX_GAS_WANTED = (1n << 63n) - 1n;

/**
 * Runs the chain. Writes (fee, allowance, key, sequence) go to `ctx`; the caller keeps them only when this
 * returns. Events: those of the fee transfer, then tx{fee, fee_payer}, tx{acc_seq}, tx{signature}.
 * Throws: sdk/2, 4, 5, 8, 9, 11, 12, 13, 14, 15, 18, 30, 32, 37, 42; undefined/1.
 */
export function runAnte(ctx: Context, tx: Transaction, needs: AnteNeeds): void {
  const simulate = ctx.mode === "simulate";
  validateTransaction(ctx, tx);
  checkTimeout(ctx, tx);
  checkMemo(ctx, tx, needs);
  chargeSize(ctx, tx, needs, simulate);
  deductFee(ctx, tx, needs, simulate);
  const addresses = tx.signers(ctx.addresses);
  setKeys(ctx, tx, needs, addresses);
  const signers = joinSigners(tx, addresses);
  emitSignatures(ctx, signers);
  checkSignatureCount(ctx, tx, needs);
  chargeSignatures(ctx, signers, needs);
  verifySignatures(ctx, tx, signers, needs);
  for (const { address } of signers) needs.accounts.incrementSequence(ctx, address);
}

/** ValidateBasic of the transaction as a whole. */
function validateTransaction(ctx: Context, tx: Transaction): void {
  if (tx.fee === undefined) throw undefinedErrors.internal.with("missing fee");
  const { gasLimit, payer } = tx.fee;
  if (gasLimit > MAX_GAS_WANTED)
    throw sdkErrors.invalidRequest.with(`invalid gas supplied; ${gasLimit} > ${MAX_GAS_WANTED}`);
  if (tx.feeCoins.some((coin) => coin.amount < 0n))
    throw sdkErrors.insufficientFee.with(`invalid fee provided: ${formatCoins(tx.feeCoins)}`);
  if (payer !== "")
    parseAddress(ctx.addresses, payer, (reason) =>
      sdkErrors.invalidAddress.with(`Invalid fee payer address (${reason})`),
    );
  if (tx.signatures.length === 0) throw sdkErrors.noSignatures.error();
  const signers = tx.signers(ctx.addresses).length;
  if (tx.signatures.length !== signers) {
    const counts = `expected ${signers}, got ${tx.signatures.length}`;
    throw sdkErrors.unauthorized.with(`wrong number of signers; ${counts}`);
  }
}

function checkTimeout(ctx: Context, tx: Transaction): void {
  const { timeoutHeight, timeoutTimestamp: until } = tx.body;
  if (timeoutHeight > 0n && ctx.height > timeoutHeight) {
    const text = `block height: ${ctx.height}, timeout height: ${timeoutHeight}`;
    throw sdkErrors.txTimeoutHeight.with(text);
  }
  if (until !== undefined && until.seconds !== 0n && compareTime(until, ctx.time) < 0) {
    const text = `block time: ${goTime(ctx.time)}, timeout timestamp: ${goTime(until)}`;
    throw sdkErrors.txTimeout.with(text);
  }
}

/** A time as Go prints it. */
function goTime(time: Timestamp): string {
  return formatTime(time).replace("T", " ").replace("Z", " +0000 UTC");
}

function checkMemo(ctx: Context, tx: Transaction, needs: AnteNeeds): void {
  if (tx.memoBytes === 0) return;
  const { maxMemoCharacters } = needs.accounts.params(ctx);
  if (BigInt(tx.memoBytes) <= maxMemoCharacters) return;
  const counts = `${maxMemoCharacters} but received ${tx.memoBytes} characters`;
  throw sdkErrors.memoTooLarge.with(`maximum number of characters is ${counts}`);
}

function chargeSize(ctx: Context, tx: Transaction, needs: AnteNeeds, simulate: boolean): void {
  const params = needs.accounts.params(ctx);
  const perByte = Number(params.txSizeCostPerByte);
  ctx.gas.consume(perByte * tx.size, "txSize");
  if (!simulate) return;
  // A simulated transaction comes without signatures: add what each will take.
  for (const [index, address] of tx.signers(ctx.addresses).entries()) {
    if (!isIncomplete(tx, index)) continue;
    const key = needs.accounts.account(ctx, address)?.key ?? SIMULATED_KEY;
    const factor = key.kind === "multisig" ? Number(params.txSigLimit) : 1;
    ctx.gas.consume(perByte * (simulatedSize(key) + 6) * factor, "txSize");
  }
}

/** Amino size of a StdSignature: key (tag, length, bytes) and 64 signature bytes (tag, length). */
function simulatedSize(key: PubKey): number {
  const { length } = aminoBytes(key);
  const prefix = length < 0x80 ? 2 : length < 0x4000 ? 3 : 4;
  return prefix + length + 66;
}

function isIncomplete(tx: Transaction, index: number): boolean {
  const info = tx.signerInfos[index];
  const signature = tx.signatures[index];
  if (info?.modeInfo === undefined || signature === undefined) return true;
  const lacks = (data: SignatureData): boolean =>
    data.kind === "single"
      ? data.signature.length === 0
      : data.signatures.length === 0 || data.signatures.some(lacks);
  return lacks(dataOf(info.modeInfo, signature));
}

function deductFee(ctx: Context, tx: Transaction, needs: AnteNeeds, simulate: boolean): void {
  const gasLimit = tx.fee?.gasLimit ?? 0n;
  if (!simulate && ctx.height > 0n && gasLimit === 0n)
    throw sdkErrors.invalidGasLimit.with("must provide positive gas");
  if (ctx.mode === "check") checkMinGasPrices(tx, gasLimit, needs);
  const payer = whoPays(ctx, tx, needs);
  if (needs.accounts.account(ctx, payer) === undefined) {
    const text = `fee payer address: ${ctx.addresses.format(payer)} does not exist`;
    throw sdkErrors.unknownAddress.with(text);
  }
  if (tx.feeCoins.some((coin) => coin.amount !== 0n)) payFee(ctx, tx.feeCoins, payer, needs);
  else if (simulate) simulateFee(ctx, payer, needs);
  ctx.emit({
    type: "tx",
    attributes: [
      attribute("fee", formatCoins(tx.feeCoins)),
      attribute("fee_payer", ctx.addresses.format(payer)),
    ],
  });
}

/**
 * The fee of a simulated transaction without one: clients leave it out, because they ask for the gas to
 * reckon it. Where this node wants fees, what paying one costs belongs into the answer (about half of a
 * send); the SDK leaves it out, and estimates with usual factors then run out of gas.
 */
function simulateFee(ctx: Context, payer: Address, needs: AnteNeeds): void {
  let refusal: ChainError | undefined;
  for (const { denom, amount } of needs.minGasPrices) {
    if (amount === 0n) continue;
    const paid = ctx.attempt((inner) => payFee(inner, [{ denom, amount: 1n }], payer, needs));
    if (paid.ok) return;
    refusal ??= paid.error;
  }
  if (refusal !== undefined) throw refusal;
}

function feePayer(ctx: Context, tx: Transaction): Address {
  if (tx.fee !== undefined && tx.fee.payer !== "") return ctx.addresses.parse(tx.fee.payer);
  const [first] = tx.signers(ctx.addresses);
  if (first === undefined) throw sdkErrors.noSignatures.error();
  return first;
}

/** The granter of the fee where there is one; uses the allowance. Throws: sdk/7, 13, 18, 38; feegrant. */
function whoPays(ctx: Context, tx: Transaction, needs: AnteNeeds): Address {
  const payer = feePayer(ctx, tx);
  const named = tx.fee?.granter ?? "";
  if (named === "") return payer;
  const { allowances } = needs;
  if (allowances === undefined) throw sdkErrors.invalidRequest.with("fee grants are not enabled");
  const granter = parseAddress(ctx.addresses, named, (reason) =>
    sdkErrors.invalidAddress.with(`Invalid fee granter address (${reason})`),
  );
  if (equalBytes(granter, payer)) return granter;
  const coins = tx.feeCoins.filter((coin) => coin.amount !== 0n);
  if (coins.length > 0) checkFeeCoins(tx.feeCoins);
  const typeUrls = tx.messages.map(({ route }) => route.handler.type.typeUrl);
  const refused = `${named} does not allow to pay fees for ${ctx.addresses.format(payer)}`;
  rewrapped(
    () => allowances.useAllowance(ctx, { granter, grantee: payer, coins, typeUrls }),
    (text, { codespace, code }) => new ChainError(codespace, code, `${refused}: ${text}`),
  );
  return granter;
}

function checkFeeCoins(coins: readonly FeeCoin[]): void {
  const sorted = coins.every((coin, i) => i === 0 || (coins[i - 1]?.denom ?? "") < coin.denom);
  if (!sorted || !coins.every((coin) => coin.amount > 0n && isDenom(coin.denom)))
    throw sdkErrors.insufficientFee.with(`invalid fee amount: ${formatCoins(coins)}`);
}

function payFee(ctx: Context, coins: readonly FeeCoin[], payer: Address, needs: AnteNeeds): void {
  checkFeeCoins(coins);
  rewrapped(() => needs.fees.payFee(ctx, payer, coins), sdkErrors.insufficientFunds.with);
}

function checkMinGasPrices(tx: Transaction, gasLimit: bigint, needs: AnteNeeds): void {
  const prices = needs.minGasPrices.filter((price) => price.amount > 0n);
  if (prices.length === 0) return;
  const required = prices.map(({ denom, amount }) => ({
    denom,
    amount: ceilDiv(amount * gasLimit, DECIMAL),
  }));
  const enough = tx.feeCoins.some((coin) =>
    required.some((least) => least.denom === coin.denom && coin.amount >= least.amount),
  );
  if (enough) return;
  const texts = `got: ${formatCoins(tx.feeCoins)} required: ${formatCoins(required)}`;
  throw sdkErrors.insufficientFee.with(`insufficient fees; ${texts}`);
}
