import {
  MsgDeposit,
  MsgWithdraw,
  MsgSetPayout,
  MsgWithdrawUnclaimed,
  MsgUpdateParams,
} from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import { messageBuilders } from "./build.ts";

/** Messages of module escrow, for depositors and payees: each function gives what CosmJS signs. */
export const escrowMsgs = messageBuilders({
  deposit: MsgDeposit,
  withdraw: MsgWithdraw,
  setPayout: MsgSetPayout,
  withdrawUnclaimed: MsgWithdrawUnclaimed,
  updateParams: MsgUpdateParams,
});
