// Identity, clocks and quarantine: what the runtime and later modules ask of the chain itself.

import { assert, must } from "../../chain/base/assert.ts";
import { maxBig } from "../../chain/base/integers.ts";
import type { Json } from "../../chain/codec/index.ts";
import type { Identity, QuarantinedItem } from "../../chain/codec/gen/leasehold/chain/v1.ts";
import type {
  ChainIdentity,
  ChainKeeping,
  ClockReading,
  Context,
  FailedItem,
  RetryableQueue,
  StoreSource,
} from "../../chain/runtime/index.ts";
import { chainErrors } from "./errors.ts";
import { emitQuarantined, emitRetried } from "./events.ts";
import { chainId, clocks, identity, params, quarantine } from "./state.ts";

/** Longest reason that is stored, UTF-16 units. */
const MAX_REASON = 500;

/** Keeper of module chain. */
export class ChainKeeper implements ChainKeeping {
  readonly #queues = new Map<string, RetryableQueue>();

  /** Names the queues whose items can be tried again; called once by chain/app. */
  registerQueues(queues: readonly RetryableQueue[]): void {
    for (const entry of queues) {
      const name = `${entry.queue.place.store}/${entry.queue.place.name}`;
      assert(!this.#queues.has(name), `queue ${name} is registered twice`);
      this.#queues.set(name, entry);
    }
  }

  /** Address prefix named in this module's part of a genesis. Throws: chain/3. */
  prefixOfGenesis(state: Json | undefined): string {
    const found = member(member(state, "identity"), "bech32_prefix");
    if (typeof found === "string" && found !== "") return found;
    throw chainErrors.invalidIdentity.with(
      "genesis app_state.chain.identity.bech32_prefix is not set",
    );
  }

  /** What the chain was born with; undefined before genesis. State: identity, chain_id. */
  identity(source: StoreSource): ChainIdentity | undefined {
    const id = chainId.get(source);
    const born = identity.get(source);
    if (id === undefined || born === undefined) return undefined;
    return { chainId: id, prefix: born.bech32Prefix };
  }

  /** Denom of fees, bonds and penalties. */
  baseDenom(source: StoreSource): string {
    return this.born(source).baseDenom;
  }

  /** Prefix and base denom; a bug before genesis. */
  born(source: StoreSource): Identity {
    return must(identity.get(source), "identity of the chain");
  }

  /** Both clocks as of the last block; undefined before genesis. */
  clocks(source: StoreSource): ClockReading | undefined {
    return clocks.get(source);
  }

  /** Longest gap that clock U counts in full, seconds. */
  maxBlockGap(source: StoreSource): bigint {
    return must(params.get(source), "parameters of chain").maxBlockGap;
  }

  /**
   * Moves T to the header time and U by the same gap, at most max_block_gap. State: clocks, params.
   * Header times never go back under BFT time; if one did, both clocks would stand still.
   */
  advance(source: StoreSource, now: bigint): ClockReading {
    const last = must(clocks.get(source), "clocks");
    const maxBlockGap = this.maxBlockGap(source);
    const gap = maxBig(now - last.time, 0n);
    const step = gap > maxBlockGap ? maxBlockGap : gap;
    const reading = { time: last.time + gap, uptime: last.uptime + step };
    clocks.set(source, reading);
    return reading;
  }

  /** Sets a failed item aside. State: quarantine. Events: EventQuarantined. */
  quarantine(ctx: Context, item: FailedItem): void {
    const { second, kind, id } = item;
    const collection = `${item.store}/${item.queue}`;
    const reason = item.reason.slice(0, MAX_REASON).toWellFormed();
    const stored = { collection, second, kind, id, height: ctx.height, reason };
    quarantine.set(ctx, [collection, second, kind, id], stored);
    emitQuarantined(ctx, stored);
  }

  /**
   * Puts an item back into its queue at its old due second, so that the next block runs it.
   * State: quarantine, the queue. Events: EventRetried. Throws: chain/4, chain/5.
   */
  retry(ctx: Context, item: Pick<QuarantinedItem, "collection" | "second" | "kind" | "id">): void {
    const { collection, second, kind, id } = item;
    const stored = quarantine.get(ctx, [collection, second, kind, id]);
    if (stored === undefined)
      throw chainErrors.notQuarantined.with(`${collection}, due at second ${second}, kind ${kind}`);
    const entry = this.#queues.get(collection);
    if (entry === undefined) throw chainErrors.unknownQueue.with(collection);
    quarantine.delete(ctx, [collection, second, kind, id]);
    entry.queue.insert(ctx, second, kind, id);
    entry.retry?.(ctx, { second, kind, id });
    emitRetried(ctx, stored);
  }
}

function member(json: Json | undefined, name: string): Json | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  return (json as { readonly [key: string]: Json })[name];
}
