import {
  EventDeploymentCreated,
  EventDeploymentStateChanged,
  EventDeploymentUpdated,
  EventGroupAdded,
  EventGroupStateChanged,
  EventParamsUpdated,
  EventSettingsUpdated,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type {
  Deployment,
  DeploymentState,
  Group,
  GroupState,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { emitTyped } from "../../chain/runtime/index.ts";

/** A deployment was created with `groups` groups. */
export function emitCreated(ctx: Context, deployment: Deployment, groups: number): void {
  const { owner, dseq, manifestHash, denom } = deployment;
  emitTyped(ctx, EventDeploymentCreated, { owner, dseq, manifestHash, groups, denom });
}

/** A deployment has a new manifest hash. */
export function emitUpdated(ctx: Context, deployment: Deployment): void {
  const { owner, dseq, manifestHash } = deployment;
  emitTyped(ctx, EventDeploymentUpdated, { owner, dseq, manifestHash });
}

/** A deployment has new settings. */
export function emitSettings(ctx: Context, deployment: Deployment): void {
  const { owner, dseq } = deployment;
  emitTyped(ctx, EventSettingsUpdated, { owner, dseq });
}

/** A deployment went from state `from` to the one it has now. */
export function emitState(ctx: Context, deployment: Deployment, from: DeploymentState): void {
  const { owner, dseq, state, cause } = deployment;
  emitTyped(ctx, EventDeploymentStateChanged, { owner, dseq, from, to: state, cause });
}

/** A group was added. */
export function emitGroupAdded(ctx: Context, group: Group): void {
  const { owner, dseq, gseq, spec } = group;
  emitTyped(ctx, EventGroupAdded, { owner, dseq, gseq, name: spec.name });
}

/** A group went from state `from` to the one it has now, or an open one got another order. */
export function emitGroupState(ctx: Context, group: Group, from: GroupState): void {
  const { owner, dseq, gseq, state, cause, oseq } = group;
  emitTyped(ctx, EventGroupStateChanged, { owner, dseq, gseq, from, to: state, cause, oseq });
}

/** The authority replaced the parameters. */
export function emitParamsUpdated(ctx: Context, authority: string): void {
  emitTyped(ctx, EventParamsUpdated, { authority });
}
