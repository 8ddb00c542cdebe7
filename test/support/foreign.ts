// Messages of SDK modules that we do not have, for the recorded chain `grants`, whose transactions
// use them to try fees and authorizations. MsgSetWithdrawAddress is really done. The staking messages
// and a vote do what the record says that they did: coins, events, answer, error, and the gas that is
// missing to what the whole transaction used; which transactions took anything from the record is told.

import { concatBytes, toHex } from "../../chain/base/bytes.ts";
import { ChainError } from "../../chain/base/errors.ts";
import { MsgExecResponse } from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import { TxMsgData } from "../../chain/codec/gen/cosmos/base/abci/v1beta1.ts";
import {
  MsgBeginRedelegate,
  MsgBeginRedelegateResponse,
  MsgCancelUnbondingDelegation,
  MsgCancelUnbondingDelegationResponse,
  MsgDelegate,
  MsgDelegateResponse,
  MsgUndelegate,
  MsgUndelegateResponse,
} from "../../chain/codec/gen/cosmos/staking/v1beta1.ts";
import type { MessageType } from "../../chain/codec/index.ts";
import { attribute } from "../../chain/runtime/index.ts";
import type { AppModule, Context, MsgHandler } from "../../chain/runtime/index.ts";
import { readSchema } from "../../proto/generate.ts";
import { bytesOfHex, moveCoins } from "./recorded.ts";
import type { RecordedChain, RecordedEvent, RecordedTx } from "./recorded.ts";
import { tableCodecs } from "./table_codec.ts";

/** What stands in for foreign modules, and what it took from the record. */
export interface Foreign {
  readonly module: AppModule;
  /** Transactions, as `height/index`, whose gas, events or error came from the record. */
  readonly taken: ReadonlySet<string>;
}

function foreignTypes(): (name: string) => MessageType<unknown> {
  const { all } = readSchema(".");
  const types = tableCodecs(all.messages, all.enums);
  return (name) => {
    const type = types.get(name);
    if (type === undefined) throw new Error(`no message ${name}`);
    return type;
  };
}

/** x/distribution: one read of its parameters, one write. */
function setWithdrawAddress(typeOf: (name: string) => MessageType<unknown>): MsgHandler {
  const name = "cosmos.distribution.v1beta1.MsgSetWithdrawAddress";
  return {
    type: typeOf(name),
    response: typeOf(`${name}Response`),
    handle(ctx, message) {
      const msg = message as { delegatorAddress: string; withdrawAddress: string };
      const store = ctx.store("distribution");
      store.get(Uint8Array.of(9));
      ctx.emit({
        type: "set_withdraw_address",
        attributes: [attribute("withdraw_address", msg.withdrawAddress)],
      });
      const owner = ctx.addresses.parse(msg.delegatorAddress);
      const key = concatBytes(Uint8Array.of(3, owner.length), owner);
      store.set(key, ctx.addresses.parse(msg.withdrawAddress));
      return {};
    },
  };
}

/** Marks that the runtime and authz put on the events of a message. */
const MARKS = ["msg_index", "authz_msg_index"];

/** Events of the foreign message in a recorded transaction: behind the message event and authz's own. */
function messageEvents(tx: RecordedTx): RecordedEvent[] {
  const events = tx.events ?? [];
  const start = events.findIndex(({ attributes }) => attributes.some(([key]) => key === "action"));
  return events
    .slice(start + 1)
    .filter(({ type }) => !type.startsWith("cosmos.authz."))
    .map(({ type, attributes }) => ({
      type,
      attributes: attributes.filter(([key]) => !MARKS.includes(key)),
    }));
}

/** The answer of the foreign message in the data of a recorded transaction. */
function answerOf(tx: RecordedTx, response: MessageType<unknown>): unknown {
  const [any] = TxMsgData.decode(bytesOfHex(tx.data ?? "")).msgResponses;
  if (any === undefined) throw new Error("no answer in the record");
  if (any.typeUrl === response.typeUrl) return response.decode(any.value);
  const [inner] = MsgExecResponse.decode(any.value).results;
  if (inner === undefined) throw new Error("no inner answer in the record");
  return response.decode(inner);
}

function playBack(ctx: Context, tx: RecordedTx, response: MessageType<unknown>): unknown {
  ctx.gas.consume(tx.gas_used - ctx.gas.used, "record");
  if (tx.code !== 0) {
    const text = (tx.log ?? "").replace(/^failed to execute message; message index: 0: /, "");
    throw new ChainError(tx.codespace ?? "", tx.code, text);
  }
  for (const event of messageEvents(tx)) {
    moveCoins(ctx.uncharged(), event);
    const attributes = event.attributes.map(([key, value]) => attribute(key, value));
    ctx.emit({ type: event.type, attributes });
  }
  return answerOf(tx, response);
}

/** The transaction of a block that holds the bytes of a message. */
function holderOf(txs: readonly RecordedTx[], bytes: Uint8Array): number {
  const found = txs.flatMap((tx, index) => (tx.bytes.includes(toHex(bytes)) ? [index] : []));
  const [index] = found;
  if (index === undefined || found.length > 1) throw new Error("message of several transactions");
  return index;
}

/** Stand-ins for x/staking, x/distribution and x/gov. */
export function foreignModule(chain: RecordedChain): Foreign {
  const typeOf = foreignTypes();
  const taken = new Set<string>();
  const vote = "cosmos.gov.v1.MsgVote";
  const played: readonly (readonly [MessageType<unknown>, MessageType<unknown>])[] = [
    [MsgDelegate as MessageType<unknown>, MsgDelegateResponse],
    [MsgUndelegate as MessageType<unknown>, MsgUndelegateResponse as MessageType<unknown>],
    [
      MsgBeginRedelegate as MessageType<unknown>,
      MsgBeginRedelegateResponse as MessageType<unknown>,
    ],
    [MsgCancelUnbondingDelegation as MessageType<unknown>, MsgCancelUnbondingDelegationResponse],
    [typeOf(vote), typeOf(`${vote}Response`)],
  ];
  const messages = played.map(([type, response]): MsgHandler => ({
    type,
    response,
    handle(ctx, msg) {
      const txs = chain.blocks[Number(ctx.height) - 1]?.txs ?? [];
      const index = holderOf(txs, type.encode(msg));
      taken.add(`${ctx.height}/${index}`);
      return playBack(ctx, txs[index] as RecordedTx, response);
    },
  }));
  const module: AppModule = {
    name: "foreign",
    stores: [],
    messages: [...messages, setWithdrawAddress(typeOf)],
  };
  return { module, taken };
}
