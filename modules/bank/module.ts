import type { AppModule } from "../../chain/runtime/index.ts";
import { bankGenesis } from "./genesis.ts";
import { bankInvariants } from "./invariants.ts";
import { BankKeeper } from "./keeper.ts";
import { multiSend } from "./msgs/multi_send.ts";
import { send } from "./msgs/send.ts";
import { setSendEnabled } from "./msgs/set_send_enabled.ts";
import { updateParams } from "./msgs/update_params.ts";
import type { BankNeeds } from "./needs.ts";
import { bankQueries } from "./queries.ts";
import { BANK } from "./state.ts";

/** The module and its keeper. */
export interface BankParts {
  readonly module: AppModule;
  readonly keeper: BankKeeper;
}

/** Makes module bank. */
export function createBankModule(needs: BankNeeds): BankParts {
  const keeper = new BankKeeper(needs);
  const module: AppModule = {
    name: BANK,
    stores: [BANK],
    messages: [send(keeper), multiSend(keeper), updateParams(), setSendEnabled()],
    queries: bankQueries(keeper),
    invariants: bankInvariants,
    genesis: bankGenesis(keeper),
  };
  return { module, keeper };
}
