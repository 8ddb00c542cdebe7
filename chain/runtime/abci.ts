// From values of the runtime to ABCI messages.

import type { ExecTxResult } from "../codec/gen/tendermint/abci.ts";
import type {
  Event as AbciEvent,
  EventAttribute,
  ResponseCheckTx,
  ResponseQuery,
  ValidatorUpdate,
} from "../codec/gen/tendermint/abci.ts";
import { EMPTY_BYTES } from "../base/bytes.ts";
import type { ChainError } from "../base/errors.ts";
import type { TxOutcome } from "./outcome.ts";
import type { Attribute, Event, ValidatorChange } from "./types.ts";

/** Events with every attribute indexed; `extra` is added at the end of each (the block stage). */
export function toAbciEvents(events: readonly Event[], extra?: Attribute): AbciEvent[] {
  const mark = extra && indexed(extra);
  return events.map((event) => {
    const ready = isIndexed(event) ? (event as AbciEvent) : withIndexes(event);
    // concat makes an array of just this length: a block keeps ten thousands of them until it ends.
    return mark === undefined
      ? ready
      : { type: ready.type, attributes: ready.attributes.concat(mark) };
  });
}

/** Whether an event already has the form in which ABCI carries it. */
function isIndexed(event: Event): boolean {
  for (const { index } of event.attributes) if (index !== true) return false;
  return true;
}

function withIndexes({ type, attributes }: Event): AbciEvent {
  return { type, attributes: attributes.map(indexed) };
}

function indexed(attribute: Attribute): EventAttribute {
  if (attribute.index === true) return attribute as EventAttribute;
  return { key: attribute.key, value: attribute.value, index: true };
}

/** The result of a transaction in a block. Gas wanted wraps to a signed number, as in the SDK. */
export function toTxResult(outcome: TxOutcome): ExecTxResult {
  return {
    code: outcome.code,
    data: outcome.data,
    log: outcome.log,
    info: "",
    gasWanted: BigInt.asIntN(64, outcome.gasWanted),
    gasUsed: outcome.gasUsed,
    events: outcome.events,
    codespace: outcome.codespace,
  };
}

/** The answer of CheckTx. A success tells no events, as in the SDK. */
export function toCheckResult(outcome: TxOutcome): ResponseCheckTx {
  return { ...toTxResult(outcome), events: [] };
}

/** A validator change as CometBFT takes it. */
export function toValidatorUpdate(change: ValidatorChange): ValidatorUpdate {
  return { pubKey: { ed25519: change.key }, power: change.power };
}

/** Characters of the sentence of a refused query: it does not send a whole request back. */
const MAX_QUERY_LOG = 1000;

/** A query's refusal. */
export function queryRefusal(error: ChainError, height: bigint): ResponseQuery {
  return {
    code: error.code,
    log: error.message.slice(0, MAX_QUERY_LOG).toWellFormed(),
    info: "",
    index: 0n,
    key: EMPTY_BYTES,
    value: EMPTY_BYTES,
    height,
    codespace: error.codespace,
  };
}
