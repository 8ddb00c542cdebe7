import type { AuthKeeper } from "../auth/index.ts";

/** What module bank asks of others. */
export interface BankNeeds {
  readonly auth: Pick<
    AuthKeeper,
    "touch" | "has" | "create" | "moduleAccount" | "moduleAddress" | "hasPermission" | "isBlocked"
  >;
}
