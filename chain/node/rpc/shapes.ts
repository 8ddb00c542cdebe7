// The JSON forms of CometBFT 0.38's answers: 64-bit numbers as text, 32-bit as numbers, bytes in
// base64, hashes and addresses in upper-case hex. Source: CometBFT rpc/core/types, libs/json.

import { EMPTY_BYTES, toBase64 } from "../../base/bytes.ts";
import type { Duration, Timestamp } from "../../base/time.ts";
import { formatTime } from "../../base/time.ts";
import type {
  Event,
  ExecTxResult,
  ResponseCheckTx,
  ResponseFinalizeBlock,
  ResponseQuery,
  ValidatorUpdate,
} from "../../codec/gen/tendermint/abci.ts";
import type { ProofOps } from "../../codec/gen/tendermint/crypto.ts";
import type { Proof } from "../../codec/gen/tendermint/crypto.ts";
import type {
  Block,
  BlockID,
  BlockMeta,
  Commit,
  ConsensusParams,
  Evidence,
  Header,
} from "../../codec/gen/tendermint/types.ts";
import { DuplicateVoteEvidence } from "../../codec/gen/tendermint/types.ts";
import type { Validator } from "../comet/validators.ts";
import { upperHex } from "../embedded/blocks.ts";
import { PUBLIC_TYPE } from "../embedded/keys.ts";

/** Anything JSON can say. */
export type Shape = unknown;

/** Base64, or null for no bytes. */
export function base64OrNull(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined || bytes.length === 0 ? null : toBase64(bytes);
}

/** RFC 3339 of a time. */
export function timeText(time: Timestamp): string {
  return formatTime(time);
}

function nanosText(duration: Duration): string {
  return (duration.seconds * 1_000_000_000n + BigInt(duration.nanos)).toString();
}

/** A block id. */
export function blockIdShape(id: BlockID): Shape {
  const { total, hash } = id.partSetHeader;
  return { hash: upperHex(id.hash), parts: { total, hash: upperHex(hash) } };
}

/** A header. */
export function headerShape(header: Header): Shape {
  const app = header.version.app;
  return {
    version: { block: header.version.block.toString(), ...(app > 0n ? { app: `${app}` } : {}) },
    chain_id: header.chainId,
    height: header.height.toString(),
    time: timeText(header.time),
    last_block_id: blockIdShape(header.lastBlockId),
    last_commit_hash: upperHex(header.lastCommitHash),
    data_hash: upperHex(header.dataHash),
    validators_hash: upperHex(header.validatorsHash),
    next_validators_hash: upperHex(header.nextValidatorsHash),
    consensus_hash: upperHex(header.consensusHash),
    app_hash: upperHex(header.appHash),
    last_results_hash: upperHex(header.lastResultsHash),
    evidence_hash: upperHex(header.evidenceHash),
    proposer_address: upperHex(header.proposerAddress),
  };
}

/** A commit. */
export function commitShape(commit: Commit): Shape {
  return {
    height: commit.height.toString(),
    round: commit.round,
    block_id: blockIdShape(commit.blockId),
    signatures: commit.signatures.map((entry) => ({
      block_id_flag: entry.blockIdFlag,
      validator_address: upperHex(entry.validatorAddress),
      timestamp: timeText(entry.timestamp),
      signature: base64OrNull(entry.signature),
    })),
  };
}

function evidenceShape(evidence: Evidence): Shape {
  const pair = evidence.duplicateVoteEvidence;
  return pair === undefined
    ? { type: "tendermint/LightClientAttackEvidence", value: {} }
    : {
        type: "tendermint/DuplicateVoteEvidence",
        value: { bytes: toBase64(DuplicateVoteEvidence.encode(pair)) },
      };
}

/** A block. */
export function blockShape(block: Block): Shape {
  return {
    header: headerShape(block.header),
    data: { txs: block.data.txs.map(toBase64) },
    evidence: { evidence: block.evidence.evidence.map(evidenceShape) },
    last_commit: block.lastCommit === undefined ? null : commitShape(block.lastCommit),
  };
}

/** One entry of `blockchain`. */
export function metaShape(meta: BlockMeta): Shape {
  return {
    block_id: blockIdShape(meta.blockId),
    block_size: meta.blockSize.toString(),
    header: headerShape(meta.header),
    num_txs: meta.numTxs.toString(),
  };
}

