// Queries of all modules, as extensions of CosmJS' QueryClient and as one client that has them all.

import type { CometClient } from "@cosmjs/tendermint-rpc";
import type { AuthExtension, BankExtension, TxExtension } from "@cosmjs/stargate";
import {
  QueryClient,
  setupAuthExtension,
  setupBankExtension,
  setupTxExtension,
} from "@cosmjs/stargate";
import type { ChainExtension } from "./chain.ts";
import { setupChainExtension } from "./chain.ts";
import type { DeploymentExtension } from "./deployment.ts";
import { setupDeploymentExtension } from "./deployment.ts";
import type { EscrowExtension } from "./escrow.ts";
import { setupEscrowExtension } from "./escrow.ts";
import type { MarketExtension } from "./market.ts";
import { setupMarketExtension } from "./market.ts";
import type { ProviderExtension } from "./provider.ts";
import { setupProviderExtension } from "./provider.ts";

export type {
  ChainExtension,
  DeploymentExtension,
  EscrowExtension,
  MarketExtension,
  ProviderExtension,
};
export type { MethodTypes, QueryMethods } from "./extension.ts";
export {
  setupChainExtension,
  setupDeploymentExtension,
  setupEscrowExtension,
  setupMarketExtension,
  setupProviderExtension,
};

/** A CosmJS QueryClient with the queries of auth, bank, tx and all modules of this chain. */
export type LeaseholdQueryClient = QueryClient &
  AuthExtension &
  BankExtension &
  TxExtension &
  ChainExtension &
  ProviderExtension &
  EscrowExtension &
  MarketExtension &
  DeploymentExtension;

/** Queries over a CometBFT connection. */
export function createQueryClient(comet: CometClient): LeaseholdQueryClient {
  return QueryClient.withExtensions(
    comet,
    setupAuthExtension,
    setupBankExtension,
    setupTxExtension,
    setupChainExtension,
    setupProviderExtension,
    setupEscrowExtension,
    setupMarketExtension,
    setupDeploymentExtension,
  );
}
