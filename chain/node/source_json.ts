// Reads the JSON of CometBFT's answers back into the types of its protobuf messages: the way back of
// rpc/shapes.ts. What is missing or of another kind is a SourceError that names it.

import { EMPTY_BYTES, fromBase64, fromHex } from "../base/bytes.ts";
import { parseInteger } from "../base/integers.ts";
import type { Timestamp } from "../base/time.ts";
import { parseTime } from "../base/time.ts";
import type { ExecTxResult, TxResult } from "../codec/gen/tendermint/abci.ts";
import type { DefaultNodeInfo } from "../codec/gen/tendermint/p2p.ts";
import type {
  Block,
  BlockID,
  Commit,
  Evidence,
  Header,
  Vote,
} from "../codec/gen/tendermint/types.ts";
import type { Validator } from "./comet/validators.ts";
import { SourceError } from "./source.ts";

/** A value of an answer, with the path at which it stands. */
export class Answer {
  readonly #value: unknown;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#value = value;
    this.#path = path;
  }

  /** Whether nothing stands here. */
  get absent(): boolean {
    return this.#value === undefined || this.#value === null;
  }

  /** A member of an object; absent when there is none. */
  at(name: string): Answer {
    const { [name]: value } = this.#object();
    return new Answer(value, `${this.#path}.${name}`);
  }

  /** The items of a list; Go writes an empty one as null too. */
  items(): readonly Answer[] {
    if (this.absent) return [];
    if (!Array.isArray(this.#value)) throw this.#wrong("a list");
    return this.#value.map((item, index) => new Answer(item, `${this.#path}[${index}]`));
  }

  /** Text; none where it is left out. */
  text(): string {
    if (this.absent) return "";
    if (typeof this.#value !== "string") throw this.#wrong("text");
    return this.#value;
  }

  /** A 64-bit integer, which is written as text; 0 where it is left out. */
  big(): bigint {
    if (this.absent) return 0n;
    const text = typeof this.#value === "number" ? String(this.#value) : this.text();
    return parseInteger(text, 2n ** 64n) ?? this.#fail("an integer");
  }

  /** A 32-bit integer. */
  number(): number {
    const value = Number(this.big());
    if (Math.abs(value) > 0xffff_ffff) throw this.#wrong("a 32-bit integer");
    return value;
  }

  /** True or false. */
  flag(): boolean {
    return this.#value === true;
  }

  /** Bytes in hex. */
  hex(): Uint8Array {
    return fromHex(this.text().toLowerCase()) ?? this.#fail("hex");
  }

  /** Bytes in base64; none where they are null. */
  base64(): Uint8Array {
    if (this.absent) return EMPTY_BYTES;
    return fromBase64(this.text()) ?? this.#fail("base64");
  }

  /** A time. */
  time(): Timestamp {
    return parseTime(this.text()) ?? this.#fail("an RFC 3339 time");
  }

  #object(): Readonly<Record<string, unknown>> {
    if (typeof this.#value !== "object" || this.#value === null || Array.isArray(this.#value))
      throw this.#wrong("an object");
    return this.#value as Readonly<Record<string, unknown>>;
  }

  #wrong(expected: string): SourceError {
    return new SourceError(`${this.#path} in CometBFT's answer is not ${expected}`);
  }

  #fail(expected: string): never {
    throw this.#wrong(expected);
  }
}

/** A block id. */
export function readBlockId(from: Answer): BlockID {
  const parts = from.at("parts");
  return {
    hash: from.at("hash").hex(),
    partSetHeader: { total: parts.at("total").number(), hash: parts.at("hash").hex() },
  };
}

/** A header. */
export function readHeader(from: Answer): Header {
  const version = from.at("version");
  return {
    version: { block: version.at("block").big(), app: version.at("app").big() },
    chainId: from.at("chain_id").text(),
    height: from.at("height").big(),
    time: from.at("time").time(),
    lastBlockId: readBlockId(from.at("last_block_id")),
    lastCommitHash: from.at("last_commit_hash").hex(),
    dataHash: from.at("data_hash").hex(),
    validatorsHash: from.at("validators_hash").hex(),
    nextValidatorsHash: from.at("next_validators_hash").hex(),
    consensusHash: from.at("consensus_hash").hex(),
    appHash: from.at("app_hash").hex(),
    lastResultsHash: from.at("last_results_hash").hex(),
    evidenceHash: from.at("evidence_hash").hex(),
    proposerAddress: from.at("proposer_address").hex(),
  };
}

