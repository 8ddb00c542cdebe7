// Counters of deployments by state, per owner and over all: lists answer their totals from them.

import type { Address } from "../../../chain/base/address.ts";
import { assert } from "../../../chain/base/assert.ts";
import { DeploymentState } from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Tally } from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import * as state from "../state.ts";

/** Counters of nobody. */
export const NO_TALLY: Tally = { lastDseq: 0n, active: 0n, paused: 0n, closed: 0n };

/** Counters of an owner; zeros when it never had a deployment. */
export function tallyOf(ctx: Context, owner: Address): Tally {
  return state.tallies.get(ctx, owner) ?? NO_TALLY;
}

/** Counters over all owners. */
export function totalTally(ctx: Context): Tally {
  return state.total.get(ctx) ?? NO_TALLY;
}

/** What a tally says of one state; of all states when it is unspecified. */
export function countOf(tally: Tally, wanted: DeploymentState): bigint {
  switch (wanted) {
    case DeploymentState.UNSPECIFIED:
      return tally.active + tally.paused + tally.closed;
    case DeploymentState.ACTIVE:
      return tally.active;
    case DeploymentState.PAUSED:
      return tally.paused;
    default:
      return tally.closed;
  }
}

/** Counts a deployment from one state into another; undefined = it does not exist there. */
export function moveTally(
  ctx: Context,
  owner: Address,
  from: DeploymentState | undefined,
  to: DeploymentState | undefined,
): void {
  if (from === to) return;
  const move = (tally: Tally): Tally => add(add(tally, from, -1n), to, 1n);
  state.tallies.set(ctx, owner, move(tallyOf(ctx, owner)));
  const sum = move(totalTally(ctx));
  if (countOf(sum, DeploymentState.UNSPECIFIED) === 0n) state.total.delete(ctx);
  else state.total.set(ctx, sum);
}

/** Takes a deployment number: what the owner's counter stands at from now on. */
export function takeDseq(ctx: Context, owner: Address, dseq: bigint): void {
  const before = tallyOf(ctx, owner);
  assert(dseq > before.lastDseq, `dseq ${dseq} after ${before.lastDseq}`);
  state.tallies.set(ctx, owner, { ...before, lastDseq: dseq });
}

function add(tally: Tally, at: DeploymentState | undefined, by: bigint): Tally {
  switch (at) {
    case DeploymentState.ACTIVE:
      return { ...tally, active: tally.active + by };
    case DeploymentState.PAUSED:
      return { ...tally, paused: tally.paused + by };
    case DeploymentState.CLOSED:
      return { ...tally, closed: tally.closed + by };
    default:
      return tally;
  }
}
