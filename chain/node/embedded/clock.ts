// The engine's clock: the host's, plus what `dev advance` put before it. Milliseconds since 1970.

import type { Timestamp } from "../../base/time.ts";
import { fromNanos, toNanos } from "../../base/time.ts";

/** Tells the time of votes. */
export class EngineClock {
  readonly #host: () => number;
  #aheadMs: number;

  constructor(aheadMs: number, host: () => number = Date.now) {
    this.#aheadMs = aheadMs;
    this.#host = host;
  }

  /** Milliseconds that the clock is ahead of the host. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#host() + this.#aheadMs;
  }

  /** Moves the clock forward. */
  advance(ms: number): void {
    this.#aheadMs += ms;
  }
}

/** A point in time from milliseconds since 1970. */
export function fromMillis(ms: number): Timestamp {
  return fromNanos(BigInt(Math.floor(ms)) * 1_000_000n);
}

/** Milliseconds since 1970, rounded down. */
export function toMillis(time: Timestamp): number {
  return Number(toNanos(time) / 1_000_000n);
}

/** Time of a vote for a block: now, but at least a millisecond after the block. Source: CometBFT voteTime. */
export function voteTime(blockTime: Timestamp, nowMs: number): Timestamp {
  const least = toNanos(blockTime) + 1_000_000n;
  const now = toNanos(fromMillis(nowMs));
  return fromNanos(now > least ? now : least);
}
