import type { Platform } from "../../chain/base/platform.ts";
import { BaseAccount, ModuleAccount } from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import { PubKey as Ed25519PubKey } from "../../chain/codec/gen/cosmos/crypto/ed25519.ts";
import { LegacyAminoPubKey } from "../../chain/codec/gen/cosmos/crypto/multisig.ts";
import { PubKey as Secp256k1PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import type { AppModule } from "../../chain/runtime/index.ts";
import { authGenesis } from "./genesis.ts";
import { AuthKeeper } from "./keeper.ts";
import { updateParams } from "./msgs/update_params.ts";
import { authQueries } from "./queries.ts";
import { ACC, AUTH, schema } from "./state.ts";
import type { ModuleAccounts } from "./types.ts";

/** What module auth is made with. */
export interface AuthNeeds {
  readonly platform: Platform;
  /** All module accounts of the chain. */
  readonly modules: ModuleAccounts;
}

/** The module and its keeper. */
export interface AuthParts {
  readonly module: AppModule;
  readonly keeper: AuthKeeper;
}

/** Makes module auth. */
export function createAuthModule(needs: AuthNeeds): AuthParts {
  const keeper = new AuthKeeper(needs.platform, needs.modules);
  const module: AppModule = {
    name: AUTH,
    stores: [ACC],
    types: [BaseAccount, ModuleAccount, Secp256k1PubKey, Ed25519PubKey, LegacyAminoPubKey],
    messages: [updateParams()],
    queries: authQueries(keeper),
    invariants: [{ name: "indexes equal their rebuild", check: (ctx) => schema.checkIndexes(ctx) }],
    genesis: authGenesis(keeper),
  };
  return { module, keeper };
}
