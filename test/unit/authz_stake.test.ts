// StakeAuthorization by itself: no chain here serves the messages that it is for.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { ChainError } from "../../chain/base/errors.ts";
import {
  AuthorizationType,
  MsgBeginRedelegate,
  MsgCancelUnbondingDelegation,
  MsgDelegate,
  MsgUndelegate,
  StakeAuthorization,
} from "../../chain/codec/gen/cosmos/staking/v1beta1.ts";
import type { Any, MessageType } from "../../chain/codec/index.ts";
import { Dispatcher, MsgRouter } from "../../chain/runtime/index.ts";
import type { MsgHandler } from "../../chain/runtime/index.ts";
import { openAuthorization } from "../../modules/authz/keeper/authorizations.ts";
import { TestMachine } from "../support/context.ts";
import { msg } from "../support/signing.ts";

const TYPES = [MsgDelegate, MsgUndelegate, MsgBeginRedelegate, MsgCancelUnbondingDelegation];

/** What an authorization says to a message: what is left, `spent`, or `codespace/code: text`. */
function ask(authorization: Partial<StakeAuthorization>, message: Any): string {
  const router = new MsgRouter();
  for (const type of TYPES) router.register({ type, response: type } as unknown as MsgHandler);
  const machine = new TestMachine({ gasLimit: 1_000_000 });
  try {
    const { value } = machine.run((ctx) => {
      const opened = openAuthorization(msg(StakeAuthorization, authorization));
      opened.validate();
      const used = opened.use(ctx, new Dispatcher(router).open(message));
      const left = used.grant === "changed" ? StakeAuthorization.decode(used.to.value) : undefined;
      const rest = left === undefined ? used.grant : (left.maxTokens?.amount ?? "no limit");
      return `${rest}, gas ${ctx.gas.used}`;
    });
    return value;
  } catch (error) {
    if (!(error instanceof ChainError)) throw error;
    return `${error.codespace}/${error.code}: ${error.message}`;
  }
}

const stake = (amount: string, denom = "ulease"): { denom: string; amount: string } => ({
  denom,
  amount,
});

function moving<T>(type: MessageType<T>, validator: string, amount: string, denom?: string): Any {
  const [validatorAddress, validatorDstAddress] = [validator, validator];
  const fields = { validatorAddress, validatorDstAddress, amount: stake(amount, denom) };
  return msg(type, fields as unknown as Partial<T>);
}

test("each type is for one message, and reads its validator and amount", () => {
  const types = [
    AuthorizationType.DELEGATE,
    AuthorizationType.UNDELEGATE,
    AuthorizationType.REDELEGATE,
    AuthorizationType.CANCEL_UNBONDING_DELEGATION,
  ];
  for (const [index, authorizationType] of types.entries()) {
    const type = TYPES[index] as MessageType<unknown>;
    const authorization = { authorizationType, allowList: { address: ["b", "v"] } };
    const opened = openAuthorization(msg(StakeAuthorization, authorization));
    assert.is(opened.msgTypeUrl(), type.typeUrl);
    assert.is(ask(authorization, moving(type, "v", "5")), "no limit, gas 20");
    const refused = "sdk/4: cannot delegate/undelegate to w validator: unauthorized";
    assert.is(ask(authorization, moving(type, "w", "5")), refused);
  }
});

test("a limit runs down; beyond it, or of another denom, nothing moves", () => {
  const rest = { authorizationType: AuthorizationType.DELEGATE, maxTokens: stake("10") };
  assert.is(ask(rest, moving(MsgDelegate, "v", "4")), "6, gas 0");
  assert.is(ask(rest, moving(MsgDelegate, "v", "10")), "spent, gas 0");
  const over = "undefined/1: negative coin amount: -1ulease";
  assert.is(ask(rest, moving(MsgDelegate, "v", "11")), over);
  const other = "undefined/1: invalid coin denoms: ulease, uusd";
  assert.is(ask(rest, moving(MsgDelegate, "v", "1", "uusd")), other);
});

test("a denied validator stays denied however its address is written", () => {
  const authorizationType = AuthorizationType.DELEGATE;
  const authorization = { authorizationType, denyList: { address: ["leasevaloper1x"] } };
  for (const validator of ["leasevaloper1x", "LEASEVALOPER1X"])
    assert.match(ask(authorization, moving(MsgDelegate, validator, "1")), /^sdk\/4/);
  assert.is(ask(authorization, moving(MsgDelegate, "leasevaloper1y", "1")), "no limit, gas 10");
});

test("what names no type, or less than nothing, is refused", () => {
  const message = moving(MsgDelegate, "v", "1");
  assert.match(ask({}, message), /^authz\/4/);
  assert.match(ask({ authorizationType: 9 }, message), /^authz\/4/);
  const negative = { authorizationType: 1, maxTokens: stake("-1") };
  assert.match(ask(negative, message), /^authz\/12: negative coin amount: -1ulease/);
});

test.run();
