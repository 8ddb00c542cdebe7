// Messages inside messages without a module: branch, gas, events and refusals of the dispatcher; the
// text that names a failed message; what a message may hold in its Any fields.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { ChainError, sdkErrors } from "../../chain/base/errors.ts";
import { MsgExec, MsgExecResponse, MsgGrant } from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import { MsgSend, MsgSendResponse } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import {
  MsgGrantAllowance,
  PeriodicAllowance,
} from "../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import { MsgCreateBid } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { StakeAuthorization } from "../../chain/codec/gen/cosmos/staking/v1beta1.ts";
import { checkAnys, createRegistry, messageToText } from "../../chain/codec/index.ts";
import type { Any, MessageType } from "../../chain/codec/index.ts";
import { Dispatcher, MsgRouter, OutOfGasError, TxMessage } from "../../chain/runtime/index.ts";
import type { Context, MsgHandler } from "../../chain/runtime/index.ts";
import { TestMachine } from "../support/context.ts";
import { msg } from "../support/signing.ts";

const KEY = Uint8Array.of(1);

/** Serves MsgSend: writes, emits, then does what the message's receiver says. */
function served(): Dispatcher {
  const router = new MsgRouter();
  const handler: MsgHandler<MsgSend, MsgSendResponse> = {
    type: MsgSend,
    response: MsgSendResponse,
    validateBasic(value) {
      if (value.toAddress === "nobody") throw sdkErrors.invalidAddress.with("no receiver");
    },
    handle(ctx, value) {
      ctx.store("bank").set(KEY, KEY);
      ctx.emit({ type: "ran", attributes: [] });
      if (value.toAddress === "refused") throw sdkErrors.conflict.with("not now");
      if (value.toAddress === "expensive") ctx.gas.consume(10_000_000, "work");
      return {};
    },
  };
  router.register(handler as MsgHandler);
  return new Dispatcher(router);
}

function run(ctx: Context, toAddress: string): ReturnType<Dispatcher["run"]> {
  const dispatcher = served();
  return dispatcher.run(ctx, dispatcher.open(msg(MsgSend, { fromAddress: "a", toAddress })));
}

