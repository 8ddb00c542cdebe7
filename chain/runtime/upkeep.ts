// What a node asks of a state besides blocks and queries: when the next block has work, which blocks it
// still needs, and what its side stores should hold.

import { maxBig, minBig } from "../base/integers.ts";
import type { StoreChange, TreeMultiStore } from "../store/index.ts";
import type { Branches } from "./branches.ts";
import { BranchContext } from "./context.ts";
import type { ContextEnv } from "./context.ts";
import type { AppParts } from "./parts.ts";
import { branchesOfLatest } from "./state.ts";
import type { AppModule } from "./types.ts";

/** How far the clocks are and when something falls due, in whole seconds. */
export interface ClockStatus {
  readonly time: bigint;
  readonly uptime: bigint;
  readonly maxBlockGap: bigint;
  /** Earliest due second on clock T; undefined when nothing waits. */
  readonly dueTime: bigint | undefined;
  /** Earliest due second on clock U; undefined when nothing waits. */
  readonly dueUptime: bigint | undefined;
}

/** The clocks of a state, and the earliest second on each at which a block has work. */
export function clockStatus({ modules, chain }: AppParts, ctx: BranchContext): ClockStatus {
  const waiting = modules.map((module) => module.nextDue?.(ctx) ?? {});
  return {
    time: ctx.now,
    uptime: ctx.uptime,
    maxBlockGap: chain.maxBlockGap(ctx),
    dueTime: earliest(waiting.map((due) => due.time)),
    dueUptime: earliest(waiting.map((due) => due.uptime)),
  };
}

function earliest(seconds: readonly (bigint | undefined)[]): bigint | undefined {
  let first: bigint | undefined;
  for (const second of seconds)
    if (second !== undefined && (first === undefined || second < first)) first = second;
  return first;
}

/** Whose side stores are rebuilt. */
export interface SideSource {
  readonly store: TreeMultiStore;
  readonly modules: readonly AppModule[];
  readonly env: (branches: Branches) => ContextEnv;
}

/** What the modules change in the side stores when they build their lists anew from the trees. */
export function rebuildSides(source: SideSource): Map<string, readonly StoreChange[]> {
  const { store, modules, env } = source;
  const branches = branchesOfLatest(store, undefined);
  const ctx = new BranchContext(env(branches), "genesis", branches);
  for (const module of modules) module.rebuildSide?.(ctx);
  return branches.sideChanges();
}

/**
 * First block that the engine must keep, 0 = all: as many as the setting says (`least`), none away that
 * evidence may name (`evidence` blocks back), none that a state gone back to its oldest snapshot would
 * need again. Source: SDK baseapp, GetBlockRetentionHeight.
 */
export function blocksToKeep(store: TreeMultiStore, least: bigint, evidence: bigint): bigint {
  if (least === 0n) return 0n;
  const wanted = store.height - maxBig(least, evidence);
  const oldest = store.snapshots.complete[0]?.height ?? 0n;
  return maxBig(0n, minBig(wanted, oldest));
}
