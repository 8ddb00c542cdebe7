// Methods about the node, its genesis, its consensus and the application itself.

import { toBase64, utf8 } from "../../base/bytes.ts";
import { parseUint } from "../../base/integers.ts";
import { BLOCK_PROTOCOL } from "../comet/header.ts";
import { findValidator, proposerOf } from "../comet/validators.ts";
import { upperHex } from "../embedded/blocks.ts";
import { appVersion } from "../embedded/state.ts";
import { CHANNELS, COMET_VERSION, LISTEN_ADDRESS, P2P_PROTOCOL } from "../version.ts";
import { heightOf, method, pageOf } from "./methods.ts";
import type { RpcMethod, RpcParts } from "./methods.ts";
import type { RpcArguments } from "./protocol.ts";
import { internalError, paramsError } from "./protocol.ts";
import { base64OrNull, paramsShape, pubKeyShape, queryShape } from "./shapes.ts";
import { timeText, validatorShape } from "./shapes.ts";
import { answerQuery } from "./served.ts";

/** Bytes of one piece of a genesis. Source: CometBFT genesisChunkSize. */
const GENESIS_CHUNK_BYTES = 16 * 1024 * 1024;

function status(parts: RpcParts): unknown {
  const { engine, blocks, identity } = parts;
  const { state } = engine;
  const latest = blocks.meta(state.height);
  const earliest = blocks.meta(blocks.base);
  const self = findValidator(state.validators, identity.validatorAddress);
  return {
    node_info: nodeInfo(parts),
    sync_info: {
      latest_block_hash: upperHex(latest?.blockId.hash),
      latest_app_hash: upperHex(latest?.header.appHash),
      latest_block_height: state.height.toString(),
      latest_block_time: timeText(latest?.header.time ?? state.blockTime),
      earliest_block_hash: upperHex(earliest?.blockId.hash),
      earliest_app_hash: upperHex(earliest?.header.appHash),
      earliest_block_height: blocks.base.toString(),
      earliest_block_time: timeText(earliest?.header.time ?? state.blockTime),
      catching_up: false,
    },
    validator_info: {
      address: upperHex(identity.validatorAddress),
      pub_key: pubKeyShape(identity.validatorKey),
      voting_power: (self?.power ?? 0n).toString(),
    },
  };
}

function nodeInfo(parts: RpcParts): unknown {
  const { identity, engine } = parts;
  return {
    protocol_version: {
      p2p: P2P_PROTOCOL.toString(),
      block: BLOCK_PROTOCOL.toString(),
      app: appVersion(engine.state).toString(),
    },
    id: identity.nodeId,
    listen_addr: LISTEN_ADDRESS,
    network: identity.chainId,
    version: COMET_VERSION,
    channels: CHANNELS,
    moniker: identity.moniker,
    other: {
      tx_index: parts.indexer === undefined ? "off" : "on",
      rpc_address: identity.rpcAddress,
    },
  };
}

function genesis(parts: RpcParts): unknown {
  if (parts.genesis.length > GENESIS_CHUNK_BYTES) {
    throw internalError("genesis response is large, please use the genesis_chunked API instead");
  }
  return { genesis: JSON.parse(parts.genesis) as unknown };
}

function genesisChunked(parts: RpcParts, args: RpcArguments): unknown {
  const bytes = utf8(parts.genesis);
  const total = Math.max(1, Math.ceil(bytes.length / GENESIS_CHUNK_BYTES));
  const chunk = args.integer("chunk") ?? 0n;
  if (chunk < 0n || chunk >= BigInt(total)) {
    const text = `there are ${total - 1} chunks, requested chunk ${chunk} must be between 0 and ${total - 1}`;
    throw internalError(text);
  }
  const start = Number(chunk) * GENESIS_CHUNK_BYTES;
  const data = toBase64(bytes.subarray(start, start + GENESIS_CHUNK_BYTES));
  return { chunk: chunk.toString(), total: total.toString(), data };
}

function validators(parts: RpcParts, args: RpcArguments): unknown {
  const asked = args.integer("height");
  const next = parts.engine.state.height + 1n;
  const height = asked === next ? next : heightOf(parts, args);
  const set = parts.blocks.validators(height);
  if (set === undefined) throw internalError(`could not find validator set for height #${height}`);
  const { start, end } = pageOf(args, set.list.length);
  const page = set.list.slice(start, end);
  return {
    block_height: height.toString(),
    validators: page.map(validatorShape),
    count: page.length.toString(),
    total: set.list.length.toString(),
  };
}

function consensusParams(parts: RpcParts, args: RpcArguments): unknown {
  const asked = args.integer("height");
  const next = parts.engine.state.height + 1n;
  const height = asked === undefined || asked === next ? next : heightOf(parts, args);
  const params = parts.blocks.params(height) ?? parts.engine.state.params;
  return { block_height: height.toString(), consensus_params: paramsShape(params) };
}

