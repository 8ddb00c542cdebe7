import type { AppModule, MsgHandler } from "../../chain/runtime/index.ts";
import { endBlock, retryableQueues } from "./blocks.ts";
import { deploymentGenesis } from "./genesis.ts";
import { deploymentInvariants } from "./invariants.ts";
import type { DeploymentKeeper } from "./keeper.ts";
import { addGroupsHandler } from "./msgs/add_groups.ts";
import { closeDeployment } from "./msgs/close_deployment.ts";
import { closeGroup } from "./msgs/close_group.ts";
import { createDeployment } from "./msgs/create_deployment.ts";
import { pauseDeployment } from "./msgs/pause_deployment.ts";
import { pauseGroup } from "./msgs/pause_group.ts";
import { resumeDeployment } from "./msgs/resume_deployment.ts";
import { startGroup } from "./msgs/start_group.ts";
import { updateDeployment } from "./msgs/update_deployment.ts";
import { updateParams } from "./msgs/update_params.ts";
import { updateSettings } from "./msgs/update_settings.ts";
import { deploymentQueries } from "./queries.ts";
import { closings, deploymentSchema, retention } from "./state.ts";

function messages(keeper: DeploymentKeeper): readonly MsgHandler[] {
  return [
    createDeployment(keeper),
    updateDeployment(keeper),
    updateSettings(keeper),
    addGroupsHandler(keeper),
    pauseDeployment(keeper),
    resumeDeployment(keeper),
    closeDeployment(keeper),
    pauseGroup(keeper),
    startGroup(keeper),
    closeGroup(keeper),
    updateParams(keeper),
  ];
}

/** The module as the application sees it. */
export function deploymentModule(keeper: DeploymentKeeper): AppModule {
  return {
    name: "deployment",
    stores: ["deployment"],
    messages: messages(keeper),
    queries: deploymentQueries(keeper),
    invariants: deploymentInvariants(keeper),
    queues: retryableQueues(keeper),
    genesis: deploymentGenesis(keeper),
    endBlock: (ctx) => endBlock(ctx, keeper),
    nextDue(ctx) {
      const time = retention.next(ctx);
      const uptime = closings.next(ctx);
      return {
        ...(time === undefined ? {} : { time }),
        ...(uptime === undefined ? {} : { uptime }),
      };
    },
    rebuildSide: (ctx) => deploymentSchema.rebuildSide(ctx),
  };
}
