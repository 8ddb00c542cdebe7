import type { AuthKeeper } from "../auth/index.ts";

/** What module feegrant asks of others. */
export interface FeegrantNeeds {
  readonly auth: Pick<AuthKeeper, "account" | "create" | "isBlocked">;
}
