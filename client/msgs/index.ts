import type { MessageType } from "../../chain/codec/types.ts";
import { messageTypesOf } from "./build.ts";
import { chainMsgs } from "./chain.ts";
import { deploymentMsgs } from "./deployment.ts";
import { escrowMsgs } from "./escrow.ts";
import { marketMsgs } from "./market.ts";
import { providerMsgs } from "./provider.ts";

export type { Message } from "./build.ts";
export { chainMsgs, deploymentMsgs, escrowMsgs, marketMsgs, providerMsgs };

/** Types of all messages that the chain's own modules serve. */
export const servedMessages: readonly MessageType<unknown>[] = [
  chainMsgs,
  providerMsgs,
  escrowMsgs,
  marketMsgs,
  deploymentMsgs,
].flatMap(messageTypesOf);
