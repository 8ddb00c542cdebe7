// A context on stores in memory, for tests of one keeper or handler without the application.

import { AddressCodec, moduleAddress } from "../../chain/base/address.ts";
import { fromNanos, toNanos } from "../../chain/base/time.ts";
import type { Timestamp } from "../../chain/base/time.ts";
import { BranchContext, Branches, LimitedMeter } from "../../chain/runtime/index.ts";
import type { ContextEnv, Event, FailedItem, Mode, StoreSet } from "../../chain/runtime/index.ts";
import { MemStore } from "../../chain/store/index.ts";
import { testPlatform } from "./platform.ts";

/** Settings of a test context; all have defaults. */
export interface TestContextOptions {
  readonly chainId?: string;
  readonly prefix?: string;
  readonly height?: bigint;
  readonly time?: Timestamp;
  /** Clock U; as T unless given. */
  readonly uptime?: bigint;
  /** With a limit the context of mode `deliver` charges gas. */
  readonly gasLimit?: number;
}

/** Stores in memory and contexts on them. What a context writes stays (no branch to keep). */
export class TestMachine implements StoreSet {
  readonly addresses: AddressCodec;
  /** Items that `runDue` set aside, in order. */
  readonly quarantined: FailedItem[] = [];
  height: bigint;
  time: Timestamp;
  uptime: bigint;
  readonly #chainId: string;
  readonly #gasLimit: number | undefined;
  readonly #stores = new Map<string, MemStore>();
  readonly #sides = new Map<string, MemStore>();

  constructor(options: TestContextOptions = {}) {
    this.addresses = new AddressCodec(options.prefix ?? "lease");
    this.height = options.height ?? 10n;
    this.time = options.time ?? { seconds: 1_800_000_000n, nanos: 0 };
    this.uptime = options.uptime ?? this.time.seconds;
    this.#chainId = options.chainId ?? "test-1";
    this.#gasLimit = options.gasLimit;
  }

  store(name: string): MemStore {
    return storeIn(this.#stores, name);
  }

  side(name: string): MemStore {
    return storeIn(this.#sides, name);
  }

  /** Moves both clocks forward by whole seconds, U by `uptime` where that differs, and one height. */
  advance(seconds: bigint | number, uptime: bigint | number = seconds): this {
    this.time = fromNanos(toNanos(this.time) + BigInt(seconds) * 1_000_000_000n);
    this.uptime += BigInt(uptime);
    this.height += 1n;
    return this;
  }

  /** Runs `body` in a context of `mode` on a branch; kept when it returns. Gives result and events. */
  run<T>(body: (ctx: BranchContext) => T, mode: Mode = "deliver"): { value: T; events: Event[] } {
    const branches = new Branches(this);
    const meter = this.#gasLimit === undefined ? undefined : new LimitedMeter(this.#gasLimit);
    const ctx = new BranchContext(this.#env(), mode, branches, meter);
    const value = body(ctx);
    branches.write();
    return { value, events: ctx.events };
  }

  /** Like `run` in mode `query`, never kept: for looking at state. */
  look<T>(body: (ctx: BranchContext) => T): T {
    return body(new BranchContext(this.#env(), "query", new Branches(this)));
  }

  #env(): ContextEnv {
    return {
      chainId: this.#chainId,
      height: this.height,
      time: this.time,
      now: this.time.seconds,
      uptime: this.uptime,
      platform: testPlatform,
      addresses: this.addresses,
      authority: moduleAddress(testPlatform, "gov"),
      quarantine: (_, item) => void this.quarantined.push(item),
      reportBug: (error) => {
        throw error;
      },
    };
  }
}

/** One long-lived context in mode `deliver` (or another) on fresh stores, with its machine. */
export function testContext(
  options: TestContextOptions & { readonly mode?: Mode } = {},
): BranchContext {
  let made: BranchContext | undefined;
  new TestMachine(options).run((ctx) => (made = ctx), options.mode);
  if (made === undefined) throw new Error("no context was made");
  return made;
}

function storeIn(stores: Map<string, MemStore>, name: string): MemStore {
  let store = stores.get(name);
  if (store === undefined) {
    store = new MemStore();
    stores.set(name, store);
  }
  return store;
}
