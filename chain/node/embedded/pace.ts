// When a block is due, as pure functions of clocks and settings. Times in milliseconds; a time on the
// host's clock unless it says otherwise.

import type { Timestamp } from "../../base/time.ts";
import type { Clocks } from "../application.ts";

/** Settings of the pace. */
export interface PaceSettings {
  /** From the start of one block to the start of the next. */
  readonly interval: number;
  /** Whether blocks are made when there is nothing to put in. */
  readonly emptyBlocks: boolean;
  /** Time between empty blocks; 0 = as between all blocks. */
  readonly emptyInterval: number;
}

/** What the last block left behind. */
export interface PaceState {
  /** When the last block was started. */
  readonly lastStart: number;
  /** The last block calls for another: at its time for a proof of its app hash, or now. */
  readonly followUp: "none" | "proof" | "now";
  /** How many transactions wait. */
  readonly waiting: number;
  /** How far the engine's clock is ahead of the host's. */
  readonly aheadMs: number;
}

/** A header may lag behind the clock by this much beyond the pace of blocks before it counts as idle. */
const IDLE_MS = 1000;

/**
 * Whether the next header, which carries the time of the last vote, would lie so far back that a
 * transaction would run in the past. Both times on the engine's clock.
 */
export function isIdle(nowMs: number, lastVoteMs: number, interval: number): boolean {
  return nowMs - lastVoteMs > IDLE_MS + interval;
}

/** When the next block is due; infinity while there is no reason for one. */
export function nextBlockAt(
  settings: PaceSettings,
  state: PaceState,
  clocks: () => Clocks,
): number {
  if (state.followUp === "now") return 0;
  const earliest = state.lastStart + settings.interval;
  if (state.followUp === "proof" || state.waiting > 0) return earliest;
  const pause = Math.max(settings.emptyInterval, settings.interval);
  const empty = settings.emptyBlocks ? state.lastStart + pause : Number.POSITIVE_INFINITY;
  return Math.max(earliest, Math.min(empty, dueAt(clocks()) - state.aheadMs));
}

/** When something falls due, on the engine's clock. */
function dueAt(clocks: Clocks): number {
  let at = Number.POSITIVE_INFINITY;
  if (clocks.dueTime !== undefined) at = Number(clocks.dueTime) * 1000;
  if (clocks.dueUptime === undefined) return at;
  // Clock U moves at most a gap per block: blocks must come while something waits on it.
  const left = clocks.dueUptime - clocks.uptime;
  const step = left < clocks.maxBlockGap ? left : clocks.maxBlockGap;
  return Math.min(at, Number(clocks.time + (step > 0n ? step : 0n)) * 1000);
}

/** Whether a block with a header of `time` will find work that is due. */
export function hasDueWork(clocks: Clocks, time: Timestamp): boolean {
  const gap = time.seconds - clocks.time;
  const uptime = clocks.uptime + (gap < clocks.maxBlockGap ? gap : clocks.maxBlockGap);
  const { dueTime, dueUptime } = clocks;
  return (
    (dueTime !== undefined && dueTime <= time.seconds) ||
    (dueUptime !== undefined && dueUptime <= uptime)
  );
}
