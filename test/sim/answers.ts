// Public queries of a machine in the form in which the auditor asks them.

import {
  QueryAllBalancesRequest,
  QueryAllBalancesResponse,
  QueryTotalSupplyRequest,
  QueryTotalSupplyResponse,
} from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import {
  QueryClocksRequest,
  QueryClocksResponse,
} from "../../chain/codec/gen/leasehold/chain/v1.ts";
import type { PaymentId, PaymentView } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  AccountStateTable,
  PaymentStateTable,
  QueryAccountRequest,
  QueryAccountResponse,
  Scope,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import type { EnumTable } from "../../chain/codec/index.ts";
import type { AccountAnswer, Answers, StreamAnswer } from "./auditor_seen.ts";
import type { Machine } from "./machine.ts";

type Coins = readonly { readonly denom: string; readonly amount: string }[];

function amounts(coins: Coins): Map<string, bigint> {
  return new Map(coins.map(({ denom, amount }) => [denom, BigInt(amount)]));
}

function stateName(table: EnumTable, state: number): string {
  const name = table.values.find(([, number]) => number === state)?.[0] ?? String(state);
  return name.slice(name.lastIndexOf("_") + 1).toLowerCase();
}

/** Name of a payment as the auditor builds it. */
export function paymentName({ owner, dseq, gseq, oseq, provider }: PaymentId): string {
  return [owner, dseq, gseq, oseq, provider].join("/");
}

function streamAnswer({ payment, accrued }: PaymentView): StreamAnswer {
  const { rate, carry, settled, paid, nextPayout } = payment;
  const state = stateName(PaymentStateTable, payment.state);
  return { state, rate, carry, accrued, settled, paid, nextPayout };
}

function accountAnswer(answer: QueryAccountResponse): AccountAnswer {
  const { account, funds, payments } = answer;
  return {
    state: stateName(AccountStateTable, account.state),
    free: funds.free,
    accrued: funds.accrued,
    rate: funds.rate,
    committedRate: funds.committedRate,
    fundedUntil: funds.fundedUntil,
    graceSeconds: funds.graceSeconds,
    resumeMissing: funds.resumeMissing,
    streams: new Map(payments.map((view) => [paymentName(view.payment.id), streamAnswer(view)])),
  };
}

/** What a machine answers after its last block. */
export function answersOf(machine: Machine): Answers {
  const bank = "/cosmos.bank.v1beta1.Query";
  return {
    balances(address) {
      const [ask, answer] = [QueryAllBalancesRequest, QueryAllBalancesResponse];
      const found = machine.find(`${bank}/AllBalances`, ask, answer, { address });
      return amounts(found?.balances ?? []);
    },
    supply() {
      const [ask, answer] = [QueryTotalSupplyRequest, QueryTotalSupplyResponse];
      return amounts(machine.find(`${bank}/TotalSupply`, ask, answer, {})?.supply ?? []);
    },
    account(name) {
      const [scope, owner = "", dseq = "0", gseq, oseq, provider = ""] = name.split("/");
      const found = machine.find(
        "/leasehold.escrow.v1.Query/Account",
        QueryAccountRequest,
        QueryAccountResponse,
        {
          owner,
          dseq: BigInt(dseq),
          scope: scope === "SCOPE_BID" ? Scope.BID : Scope.DEPLOYMENT,
          gseq: Number(gseq),
          oseq: Number(oseq),
          provider,
        },
      );
      return found === undefined ? undefined : accountAnswer(found);
    },
    clocks() {
      const path = "/leasehold.chain.v1.Query/Clocks";
      const found = machine.find(path, QueryClocksRequest, QueryClocksResponse, {});
      if (found === undefined) throw new Error("no clocks");
      return found.clocks;
    },
  };
}
