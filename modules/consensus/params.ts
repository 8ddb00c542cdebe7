// Checks of consensus parameters, as CometBFT makes them before it takes an update.

import type { ConsensusParams } from "../../chain/codec/gen/tendermint/types.ts";
import { undefinedError } from "../../chain/runtime/index.ts";

/** Largest block that CometBFT takes: 100 MiB. */
const MAX_BLOCK_BYTES = 104_857_600n;

/** Key types that a validator may have, by their ABCI names. */
const KEY_TYPES = ["ed25519", "secp256k1"];

/** Parameters of a new chain: CometBFT 0.38's defaults. */
export function defaultConsensusParams(): ConsensusParams {
  return {
    block: { maxBytes: 22_020_096n, maxGas: -1n },
    evidence: {
      maxAgeNumBlocks: 100_000n,
      maxAgeDuration: { seconds: 172_800n, nanos: 0 },
      maxBytes: 1_048_576n,
    },
    validator: { pubKeyTypes: ["ed25519"] },
    version: { app: 0n },
    abci: { voteExtensionsEnableHeight: 0n },
  };
}

/** Throws: undefined/1 with CometBFT's text, when it would not take these. */
export function validateConsensusParams(params: ConsensusParams): void {
  const fault = blockFault(params) ?? evidenceFault(params) ?? otherFault(params);
  if (fault !== undefined) throw undefinedError(fault);
}

function blockFault({ block }: ConsensusParams): string | undefined {
  const maxBytes = block?.maxBytes ?? 0n;
  const maxGas = block?.maxGas ?? 0n;
  if (maxBytes === 0n) return "block.MaxBytes cannot be 0";
  if (maxBytes < -1n) return `block.MaxBytes must be -1 or greater than 0. Got ${maxBytes}`;
  if (maxBytes > MAX_BLOCK_BYTES)
    return `block.MaxBytes is too big. ${maxBytes} > ${MAX_BLOCK_BYTES}`;
  return maxGas < -1n ? `block.MaxGas must be greater or equal to -1. Got ${maxGas}` : undefined;
}

function evidenceFault({ block, evidence }: ConsensusParams): string | undefined {
  const age = evidence?.maxAgeNumBlocks ?? 0n;
  const span = evidence?.maxAgeDuration ?? { seconds: 0n, nanos: 0 };
  const bytes = evidence?.maxBytes ?? 0n;
  const most = block?.maxBytes === -1n ? MAX_BLOCK_BYTES : (block?.maxBytes ?? 0n);
  if (age <= 0n) return `evidence.MaxAgeNumBlocks must be greater than 0. Got ${age}`;
  if (span.seconds < 0n || span.nanos < 0 || (span.seconds === 0n && span.nanos === 0))
    return `evidence.MaxAgeDuration must be grater than 0 if provided, Got ${span.seconds}s`;
  if (bytes > most)
    return `evidence.MaxBytesEvidence is greater than upper bound, ${bytes} > ${most}`;
  return bytes < 0n ? `evidence.MaxBytes must be non negative. Got: ${bytes}` : undefined;
}

function otherFault({ abci, validator }: ConsensusParams): string | undefined {
  const height = abci?.voteExtensionsEnableHeight ?? 0n;
  if (height < 0n) return `ABCI.VoteExtensionsEnableHeight cannot be negative. Got: ${height}`;
  const types = validator?.pubKeyTypes ?? [];
  if (types.length === 0) return "len(Validator.PubKeyTypes) must be greater than 0";
  const unknown = types.findIndex((type) => !KEY_TYPES.includes(type));
  return unknown < 0
    ? undefined
    : `params.Validator.PubKeyTypes[${unknown}], ${types[unknown]}, is an unknown pubkey type`;
}

/** Throws: undefined/1 when vote extensions would be switched off, or on in the past. */
export function validateExtensionHeight(
  now: bigint,
  next: bigint | undefined,
  height: bigint,
): void {
  if (next === undefined || next === now || (now <= 0n && next === 0n)) return;
  if (now > 0n && now <= height)
    throw undefinedError(
      `vote extensions cannot be changed once enabled: old enable height: ${now}, current height ${height}`,
    );
  if (next > 0n && next <= height)
    throw undefinedError(
      `vote extensions cannot be updated to a past or current height, enable height: ${next}, current height ${height}`,
    );
}
