// What is published after a block is safe on disk, in CometBFT's order: NewBlock, NewBlockHeader,
// NewBlockEvents, the transactions, ValidatorSetUpdates. Subscribers get nothing earlier.

import type { Event, ResponseFinalizeBlock } from "../codec/gen/tendermint/abci.ts";
import type { Block, BlockID } from "../codec/gen/tendermint/types.ts";
import { upperHex } from "./embedded/blocks.ts";

/** A block that is final and durable, with everything that was said about it. */
export interface CommittedBlock {
  readonly block: Block;
  readonly id: BlockID;
  readonly response: ResponseFinalizeBlock;
  /** SHA-256 of each transaction. */
  readonly hashes: readonly Uint8Array[];
}

/** Names of published events, as `tm.event` has them. */
export type EventName =
  | "NewBlock"
  | "NewBlockHeader"
  | "NewBlockEvents"
  | "Tx"
  | "ValidatorSetUpdates";

/** One published event. */
export interface Publication {
  readonly name: EventName;
  readonly block: CommittedBlock;
  /** Index of the transaction, for Tx. */
  readonly index: number;
  /** Attributes by `type.key`, with tm.event, tx.hash and tx.height: what queries match. */
  attributes(): ReadonlyMap<string, readonly string[]>;
}

/** Hears of each block once. */
export type BlockListener = (block: CommittedBlock) => void;

/** Tells listeners of committed blocks. A listener that throws is dropped, never the block. */
export class EventBus {
  readonly #listeners = new Set<BlockListener>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Adds a listener; the returned function removes it. */
  listen(listener: BlockListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells every listener. */
  publish(block: CommittedBlock): void {
    for (const listener of this.#listeners) {
      try {
        listener(block);
      } catch (error) {
        this.#listeners.delete(listener);
        this.#onError(error);
      }
    }
  }
}

function addEvents(into: Map<string, string[]>, events: readonly Event[]): void {
  for (const { type, attributes } of events) {
    if (type === "") continue;
    for (const { key, value } of attributes) {
      if (key === "") continue;
      const name = `${type}.${key}`;
      const values = into.get(name);
      if (values === undefined) into.set(name, [value]);
      else values.push(value);
    }
  }
}

function publication(
  name: EventName,
  block: CommittedBlock,
  events: readonly Event[],
  more: readonly (readonly [string, string])[] = [],
  index = 0,
): Publication {
  let cached: Map<string, string[]> | undefined;
  const attributes = (): ReadonlyMap<string, readonly string[]> => {
    if (cached !== undefined) return cached;
    cached = new Map<string, string[]>();
    addEvents(cached, events);
    cached.set("tm.event", [name]);
    for (const [key, value] of more) cached.set(key, [value]);
    return cached;
  };
  return { name, block, index, attributes };
}

/** Everything published about one block, in order. */
export function publicationsOf(block: CommittedBlock): readonly Publication[] {
  const { events, txResults, validatorUpdates } = block.response;
  const height = block.block.header.height.toString();
  const list = [
    publication("NewBlock", block, events),
    publication("NewBlockHeader", block, []),
    publication("NewBlockEvents", block, events, [["block.height", height]]),
  ];
  for (const [index, result] of txResults.entries()) {
    const names: [string, string][] = [
      ["tx.hash", upperHex(block.hashes[index])],
      ["tx.height", height],
    ];
    list.push(publication("Tx", block, result.events, names, index));
  }
  if (validatorUpdates.length > 0) list.push(publication("ValidatorSetUpdates", block, []));
  return list;
}
