import type { EscrowKeeper } from "../escrow/index.ts";
import type { MarketKeeper } from "../market/index.ts";

/** What module deployment asks of others. */
export interface DeploymentNeeds {
  /** The account of a deployment: made, warned, closed and shown. */
  readonly escrow: Pick<
    EscrowKeeper,
    | "params"
    | "denom"
    | "catchUp"
    | "createAccount"
    | "closeAccount"
    | "findAccount"
    | "getAccount"
    | "funds"
    | "setNotices"
  >;
  /** Orders open and close with groups; leases close with groups. */
  readonly market: Pick<
    MarketKeeper,
    | "params"
    | "specFault"
    | "settingsFault"
    | "createOrders"
    | "closeOrdersOfGroup"
    | "closeLeasesOfGroup"
    | "liveOrder"
    | "liveLease"
    | "findOrder"
    | "findLease"
  >;
}
