// The genesis of a simulated chain, and what the auditor is told of it.

import { AddressCodec, moduleAddress } from "../../chain/base/address.ts";
import { defaultAppState } from "../../chain/app/index.ts";
import type { Json } from "../../chain/codec/index.ts";
import { buildGenesis, preset } from "../../genesis/index.ts";
import type { JsonObject } from "../../genesis/index.ts";
import { testPlatform } from "../support/platform.ts";
import type { AuditStart } from "./auditor.ts";
import type { Rules } from "./auditor_account.ts";
import type { MachineGenesis } from "./machine.ts";
import type { Swarm } from "./swarm.ts";
import type { World } from "./world.ts";

const TIME = 1_800_000_000n;
/** Enough for every deposit of a run, and few enough that sums stay below 2^53. */
const FUNDS = 10n ** 12n;

/** A genesis with the parameters of a seed, where everybody has coins. */
export function simGenesis(world: World, swarm: Swarm): MachineGenesis {
  const { denoms } = preset("local");
  const funded = [...world.everybody, world.stranger];
  const coins = denoms.map(({ denom }) => ({ denom, amount: FUNDS }));
  const document = buildGenesis(
    {
      chainId: world.chainId,
      genesisTime: { seconds: TIME, nanos: 0 },
      prefix: world.prefix,
      denoms,
      accounts: funded.map(({ address }) => ({ address, coins })),
      validators: [],
      params: swarm.params,
    },
    defaultAppState(),
  );
  const { block, ...others } = document.consensusParams;
  return {
    chainId: world.chainId,
    time: TIME,
    initialHeight: 1n,
    consensusParams: {
      ...others,
      block: { maxBytes: block?.maxBytes ?? 1_000_000n, maxGas: swarm.maxGas },
    },
    appState: document.appState as { readonly [module: string]: Json },
  };
}

function at(json: Json | undefined, ...path: readonly string[]): Json | undefined {
  let found = json;
  for (const name of path) found = (found as JsonObject | undefined)?.[name];
  return found;
}

function rulesOf(state: { readonly [module: string]: Json }): Rules {
  const number = (...path: readonly string[]): number => Number(at(state as Json, ...path));
  const escrow = (name: string): number => number("escrow", "params", name);
  const denoms = at(state as Json, "escrow", "params", "denoms") as readonly JsonObject[];
  const table = (name: string): Map<string, number> =>
    new Map(denoms.map((row) => [String(row["denom"]), Number(row[name])]));
  return {
    resumeSeconds: escrow("resume_min_seconds"),
    suspendGrace: escrow("suspend_grace"),
    graceRefill: escrow("grace_refill"),
    payoutPeriod: escrow("payout_period"),
    payoutMin: escrow("payout_min"),
    payoutsPerBlock: escrow("payouts_per_block"),
    endsPerBlock: escrow("exhaustions_per_block"),
    feePpm: escrow("fee_ppm"),
    burnPpm: escrow("burn_ppm"),
    communityPpm: escrow("community_of_rest_ppm"),
    maxBlockGap: number("chain", "params", "max_block_gap"),
    registrationFee: number("provider", "params", "registration_fee"),
    baseDenom: String(at(state as Json, "chain", "identity", "base_denom")),
    orderFees: table("order_fee"),
    bidDeposits: table("bid_deposit"),
  };
}

/** What the auditor knows before the first block: the genesis, as anybody can read it. */
export function auditStart(genesis: MachineGenesis, prefix: string): AuditStart {
  const addresses = new AddressCodec(prefix);
  const module = (name: string): string => addresses.format(moduleAddress(testPlatform, name));
  const rows = at(genesis.appState as Json, "bank", "balances") as readonly JsonObject[];
  const balances = rows.map((row) => {
    const coins = row["coins"] as readonly JsonObject[];
    const amounts = coins.map((coin) => [String(coin["denom"]), BigInt(String(coin["amount"]))]);
    return [String(row["address"]), new Map(amounts as [string, bigint][])] as const;
  });
  return {
    time: Number(genesis.time),
    rules: rulesOf(genesis.appState),
    balances: new Map(balances),
    modules: {
      escrow: module("escrow"),
      fees: module("fee_collector"),
      insurance: module("insurance"),
    },
  };
}
