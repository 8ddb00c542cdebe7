// Subscriptions over WebSocket: who wants which events, and their delivery. One event is turned into
// text once, however many ask for it; a client that does not read is cut off.

import { EMPTY_BYTES, toBase64 } from "../../base/bytes.ts";
import type { ValidatorUpdate } from "../../codec/gen/tendermint/abci.ts";
import { purePlatform } from "../../crypto/pure.ts";
import type { EventBus, Publication } from "../events.ts";
import { publicationsOf } from "../events.ts";
import type { CommittedBlock } from "../events.ts";
import type { Condition } from "../index/query.ts";
import { matchesAll, parseQuery } from "../index/query.ts";
import type { RpcId } from "./protocol.ts";
import { internalError } from "./protocol.ts";
import { blockIdShape, blockShape, eventsShape, finalizeShape, headerShape } from "./shapes.ts";
import { txResultShape, validatorShape } from "./shapes.ts";

/** Someone who gets events. */
export interface Subscriber {
  /** Sends text; false when the client reads too slowly and is to be cut off. */
  send(text: string): boolean;
  /** Ends the connection of a client that does not keep up. */
  cutOff(): void;
}

/** Bounds on subscriptions. */
export interface SubscriptionLimits {
  readonly maxClients: number;
  readonly maxPerClient: number;
}

/** Longest turn of delivery, milliseconds. */
const TURN_MS = 10;
/** Events that may wait: a hundred full blocks. */
const MAX_QUEUED = 200_000;

interface Topic {
  readonly conditions: readonly Condition[];
  readonly subscribers: Map<Subscriber, RpcId>;
}

/** `data.value` of a publication. */
function valueOf(publication: Publication): unknown {
  const { block, id, response } = publication.block;
  const height = block.header.height.toString();
  switch (publication.name) {
    case "NewBlock":
      return {
        block: blockShape(block),
        block_id: blockIdShape(id),
        result_finalize_block: finalizeShape(response),
      };
    case "NewBlockHeader":
      return { header: headerShape(block.header) };
    case "NewBlockEvents":
      return {
        height,
        events: eventsShape(response.events),
        num_txs: block.data.txs.length.toString(),
      };
    case "Tx":
      return { TxResult: txValue(publication, height) };
    case "ValidatorSetUpdates":
      return { validator_updates: response.validatorUpdates.map(validatorChange) };
  }
}

/** A change of power in the form of a validator, as this one event has it. */
function validatorChange({ pubKey, power }: ValidatorUpdate): unknown {
  const key = pubKey.ed25519 ?? EMPTY_BYTES;
  const address = purePlatform.sha256(key).subarray(0, 20);
  return validatorShape({ address, key, power, priority: 0n });
}

function txValue({ block, index }: Publication, height: string): unknown {
  const tx = block.block.data.txs[index];
  const result = block.response.txResults[index];
  return {
    height,
    ...(index === 0 ? {} : { index }),
    tx: tx === undefined ? null : toBase64(tx),
    result: result === undefined ? null : txResultShape(result),
  };
}

/** All subscriptions of a node. */
export class Subscriptions {
  readonly #limits: SubscriptionLimits;
  readonly #topics = new Map<string, Topic>();
  readonly #counts = new Map<Subscriber, number>();
  readonly #forget: () => void;
  /** What is still to be delivered, oldest first. */
  #queue: Publication[] = [];
  #turn: NodeJS.Immediate | undefined;

  constructor(bus: EventBus, limits: SubscriptionLimits) {
    this.#limits = limits;
    this.#forget = bus.listen((block) => this.#take(block));
  }

  /** Adds a subscription. Throws: RpcError when a limit is met or the query is wrong; QueryError. */
  subscribe(subscriber: Subscriber, query: string, id: RpcId): void {
    const conditions = parseQuery(query);
    const count = this.#counts.get(subscriber) ?? 0;
    const { maxClients, maxPerClient } = this.#limits;
    if (count === 0 && this.#counts.size >= maxClients)
      throw internalError(`max_subscription_clients ${maxClients} reached`);
    if (count >= maxPerClient)
      throw internalError(`max_subscriptions_per_client ${maxPerClient} reached`);
    const topic = this.#topics.get(query) ?? { conditions, subscribers: new Map() };
    if (topic.subscribers.has(subscriber)) throw internalError("already subscribed");
    this.#topics.set(query, topic);
    topic.subscribers.set(subscriber, id);
    this.#counts.set(subscriber, count + 1);
  }

  /** Ends one subscription. Throws: RpcError when there is none. */
  unsubscribe(subscriber: Subscriber, query: string): void {
    const topic = this.#topics.get(query);
    if (topic?.subscribers.delete(subscriber) !== true)
      throw internalError("subscription not found");
    if (topic.subscribers.size === 0) this.#topics.delete(query);
    const count = (this.#counts.get(subscriber) ?? 1) - 1;
    if (count === 0) this.#counts.delete(subscriber);
    else this.#counts.set(subscriber, count);
  }

  /** Ends all subscriptions of a client; false when it had none. */
  unsubscribeAll(subscriber: Subscriber): boolean {
    for (const [query, topic] of this.#topics) {
      topic.subscribers.delete(subscriber);
      if (topic.subscribers.size === 0) this.#topics.delete(query);
    }
    return this.#counts.delete(subscriber);
  }

  /** Stops listening. */
  close(): void {
    this.#forget();
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#topics.clear();
    this.#counts.clear();
  }

  #take(block: CommittedBlock): void {
    if (this.#topics.size === 0) return;
    if (this.#queue.length > MAX_QUEUED) return this.#giveUp();
    this.#queue = [...this.#queue, ...publicationsOf(block)];
    this.#turn ??= setImmediate(() => this.#deliver());
  }

  /** Delivers for one turn of the event loop. */
  #deliver(): void {
    this.#turn = undefined;
    const end = performance.now() + TURN_MS;
    let done = 0;
    for (; done < this.#queue.length && performance.now() < end; done++)
      this.#deliverOne(this.#queue[done] as Publication);
    this.#queue = this.#queue.slice(done);
    if (this.#queue.length > 0) this.#turn = setImmediate(() => this.#deliver());
  }

  /** The node makes events faster than it can tell them to so many: everybody has to come again. */
  #giveUp(): void {
    const all = [...this.#counts.keys()];
    this.#queue = [];
    this.#topics.clear();
    this.#counts.clear();
    for (const subscriber of all) subscriber.cutOff();
  }

  #deliverOne(publication: Publication): void {
    let body: string | undefined;
    for (const [query, { conditions, subscribers }] of this.#topics) {
      if (!matchesAll(conditions, publication.attributes())) continue;
      body ??= bodyOf(publication);
      const result = `"result":{"query":${JSON.stringify(query)},${body}}`;
      for (const [subscriber, id] of subscribers) {
        const sent = subscriber.send(
          `{"jsonrpc":"2.0","id":${JSON.stringify(id ?? -1)},${result}}`,
        );
        if (sent) continue;
        this.unsubscribeAll(subscriber);
        subscriber.cutOff();
      }
    }
  }
}

function bodyOf(publication: Publication): string {
  const data = { type: `tendermint/event/${publication.name}`, value: valueOf(publication) };
  const events = Object.fromEntries(publication.attributes());
  return `"data":${JSON.stringify(data)},"events":${JSON.stringify(events)}`;
}
