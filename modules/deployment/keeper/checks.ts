// What several messages share: the form of groups, hash, settings and notices, the limits, and the
// step that adds groups.

import { GroupPause, GroupState } from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Group, Params } from "../../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { AwardSettings, GroupSpec } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { BasicEnv, Context } from "../../../chain/runtime/index.ts";
import { groupDenom } from "../../market/index.ts";
import { deploymentErrors } from "../errors.ts";
import { emitGroupAdded } from "../events.ts";
import type { DeploymentKeeper } from "../keeper.ts";
import { formFault } from "./forms.ts";
import { HASH_BYTES, limitFault, MAX_MESSAGE_GROUPS, MAX_NOTICES } from "../types.ts";
import type { DeploymentKey } from "../types.ts";

/**
 * Checks groups by themselves: form, what the market can serve, names unique, one denom.
 * Throws: deployment/8, deployment/9, sdk/7.
 */
export function checkGroups(
  keeper: DeploymentKeeper,
  groups: readonly GroupSpec[],
  env: BasicEnv,
): void {
  if (groups.length === 0 || groups.length > MAX_MESSAGE_GROUPS)
    throw deploymentErrors.invalidGroups.with(
      `${groups.length} groups, 1 to ${MAX_MESSAGE_GROUPS} expected`,
    );
  const names = new Set<string>();
  for (const [index, spec] of groups.entries()) {
    const fault = formFault(spec, env.addresses) ?? keeper.needs.market.specFault(spec);
    if (fault !== undefined) throw deploymentErrors.invalidGroup.with(`groups[${index}]: ${fault}`);
    if (names.has(spec.name))
      throw deploymentErrors.invalidGroups.with(
        `groups[${index}].name ${JSON.stringify(spec.name)} is there twice`,
      );
    names.add(spec.name);
    requireDenom(groups[0], spec, index);
  }
}

function requireDenom(first: GroupSpec | undefined, spec: GroupSpec, index: number): void {
  const expected = first === undefined ? "" : groupDenom(first);
  if (groupDenom(spec) !== expected)
    throw deploymentErrors.invalidGroups.with(
      `groups[${index}] is priced in ${groupDenom(spec)}, the first in ${expected}`,
    );
}

/** Checks a manifest hash: 32 bytes. Throws: deployment/11. */
export function checkHash(hash: Uint8Array): void {
  if (hash.length !== HASH_BYTES)
    throw deploymentErrors.invalidHash.with(
      `manifest_hash of ${hash.length} bytes, ${HASH_BYTES} expected`,
    );
}

/** Checks settings by market's rules. Throws: deployment/13. */
export function checkSettings(keeper: DeploymentKeeper, settings: AwardSettings): void {
  const fault = keeper.needs.market.settingsFault(settings);
  if (fault !== undefined) throw deploymentErrors.invalidSettings.with(fault);
}

/** Checks notices: descending seconds, at most 4. Throws: deployment/18. */
export function checkNotices(notices: readonly bigint[]): void {
  if (notices.length > MAX_NOTICES)
    throw deploymentErrors.invalidNotices.with(`${notices.length} notices, at most ${MAX_NOTICES}`);
  for (const [index, seconds] of notices.entries()) {
    const before = notices[index - 1];
    if (seconds === 0n || (before !== undefined && seconds >= before))
      throw deploymentErrors.invalidNotices.with(
        `notices[${index}] ${seconds} s: descending seconds above 0 expected`,
      );
  }
}

/** Refuses a manifest kept on chain until that is served. Throws: deployment/15. */
export function checkPublicManifest(manifest: Uint8Array): void {
  if (manifest.length > 0)
    throw deploymentErrors.notServed.with("public_manifest must be empty, manifests on chain are");
}

/** Checks groups against the limits of the parameters. Throws: deployment/10. */
export function requireLimits(params: Params, groups: readonly GroupSpec[], there: number): void {
  const count = there + groups.length;
  if (count > params.maxGroups)
    throw deploymentErrors.limitExceeded.with(`${count} groups, at most ${params.maxGroups}`);
  for (const [index, spec] of groups.entries()) {
    const fault = limitFault(spec, params);
    if (fault !== undefined)
      throw deploymentErrors.limitExceeded.with(`groups[${index}] ${spec.name}: ${fault}`);
  }
}

/**
 * Adds checked groups to an active deployment and opens their orders in one call; gives back the
 * number of the first. Events: EventGroupAdded, EventGroupStateChanged; market's.
 */
export function addGroups(
  ctx: Context,
  keeper: DeploymentKeeper,
  key: DeploymentKey,
  specs: readonly GroupSpec[],
): number {
  const before = keeper.get(ctx, key);
  const groups: readonly Group[] = specs.map((spec, index) => ({
    owner: before.owner,
    dseq: key.dseq,
    gseq: before.lastGseq + 1 + index,
    state: GroupState.UNSPECIFIED,
    cause: GroupPause.UNSPECIFIED,
    spec,
    oseq: 0,
    reopenedUptime: [],
    createdAt: ctx.now,
    stateAt: ctx.now,
    stateUptime: ctx.uptime,
    formerProvider: "",
    formerPrice: 0n,
  }));
  keeper.save(ctx, key, {
    ...before,
    lastGseq: before.lastGseq + specs.length,
    liveGroups: before.liveGroups + specs.length,
  });
  for (const group of groups) emitGroupAdded(ctx, group);
  keeper.open(ctx, key, groups);
  return before.lastGseq + 1;
}
