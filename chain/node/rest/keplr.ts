// The object that a page hands to Keplr (or Leap) to suggest this chain: made from the chain's state
// and this node's least gas prices. Source: Keplr's ChainInfo.

import { utf8 } from "../../base/bytes.ts";
import { QueryDenomsMetadataRequest } from "../../codec/gen/cosmos/bank/v1beta1.ts";
import { QueryDenomsMetadataResponse } from "../../codec/gen/cosmos/bank/v1beta1.ts";
import type { Metadata } from "../../codec/gen/cosmos/bank/v1beta1.ts";
import { QueryIdentityRequest, QueryIdentityResponse } from "../../codec/gen/leasehold/chain/v1.ts";
import type { MessageType } from "../../codec/index.ts";
import type { GasPrice } from "../../runtime/index.ts";
import { answerQuery } from "../rpc/served.ts";
import type { ServiceParts } from "../rpc/services.ts";
import { refusalOf } from "./refusal.ts";

/** What the object is made from. */
export interface KeplrParts {
  readonly services: ServiceParts;
  readonly chainId: string;
  /** Least gas prices of this node; amounts in 10^-18. */
  readonly minGasPrices: readonly GasPrice[];
  /** RPC and REST as callers reach them; empty = by the name they called this node, these ports. */
  readonly publicRpc: string;
  readonly publicRest: string;
  readonly rpcPort: number;
  /** Port of this door, for callers that name none. */
  readonly restPort: () => number;
}

interface Currency {
  readonly coinDenom: string;
  readonly coinMinimalDenom: string;
  readonly coinDecimals: number;
}

/** SLIP-44 number of Cosmos chains. */
const COIN_TYPE = 118;
/** Low, average and high as multiples of the least price. */
const STEPS = { low: 1n, average: 2n, high: 4n } as const;
const ONE_PRICE = 10n ** 18n;
/** Denoms in one page of metadata: more than any wallet shows. */
const MAX_DENOMS = 100n;

async function ask<Q, R>(
  { services }: KeplrParts,
  path: string,
  request: MessageType<Q>,
  response: MessageType<R>,
  given: Partial<Q>,
): Promise<R> {
  const data = request.encode(request.create(given));
  const answer = await answerQuery(services, { path, data, height: 0n, prove: false });
  const refusal = refusalOf(answer);
  if (refusal !== undefined) throw refusal;
  return response.decode(answer.value);
}

/** What a denom is called and how many decimals it shows; its base unit when nothing is known. */
function currencyOf(denom: string, metadata: readonly Metadata[]): Currency {
  const found = metadata.find(({ base }) => base === denom);
  const unit = found?.denomUnits.find((one) => one.denom === found.display);
  if (found === undefined || unit === undefined)
    return { coinDenom: denom, coinMinimalDenom: denom, coinDecimals: 0 };
  const coinDenom = found.symbol === "" ? found.display : found.symbol;
  return { coinDenom, coinMinimalDenom: denom, coinDecimals: unit.exponent };
}

/** A price times `factor` as a JSON number. */
function step(price: bigint, factor: bigint): number {
  return Number(price * factor) / Number(ONE_PRICE);
}

function withSteps(currency: Currency, price: bigint): object {
  const gasPriceStep = {
    low: step(price, STEPS.low),
    average: step(price, STEPS.average),
    high: step(price, STEPS.high),
  };
  return { ...currency, gasPriceStep };
}

function bech32Config(prefix: string): object {
  return {
    bech32PrefixAccAddr: prefix,
    bech32PrefixAccPub: `${prefix}pub`,
    bech32PrefixValAddr: `${prefix}valoper`,
    bech32PrefixValPub: `${prefix}valoperpub`,
    bech32PrefixConsAddr: `${prefix}valcons`,
    bech32PrefixConsPub: `${prefix}valconspub`,
  };
}

/** Where a caller reaches RPC and REST: as configured, or at the host that it called. */
function addresses(parts: KeplrParts, host: string): { readonly rpc: string; rest: string } {
  const name = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?$/.exec(host)?.[1] ?? "localhost";
  const { publicRpc, publicRest, rpcPort, restPort } = parts;
  return {
    rpc: publicRpc === "" ? `http://${name}:${rpcPort}` : publicRpc,
    rest: publicRest === "" ? `http://${name}:${restPort()}` : publicRest,
  };
}

/** The object for Keplr's `experimentalSuggestChain`. Throws: GatewayRefusal. */
export async function chainInfo(parts: KeplrParts, host: string): Promise<object> {
  const [identity, bank] = ["/leasehold.chain.v1.Query", "/cosmos.bank.v1beta1.Query"];
  const { bech32Prefix, baseDenom } = (
    await ask(parts, `${identity}/Identity`, QueryIdentityRequest, QueryIdentityResponse, {})
  ).identity;
  const { metadatas } = await ask(
    parts,
    `${bank}/DenomsMetadata`,
    QueryDenomsMetadataRequest,
    QueryDenomsMetadataResponse,
    { pagination: { ...FIRST_PAGE, limit: MAX_DENOMS } },
  );
  const price = (denom: string): bigint =>
    parts.minGasPrices.find((one) => one.denom === denom)?.amount ?? 0n;
  const denoms = [baseDenom, ...metadatas.map(({ base }) => base)];
  const known = [...new Set(denoms)];
  const priced = parts.minGasPrices.filter(({ amount }) => amount > 0n).map(({ denom }) => denom);
  const fees = priced.length === 0 ? [baseDenom] : priced;
  return {
    chainId: parts.chainId,
    chainName: parts.chainId,
    ...addresses(parts, host),
    bip44: { coinType: COIN_TYPE },
    bech32Config: bech32Config(bech32Prefix),
    stakeCurrency: currencyOf(baseDenom, metadatas),
    currencies: known.map((denom) => currencyOf(denom, metadatas)),
    feeCurrencies: fees.map((denom) => withSteps(currencyOf(denom, metadatas), price(denom))),
    features: [],
  };
}

const FIRST_PAGE = { key: utf8(""), offset: 0n, countTotal: false, reverse: false };
