import type { Dispatcher } from "../../chain/runtime/index.ts";
import type { AuthKeeper } from "../auth/index.ts";

/** What module authz asks of others. */
export interface AuthzNeeds {
  readonly auth: Pick<AuthKeeper, "account" | "create" | "isBlocked">;
  /** Runs the messages of all modules. */
  readonly dispatcher: Pick<Dispatcher, "serves" | "open" | "run">;
}
