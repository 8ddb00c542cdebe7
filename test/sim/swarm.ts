// What differs from seed to seed besides the choices themselves: parameters, weights, gaps between
// blocks, how diligent providers are. Each seed looks hard at something else.

import type { Json } from "../../chain/codec/index.ts";
import type { JsonObject } from "../../genesis/index.ts";
import type { Change } from "./authority.ts";
import type { Random } from "./random.ts";

/** How the blocks of a seed follow each other, by weight. */
export interface Gaps {
  readonly quick: number;
  readonly minute: number;
  readonly late: number;
  readonly hours: number;
  readonly halt: number;
  /** To the second at which something is due, or one beside it. */
  readonly brink: number;
}

/** Settings of one seed. */
export interface Swarm {
  readonly params: { readonly [module: string]: JsonObject };
  readonly gaps: Gaps;
  /** Most operations in a block besides chores. */
  readonly operations: number;
  /** How often a due chore (heartbeat, start, acknowledgement) is done, percent. */
  readonly diligence: number;
  /** Weight of each operation is multiplied by this; absent = 1. */
  readonly weights: ReadonlyMap<string, number>;
  readonly tenants: number;
  readonly providers: number;
  /** Deposits of new deployments in seconds of their ceiling, about. */
  readonly fundedSeconds: number;
  /** Block gas limit; -1 = none. */
  readonly maxGas: bigint;
}

type Drawn = readonly (readonly [name: string, value: Json])[];

function some(random: Random, drawn: Drawn, percent = 60): JsonObject {
  return Object.fromEntries(drawn.filter(() => random.chance(percent)));
}

function text(value: bigint | number): string {
  return value.toString();
}

function escrowParams(random: Random, isTight: boolean): JsonObject {
  const chosen = some(random, [
    ["min_funded_seconds", text(random.of([600, 600, 3600]))],
    ["resume_min_seconds", text(random.of([600, 3600, 7200]))],
    ["suspend_grace", text(random.of([3600, 7200, 86_400]))],
    ["grace_refill", text(random.of([1, 3, 10, 1000]))],
    ["payout_period", text(random.of([3600, 5000, 86_400]))],
    ["payout_min", text(random.of([0, 1, 100_000]))],
    ["fee_ppm", random.of([0, 1, 333, 10_000, 49_999])],
    ["burn_ppm", random.of([0, 400_000, 999_999, 1_000_000])],
    ["community_of_rest_ppm", random.of([0, 333_333, 500_000, 1_000_000])],
    ["max_payments", random.of([4, 16])],
    ["max_deposit_entries", random.of([2, 16])],
    ["low_funds_notices", random.of([["3600"], ["86400", "3600"], []])],
    ["retention", text(random.of([86_400, 2_592_000]))],
  ]);
  const drawn = { ...chosen, max_foreign_entries: 1 };
  if (!isTight) return drawn;
  return {
    ...drawn,
    exhaustions_per_block: 1,
    payouts_per_block: 1,
    drains_per_block: 1,
    warnings_per_block: 1,
  };
}

function marketParams(random: Random, isTight: boolean): JsonObject {
  const drawn = some(random, [
    ["bid_ttl_s", text(random.of([300, 600]))],
    ["order_ttl_auto_s", text(random.of([300, 900, 3600]))],
    ["order_ttl_manual_s", text(random.of([600, 3600, 86_400]))],
    ["auto_deadline_s", text(random.of([0, 10, 30, 120]))],
    ["order_max_bids", random.of([4, 5, 20])],
    ["bid_step_ppm", random.of([0, 5000, 100_000])],
    ["offers_per_provider_model", random.of([1, 4])],
    ["rematch_s", text(random.of([60, 600]))],
    ["reopen_max", random.of([0, 1, 5])],
    ["exclusion_s", text(random.of([0, 600, 86_400]))],
    ["start_deadline_s", text(random.of([300, 600]))],
    ["max_open_orders", random.of([3, 20, 100])],
    ["sticky_s", text(random.of([0, 600]))],
    ["retention_s", text(random.of([3600, 2_592_000]))],
    ["weight_fit_ppm", random.of([0, 100_000])],
  ]);
  if (!isTight) return drawn;
  return { ...drawn, awards_per_block: 1, offer_scan_per_block: 100, drains_per_block: 1 };
}

