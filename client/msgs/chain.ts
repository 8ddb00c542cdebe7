import { MsgRetryQuarantined, MsgUpdateParams } from "../../chain/codec/gen/leasehold/chain/v1.ts";
import { messageBuilders } from "./build.ts";

/** Messages of module chain, for the authority: each function gives what CosmJS signs. */
export const chainMsgs = messageBuilders({
  retryQuarantined: MsgRetryQuarantined,
  updateParams: MsgUpdateParams,
});
