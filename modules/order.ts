/**
 * The order of modules: one may import another only through its index.ts (or types.ts) and only if
 * the other stands earlier here. It fixes imports; the orders of block stages stand in chain/app.
 * Names without a folder yet keep their place.
 */
export const MODULE_ORDER = [
  "chain",
  "consensus",
  "auth",
  "bank",
  "authz",
  "feegrant",
  "staking",
  "distribution",
  "mint",
  "provider",
  "escrow",
  "market",
  "deployment",
  "slashing",
  "evidence",
  "governance",
  "upgrade",
] as const;