function deploymentParams(random: Random): JsonObject {
  return some(random, [
    ["retention_s", text(random.of([3600, 2_592_000]))],
    ["drains_per_block", random.of([1, 100])],
    ["funds_pause_s", "86400"],
  ]);
}

function providerParams(random: Random): JsonObject {
  return some(random, [
    ["heartbeat_period", text(random.of([300, 600, 3600]))],
    ["pause_min", text(random.of([0, 3600]))],
    ["stale_per_block", random.of([1, 500])],
  ]);
}

/** New values of what the auditor need not know: the authority sets them in the middle of a run. */
export function drawChange(random: Random): Change {
  const module = random.of(["market", "market", "deployment", "provider"]);
  if (module === "market") return { module, params: marketParams(random, random.chance(30)) };
  const draw = module === "provider" ? providerParams : deploymentParams;
  return { module, params: draw(random) };
}

const WEIGHED = [
  "deploy",
  "deposit",
  "rescue",
  "close_deployment",
  "pause_deployment",
  "close_lease",
  "leave_lease",
  "bid",
  "post_offer",
  "withdraw",
  "send",
  "hostile",
];

/** Draws the settings of a seed. */
export function drawSwarm(random: Random): Swarm {
  const [tightMoney, tightMarket] = [random.chance(30), random.chance(30)];
  const weights = new Map(WEIGHED.map((name) => [name, random.of([1, 1, 1, 3, 0.2])] as const));
  return {
    params: {
      chain: { max_block_gap: text(random.of([60, 300, 600, 7200, 86_400])) },
      escrow: escrowParams(random, tightMoney),
      market: marketParams(random, tightMarket),
      deployment: deploymentParams(random),
      provider: {
        ...providerParams(random),
        ...some(random, [["registration_fee", text(random.of([0, 10_000_000]))]]),
      },
    },
    gaps: {
      quick: random.of([10, 40, 80]),
      minute: random.of([10, 30]),
      late: random.of([0, 10, 20]),
      hours: random.of([0, 5, 15]),
      halt: random.of([0, 1, 4]),
      brink: random.of([5, 15, 30]),
    },
    operations: random.of([2, 5, 9]),
    diligence: random.of([20, 50, 85, 98]),
    weights,
    tenants: random.int(1, 4),
    providers: random.of([2, 3, 4, 5, 8]),
    fundedSeconds: random.of([1000, 4000, 8000, 8000, 40_000]),
    maxGas: random.of([-1n, -1n, -1n, 9_000_000n]),
  };
}

/**
 * Seconds from one block to the next: usually a few, sometimes hours, at times a halt of three days.
 * `due`: seconds until something falls due.
 */
export function drawGap(random: Random, gaps: Gaps, due: readonly number[]): number {
  const kind = random.weighted([
    [gaps.quick, "quick"],
    [gaps.minute, "minute"],
    [gaps.late, "late"],
    [gaps.hours, "hours"],
    [gaps.halt, "halt"],
    [gaps.brink, "brink"],
  ] as const);
  const brink = random.maybe(due);
  if (kind === "brink" && brink !== undefined) return Math.max(0, brink + random.int(-1, 1));
  if (kind === "quick") return random.int(0, 10);
  if (kind === "minute") return random.int(20, 90);
  if (kind === "late") return random.int(200, 900);
  if (kind === "hours") return random.int(1800, 20_000);
  return kind === "halt" ? 259_200 + random.int(-5, 5) : random.int(1, 30);
}