function refusal(body: () => unknown): ChainError {
  try {
    body();
  } catch (error) {
    if (error instanceof ChainError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("a message runs on the branch and the gas of the outer one, its events apart", () => {
  const machine = new TestMachine({ gasLimit: 1_000_000 });
  const { value, events } = machine.run((ctx) => {
    const before = ctx.gas.used;
    const ran = run(ctx, "b");
    assert.is(ctx.gas.used - before, 2000 + 2 * 30, "one write of two bytes");
    return ran;
  });
  assert.equal(events, [], "nothing is emitted by itself");
  assert.equal(value.events, [{ type: "ran", attributes: [] }]);
  assert.is(value.response.length, 0);
  assert.equal(machine.store("bank").get(KEY), KEY);
});

test("a refusal names the message; basic checks come first; out of gas passes as it is", () => {
  const machine = new TestMachine({ gasLimit: 1_000_000 });
  machine.run((ctx) => {
    const text = 'failed to execute message; message from_address:"a" to_address:';
    const refused = refusal(() => run(ctx, "refused"));
    assert.is(`${refused.codespace}/${refused.code}`, "sdk/36");
    assert.is(refused.message, `${text}"refused" : not now: conflict`);
    const nobody = refusal(() => run(ctx, "nobody"));
    assert.is(nobody.message, `${text}"nobody" : no receiver: invalid address`);
    const expensive = refusal(() => run(ctx, "expensive"));
    assert.instance(expensive, OutOfGasError);
    assert.match(expensive.message, /^out of gas in location: work/);
  });
});

test("what is not served, or does not decode, is sdk/34", () => {
  const dispatcher = served();
  assert.is(dispatcher.serves(MsgSend.typeUrl), true);
  assert.is(dispatcher.serves(MsgExec.typeUrl), false);
  const wrong: readonly Any[] = [
    { typeUrl: MsgExec.typeUrl, value: new Uint8Array() },
    { typeUrl: MsgSend.typeUrl, value: Uint8Array.of(0xff) },
  ];
  for (const any of wrong) assert.is(refusal(() => dispatcher.open(any)).code, 34);
});

test("a message as text: nested fields, lists, bytes, enums, defaults left out, an end", () => {
  const text = <T>(type: MessageType<T>, value: Partial<T>): string =>
    messageToText(type as MessageType<unknown>, type.create(value));
  const amount = [
    { denom: "x", amount: "1" },
    { denom: "y", amount: "2" },
  ];
  assert.is(
    text(MsgSend, { amount }),
    'amount:<denom:"x" amount:"1" > amount:<denom:"y" amount:"2" > ',
  );
  const send = { fromAddress: 'q"\\\n\tü', toAddress: "" };
  assert.is(text(MsgSend, send), String.raw`from_address:"q\"\\\n\t\303\274" `);
  const msgs = [{ typeUrl: "/x", value: Uint8Array.of(0, 65, 200) }];
  assert.is(text(MsgExec, { msgs }), String.raw`msgs:<type_url:"/x" value:"\000A\310" > `);
  const stake = { authorizationType: 1 };
  assert.is(text(StakeAuthorization, stake), "authorization_type:AUTHORIZATION_TYPE_DELEGATE ");
  const bid = text(MsgCreateBid, { price: { denom: "ulease", amount: "5" } });
  assert.match(bid, /price:<denom:"ulease" amount:"5" > /);
  const long = text(MsgSend, { fromAddress: "x".repeat(5000) });
  assert.is(long.length, 1003);
  assert.match(long, /^from_address:"x+\.\.\.$/);
  for (const start of ["", "x"])
    assert.is(text(MsgSend, { fromAddress: start + "\u{1f600}".repeat(2000) }).length, 1003);
});

test("a message in a message that could be written otherwise is not canonical", () => {
  const router = new MsgRouter();
  const handler = { type: MsgExec, response: MsgExecResponse, handle: () => ({ results: [] }) };
  router.register(handler as unknown as MsgHandler);
  const types = [MsgExec, MsgGrant];
  const registry = createRegistry(types as MessageType<unknown>[]);
  const around = (value: Uint8Array): TxMessage => {
    const any = msg(MsgExec, { msgs: [{ typeUrl: MsgGrant.typeUrl, value }] });
    return new TxMessage(router.find(any.typeUrl), any);
  };
  const whole = MsgGrant.encode(MsgGrant.create({ granter: "a" }));
  const short = whole.slice(0, 3);
  assert.equal(MsgGrant.decode(short), MsgGrant.decode(whole), "the empty grant may be left out");
  assert.is(around(whole).isCanonical(registry), true);
  assert.is(around(short).isCanonical(registry), false);
});

test("Any fields: below lists and messages, and none where there is none", () => {
  const types = [MsgExec, MsgGrant, MsgSend, MsgGrantAllowance, PeriodicAllowance];
  const registry = createRegistry(types as MessageType<unknown>[]);
  const check = <T>(type: MessageType<T>, value: Partial<T>): void =>
    checkAnys(type as MessageType<unknown>, type.create(value), registry);
  const send = msg(MsgSend, { fromAddress: "a" });
  check(MsgExec, { msgs: [send, send] });
  check(MsgGrantAllowance, { allowance: msg(PeriodicAllowance, {}) });
  check(MsgSend, {});
  check(MsgGrant, {});
  assert.throws(() => check(MsgGrant, { grant: { authorization: send } }), /Grant\.authorization/);
  assert.throws(() => check(MsgGrantAllowance, { allowance: send }), /is no cosmos.feegrant/);
  assert.throws(() => check(MsgExec, { msgs: [{ typeUrl: "", value: send.value }] }), /of type/);
  const broken = { ...send, value: send.value.slice(0, -1) };
  assert.throws(() => check(MsgExec, { msgs: [broken] }), /MsgSend/);
});

test.run();
