// Recorded chains of a real SDK application, and a module that stands in for the modules we do not
// have: it repeats what they did to the bank store at block begin, as the record tells it.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { addressFromBytes, decodeBech32 } from "../../chain/base/address.ts";
import { fromHex } from "../../chain/base/bytes.ts";
import { parseCoin } from "../../chain/base/coins.ts";
import type { Coin } from "../../chain/base/coins.ts";
import type { Json } from "../../chain/codec/index.ts";
import type { AppModule, Context } from "../../chain/runtime/index.ts";
import { balances, supply } from "../../modules/bank/index.ts";

/** An event of the record: attributes are [key, value]. */
export interface RecordedEvent {
  readonly type: string;
  readonly attributes: readonly (readonly [string, string])[];
}

/** A transaction of the record with its result. */
export interface RecordedTx {
  readonly note: string;
  readonly bytes: string;
  readonly code: number;
  readonly codespace?: string;
  readonly log?: string;
  /** Where the log is not UTF-8. */
  readonly log_hex?: string;
  readonly data?: string;
  readonly gas_wanted: number;
  readonly gas_used: number;
  readonly events: readonly RecordedEvent[] | null;
}

/** A block of the record. */
export interface RecordedBlock {
  readonly height: number;
  readonly time: string;
  readonly txs: readonly RecordedTx[];
  readonly events: readonly RecordedEvent[];
  readonly last_results_hash: string;
  readonly roots: { readonly [store: string]: string };
  readonly writes: readonly {
    readonly store: string;
    readonly key: string;
    readonly value: string | null;
  }[];
}

/** A recorded chain. */
export interface RecordedChain {
  readonly chain_id: string;
  readonly genesis_time: string;
  readonly validator: { readonly consensus_pubkey: string; readonly power: number };
  readonly app_state: { readonly auth: object; readonly bank: object };
  /** Genesis of some modules after the last block. */
  readonly export?: { readonly [module: string]: Json };
  readonly blocks: readonly RecordedBlock[];
}

/** Reads `test/vectors/chain/<name>.json.gz`. */
export function readRecorded(name: string): RecordedChain {
  const path = new URL(`../../../test/vectors/chain/${name}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(path)).toString()) as RecordedChain;
}

/** Bytes of hex that is known to be right. */
export function bytesOfHex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`not hex: ${text.slice(0, 40)}`);
  return bytes;
}

/**
 * Repeats foreign writes of block 1 and of the blocks named in `mended` at their end, and foreign
 * coin movements of each block's begin.
 */
export function replayModule(chain: RecordedChain, mended: readonly number[] = []): AppModule {
  const blockAt = (height: bigint): RecordedBlock => {
    const block = chain.blocks[Number(height) - 1];
    if (block === undefined) throw new Error(`no recorded block ${height}`);
    return block;
  };
  return {
    name: "replay",
    stores: ["distribution"],
    beginBlock(ctx) {
      if (ctx.height === 1n) return;
      for (const event of blockAt(ctx.height).events)
        if (event.attributes.some(([key, value]) => key === "mode" && value === "BeginBlock"))
          moveCoins(ctx, event);
    },
    endBlock(ctx) {
      if (ctx.height > 1n && !mended.includes(Number(ctx.height))) return;
      for (const { store, key, value } of blockAt(ctx.height).writes) {
        if (value === null) ctx.store(store).delete(bytesOfHex(key));
        else ctx.store(store).set(bytesOfHex(key), bytesOfHex(value));
      }
    },
  };
}

/** Moves coins as an event of module bank tells it; other events move nothing. */
export function moveCoins(ctx: Context, event: RecordedEvent): void {
  const attributes = new Map(event.attributes);
  for (const text of (attributes.get("amount") ?? "").split(",")) {
    const coin = parseCoin(text);
    if (coin !== undefined) moveCoin(ctx, event.type, attributes, coin);
  }
}

function moveCoin(
  ctx: Context,
  type: string,
  attributes: ReadonlyMap<string, string>,
  coin: Coin,
): void {
  const change = (text: string | undefined, amount: bigint): void => {
    const address = decodeBech32(text ?? "")?.bytes ?? addressFromBytes(new Uint8Array(1));
    const key = [address, coin.denom] as const;
    const after = (balances.get(ctx, key) ?? 0n) + amount;
    if (after === 0n) balances.delete(ctx, key);
    else balances.set(ctx, key, after);
  };
  if (type === "coin_spent") change(attributes.get("spender"), -coin.amount);
  if (type === "coin_received") change(attributes.get("receiver"), coin.amount);
  if (type === "coinbase")
    supply.set(ctx, coin.denom, (supply.get(ctx, coin.denom) ?? 0n) + coin.amount);
}
