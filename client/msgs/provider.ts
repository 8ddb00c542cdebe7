import {
  MsgRegisterProvider,
  MsgUpdateProvider,
  MsgSetKeys,
  MsgSetDevices,
  MsgHeartbeat,
  MsgPauseProvider,
  MsgUnpauseProvider,
  MsgUpdateParams,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import { messageBuilders } from "./build.ts";

/** Messages of module provider, for owners and operators: each function gives what CosmJS signs. */
export const providerMsgs = messageBuilders({
  registerProvider: MsgRegisterProvider,
  updateProvider: MsgUpdateProvider,
  setKeys: MsgSetKeys,
  setDevices: MsgSetDevices,
  heartbeat: MsgHeartbeat,
  pauseProvider: MsgPauseProvider,
  unpauseProvider: MsgUnpauseProvider,
  updateParams: MsgUpdateParams,
});
