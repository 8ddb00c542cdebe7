// Consensus parameters as genesis files write them: numbers as text, durations in nanoseconds.

import { wrongGenesis } from "../chain/base/errors.ts";
import { fromNanos, toNanos } from "../chain/base/time.ts";
import type { ConsensusParams } from "../chain/codec/gen/tendermint/types.ts";
import type { Json } from "../chain/codec/index.ts";
import { defaultConsensusParams } from "../modules/consensus/index.ts";
import { numberAt, objectAt, textAt } from "./paths.ts";
import type { JsonObject } from "./paths.ts";

/** A size or gas bound, where -1 stands for no bound. */
function boundAt(value: Json | undefined, path: string): bigint {
  return value === "-1" || value === -1 ? -1n : numberAt(value, path);
}

function keyTypesAt(value: Json | undefined, path: string): string[] {
  if (!Array.isArray(value) || value.length === 0)
    throw wrongGenesis(path, "a list of key types is expected");
  return (value as readonly Json[]).map((one, index) => textAt(one, `${path}[${index}]`));
}

function partAt(params: JsonObject, name: string, path: string): JsonObject {
  return params[name] === undefined || params[name] === null
    ? {}
    : objectAt(params[name], `${path}.${name}`);
}

/** Reads consensus parameters; the defaults where the genesis has none. Throws: sdk/18 with the path. */
export function parseConsensusParams(json: Json | undefined, path: string): ConsensusParams {
  if (json === undefined || json === null) return defaultConsensusParams();
  const params = objectAt(json, path);
  const block = objectAt(params["block"], `${path}.block`);
  const evidence = objectAt(params["evidence"], `${path}.evidence`);
  const validator = objectAt(params["validator"], `${path}.validator`);
  const at = `${path}.evidence.max_age_duration`;
  const age = fromNanos(numberAt(evidence["max_age_duration"], at));
  return {
    block: {
      maxBytes: boundAt(block["max_bytes"], `${path}.block.max_bytes`),
      maxGas: boundAt(block["max_gas"], `${path}.block.max_gas`),
    },
    evidence: {
      maxAgeNumBlocks: numberAt(
        evidence["max_age_num_blocks"],
        `${path}.evidence.max_age_num_blocks`,
      ),
      maxAgeDuration: age,
      maxBytes: numberAt(evidence["max_bytes"] ?? "0", `${path}.evidence.max_bytes`),
    },
    validator: {
      pubKeyTypes: keyTypesAt(validator["pub_key_types"], `${path}.validator.pub_key_types`),
    },
    version: {
      app: numberAt(partAt(params, "version", path)["app"] ?? "0", `${path}.version.app`),
    },
    abci: {
      voteExtensionsEnableHeight: numberAt(
        partAt(params, "abci", path)["vote_extensions_enable_height"] ?? "0",
        `${path}.abci.vote_extensions_enable_height`,
      ),
    },
  };
}

/** The parameters as genesis files and CometBFT's RPC write them. */
export function formatConsensusParams(params: ConsensusParams): JsonObject {
  const { block, evidence, validator, version, abci } = { ...defaultConsensusParams(), ...params };
  return {
    block: { max_bytes: String(block?.maxBytes ?? 0n), max_gas: String(block?.maxGas ?? 0n) },
    evidence: {
      max_age_num_blocks: String(evidence?.maxAgeNumBlocks ?? 0n),
      max_age_duration: String(toNanos(evidence?.maxAgeDuration ?? { seconds: 0n, nanos: 0 })),
      max_bytes: String(evidence?.maxBytes ?? 0n),
    },
    validator: { pub_key_types: validator?.pubKeyTypes ?? [] },
    version: { app: String(version?.app ?? 0n) },
    abci: { vote_extensions_enable_height: String(abci?.voteExtensionsEnableHeight ?? 0n) },
  };
}
