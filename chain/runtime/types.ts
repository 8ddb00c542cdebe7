// The faces of floor 2: what a module sees of the machine it runs in, and what it gives in return.

import type { Address, AddressCodec } from "../base/address.ts";
import type { ChainError } from "../base/errors.ts";
import type { Platform } from "../base/platform.ts";
import type { Timestamp } from "../base/time.ts";
import type { MessageType } from "../codec/types.ts";
import type { StoreSource } from "../store/types.ts";

export type { StoreSource } from "../store/types.ts";

/** Why code runs: check is CheckTx, deliver is a transaction of a block, block is begin/end block. */
export type Mode = "genesis" | "check" | "simulate" | "deliver" | "block" | "query";

/** One attribute; all are indexed. With `index` it already has the form in which ABCI carries it. */
export interface Attribute {
  readonly key: string;
  readonly value: string;
  readonly index?: true;
}

/** An event as ABCI carries it. */
export interface Event {
  readonly type: string;
  readonly attributes: readonly Attribute[];
}

/** Counts gas. A plain number inside; limits above 2^53-1 are treated as that. */
export interface GasMeter {
  readonly limit: number;
  readonly used: number;
  /** Charges before acting. Throws: sdk/11 naming `location` when the limit is crossed. */
  consume(amount: number, location: string): void;
}

/**
 * Everything a transition may see. Passed first, always; never kept. A context belongs to one
 * branch: `attempt` gives a nested one.
 */
export interface Context extends StoreSource {
  readonly chainId: string;
  /** Height of the block being made; in queries and checks that of the last commit. */
  readonly height: bigint;
  /** Header time (in queries and checks of the last commit). */
  readonly time: Timestamp;
  /** Clock T: header time in whole seconds. */
  readonly now: bigint;
  /** Clock U: uptime in whole seconds (2-chain 3). */
  readonly uptime: bigint;
  readonly mode: Mode;
  readonly gas: GasMeter;
  readonly platform: Platform;
  readonly addresses: AddressCodec;
  /** Address bytes of the module account that may change parameters (gov). */
  readonly authority: Address;
  emit(event: Event): void;
  /**
   * Runs `body` on a branch: kept when it returns, dropped (with its events) when it throws a
   * ChainError, which is given back. Out of gas and bugs pass through.
   */
  attempt<T>(body: (ctx: Context) => T): AttemptResult<T>;
  /**
   * Runs `body` on the same branch and meter, with its events kept apart: for messages inside
   * messages, whose events are marked before they are emitted.
   */
  collect<T>(body: (ctx: Context) => T): Collected<T>;
  /** The same branch without charging gas: for due-before-touch work and block hooks. */
  uncharged(): Context;
  /** Sets a failed queue item aside in module chain's quarantine. Called by `runDue`. */
  quarantine(item: FailedItem): void;
  /** Tells of a bug that was contained: logged and counted; tests and the simulator stop there. */
  reportBug(error: unknown, where: string): void;
}

/** One item of a due queue. */
export interface DueItem {
  /** When it was due, on the queue's clock. */
  readonly second: bigint;
  /** Which of the queue's kinds of work, 0..255. */
  readonly kind: number;
  /** Key bytes of the object it concerns. */
  readonly id: Uint8Array;
}

/** An item that was set aside, where it came from and why. */
export interface FailedItem extends DueItem {
  readonly store: string;
  readonly queue: string;
  /** For people: error class or codespace/code, and its text. */
  readonly reason: string;
}

/** The face of a queue collection that due work and quarantine need. */
export interface DueQueue {
  /** Name of the hashed store it stands in, and its own name. */
  readonly place: { readonly store: string; readonly name: string };
  readonly clock: "time" | "uptime";
  insert(ctx: StoreSource, second: bigint, kind: number, id: Uint8Array): void;
  remove(ctx: StoreSource, second: bigint, kind: number, id: Uint8Array): void;
  /** Items with second <= now, ordered by (second, kind, id), at most `limit`. */
  due(
    ctx: StoreSource,
    now: bigint,
    limit: number,
  ): readonly (readonly [second: bigint, kind: number, id: Uint8Array])[];
}

/** A queue whose failed items can be tried again by MsgRetryQuarantined. */
export interface RetryableQueue {
  readonly queue: DueQueue;
  /** Undoes the mark that `DueOptions.quarantined` left on the object; the item is queued again. */
  retry?(ctx: Context, item: DueItem): void;
}

/** Outcome of `Context.attempt`. */
export type AttemptResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ChainError };

