// cosmos.base.tendermint.v1beta1.Service and cosmos.base.node.v1beta1.Service: the node, its blocks and
// its validators, as wallets, explorers and the Go command line ask for them.

import { bech32 } from "@scure/base";
import { EMPTY_BYTES } from "../../base/bytes.ts";
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
import type { Validator } from "../comet/validators.ts";
import { rangeOf, requireHeight, serviceMethod } from "./services.ts";
import type { ServiceMethod, ServiceParts } from "./services.ts";

/** Validator addresses have a prefix of their own. Source: SDK Bech32PrefixConsAddr. */
function consensusAddress(parts: ServiceParts, address: Uint8Array): string {
  return bech32.encodeFromBytes(`${parts.prefix()}valcons`, address);
}

async function nodeInfo({ source, app }: ServiceParts): Promise<GetNodeInfoResponse> {
  const { data: name, version } = app.info();
  return {
    defaultNodeInfo: await source.nodeInfo(),
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

async function blockAt(parts: ServiceParts, height: bigint): Promise<GetBlockByHeightResponse> {
  const found = await parts.source.block(height);
  if (found === undefined) throw notFound(`there is no block of height ${height}`);
  const { block, id: blockId } = found;
  const proposerAddress = consensusAddress(parts, block.header.proposerAddress);
  return { blockId, block, sdkBlock: { ...block, header: { ...block.header, proposerAddress } } };
}

async function latest({ source }: ServiceParts): Promise<bigint> {
  return (await source.status()).height;
}

async function validatorsAt(
  parts: ServiceParts,
  blockHeight: bigint,
  page: PageRequest | undefined,
): Promise<GetValidatorSetByHeightResponse> {
  const set = await parts.source.validators(blockHeight);
  if (set === undefined) throw notFound(`there is no validator set of height ${blockHeight}`);
  const { start, end } = rangeOf(page, set.length);
  const validators = set.slice(start, end).map((one) => validatorOf(parts, one));
  const total = BigInt(set.length);
  return { blockHeight, validators, pagination: PageResponse.create({ total }) };
}

function validatorOf(
  parts: ServiceParts,
  { address, key, power, priority }: Validator,
): GetValidatorSetByHeightResponse["validators"][number] {
  return {
    address: consensusAddress(parts, address),
    pubKey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key }) },
    votingPower: power,
    proposerPriority: priority,
  };
}

async function status({ source, oldestState }: ServiceParts): Promise<StatusResponse> {
  const { height, time, appHash } = await source.status();
  const header = await source.header(height);
  return {
    earliestStoreHeight: oldestState(),
    height,
    timestamp: time,
    appHash,
    validatorHash: header?.nextValidatorsHash ?? EMPTY_BYTES,
  };
}

const TENDERMINT = "/cosmos.base.tendermint.v1beta1.Service";
const NODE = "/cosmos.base.node.v1beta1.Service";

/** Both services. */
export const NODE_SERVICE: readonly ServiceMethod[] = [
  serviceMethod(`${TENDERMINT}/GetNodeInfo`, GetNodeInfoRequest, GetNodeInfoResponse, nodeInfo),
  serviceMethod(
    `${TENDERMINT}/GetSyncing`,
    GetSyncingRequest,
    GetSyncingResponse,
    async (parts) => ({
      syncing: (await parts.source.status()).catchingUp,
    }),
  ),
  serviceMethod(
    `${TENDERMINT}/GetLatestBlock`,
    GetLatestBlockRequest,
    GetLatestBlockResponse,
    async (parts) => blockAt(parts, await latest(parts)),
  ),
  serviceMethod(
    `${TENDERMINT}/GetBlockByHeight`,
    GetBlockByHeightRequest,
    GetBlockByHeightResponse,
    async (parts, { height }) => blockAt(parts, await requireHeight(parts, height)),
  ),
  serviceMethod(
    `${TENDERMINT}/GetLatestValidatorSet`,
    GetLatestValidatorSetRequest,
    GetLatestValidatorSetResponse,
    async (parts, { pagination }) => validatorsAt(parts, await latest(parts), pagination),
  ),
  serviceMethod(
    `${TENDERMINT}/GetValidatorSetByHeight`,
    GetValidatorSetByHeightRequest,
    GetValidatorSetByHeightResponse,
    async (parts, { height, pagination }) =>
      validatorsAt(parts, await requireHeight(parts, height), pagination),
  ),
  serviceMethod(`${TENDERMINT}/ABCIQuery`, ABCIQueryRequest, ABCIQueryResponse, (parts, request) =>
    parts.turns.run(() => parts.app.query(request)),
  ),
  serviceMethod(`${NODE}/Config`, ConfigRequest, ConfigResponse, ({ config }) => config),
  serviceMethod(`${NODE}/Status`, StatusRequest, StatusResponse, status),
];
