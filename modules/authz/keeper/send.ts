import { areValidCoins, subtractCoins, toWireCoin } from "../../../chain/base/coins.ts";
import type { Coin, WireCoin } from "../../../chain/base/coins.ts";
import { sdkErrors } from "../../../chain/base/errors.ts";
import { parseInteger } from "../../../chain/base/integers.ts";
import { MsgSend, SendAuthorization } from "../../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { bankErrors } from "../../bank/index.ts";
import type { AuthorizationKind } from "./kinds.ts";

/** Gas of each address of the list that is looked at. Source: SDK x/bank. */
const GAS_PER_ADDRESS = 10;

function coinsOf(wire: readonly WireCoin[]): Coin[] {
  return wire.map(({ denom, amount }) => ({ denom, amount: parseInteger(amount) ?? 0n }));
}

/** Lets coins be sent up to a limit, to anybody or to the addresses of a list. */
export const send: AuthorizationKind<SendAuthorization> = {
  type: SendAuthorization,
  msgTypeUrl: () => MsgSend.typeUrl,
  validate({ spendLimit, allowList }) {
    if (spendLimit.length === 0) throw sdkErrors.invalidCoins.with("spend limit cannot be nil");
    const coins = coinsOf(spendLimit);
    if (coins.some((coin) => coin.amount <= 0n))
      throw sdkErrors.invalidCoins.with("spend limit must be positive");
    if (!areValidCoins(coins))
      throw sdkErrors.invalidCoins.with("spend limit must be sorted by denom, each denom once");
    if (new Set(allowList).size !== allowList.length) throw bankErrors.duplicateEntry.error();
  },
  use(ctx, { spendLimit, allowList }, message) {
    if (message.route.handler.type.typeUrl !== MsgSend.typeUrl)
      throw sdkErrors.invalidType.with("type mismatch");
    const { amount, toAddress } = message.value as MsgSend;
    const coins = coinsOf(amount);
    if (!areValidCoins(coins))
      throw sdkErrors.invalidCoins.with("coins must be positive and sorted by denom");
    const left = subtractCoins(coinsOf(spendLimit), coins);
    if (left === undefined)
      throw sdkErrors.insufficientFunds.with("requested amount is more than spend limit");
    const found = allowList.some((address) => {
      ctx.gas.consume(GAS_PER_ADDRESS, "send authorization");
      return address === toAddress;
    });
    if (allowList.length > 0 && !found)
      throw sdkErrors.unauthorized.with(`cannot send to ${toAddress} address`);
    if (left.length === 0) return { grant: "spent" };
    return { grant: "changed", to: { spendLimit: left.map(toWireCoin), allowList } };
  },
};
