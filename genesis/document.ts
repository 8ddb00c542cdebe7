// genesis.json: reading either form (SDK 0.50 and newer; the older one with parameters at the top),
// writing the newer, and CometBFT's form for RPC. Wrong input is named by its JSON path.

import { wrongGenesis } from "../chain/base/errors.ts";
import { fromBase64, fromHex, toBase64, toHex } from "../chain/base/bytes.ts";
import type { Platform } from "../chain/base/platform.ts";
import { formatTime, parseTime } from "../chain/base/time.ts";
import type { Timestamp } from "../chain/base/time.ts";
import type { ConsensusParams } from "../chain/codec/gen/tendermint/types.ts";
import type { Json } from "../chain/codec/index.ts";
import { formatConsensusParams, parseConsensusParams } from "./consensus_params.ts";
import { numberAt, objectAt, textAt } from "./paths.ts";
import type { JsonObject } from "./paths.ts";

/** A validator that the chain starts with. */
export interface GenesisValidator {
  /** ed25519, 32 bytes. */
  readonly key: Uint8Array;
  /** Voting power, at least 1. */
  readonly power: bigint;
  readonly name: string;
}

/** A genesis document. */
export interface GenesisDocument {
  readonly appName: string;
  readonly appVersion: string;
  readonly genesisTime: Timestamp;
  readonly chainId: string;
  readonly initialHeight: bigint;
  readonly appHash: Uint8Array;
  readonly consensusParams: ConsensusParams;
  readonly validators: readonly GenesisValidator[];
  readonly appState: JsonObject;
}

const KNOWN = new Set([
  "app_name",
  "app_version",
  "genesis_time",
  "chain_id",
  "initial_height",
  "app_hash",
  "app_state",
  "consensus",
  "consensus_params",
  "validators",
]);

function validatorAt(value: Json, path: string): GenesisValidator {
  const object = objectAt(value, path);
  const key = objectAt(object["pub_key"], `${path}.pub_key`);
  const type = textAt(key["type"], `${path}.pub_key.type`);
  if (type !== "tendermint/PubKeyEd25519") {
    throw wrongGenesis(`${path}.pub_key.type`, `tendermint/PubKeyEd25519 is expected, got ${type}`);
  }
  const bytes = fromBase64(textAt(key["value"], `${path}.pub_key.value`));
  if (bytes?.length !== 32)
    throw wrongGenesis(`${path}.pub_key.value`, "base64 of 32 bytes is expected");
  const power = numberAt(object["power"], `${path}.power`);
  if (power === 0n) throw wrongGenesis(`${path}.power`, "must be at least 1");
  return {
    key: bytes,
    power,
    name: object["name"] === undefined ? "" : textAt(object["name"], `${path}.name`),
  };
}

function validatorsAt(value: Json | undefined, path: string): GenesisValidator[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongGenesis(path, "a list is expected");
  const validators = (value as readonly Json[]).map((one, index) =>
    validatorAt(one, `${path}[${index}]`),
  );
  const keys = new Set(validators.map((validator) => toHex(validator.key)));
  if (keys.size !== validators.length) throw wrongGenesis(path, "a key stands twice");
  return validators;
}

function hashAt(value: Json | undefined): Uint8Array {
  if (value === undefined || value === null) return new Uint8Array(0);
  const bytes = fromHex(textAt(value, "app_hash"));
  if (bytes === undefined) throw wrongGenesis("app_hash", "hex is expected");
  return bytes;
}

type Consensus = readonly [params: Json | undefined, validators: Json | undefined, path: string];

/** Where parameters and validators stand: under `consensus`, or in the older form at the top. */
function consensusOf(object: JsonObject): Consensus {
  if (object["consensus"] === undefined)
    return [object["consensus_params"], object["validators"], ""];
  const consensus = objectAt(object["consensus"], "consensus");
  return [consensus["params"], consensus["validators"], "consensus."];
}

/** Checks a chain id: CometBFT takes 50 characters, and it stands in file names and URLs. Throws: sdk/18. */
export function requireChainId(chainId: string): void {
  if (!/^[\w.-]{1,50}$/.test(chainId))
    throw wrongGenesis("chain_id", "1 to 50 of letters, digits, . _ - are expected");
}

