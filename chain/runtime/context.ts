// The context that transitions run in: one set of branches, one meter, one list of events.

import type { Address, AddressCodec } from "../base/address.ts";
import { BugError } from "../base/assert.ts";
import type { Platform } from "../base/platform.ts";
import type { Timestamp } from "../base/time.ts";
import type { KVStore, StoreEntry } from "../store/types.ts";
import { Branches } from "./branches.ts";
import { isRefusal } from "./failure.ts";
import type { BugReporter } from "./failure.ts";
import { GasStore, OpenMeter } from "./gas.ts";
import type {
  AttemptResult,
  Collected,
  Context,
  Event,
  FailedItem,
  GasMeter,
  Mode,
} from "./types.ts";

/** What all contexts of one block (or of one committed height) share. */
export interface ContextEnv {
  readonly chainId: string;
  readonly height: bigint;
  readonly time: Timestamp;
  readonly now: bigint;
  readonly uptime: bigint;
  readonly platform: Platform;
  readonly addresses: AddressCodec;
  readonly authority: Address;
  /** Takes queue items that failed (module chain keeps them). */
  readonly quarantine: (ctx: Context, item: FailedItem) => void;
  /** Hears of every contained bug: logs and counts, or rethrows in tests. */
  readonly reportBug: BugReporter;
}

/** The Context of the runtime. Made per transaction, query or block stage; cheap to make. */
export class BranchContext implements Context {
  readonly chainId: string;
  readonly height: bigint;
  readonly time: Timestamp;
  readonly now: bigint;
  readonly uptime: bigint;
  readonly platform: Platform;
  readonly addresses: AddressCodec;
  readonly authority: Address;
  readonly mode: Mode;
  readonly gas: GasMeter;
  readonly env: ContextEnv;
  readonly branches: Branches;
  /** Events emitted so far, in order. */
  readonly events: Event[];
  readonly #charged: boolean;
  readonly #gasStores = new Map<string, KVStore>();

  /** Without a meter nothing is charged. */
  constructor(
    env: ContextEnv,
    mode: Mode,
    branches: Branches,
    meter?: GasMeter,
    events: Event[] = [],
  ) {
    this.chainId = env.chainId;
    this.height = env.height;
    this.time = env.time;
    this.now = env.now;
    this.uptime = env.uptime;
    this.platform = env.platform;
    this.addresses = env.addresses;
    this.authority = env.authority;
    this.mode = mode;
    this.gas = meter ?? new OpenMeter();
    this.env = env;
    this.branches = branches;
    this.events = events;
    this.#charged = meter !== undefined;
  }

  store(name: string): KVStore {
    if (!this.#charged) return this.branches.store(name);
    let store = this.#gasStores.get(name);
    if (store === undefined) {
      store = new GasStore(this.branches.store(name), this.gas);
      this.#gasStores.set(name, store);
    }
    return store;
  }

  side(name: string): KVStore {
    const side = this.branches.side(name);
    return isTransaction(this.mode) ? new WriteOnlyStore(side, name) : side;
  }

  emit(event: Event): void {
    this.events.push(event);
  }

  attempt<T>(body: (ctx: Context) => T): AttemptResult<T> {
    const child = this.child();
    try {
      const value = body(child);
      child.keep(this);
      return { ok: true, value };
    } catch (error) {
      if (isRefusal(error)) return { ok: false, error };
      throw error;
    }
  }

  collect<T>(body: (ctx: Context) => T): Collected<T> {
    const meter = this.#charged ? this.gas : undefined;
    const apart = new BranchContext(this.env, this.mode, this.branches, meter);
    return { value: body(apart), events: apart.events };
  }

  uncharged(): Context {
    if (!this.#charged) return this;
    return new BranchContext(this.env, this.mode, this.branches, undefined, this.events);
  }

  quarantine(item: FailedItem): void {
    this.env.quarantine(this, item);
  }

  reportBug(error: unknown, where: string): void {
    this.env.reportBug(error, where);
  }

  /** A context on a branch of this one, with the same meter and its own events. */
  child(): BranchContext {
    const meter = this.#charged ? this.gas : undefined;
    return new BranchContext(this.env, this.mode, new Branches(this.branches), meter);
  }

  /** Writes this context's branch and events into `parent`, of which it is a child. */
  keep(parent: BranchContext): void {
    this.branches.write();
    for (const event of this.events) parent.events.push(event);
  }
}

function isTransaction(mode: Mode): boolean {
  return mode === "deliver" || mode === "check" || mode === "simulate";
}

/** A side store inside a transaction: to read it would make results depend on what is not hashed. */
class WriteOnlyStore implements KVStore {
  readonly #inner: KVStore;
  readonly #name: string;

  constructor(inner: KVStore, name: string) {
    this.#inner = inner;
    this.#name = name;
  }

  get(): Uint8Array | undefined {
    throw this.#refusal();
  }

  has(): boolean {
    throw this.#refusal();
  }

  iterate(): IterableIterator<StoreEntry> {
    throw this.#refusal();
  }

  set(key: Uint8Array, value: Uint8Array, text?: string): void {
    this.#inner.set(key, value, text);
  }

  delete(key: Uint8Array, text?: string): void {
    this.#inner.delete(key, text);
  }

  #refusal(): BugError {
    return new BugError(`side store ${this.#name} is read inside a transaction`);
  }
}
