// What the auditor is shown: blocks as anybody sees them from outside, and answers to public queries.

import type { Event as AbciEvent } from "../../chain/codec/gen/tendermint/abci.ts";

/** An event with its attributes by key. */
export interface Seen {
  readonly type: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** A transaction as it was sent, and what came of it. */
export interface SeenTx {
  readonly ok: boolean;
  readonly messages: readonly { readonly typeUrl: string; readonly value: Uint8Array }[];
  readonly events: readonly Seen[];
}

/** A block from outside. Times are whole seconds. */
export interface SeenBlock {
  readonly time: number;
  readonly begin: readonly Seen[];
  readonly txs: readonly SeenTx[];
  readonly end: readonly Seen[];
}

/** What the chain says of a payment that is not closed. */
export interface StreamAnswer {
  readonly state: string;
  readonly rate: bigint;
  readonly carry: bigint;
  readonly accrued: bigint;
  readonly settled: bigint;
  readonly paid: bigint;
  readonly nextPayout: bigint;
}

/** What the chain says of an account. */
export interface AccountAnswer {
  readonly state: string;
  readonly free: bigint;
  readonly accrued: bigint;
  readonly rate: bigint;
  readonly committedRate: bigint;
  readonly fundedUntil: bigint;
  readonly graceSeconds: bigint;
  readonly resumeMissing: bigint;
  readonly streams: ReadonlyMap<string, StreamAnswer>;
}

/** Public queries, at the last block. */
export interface Answers {
  balances(address: string): ReadonlyMap<string, bigint>;
  supply(): ReadonlyMap<string, bigint>;
  /** `name` as the auditor builds it; undefined when the chain has no such account. */
  account(name: string): AccountAnswer | undefined;
  clocks(): { readonly time: bigint; readonly uptime: bigint };
}

/** Turns events of the wire into events with attributes by key. */
export function seen(events: readonly AbciEvent[]): Seen[] {
  return events.map(({ type, attributes }) => ({
    type,
    attributes: new Map(attributes.map(({ key, value }) => [key, value])),
  }));
}

/** Separates the events of a block by its stages. */
export function stagesOf(events: readonly AbciEvent[]): { begin: Seen[]; end: Seen[] } {
  const all = seen(events);
  return {
    begin: all.filter(({ attributes }) => attributes.get("mode") !== "EndBlock"),
    end: all.filter(({ attributes }) => attributes.get("mode") === "EndBlock"),
  };
}
