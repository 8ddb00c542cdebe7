// The module as the application sees it: its parts, put together.

import type { AppModule, MsgHandler } from "../../chain/runtime/index.ts";
import { beginBlock, endBlock, marketQueues, nextDue } from "./blocks.ts";
import { marketGenesis } from "./genesis.ts";
import { marketInvariants } from "./invariants.ts";
import type { Keeper } from "./keeper.ts";
import { acceptBid } from "./msgs/accept_bid.ts";
import { ackResume } from "./msgs/ack_resume.ts";
import { cancelOffer } from "./msgs/cancel_offer.ts";
import { closeLease } from "./msgs/close_lease.ts";
import { createBid } from "./msgs/create_bid.ts";
import { leaveLease } from "./msgs/leave_lease.ts";
import { lowerBid } from "./msgs/lower_bid.ts";
import { matchOrder } from "./msgs/match_order.ts";
import { pauseOffer } from "./msgs/pause_offer.ts";
import { postOffer } from "./msgs/post_offer.ts";
import { refuseResume } from "./msgs/refuse_resume.ts";
import { rejectBid } from "./msgs/reject_bid.ts";
import { resumeOffer } from "./msgs/resume_offer.ts";
import { startLease } from "./msgs/start_lease.ts";
import { updateOffer } from "./msgs/update_offer.ts";
import { updateParams } from "./msgs/update_params.ts";
import { withdrawBid } from "./msgs/withdraw_bid.ts";
import { marketQueries } from "./queries.ts";
import { marketSchema } from "./state.ts";

function messages(keeper: Keeper): readonly MsgHandler[] {
  const { deps } = keeper;
  return [
    createBid(deps),
    lowerBid(deps),
    withdrawBid(deps),
    acceptBid(deps),
    rejectBid(deps),
    matchOrder(),
    postOffer(deps),
    updateOffer(deps),
    pauseOffer(deps),
    resumeOffer(deps),
    cancelOffer(deps),
    startLease(deps),
    ackResume(deps),
    refuseResume(deps),
    closeLease(deps),
    leaveLease(deps),
    updateParams(keeper),
  ];
}

/** The module as the application sees it. */
export function marketModule(keeper: Keeper): AppModule {
  const { deps } = keeper;
  return {
    name: "market",
    stores: ["market"],
    messages: messages(keeper),
    queries: marketQueries(keeper),
    invariants: marketInvariants(deps),
    queues: marketQueues,
    genesis: marketGenesis(),
    beginBlock: (ctx) => beginBlock(ctx, deps),
    endBlock: (ctx) => endBlock(ctx, deps),
    nextDue,
    rebuildSide: (ctx) => marketSchema.rebuildSide(ctx),
  };
}