/** Events. */
export function eventsShape(events: readonly Event[]): Shape {
  return events.map(({ type, attributes }) => ({
    type,
    attributes: attributes.map(({ key, value, index }) => ({ key, value, index })),
  }));
}

/** Result of one transaction. */
export function txResultShape(result: ExecTxResult): Shape {
  return {
    code: result.code,
    data: base64OrNull(result.data),
    log: result.log,
    info: result.info,
    gas_wanted: result.gasWanted.toString(),
    gas_used: result.gasUsed.toString(),
    events: eventsShape(result.events),
    codespace: result.codespace,
  };
}

/** Answer of CheckTx. */
export function checkTxShape(response: ResponseCheckTx): Shape {
  return {
    code: response.code,
    data: base64OrNull(response.data),
    log: response.log,
    info: response.info,
    gas_wanted: response.gasWanted.toString(),
    gas_used: response.gasUsed.toString(),
    events: eventsShape(response.events),
    codespace: response.codespace,
  };
}

/** Validator updates, with the key in the form that protobuf oneofs have in Go's JSON. */
export function validatorUpdatesShape(updates: readonly ValidatorUpdate[]): Shape {
  if (updates.length === 0) return null;
  return updates.map((update) => ({
    pub_key: {
      Sum: {
        type: "tendermint.crypto.PublicKey_Ed25519",
        value: { ed25519: toBase64(update.pubKey.ed25519 ?? EMPTY_BYTES) },
      },
    },
    ...(update.power === 0n ? {} : { power: update.power.toString() }),
  }));
}

/** Consensus parameters in the form of the RPC method. */
export function paramsShape(params: ConsensusParams): Shape {
  const { block, evidence, validator, version, abci } = params;
  return {
    block: {
      max_bytes: (block?.maxBytes ?? 0n).toString(),
      max_gas: (block?.maxGas ?? 0n).toString(),
    },
    evidence: {
      max_age_num_blocks: (evidence?.maxAgeNumBlocks ?? 0n).toString(),
      max_age_duration: evidence === undefined ? "0" : nanosText(evidence.maxAgeDuration),
      max_bytes: (evidence?.maxBytes ?? 0n).toString(),
    },
    validator: { pub_key_types: validator?.pubKeyTypes ?? [] },
    version: { app: (version?.app ?? 0n).toString() },
    abci: { vote_extensions_enable_height: (abci?.voteExtensionsEnableHeight ?? 0n).toString() },
  };
}

/** The application's answer to a block, as NewBlock carries it. */
export function finalizeShape(response: ResponseFinalizeBlock): Shape {
  const params = response.consensusParamUpdates;
  return {
    events: eventsShape(response.events),
    tx_results: response.txResults.map(txResultShape),
    validator_updates: validatorUpdatesShape(response.validatorUpdates) ?? [],
    consensus_param_updates: params === undefined ? null : paramsShape(params),
    app_hash: base64OrNull(response.appHash),
  };
}

/** Answer of a query. */
export function queryShape(response: ResponseQuery): Shape {
  return {
    code: response.code,
    log: response.log,
    info: response.info,
    index: response.index.toString(),
    key: base64OrNull(response.key),
    value: base64OrNull(response.value),
    proofOps: proofOpsShape(response.proofOps),
    height: response.height.toString(),
    codespace: response.codespace,
  };
}

function proofOpsShape(proof: ProofOps | undefined): Shape {
  if (proof === undefined) return null;
  const ops = proof.ops.map(({ type, key, data }) => ({
    type,
    key: base64OrNull(key),
    data: base64OrNull(data),
  }));
  return { ops };
}

/** A public key. */
export function pubKeyShape(key: Uint8Array): Shape {
  return { type: PUBLIC_TYPE, value: toBase64(key) };
}

/** A validator. */
export function validatorShape(validator: Validator): Shape {
  return {
    address: upperHex(validator.address),
    pub_key: pubKeyShape(validator.key),
    voting_power: validator.power.toString(),
    proposer_priority: validator.priority.toString(),
  };
}

/** Proof that a transaction stands in a block. */
export function txProofShape(root: Uint8Array, tx: Uint8Array, proof: Proof): Shape {
  return {
    root_hash: upperHex(root),
    data: toBase64(tx),
    proof: {
      total: proof.total.toString(),
      index: proof.index.toString(),
      leaf_hash: toBase64(proof.leafHash),
      aunts: proof.aunts.map(toBase64),
    },
  };
}
