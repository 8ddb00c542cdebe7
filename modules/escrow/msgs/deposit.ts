import type { MsgHandler } from "../../../chain/runtime/types.ts";
import {
  DepositSource,
  MsgDeposit,
  MsgDepositResponse,
  Scope,
} from "../../../chain/codec/gen/leasehold/escrow/v1.ts";
import { fromWireCoin } from "../../../chain/base/coins.ts";
import { escrowErrors } from "../errors.ts";
import type { Escrow } from "../keeper.ts";
import { accountKeyOf } from "../types.ts";

/** Most parts of one deposit. */
const MAX_PARTS = 16;

/**
 * MsgDeposit, signed by the depositor: puts coins into an account of scope deployment and resumes a
 * suspended one when free funds then cover resume_min_seconds of all its payments, in time of grace.
 * For now the depositor is the account's owner and the source his balance.
 * State: accounts, payments, timers, graces, notices. Events: EventDeposited, EventAccountResumed,
 * EventPaymentStateChanged; those of exhaustion when it was due. Hooks: suspended, resumed.
 * Throws: escrow/2, 4, 8, 9, 10, 11, 12, 22; sdk/5, 7.
 */
export function deposit(keeper: Escrow): MsgHandler<MsgDeposit, MsgDepositResponse> {
  return {
    type: MsgDeposit,
    response: MsgDepositResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.depositor);
      if (msg.account.scope !== Scope.DEPLOYMENT)
        throw escrowErrors.invalidId.with("only accounts of scope deployment take deposits");
      accountKeyOf(msg.account, env.addresses);
      const { length } = msg.deposits;
      if (length === 0 || length > MAX_PARTS)
        throw escrowErrors.invalidDeposit.with(`${length} parts, 1 to ${MAX_PARTS} expected`);
      for (const part of msg.deposits) {
        if (part.source !== DepositSource.BALANCE)
          throw escrowErrors.unsupportedSource.with(`source ${part.source}, served: 1 (balance)`);
        if (part.granter !== "" || part.nonce !== 0n)
          throw escrowErrors.invalidDeposit.with("granter and nonce belong to source grant");
        if (fromWireCoin(part.amount, escrowErrors.invalidDeposit).amount === 0n)
          throw escrowErrors.invalidDeposit.with("amount must be positive");
      }
    },
    handle(ctx, msg) {
      const depositor = ctx.addresses.parse(msg.depositor);
      const account = accountKeyOf(msg.account, ctx.addresses);
      const { resumed, fundedUntil } = keeper.deposit(ctx, account, depositor, msg.deposits);
      return { resumed, fundedUntil: fundedUntil ?? 0n };
    },
  };
}
