import type { AppModule, MsgHandler } from "../../chain/runtime/types.ts";
import { beginBlock, endBlock, nextDue, retryableQueues } from "./blocks.ts";
import { escrowGenesis } from "./genesis.ts";
import { escrowInvariants } from "./invariants.ts";
import { dropStrayMovements } from "./keeper/drain.ts";
import { Escrow } from "./keeper.ts";
import type { EscrowKeeper } from "./keeper/interface.ts";
import { deposit } from "./msgs/deposit.ts";
import { setPayout } from "./msgs/set_payout.ts";
import { updateParams } from "./msgs/update_params.ts";
import { withdraw } from "./msgs/withdraw.ts";
import { withdrawUnclaimed } from "./msgs/withdraw_unclaimed.ts";
import type { EscrowNeeds } from "./needs.ts";
import { escrowQueries } from "./queries.ts";
import { ESCROW, schema } from "./state.ts";

function messages(keeper: Escrow): readonly MsgHandler[] {
  return [
    deposit(keeper),
    withdraw(keeper),
    setPayout(),
    withdrawUnclaimed(keeper),
    updateParams(),
  ];
}

/** Escrow as the application puts it together: the module and the keeper that later modules use. */
export function createEscrowModule(needs: EscrowNeeds): {
  readonly module: AppModule;
  readonly keeper: EscrowKeeper;
} {
  const keeper = new Escrow(needs);
  const module: AppModule = {
    name: ESCROW,
    stores: [ESCROW],
    messages: messages(keeper),
    queries: escrowQueries(keeper),
    invariants: escrowInvariants(needs),
    queues: retryableQueues(keeper),
    genesis: escrowGenesis(),
    beginBlock: (ctx) => beginBlock(ctx, keeper),
    endBlock: (ctx) => endBlock(ctx, keeper),
    nextDue,
    rebuildSide: (ctx) => {
      schema.rebuildSide(ctx);
      dropStrayMovements(ctx);
    },
  };
  return { module, keeper };
}
