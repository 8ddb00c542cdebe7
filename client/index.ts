// The client library: everything that a program needs to work with a Leasehold chain, on published
// CosmJS packages, in Node and in browsers.

export { LeaseholdClient } from "./client.ts";
export type { ChainFacts, ConnectOptions } from "./client.ts";
export {
  defaultDeposit,
  deploy,
  deploymentMessage,
  NoLease,
  orderReasons,
  waitForLease,
} from "./deploy.ts";
export type { Deployed, DeployOptions, GroupRef, WaitOptions } from "./deploy.ts";
export { ChainRefusal, nameOfCode, toRefusal } from "./errors.ts";
export type { Codespace } from "./errors.ts";
export { decodeEvent, findEvents } from "./events.ts";
export type { RawEvent, TypedEvent } from "./events.ts";
export type { Fill } from "./fill.ts";
export { gatewayPath, GatewayRefusal, handOver } from "./gateway.ts";
export { newMnemonic, walletFromMnemonic } from "./keys.ts";
export type { Wallet } from "./keys.ts";
export * from "./msgs/index.ts";
export * from "./queries/index.ts";
export {
  joinReceipt,
  receiptDocument,
  signReceipt,
  signReceiptPart,
  verifyReceiptPart,
} from "./receipt.ts";
export type { ReceiptSignature, ReceiptTerms } from "./receipt.ts";
export {
  createLeaseholdAminoConverters,
  createLeaseholdAminoTypes,
  createLeaseholdRegistry,
  leaseholdTypes,
  toGeneratedType,
} from "./registry.ts";
export * from "./sdl/index.ts";