/** Readers of the parts of a document, each of which may throw sdk/18 with the JSON path. */
const PARTS = {
  appName: (object: JsonObject): string =>
    object["app_name"] === undefined ? "leasehold" : textAt(object["app_name"], "app_name"),
  appVersion: (object: JsonObject): string =>
    object["app_version"] === undefined ? "" : textAt(object["app_version"], "app_version"),
  genesisTime(object: JsonObject): Timestamp {
    const time = parseTime(textAt(object["genesis_time"], "genesis_time"));
    if (time === undefined) throw wrongGenesis("genesis_time", "an RFC 3339 time is expected");
    return time;
  },
  chainId(object: JsonObject): string {
    const chainId = textAt(object["chain_id"], "chain_id");
    requireChainId(chainId);
    return chainId;
  },
  initialHeight: (object: JsonObject): bigint =>
    numberAt(object["initial_height"] ?? "1", "initial_height"),
  appHash: (object: JsonObject): Uint8Array => hashAt(object["app_hash"]),
  consensusParams(object: JsonObject): ConsensusParams {
    const [params, , path] = consensusOf(object);
    return parseConsensusParams(params, path === "" ? "consensus_params" : `${path}params`);
  },
  validators(object: JsonObject): GenesisValidator[] {
    const [, validators, path] = consensusOf(object);
    return validatorsAt(validators, `${path}validators`);
  },
  appState: (object: JsonObject): JsonObject => objectAt(object["app_state"], "app_state"),
};

function refuseUnknownKeys(object: JsonObject): void {
  for (const key of Object.keys(object))
    if (!KNOWN.has(key)) throw wrongGenesis(key.slice(0, 100), "is not a known key");
}

/** Reads a genesis. Throws: sdk/18 with the JSON path of what is wrong, unknown keys too. */
export function parseGenesis(json: Json): GenesisDocument {
  const object = objectAt(json, "document");
  refuseUnknownKeys(object);
  return {
    appName: PARTS.appName(object),
    appVersion: PARTS.appVersion(object),
    genesisTime: PARTS.genesisTime(object),
    chainId: PARTS.chainId(object),
    initialHeight: PARTS.initialHeight(object),
    appHash: PARTS.appHash(object),
    consensusParams: PARTS.consensusParams(object),
    validators: PARTS.validators(object),
    appState: PARTS.appState(object),
  };
}

/** One check per part of a document, each of which may throw what parseGenesis throws. */
export function genesisChecks(json: Json): readonly (() => void)[] {
  const read = (): JsonObject => objectAt(json, "document");
  const parts = Object.values(PARTS).map((part) => () => void part(read()));
  return [() => refuseUnknownKeys(read()), ...parts];
}

function validatorJson(platform: Platform, validator: GenesisValidator): Json {
  return {
    address: toHex(platform.sha256(validator.key).slice(0, 20)).toUpperCase(),
    pub_key: { type: "tendermint/PubKeyEd25519", value: toBase64(validator.key) },
    power: validator.power.toString(),
    name: validator.name,
  };
}

/** A number as in the SDK; text beyond what JSON numbers hold exactly. */
function heightJson(height: bigint): Json {
  return height <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(height) : height.toString();
}

/** The genesis as genesis.json holds it (SDK 0.50). */
export function formatGenesis(platform: Platform, document: GenesisDocument): JsonObject {
  return {
    app_name: document.appName,
    app_version: document.appVersion,
    genesis_time: formatTime(document.genesisTime),
    chain_id: document.chainId,
    initial_height: heightJson(document.initialHeight),
    app_hash: document.appHash.length === 0 ? null : toHex(document.appHash).toUpperCase(),
    app_state: document.appState,
    consensus: {
      validators: document.validators.map((validator) => validatorJson(platform, validator)),
      params: formatConsensusParams(document.consensusParams),
    },
  };
}

/** The genesis as CometBFT's RPC gives it. */
export function cometGenesis(platform: Platform, document: GenesisDocument): JsonObject {
  return {
    genesis_time: formatTime(document.genesisTime),
    chain_id: document.chainId,
    initial_height: document.initialHeight.toString(),
    consensus_params: formatConsensusParams(document.consensusParams),
    validators: document.validators.map((validator) => validatorJson(platform, validator)),
    app_hash: toHex(document.appHash).toUpperCase(),
    app_state: document.appState,
  };
}
