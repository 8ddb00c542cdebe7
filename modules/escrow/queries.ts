// Queries. Every answer about money is computed for the time of the queried block: what is due is
// applied to the throw-away branch that queries run on; hooks are not told.

import { maxBig } from "../../chain/base/integers.ts";
import type {
  Account,
  AccountId,
  Funds,
  PaymentView,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  AccountState,
  PaymentState,
  QueryAccountRequest,
  QueryAccountResponse,
  QueryAccountsRequest,
  QueryAccountsResponse,
  QueryMovementsRequest,
  QueryMovementsResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryPaymentRequest,
  QueryPaymentResponse,
  QueryPaymentsRequest,
  QueryPaymentsResponse,
  QueryPayoutRequest,
  QueryPayoutResponse,
  QueryUnclaimedRequest,
  QueryUnclaimedResponse,
  Scope,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { notFound, paginateIndex, paginateMap } from "../../chain/runtime/index.ts";
import type { Context, QueryHandler } from "../../chain/runtime/types.ts";
import { Ledger } from "./keeper/ledger.ts";
import { payoutSettings } from "./keeper/lines.ts";
import type { Escrow } from "./keeper.ts";
import * as state from "./state.ts";
import type { AccountKey, PaymentRef } from "./types.ts";
import { accountKeyOf, accrue, deploymentAccount, fundsFor, paymentRefOf } from "./types.ts";

const SERVICE = "/leasehold.escrow.v1.Query";

/** All queries of the module. */
export function escrowQueries(keeper: Escrow): readonly QueryHandler[] {
  return [
    params(keeper),
    account(keeper),
    accountList(keeper),
    payment(keeper),
    paymentList(keeper),
    movementList(),
    payout(),
    unclaimedCoins(),
  ];
}

function params(keeper: Escrow): QueryHandler<QueryParamsRequest, QueryParamsResponse> {
  return {
    path: `${SERVICE}/Params`,
    request: QueryParamsRequest,
    response: QueryParamsResponse,
    handle: (ctx) => ({ params: keeper.params(ctx) }),
  };
}

function account(keeper: Escrow): QueryHandler<QueryAccountRequest, QueryAccountResponse> {
  return {
    path: `${SERVICE}/Account`,
    request: QueryAccountRequest,
    response: QueryAccountResponse,
    handle(ctx, request) {
      const scope = request.scope === Scope.BID ? Scope.BID : Scope.DEPLOYMENT;
      const id: AccountId = { ...request, scope };
      const key = accountKeyOf(id, ctx.addresses);
      const ledger = opened(ctx, keeper, key);
      if (ledger === undefined)
        throw notFound(`escrow account ${request.owner}/${request.dseq} not found`);
      return {
        account: ledger.account,
        funds: fundsOf(ledger),
        payments: ledger.lines().map((line) => viewOf(ledger, line.payment)),
        holds: ledger.holds().map(([, hold]) => hold),
      };
    },
  };
}

function accountList(keeper: Escrow): QueryHandler<QueryAccountsRequest, QueryAccountsResponse> {
  return {
    path: `${SERVICE}/Accounts`,
    request: QueryAccountsRequest,
    response: QueryAccountsResponse,
    handle(ctx, request) {
      const owner = ctx.addresses.parse(request.owner);
      const read = (key: AccountKey): Account | undefined => opened(ctx, keeper, key)?.account;
      const { byOwner } = state.accounts.side;
      const page = paginateIndex(ctx, byOwner, { prefix: owner }, request.pagination, (_, key) =>
        read(key),
      );
      return { accounts: page.items, pagination: page.pagination };
    },
  };
}

function payment(keeper: Escrow): QueryHandler<QueryPaymentRequest, QueryPaymentResponse> {
  return {
    path: `${SERVICE}/Payment`,
    request: QueryPaymentRequest,
    response: QueryPaymentResponse,
    handle(ctx, request) {
      const view = paymentView(ctx, keeper, paymentRefOf(request, ctx.addresses));
      if (view === undefined)
        throw notFound(
          `payment ${request.owner}/${request.dseq}/${request.gseq}/${request.oseq}` +
            `/${request.provider} not found`,
        );
      return { payment: view };
    },
  };
}

function paymentList(keeper: Escrow): QueryHandler<QueryPaymentsRequest, QueryPaymentsResponse> {
  return {
    path: `${SERVICE}/Payments`,
    request: QueryPaymentsRequest,
    response: QueryPaymentsResponse,
    handle(ctx, request) {
      const payee = ctx.addresses.parse(request.payee);
      const { byPayee } = state.payments.side;
      const page = paginateIndex(
        ctx,
        byPayee,
        { prefix: payee },
        request.pagination,
        (_, [key, name]) => paymentView(ctx, keeper, { account: key, payment: name }),
      );
      return { payments: page.items, pagination: page.pagination };
    },
  };
}

function movementList(): QueryHandler<QueryMovementsRequest, QueryMovementsResponse> {
  return {
    path: `${SERVICE}/Movements`,
    request: QueryMovementsRequest,
    response: QueryMovementsResponse,
    handle(ctx, request) {
      const key = deploymentAccount(ctx.addresses.parse(request.owner), request.dseq);
      const page = paginateMap(
        state.sideOf(ctx),
        state.movements,
        { prefix: [key] },
        request.pagination,
        (_, movement) => movement,
      );
      return { movements: page.items, pagination: page.pagination };
    },
  };
}

function payout(): QueryHandler<QueryPayoutRequest, QueryPayoutResponse> {
  return {
    path: `${SERVICE}/Payout`,
    request: QueryPayoutRequest,
    response: QueryPayoutResponse,
    handle(ctx, { payee }) {
      ctx.addresses.parse(payee);
      const { period, minimum } = payoutSettings(ctx, payee);
      return { payout: { payee, period, minimum } };
    },
  };
}

function unclaimedCoins(): QueryHandler<QueryUnclaimedRequest, QueryUnclaimedResponse> {
  return {
    path: `${SERVICE}/Unclaimed`,
    request: QueryUnclaimedRequest,
    response: QueryUnclaimedResponse,
    handle(ctx, request) {
      const prefix = [ctx.addresses.parse(request.address)] as const;
      const amount = [];
      for (const [, waiting] of state.unclaimed.iterate(ctx, { prefix }))
        amount.push(waiting.amount);
      return { amount };
    },
  };
}

/** A ledger with what is due applied; undefined when there is no such account. */
function opened(ctx: Context, keeper: Escrow, key: AccountKey): Ledger | undefined {
  keeper.applyDue(ctx, key);
  const found = state.accounts.get(ctx, key);
  return found === undefined ? undefined : new Ledger(ctx, keeper.needs, key, found);
}

function paymentView(ctx: Context, keeper: Escrow, ref: PaymentRef): PaymentView | undefined {
  const ledger = opened(ctx, keeper, ref.account);
  const found = keeper.findPayment(ctx, ref);
  if (found === undefined) return undefined;
  return ledger === undefined ? { payment: found, accrued: 0n } : viewOf(ledger, found);
}

function viewOf(ledger: Ledger, found: PaymentView["payment"]): PaymentView {
  const isOpen = found.state === PaymentState.OPEN;
  const more = isOpen ? accrue(found, ledger.settleTime).owed : 0n;
  return { payment: found, accrued: found.unpaid + more };
}

/** Money of an account now; zeros stand for "none" as the fields' comments say. */
function fundsOf(ledger: Ledger): Funds {
  const { account, ctx } = ledger;
  const suspended = account.state === AccountState.SUSPENDED;
  const end = account.fundedUntil;
  const wanted = fundsFor(account.committedRate, ledger.params.resumeMinSeconds);
  const views = ledger.lines().map((line) => viewOf(ledger, line.payment));
  return {
    time: ctx.now,
    uptime: ctx.uptime,
    free: ledger.free,
    held: account.held,
    accrued: views.reduce((sum, view) => sum + view.accrued, 0n),
    rate: account.rate,
    committedRate: account.committedRate,
    fundedUntil: end,
    secondsLeft: end === 0n ? 0n : maxBig(0n, end - ctx.now),
    exhaustedAt: end === 0n ? 0n : end + 1n,
    resumeMissing: suspended ? maxBig(0n, wanted - ledger.funds) : 0n,
    graceSeconds: suspended ? maxBig(0n, account.graceUntil - ctx.uptime) : 0n,
  };
}
