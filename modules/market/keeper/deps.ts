// What the functions of this folder share: the earlier modules and the hooks of this one.

import { must } from "../../../chain/base/assert.ts";
import type { Params } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import type { AccountKey } from "../../escrow/index.ts";
import { deploymentAccount } from "../../escrow/index.ts";
import type { MarketNeeds } from "../needs.ts";
import { params } from "../state.ts";
import type { GroupKey } from "../types.ts";

/** Earlier modules and the list of those who are told. */
export type Deps = MarketNeeds;

/** The parameters, which genesis has set. */
export function readParams(ctx: Context): Params {
  return must(params.get(ctx), "parameters of market are not set");
}

/** The account from which orders and leases of a group are paid. */
export function accountOf(key: Pick<GroupKey, "owner" | "dseq">): AccountKey {
  return deploymentAccount(key.owner, key.dseq);
}