function readCommit(from: Answer): Commit {
  return {
    height: from.at("height").big(),
    round: from.at("round").number(),
    blockId: readBlockId(from.at("block_id")),
    signatures: from
      .at("signatures")
      .items()
      .map((entry) => ({
        blockIdFlag: entry.at("block_id_flag").number(),
        validatorAddress: entry.at("validator_address").hex(),
        timestamp: entry.at("timestamp").time(),
        signature: entry.at("signature").base64(),
      })),
  };
}

function readVote(from: Answer): Vote {
  return {
    type: from.at("type").number(),
    height: from.at("height").big(),
    round: from.at("round").number(),
    blockId: readBlockId(from.at("block_id")),
    timestamp: from.at("timestamp").time(),
    validatorAddress: from.at("validator_address").hex(),
    validatorIndex: from.at("validator_index").number(),
    signature: from.at("signature").base64(),
    extension: from.at("extension").base64(),
    extensionSignature: from.at("extension_signature").base64(),
  };
}

function readEvidence(from: Answer): Evidence {
  const type = from.at("type").text();
  if (type !== "tendermint/DuplicateVoteEvidence")
    throw new SourceError(`a block with evidence ${type} can only be read from CometBFT's own RPC`);
  const value = from.at("value");
  return {
    duplicateVoteEvidence: {
      voteA: readVote(value.at("vote_a")),
      voteB: readVote(value.at("vote_b")),
      totalVotingPower: value.at("TotalVotingPower").big(),
      validatorPower: value.at("ValidatorPower").big(),
      timestamp: value.at("Timestamp").time(),
    },
  };
}

/** A block. */
export function readBlock(from: Answer): Block {
  const commit = from.at("last_commit");
  return {
    header: readHeader(from.at("header")),
    data: {
      txs: from
        .at("data")
        .at("txs")
        .items()
        .map((tx) => tx.base64()),
    },
    evidence: { evidence: from.at("evidence").at("evidence").items().map(readEvidence) },
    lastCommit: commit.absent ? undefined : readCommit(commit),
  };
}

function readTxResult(from: Answer): ExecTxResult {
  return {
    code: from.at("code").number(),
    data: from.at("data").base64(),
    log: from.at("log").text(),
    info: from.at("info").text(),
    gasWanted: from.at("gas_wanted").big(),
    gasUsed: from.at("gas_used").big(),
    events: from
      .at("events")
      .items()
      .map((event) => ({
        type: event.at("type").text(),
        attributes: event
          .at("attributes")
          .items()
          .map((attribute) => ({
            key: attribute.at("key").text(),
            value: attribute.at("value").text(),
            index: attribute.at("index").flag(),
          })),
      })),
    codespace: from.at("codespace").text(),
  };
}

/** A transaction that was found. */
export function readTx(from: Answer): TxResult {
  return {
    height: from.at("height").big(),
    index: from.at("index").number(),
    tx: from.at("tx").base64(),
    result: readTxResult(from.at("tx_result")),
  };
}

/** A validator with an ed25519 key. */
export function readValidator(from: Answer): Validator {
  return {
    address: from.at("address").hex(),
    key: from.at("pub_key").at("value").base64(),
    power: from.at("voting_power").big(),
    priority: from.at("proposer_priority").big(),
  };
}

/** `node_info` of a status. */
export function readNodeInfo(from: Answer): DefaultNodeInfo {
  const protocol = from.at("protocol_version");
  const other = from.at("other");
  return {
    protocolVersion: {
      p2p: protocol.at("p2p").big(),
      block: protocol.at("block").big(),
      app: protocol.at("app").big(),
    },
    defaultNodeId: from.at("id").text(),
    listenAddr: from.at("listen_addr").text(),
    network: from.at("network").text(),
    version: from.at("version").text(),
    channels: from.at("channels").hex(),
    moniker: from.at("moniker").text(),
    other: { txIndex: other.at("tx_index").text(), rpcAddress: other.at("rpc_address").text() },
  };
}