/** What `Context.collect` gives: the value and the events of the body, in order. */
export interface Collected<T> {
  readonly value: T;
  readonly events: readonly Event[];
}

/** What stateless checks may see. */
export interface BasicEnv {
  readonly addresses: AddressCodec;
}

/** One message a module serves. `M` in, `R` out. */
export interface MsgHandler<M = unknown, R = unknown> {
  readonly type: MessageType<M>;
  readonly response: MessageType<R>;
  /** Checks without state, run in the ante chain. Absent where the SDK has none. */
  validateBasic?(msg: M, env: BasicEnv): void;
  /** All checks with state, beside the write. */
  handle(ctx: Context, msg: M): R;
}

/** One query a module serves, by gRPC path `/<service>/<method>`. */
export interface QueryHandler<Q = unknown, R = unknown> {
  readonly path: string;
  readonly request: MessageType<Q>;
  readonly response: MessageType<R>;
  /** Runs on a throw-away branch: writes (catching up what is due) are allowed and lost. */
  handle(ctx: Context, request: Q): R;
}

/** A statement that holds after every block. Gives back the sentences that say where it does not. */
export interface Invariant {
  readonly name: string;
  check(ctx: Context): readonly string[];
}

/** Genesis of one module as its GenesisState message. */
export interface GenesisPart<G = unknown> {
  readonly type: MessageType<G>;
  defaults(): G;
  /** Throws a ChainError that names the JSON path of what is wrong. */
  validate(state: G, env: BasicEnv): void;
  init(ctx: Context, state: G): readonly ValidatorChange[] | void;
  export(ctx: Context): G;
}

/** A validator set change, as a module reports it. */
export interface ValidatorChange {
  /** 32-byte ed25519 key. */
  readonly key: Uint8Array;
  readonly power: bigint;
}

/** A module as the application sees it. Optional members are left out, not stubbed. */
export interface AppModule {
  readonly name: string;
  /** Hashed stores it owns (usually one, named as in the SDK). */
  readonly stores: readonly string[];
  /** Message types that may stand inside an Any of its state or messages (accounts, keys), besides its Msgs. */
  readonly types?: readonly MessageType<unknown>[];
  readonly messages?: readonly MsgHandler[];
  readonly queries?: readonly QueryHandler[];
  readonly invariants?: readonly Invariant[];
  /** Due queues of its own, by which quarantined items find their way back. */
  readonly queues?: readonly RetryableQueue[];
  readonly genesis?: GenesisPart;
  preBlock?(ctx: Context): void;
  beginBlock?(ctx: Context): void;
  endBlock?(ctx: Context): readonly ValidatorChange[] | void;
  /** Earliest second at which begin/end block has work, per clock; undefined = nothing waits. */
  nextDue?(ctx: Context): DueTimes;
  /** Rebuilds its side-store entries from hashed state (`reindex`, and import). */
  rebuildSide?(ctx: Context): void;
}

/** Earliest due second on the clocks T and U. */
export interface DueTimes {
  readonly time?: bigint;
  readonly uptime?: bigint;
}

// ---- what modules of floor 3 give to the runtime and to each other -----------------------------

/** The part of the bank keeper that other modules use. Amounts in base units, all transfers emit the SDK's events. */
export interface BankMoves {
  balance(ctx: Context, address: Address, denom: string): bigint;
  /** Balance that is not locked by vesting. */
  spendable(ctx: Context, address: Address, denom: string): bigint;
  /** Throws: sdk/5 when `from` has not enough spendable. Creates the receiving account. */
  send(
    ctx: Context,
    from: Address,
    to: Address,
    coins: readonly { denom: string; amount: bigint }[],
  ): void;
  sendToModule(
    ctx: Context,
    from: Address,
    module: string,
    coins: readonly { denom: string; amount: bigint }[],
  ): void;
  /** Ignores send-enabled and the blocked list: refunds and payouts cannot fail for the receiver's sake. */
  sendFromModule(
    ctx: Context,
    module: string,
    to: Address,
    coins: readonly { denom: string; amount: bigint }[],
  ): void;
  sendBetweenModules(
    ctx: Context,
    from: string,
    to: string,
    coins: readonly { denom: string; amount: bigint }[],
  ): void;
  /** Burns from a module account that has permission `burner`; lowers the supply. */
  burn(ctx: Context, module: string, coins: readonly { denom: string; amount: bigint }[]): void;
  /** Mints into a module account that has permission `minter`; raises the supply. */
  mint(ctx: Context, module: string, coins: readonly { denom: string; amount: bigint }[]): void;
}
