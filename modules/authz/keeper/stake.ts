// StakeAuthorization looks only at the messages of module staking, so it is whole before that module
// is: while a chain does not serve those messages, nobody can grant one (sdk/29).

import { formatCoin, toWireCoin } from "../../../chain/base/coins.ts";
import type { WireCoin } from "../../../chain/base/coins.ts";
import { must } from "../../../chain/base/assert.ts";
import { sdkErrors } from "../../../chain/base/errors.ts";
import { parseInteger } from "../../../chain/base/integers.ts";
import {
  AuthorizationType,
  MsgBeginRedelegate,
  MsgCancelUnbondingDelegation,
  MsgDelegate,
  MsgUndelegate,
  StakeAuthorization,
} from "../../../chain/codec/gen/cosmos/staking/v1beta1.ts";
import { undefinedError } from "../../../chain/runtime/index.ts";
import type { Context, TxMessage } from "../../../chain/runtime/index.ts";
import { authzErrors } from "../errors.ts";
import type { AuthorizationKind, Used } from "./kinds.ts";

/** Gas of each validator of a list that is looked at. Source: SDK x/staking. */
const GAS_PER_VALIDATOR = 10;

const TYPE_URLS = new Map<number, string>([
  [AuthorizationType.DELEGATE, MsgDelegate.typeUrl],
  [AuthorizationType.UNDELEGATE, MsgUndelegate.typeUrl],
  [AuthorizationType.REDELEGATE, MsgBeginRedelegate.typeUrl],
  [AuthorizationType.CANCEL_UNBONDING_DELEGATION, MsgCancelUnbondingDelegation.typeUrl],
]);

/** What a staking message would move, and to which validator. */
function moveOf(message: TxMessage): {
  readonly validator: string;
  readonly amount: WireCoin;
} {
  switch (message.route.handler.type.typeUrl) {
    case MsgDelegate.typeUrl:
    case MsgUndelegate.typeUrl:
    case MsgCancelUnbondingDelegation.typeUrl: {
      const { validatorAddress, amount } = message.value as MsgDelegate;
      return { validator: validatorAddress, amount };
    }
    case MsgBeginRedelegate.typeUrl: {
      const { validatorDstAddress, amount } = message.value as MsgBeginRedelegate;
      return { validator: validatorDstAddress, amount };
    }
    default:
      throw sdkErrors.invalidRequest.with("unknown msg type");
  }
}

/** Whether a list names a validator: in either case of letters, or a deny list could be passed by. */
function stands(ctx: Context, list: readonly string[], validator: string): boolean {
  const wanted = validator.toLowerCase();
  return list.some((one) => {
    ctx.gas.consume(GAS_PER_VALIDATOR, "stake authorization");
    return one.toLowerCase() === wanted;
  });
}

function amountOf(coin: WireCoin): bigint {
  return must(parseInteger(coin.amount === "" ? "0" : coin.amount), `amount ${coin.amount}`);
}

/** What is left of the limit. Throws: undefined/1, as the SDK's coins do. */
function left(limit: WireCoin, amount: WireCoin): Used<WireCoin> {
  if (limit.denom !== amount.denom)
    throw undefinedError(`invalid coin denoms: ${limit.denom}, ${amount.denom}`);
  const rest = { denom: limit.denom, amount: amountOf(limit) - amountOf(amount) };
  if (rest.amount < 0n) throw undefinedError(`negative coin amount: ${formatCoin(rest)}`);
  return rest.amount === 0n ? { grant: "spent" } : { grant: "changed", to: toWireCoin(rest) };
}

/** Lets coins be delegated, undelegated or redelegated: up to a limit, at the validators of a list. */
export const stake: AuthorizationKind<StakeAuthorization> = {
  type: StakeAuthorization,
  msgTypeUrl({ authorizationType }) {
    const typeUrl = TYPE_URLS.get(authorizationType);
    if (typeUrl === undefined) throw authzErrors.unknownType.error();
    return typeUrl;
  },
  validate({ maxTokens, authorizationType }) {
    if (maxTokens !== undefined && amountOf(maxTokens) < 0n)
      throw authzErrors.negativeMaxTokens.with(`negative coin amount: ${formatCoin(maxTokens)}`);
    if (!TYPE_URLS.has(authorizationType)) throw authzErrors.unknownType.error();
  },
  use(ctx, authorization, message) {
    const { validator, amount } = moveOf(message);
    const allowed = authorization.allowList?.address ?? [];
    const denied = authorization.denyList?.address ?? [];
    const isAllowed = stands(ctx, allowed, validator);
    if (stands(ctx, denied, validator) || (allowed.length > 0 && !isAllowed))
      throw sdkErrors.unauthorized.with(`cannot delegate/undelegate to ${validator} validator`);
    const { maxTokens } = authorization;
    if (maxTokens === undefined) return { grant: "changed", to: authorization };
    const used = left(maxTokens, amount);
    if (used.grant !== "changed") return used;
    return { grant: "changed", to: { ...authorization, maxTokens: used.to } };
  },
};