/** Step "new height" of CometBFT's round, in which this engine stands between blocks. */
const STEP_NEW_HEIGHT = 1;

function consensusState(parts: RpcParts): unknown {
  const { state } = parts.engine;
  const proposer = proposerOf(state.validators);
  return {
    round_state: {
      "height/round/step": `${state.height + 1n}/0/${STEP_NEW_HEIGHT}`,
      start_time: timeText(state.blockTime),
      proposal_block_hash: "",
      locked_block_hash: "",
      valid_block_hash: "",
      height_vote_set: [],
      proposer: {
        address: upperHex(proposer.address),
        index: state.validators.list.findIndex((one) => one.address === proposer.address),
      },
    },
  };
}

function dumpConsensusState(parts: RpcParts): unknown {
  const { state } = parts.engine;
  const set = (from: typeof state.validators): unknown => ({
    validators: from.list.map(validatorShape),
    proposer: from.list.length === 0 ? null : validatorShape(proposerOf(from)),
  });
  return {
    round_state: {
      height: (state.height + 1n).toString(),
      round: 0,
      step: STEP_NEW_HEIGHT,
      start_time: timeText(state.blockTime),
      commit_time: timeText(state.blockTime),
      validators: set(state.validators),
      proposal: null,
      proposal_block: null,
      locked_round: -1,
      valid_round: -1,
      votes: [],
      commit_round: -1,
      last_validators: set(state.lastValidators),
      triggered_timeout_precommit: false,
    },
    peers: [],
  };
}

function abciInfo(parts: RpcParts): unknown {
  const info = parts.app.info();
  return {
    response: {
      data: info.data,
      version: info.version,
      ...(info.appVersion === 0n ? {} : { app_version: info.appVersion.toString() }),
      last_block_height: info.lastBlockHeight.toString(),
      last_block_app_hash: base64OrNull(info.lastBlockAppHash),
    },
  };
}

async function abciQuery(parts: RpcParts, args: RpcArguments): Promise<unknown> {
  const request = {
    path: args.text("path", ""),
    data: args.hex("data"),
    height: args.integer("height") ?? 0n,
    prove: args.flag("prove"),
  };
  return { response: queryShape(await answerQuery(parts, request)) };
}

/** Whole seconds of an argument such as `3600`, `"3600"`, `"90s"`, `"2h"`, `"3d"`. Throws: RpcError. */
export function secondsOf(args: RpcArguments, name: string): bigint {
  const text = args.integerText(name);
  const match = /^(\d+)(s|m|h|d)?$/.exec(text);
  const amount = parseUint(match?.[1] ?? "");
  const unit = { s: 1n, m: 60n, h: 3600n, d: 86400n }[match?.[2] ?? "s"] ?? 1n;
  if (amount === undefined || amount === 0n)
    throw paramsError(`${name} must be a time such as 90s, 5m, 2h or 3d`);
  const seconds = amount * unit;
  // A hundred days of empty blocks a minute apart take some minutes to make.
  if (seconds > 8_640_000n) throw paramsError(`${name} must be at most 100d`);
  return seconds;
}

async function devAdvance(parts: RpcParts, args: RpcArguments): Promise<unknown> {
  const height = await parts.engine.advance(secondsOf(args, "seconds"));
  return { height: height.toString(), time: timeText(parts.engine.state.blockTime) };
}

async function devHalt(parts: RpcParts, args: RpcArguments): Promise<unknown> {
  const height = await parts.engine.halt(secondsOf(args, "seconds"));
  return { height: height.toString(), time: timeText(parts.engine.state.blockTime) };
}

/** Methods of every node. */
export const NODE_METHODS: readonly RpcMethod[] = [
  method("health", [], (parts) => {
    const { haltReason } = parts.engine;
    if (haltReason !== undefined) throw internalError(haltReason);
    return {};
  }),
  method("status", [], status),
  method("net_info", [], () => ({ listening: false, listeners: [], n_peers: "0", peers: [] })),
  method("genesis", [], genesis),
  method("genesis_chunked", ["chunk"], genesisChunked),
  method("validators", ["height", "page", "per_page"], validators),
  method("consensus_params", ["height"], consensusParams),
  method("consensus_state", [], consensusState),
  method("dump_consensus_state", [], dumpConsensusState),
  method("abci_info", [], abciInfo),
  method("broadcast_evidence", ["evidence"], () => {
    throw internalError("a chain with one signer takes no evidence");
  }),
  method("abci_query", ["path", "data", "height", "prove"], abciQuery),
];

/** Methods of local chains (`dev = true`). */
export const DEV_METHODS: readonly RpcMethod[] = [
  method("dev_advance", ["seconds"], devAdvance),
  method("dev_halt", ["seconds"], devHalt),
];
