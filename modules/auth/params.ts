import type { Params } from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import { undefinedError } from "../../chain/runtime/index.ts";

/** Parameters of a new chain: the SDK's defaults. */
export function defaultParams(): Params {
  return {
    maxMemoCharacters: 256n,
    txSigLimit: 7n,
    txSizeCostPerByte: 10n,
    sigVerifyCostEd25519: 590n,
    sigVerifyCostSecp256k1: 1000n,
  };
}

/** Largest value that is taken: products with sizes stay exact numbers. */
const LARGEST = 1n << 32n;

/** Throws: undefined/1 with the SDK's text for a zero, and for what is out of our bounds. */
export function validateParams(params: Params): void {
  for (const [value, name] of [
    [params.txSigLimit, "tx signature limit"],
    [params.sigVerifyCostEd25519, "ED25519 signature verification cost"],
    [params.sigVerifyCostSecp256k1, "SECK256k1 signature verification cost"],
    [params.maxMemoCharacters, "max memo characters"],
    [params.txSizeCostPerByte, "tx size cost per byte"],
  ] as const)
    if (value === 0n || value > LARGEST) throw undefinedError(`invalid ${name}: ${value}`);
}
