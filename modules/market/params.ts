// Parameters: defaults with their reasons, and bounds.

import type { Params } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { marketErrors } from "./errors.ts";

const HOUR = 3600n;
const DAY = 24n * HOUR;

/** Parameters of a new chain. */
export const DEFAULT_PARAMS: Params = {
  version: 1n,
  bidTtlS: 600n,
  orderTtlAutoS: HOUR,
  orderTtlManualS: DAY,
  autoDeadlineS: 30n,
  orderMaxBids: 20,
  bidStepPpm: 5000,
  awardsPerBlock: 100,
  offerScanPerBlock: 5000,
  offersPerProviderModel: 4,
  rematchS: 600n,
  reopenMax: 5,
  exclusionS: DAY,
  startDeadlineS: 600n,
  startFeeSeconds: 600n,
  amendmentTtlS: HOUR,
  spotNoticeS: 120n,
  minRunS: 600n,
  breakFeePpm: 200_000,
  maxOpenOrders: 100,
  reclamationMinS: HOUR,
  reclamationMaxS: 720n * HOUR,
  retentionS: 30n * DAY,
  weightReputationPpm: 500_000,
  weightFitPpm: 100_000,
  stickyS: 600n,
  drainsPerBlock: 500,
};

type Bound = readonly [name: string, value: bigint, low: bigint, high: bigint];

function bounds(params: Params): readonly Bound[] {
  return [
    ["bid_ttl_s", params.bidTtlS, 300n, params.orderTtlManualS],
    ["order_ttl_auto_s", params.orderTtlAutoS, 300n, 7n * DAY],
    ["order_ttl_manual_s", params.orderTtlManualS, 300n, 7n * DAY],
    ["auto_deadline_s", params.autoDeadlineS, 0n, HOUR],
    ["order_max_bids", BigInt(params.orderMaxBids), 4n, 64n],
    ["bid_step_ppm", BigInt(params.bidStepPpm), 0n, 500_000n],
    ["awards_per_block", BigInt(params.awardsPerBlock), 1n, 1000n],
    ["offer_scan_per_block", BigInt(params.offerScanPerBlock), 100n, 100_000n],
    ["offers_per_provider_model", BigInt(params.offersPerProviderModel), 1n, 16n],
    ["rematch_s", params.rematchS, 60n, DAY],
    ["reopen_max", BigInt(params.reopenMax), 0n, 100n],
    ["exclusion_s", params.exclusionS, 0n, 7n * DAY],
    ["start_deadline_s", params.startDeadlineS, 300n, HOUR],
    ["start_fee_seconds", params.startFeeSeconds, 0n, HOUR],
    ["amendment_ttl_s", params.amendmentTtlS, 60n, 7n * DAY],
    ["spot_notice_s", params.spotNoticeS, 30n, HOUR],
    ["min_run_s", params.minRunS, 0n, DAY],
    ["break_fee_ppm", BigInt(params.breakFeePpm), 50_000n, 500_000n],
    ["max_open_orders", BigInt(params.maxOpenOrders), 1n, 10_000n],
    ["reclamation_min_s", params.reclamationMinS, HOUR, params.reclamationMaxS],
    ["reclamation_max_s", params.reclamationMaxS, HOUR, 720n * HOUR],
    ["retention_s", params.retentionS, HOUR, 365n * DAY],
    ["weight_reputation_ppm", BigInt(params.weightReputationPpm), 0n, 10_000_000n],
    ["weight_fit_ppm", BigInt(params.weightFitPpm), 0n, 10_000_000n],
    ["sticky_s", params.stickyS, 0n, DAY],
    ["drains_per_block", BigInt(params.drainsPerBlock), 1n, 10_000n],
  ];
}

/** Checks that parameters lie in their bounds. Throws: market/35 naming the field. */
export function validateParams(params: Params): void {
  for (const [name, value, low, high] of bounds(params)) {
    if (value < low || value > high)
      throw marketErrors.invalidParams.with(`${name} ${value} is not in ${low}..${high}`);
  }
}
