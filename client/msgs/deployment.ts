import {
  MsgCreateDeployment,
  MsgUpdateDeployment,
  MsgUpdateSettings,
  MsgAddGroups,
  MsgPauseDeployment,
  MsgResumeDeployment,
  MsgCloseDeployment,
  MsgPauseGroup,
  MsgStartGroup,
  MsgCloseGroup,
  MsgUpdateParams,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { messageBuilders } from "./build.ts";

/** Messages of module deployment, for a tenant: each function gives what CosmJS signs. */
export const deploymentMsgs = messageBuilders({
  createDeployment: MsgCreateDeployment,
  updateDeployment: MsgUpdateDeployment,
  updateSettings: MsgUpdateSettings,
  addGroups: MsgAddGroups,
  pauseDeployment: MsgPauseDeployment,
  resumeDeployment: MsgResumeDeployment,
  closeDeployment: MsgCloseDeployment,
  pauseGroup: MsgPauseGroup,
  startGroup: MsgStartGroup,
  closeGroup: MsgCloseGroup,
  updateParams: MsgUpdateParams,
});
