// cosmos.base.tendermint.v1beta1.Service and cosmos.base.node.v1beta1.Service: the node, its blocks and
// its validators, as wallets, explorers and the Go command line ask for them.

import { bech32 } from "@scure/base";
import { fromHex, EMPTY_BYTES } from "../../base/bytes.ts";
import {
  ConfigRequest,
  ConfigResponse,
  StatusRequest,
  StatusResponse,
} from "../../codec/gen/cosmos/base/node/v1beta1.ts";
import {
  ABCIQueryRequest,
  ABCIQueryResponse,
  GetBlockByHeightRequest,
  GetBlockByHeightResponse,
  GetLatestBlockRequest,
  GetLatestBlockResponse,
  GetLatestValidatorSetRequest,
  GetLatestValidatorSetResponse,
  GetNodeInfoRequest,
  GetNodeInfoResponse,
  GetSyncingRequest,
  GetSyncingResponse,
  GetValidatorSetByHeightRequest,
  GetValidatorSetByHeightResponse,
} from "../../codec/gen/cosmos/base/tendermint/v1beta1.ts";
import type { PageRequest } from "../../codec/gen/cosmos/base/query/v1beta1.ts";
import { PageResponse } from "../../codec/gen/cosmos/base/query/v1beta1.ts";
import { PubKey } from "../../codec/gen/cosmos/crypto/ed25519.ts";
import { notFound } from "../../runtime/index.ts";
import { BLOCK_PROTOCOL } from "../comet/header.ts";
import type { Validator } from "../comet/validators.ts";
import { appVersion } from "../embedded/state.ts";
import { COMET_VERSION, P2P_PROTOCOL } from "../version.ts";
import type { RpcParts } from "./methods.ts";
import { rangeOf, requireHeight, serviceMethod } from "./services.ts";
import type { ServiceMethod } from "./services.ts";

/** Channels that a full CometBFT node lists; clients only show them. */
export const CHANNELS = "40202122233038606100";
/** Where peers would be met; clients only show it. */
export const LISTEN_ADDRESS = "tcp://0.0.0.0:26656";

/** Validator addresses have a prefix of their own. Source: SDK Bech32PrefixConsAddr. */
function consensusAddress(parts: RpcParts, address: Uint8Array): string {
  return bech32.encodeFromBytes(`${parts.prefix()}valcons`, address);
}

function nodeInfo(parts: RpcParts): GetNodeInfoResponse {
  const { identity, engine, app, indexer } = parts;
  const { data: name, version } = app.info();
  return {
    defaultNodeInfo: {
      protocolVersion: {
        p2p: P2P_PROTOCOL,
        block: BLOCK_PROTOCOL,
        app: appVersion(engine.state),
      },
      defaultNodeId: identity.nodeId,
      listenAddr: LISTEN_ADDRESS,
      network: identity.chainId,
      version: COMET_VERSION,
      channels: fromHex(CHANNELS) ?? EMPTY_BYTES,
      moniker: identity.moniker,
      other: { txIndex: indexer === undefined ? "off" : "on", rpcAddress: identity.rpcAddress },
    },
    applicationVersion: {
      name,
      appName: name,
      version,
      gitCommit: "",
      buildTags: "",
      goVersion: "",
      buildDeps: [],
      cosmosSdkVersion: "",
    },
  };
}

function blockAt(parts: RpcParts, height: bigint): GetBlockByHeightResponse {
  const block = parts.blocks.block(height);
  const blockId = parts.blocks.meta(height)?.blockId;
  if (block === undefined || blockId === undefined)
    throw notFound(`there is no block of height ${height}`);
  const proposerAddress = consensusAddress(parts, block.header.proposerAddress);
  return { blockId, block, sdkBlock: { ...block, header: { ...block.header, proposerAddress } } };
}

function validatorsAt(
  parts: RpcParts,
  blockHeight: bigint,
  page: PageRequest | undefined,
): GetValidatorSetByHeightResponse {
  const set = parts.blocks.validators(blockHeight);
  if (set === undefined) throw notFound(`there is no validator set of height ${blockHeight}`);
  const { start, end } = rangeOf(page, set.list.length);
  const validators = set.list.slice(start, end).map((one) => validatorOf(parts, one));
  const total = BigInt(set.list.length);
  return { blockHeight, validators, pagination: PageResponse.create({ total }) };
}

function validatorOf(
  parts: RpcParts,
  { address, key, power, priority }: Validator,
): GetValidatorSetByHeightResponse["validators"][number] {
  return {
    address: consensusAddress(parts, address),
    pubKey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key }) },
    votingPower: power,
    proposerPriority: priority,
  };
}

function status({ blocks, engine, oldestState }: RpcParts): StatusResponse {
  const { height } = engine.state;
  const header = blocks.meta(height)?.header;
  return {
    earliestStoreHeight: oldestState(),
    height,
    timestamp: header?.time,
    appHash: header?.appHash ?? EMPTY_BYTES,
    validatorHash: header?.nextValidatorsHash ?? EMPTY_BYTES,
  };
}

const TENDERMINT = "/cosmos.base.tendermint.v1beta1.Service";
const NODE = "/cosmos.base.node.v1beta1.Service";

/** Both services. */
export const NODE_SERVICE: readonly ServiceMethod[] = [
  serviceMethod(`${TENDERMINT}/GetNodeInfo`, GetNodeInfoRequest, GetNodeInfoResponse, nodeInfo),
  serviceMethod(`${TENDERMINT}/GetSyncing`, GetSyncingRequest, GetSyncingResponse, () => ({
    syncing: false,
  })),
  serviceMethod(
    `${TENDERMINT}/GetLatestBlock`,
    GetLatestBlockRequest,
    GetLatestBlockResponse,
    (parts) => blockAt(parts, parts.engine.state.height),
  ),
  serviceMethod(
    `${TENDERMINT}/GetBlockByHeight`,
    GetBlockByHeightRequest,
    GetBlockByHeightResponse,
    (parts, { height }) => blockAt(parts, requireHeight(parts, height)),
  ),
  serviceMethod(
    `${TENDERMINT}/GetLatestValidatorSet`,
    GetLatestValidatorSetRequest,
    GetLatestValidatorSetResponse,
    (parts, { pagination }) => validatorsAt(parts, parts.engine.state.height, pagination),
  ),
  serviceMethod(
    `${TENDERMINT}/GetValidatorSetByHeight`,
    GetValidatorSetByHeightRequest,
    GetValidatorSetByHeightResponse,
    (parts, { height, pagination }) =>
      validatorsAt(parts, requireHeight(parts, height), pagination),
  ),
  serviceMethod(`${TENDERMINT}/ABCIQuery`, ABCIQueryRequest, ABCIQueryResponse, (parts, request) =>
    parts.turns.run(() => parts.app.query(request)),
  ),
  serviceMethod(`${NODE}/Config`, ConfigRequest, ConfigResponse, ({ config }) => config),
  serviceMethod(`${NODE}/Status`, StatusRequest, StatusResponse, status),
];
