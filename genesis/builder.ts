// The pure builder of a genesis: what a chain is to be, in; a whole document, out. The defaults of
// the modules come from the application, so that the document spells out every parameter.

import { addCoins, compareDenom, toWireCoin } from "../chain/base/coins.ts";
import type { Coin } from "../chain/base/coins.ts";
import type { Timestamp } from "../chain/base/time.ts";
import type { Json } from "../chain/codec/index.ts";
import { defaultConsensusParams } from "../modules/consensus/index.ts";
import { requireChainId } from "./document.ts";
import type { GenesisDocument, GenesisValidator } from "./document.ts";
import { objectAt } from "./paths.ts";
import type { JsonObject } from "./paths.ts";

/** A denom of the chain. The first one of a spec is the base denom. */
export interface DenomSpec {
  readonly denom: string;
  /** What people read: LEASE for ulease. */
  readonly display: string;
  readonly description: string;
  /** Base units of the base denom for 10^6 base units of this one. */
  readonly ratePpm: bigint;
  readonly minDeposit: bigint;
  readonly bidDeposit: bigint;
  readonly orderFee: bigint;
}

/** Coins of an address at the start. */
export interface FundedAccount {
  readonly address: string;
  readonly coins: readonly Coin[];
}

/** What a chain is to be. */
export interface GenesisSpec {
  readonly chainId: string;
  readonly genesisTime: Timestamp;
  readonly prefix: string;
  readonly denoms: readonly DenomSpec[];
  readonly accounts: readonly FundedAccount[];
  readonly validators: readonly GenesisValidator[];
  /** Fields that differ from the modules' defaults, by module and field of its Params. */
  readonly params: { readonly [module: string]: JsonObject };
}

/** The denom's exponent between base unit and display. */
const EXPONENT = 6;

function metadata(spec: DenomSpec): Json {
  return {
    description: spec.description,
    denom_units: [
      { denom: spec.denom, exponent: 0, aliases: [] },
      { denom: spec.display, exponent: EXPONENT, aliases: [] },
    ],
    base: spec.denom,
    display: spec.display,
    name: spec.display,
    symbol: spec.display,
    uri: "",
    uri_hash: "",
  };
}

function bankState(defaults: JsonObject, spec: GenesisSpec): JsonObject {
  let supply: Coin[] = [];
  const balances = spec.accounts.map(({ address, coins }) => {
    const sorted = [...coins].sort(compareDenom);
    supply = addCoins(supply, sorted);
    return { address, coins: sorted.map((coin) => ({ ...toWireCoin(coin) })) };
  });
  return {
    ...defaults,
    balances,
    supply: supply.map((coin) => ({ ...toWireCoin(coin) })),
    denom_metadata: [...spec.denoms].sort(compareDenom).map(metadata),
  };
}

function authState(defaults: JsonObject, spec: GenesisSpec): JsonObject {
  const accounts = spec.accounts.map(({ address }, index) => ({
    "@type": "/cosmos.auth.v1beta1.BaseAccount",
    address,
    pub_key: null,
    account_number: index.toString(),
    sequence: "0",
  }));
  return { ...defaults, accounts };
}

function denomTable(spec: GenesisSpec): Json {
  return [...spec.denoms].sort(compareDenom).map((one) => ({
    denom: one.denom,
    rate_ppm: one.ratePpm.toString(),
    min_deposit: one.minDeposit.toString(),
    bid_deposit: one.bidDeposit.toString(),
    order_fee: one.orderFee.toString(),
  }));
}

function withParams(state: JsonObject, changes: JsonObject, path: string): JsonObject {
  return { ...state, params: { ...objectAt(state["params"], `${path}.params`), ...changes } };
}

/** Builds a genesis. `defaults` is the JSON of every module's default state. Pure. Throws: sdk/18. */
export function buildGenesis(spec: GenesisSpec, defaults: JsonObject): GenesisDocument {
  requireChainId(spec.chainId);
  const state = new Map<string, JsonObject>();
  for (const [name, json] of Object.entries(defaults)) state.set(name, objectAt(json, name));
  const base = spec.denoms[0]?.denom ?? "";
  const change = (name: string, make: (part: JsonObject) => JsonObject): void => {
    const part = state.get(name);
    if (part !== undefined) state.set(name, make(part));
  };
  change("chain", (part) => ({
    ...part,
    identity: { bech32_prefix: spec.prefix, base_denom: base },
  }));
  change("bank", (part) => bankState(part, spec));
  change("auth", (part) => authState(part, spec));
  change("escrow", (part) => withParams(part, { denoms: denomTable(spec) }, "escrow"));
  for (const [name, changes] of Object.entries(spec.params))
    change(name, (part) => withParams(part, changes, name));
  return {
    appName: "leasehold",
    appVersion: "",
    genesisTime: spec.genesisTime,
    chainId: spec.chainId,
    initialHeight: 1n,
    appHash: new Uint8Array(0),
    consensusParams: defaultConsensusParams(),
    validators: spec.validators,
    appState: Object.fromEntries(state),
  };
}
