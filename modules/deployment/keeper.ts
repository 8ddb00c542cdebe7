// Transitions of deployments and groups; the only writer of store `deployment`. A group moves first
// and its order or lease follows by a call down to market, whose hook then finds the group moved.
// What market ends by itself comes up through hooks.ts. The table is in README.md.

import { assert, must } from "../../chain/base/assert.ts";
import type { Address } from "../../chain/base/address.ts";
import {
  DeploymentState,
  GroupPause,
  GroupState,
  PauseCause,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { Deployment, Group, Params } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { OrderEnd } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { deploymentAccount } from "../escrow/index.ts";
import type { NewOrder } from "../market/index.ts";
import { deploymentErrors } from "./errors.ts";
import { emitGroupState, emitState } from "./events.ts";
import type { DeploymentNeeds } from "./needs.ts";
import * as state from "./state.ts";
import { moveTally, takeDseq } from "./keeper/tallies.ts";
import { formatGroup } from "./types.ts";
import type { DeploymentKey } from "./types.ts";

/** Reads and moves deployments and groups. One per application. */
export class DeploymentKeeper {
  readonly needs: DeploymentNeeds;

  constructor(needs: DeploymentNeeds) {
    this.needs = needs;
  }

  // ---- reading ---------------------------------------------------------------------------------

  /** The parameters. */
  params(ctx: Context): Params {
    return must(state.params.get(ctx), "parameters of deployment are not set");
  }

  /** A deployment; undefined when it never was or is no longer kept. */
  find(ctx: Context, key: DeploymentKey): Deployment | undefined {
    return state.deployments.get(ctx, [key.owner, key.dseq]);
  }

  /** A deployment. Throws: deployment/2. */
  get(ctx: Context, key: DeploymentKey): Deployment {
    const found = this.find(ctx, key);
    if (found === undefined)
      throw deploymentErrors.notFound.with(
        `deployment ${key.dseq} of ${ctx.addresses.format(key.owner)}`,
      );
    return found;
  }

  /**
   * The deployment that a message is about, after what was due on its account took effect.
   * Throws: deployment/2, deployment/5.
   */
  touch(ctx: Context, key: DeploymentKey): Deployment {
    if (this.get(ctx, key).state !== DeploymentState.CLOSED)
      this.needs.escrow.catchUp(ctx, deploymentAccount(key.owner, key.dseq));
    const found = this.get(ctx, key);
    if (found.state === DeploymentState.CLOSED)
      throw deploymentErrors.closed.with(`deployment ${key.dseq}`);
    return found;
  }

  /** A group of a deployment. Throws: deployment/3. */
  getGroup(ctx: Context, key: DeploymentKey, gseq: number): Group {
    const found = this.findGroup(ctx, key, gseq);
    if (found === undefined)
      throw deploymentErrors.groupNotFound.with(`group ${formatGroup(key.dseq, gseq)}`);
    return found;
  }

  /** A group of a deployment; undefined when it never was or is no longer kept. */
  findGroup(ctx: Context, key: DeploymentKey, gseq: number): Group | undefined {
    return state.groups.get(ctx, [key.owner, key.dseq, gseq]);
  }

  /** Groups of a deployment in order. */
  groups(ctx: Context, key: DeploymentKey): readonly Group[] {
    const range = { prefix: [key.owner, key.dseq] as const };
    return [...state.groups.iterate(ctx, range)].map(([, group]) => group);
  }

  // ---- deployments -----------------------------------------------------------------------------

  /** none -> active, without groups: takes its number. */
  create(ctx: Context, key: DeploymentKey, deployment: Deployment): void {
    assert(this.find(ctx, key) === undefined, `deployment ${key.dseq} is there already`);
    takeDseq(ctx, key.owner, key.dseq);
    this.save(ctx, key, deployment);
    moveTally(ctx, key.owner, undefined, deployment.state);
  }

  /** Replaces the parameters. */
  setParams(ctx: Context, params: Params): void {
    state.params.set(ctx, params);
  }

  /** Writes a deployment without a change of its state. */
  save(ctx: Context, key: DeploymentKey, deployment: Deployment): void {
    state.deployments.set(ctx, [key.owner, key.dseq], deployment);
  }

  /**
   * active -> paused(owner | funds): open groups are paused with it, their orders and leases end.
   * A pause for want of funds ends in a closing after `funds_pause_s` of clock U.
   */
  pause(ctx: Context, key: DeploymentKey, cause: PauseCause): void {
    const before = this.get(ctx, key);
    assert(before.state === DeploymentState.ACTIVE, `pause of deployment in ${before.state}`);
    const byFunds = cause === PauseCause.FUNDS;
    const closesUptime = byFunds ? ctx.uptime + this.params(ctx).fundsPauseS : 0n;
    this.#move(ctx, key, { ...before, state: DeploymentState.PAUSED, cause, closesUptime });
    const open = this.groups(ctx, key).filter((group) => group.state === GroupState.OPEN);
    for (const group of open) this.#rest(ctx, key, group, GroupPause.DEPLOYMENT);
    const end = byFunds ? OrderEnd.FUNDS : OrderEnd.GROUP;
    for (const group of open) this.#endMarket(ctx, key, group.gseq, end);
  }

  /**
   * paused -> active: groups that were paused with the deployment get new orders, all in one call.
   * Throws: what market refuses (not funded, too many orders).
   */
  resume(ctx: Context, key: DeploymentKey): void {
    const before = this.get(ctx, key);
    assert(before.state === DeploymentState.PAUSED, `resume of deployment in ${before.state}`);
    const after = {
      ...before,
      state: DeploymentState.ACTIVE,
      cause: PauseCause.UNSPECIFIED,
      closesUptime: 0n,
    };
    this.#move(ctx, key, after);
    const waiting = this.groups(ctx, key).filter(
      ({ state: at, cause }) => at === GroupState.PAUSED && cause === GroupPause.DEPLOYMENT,
    );
    if (waiting.length > 0) this.open(ctx, key, waiting);
  }

  /** active | paused -> closed: ends every group, then the account, whose deposits are refunded. */
  close(ctx: Context, key: DeploymentKey): void {
    const before = this.get(ctx, key);
    assert(before.state !== DeploymentState.CLOSED, "close of a closed deployment");
    const live = this.groups(ctx, key).filter((group) => group.state !== GroupState.CLOSED);
    for (const group of live) this.#end(ctx, key, group);
    this.#move(ctx, key, {
      ...before,
      state: DeploymentState.CLOSED,
      cause: PauseCause.UNSPECIFIED,
      liveGroups: 0,
      closesUptime: 0n,
      keptUntil: ctx.now + this.params(ctx).retentionS,
    });
    for (const group of live)
      if (group.state === GroupState.OPEN) this.#endMarket(ctx, key, group.gseq, OrderEnd.GROUP);
    this.needs.escrow.closeAccount(ctx, deploymentAccount(key.owner, key.dseq));
  }

  /** Deletes a closed deployment and its groups; its queue entry is gone. */
  forget(ctx: Context, key: DeploymentKey): void {
    const before = this.get(ctx, key);
    assert(before.state === DeploymentState.CLOSED, "only what is closed is forgotten");
    for (const { gseq } of this.groups(ctx, key))
      state.groups.delete(ctx, [key.owner, key.dseq, gseq]);
    state.deployments.delete(ctx, [key.owner, key.dseq]);
    moveTally(ctx, key.owner, before.state, undefined);
  }

  /** Marks a deployment whose queue item was set aside, or clears the mark. */
  setQuarantined(ctx: Context, key: DeploymentKey, quarantined: boolean): void {
    const found = this.find(ctx, key);
    if (found !== undefined) this.save(ctx, key, { ...found, quarantined });
  }

  // ---- groups ----------------------------------------------------------------------------------

  /**
   * Groups that are new or paused -> open, each with its next order, in one call down to market.
   * `lastPrice`: of the lease that a single group has just lost (see NewOrder).
   * Throws: what market refuses.
   */
  open(ctx: Context, key: DeploymentKey, groups: readonly Group[], lastPrice?: bigint): void {
    const orders: NewOrder[] = [];
    for (const group of groups) {
      const after = this.#moveGroup(ctx, key, {
        ...group,
        state: GroupState.OPEN,
        cause: GroupPause.UNSPECIFIED,
        oseq: group.oseq + 1,
        formerProvider: "",
        formerPrice: 0n,
      });
      const order = newOrder(ctx, group, after.oseq);
      orders.push(lastPrice === undefined ? order : { ...order, lastPrice });
    }
    const { settings } = this.get(ctx, key);
    this.needs.market.createOrders(ctx, { owner: key.owner, dseq: key.dseq, settings, orders });
  }

  /** open -> paused by its owner: its order or lease ends. */
  pauseGroup(ctx: Context, key: DeploymentKey, group: Group): void {
    this.#rest(ctx, key, group, GroupPause.OWNER);
    this.#endMarket(ctx, key, group.gseq, OrderEnd.GROUP);
  }

  /** open -> paused because market ended its order or lease. */
  restGroup(ctx: Context, key: DeploymentKey, group: Group, cause: GroupPause): void {
    this.#rest(ctx, key, group, cause);
  }

  /** open | paused -> closed; the deployment closes with its last group. */
  closeGroup(ctx: Context, key: DeploymentKey, group: Group): void {
    const before = this.get(ctx, key);
    if (before.liveGroups === 1) {
      this.close(ctx, key);
      return;
    }
    this.#end(ctx, key, group);
    this.save(ctx, key, { ...before, liveGroups: before.liveGroups - 1 });
    if (group.state === GroupState.OPEN) this.#endMarket(ctx, key, group.gseq, OrderEnd.GROUP);
  }

  /** Remembers who had the group, or forgets it: the next order lets that provider go first. */
  setFormer(
    ctx: Context,
    key: DeploymentKey,
    gseq: number,
    former: { readonly provider: string; readonly price: bigint },
  ): void {
    const group = this.getGroup(ctx, key, gseq);
    if (group.formerProvider === former.provider && group.formerPrice === former.price) return;
    state.groups.set(ctx, [key.owner, key.dseq, gseq], {
      ...group,
      formerProvider: former.provider,
      formerPrice: former.price,
    });
  }

  /** Groups that market put to rest in this very block for want of funds wait for the deployment. */
  adoptRested(ctx: Context, key: DeploymentKey): void {
    for (const group of this.groups(ctx, key)) {
      const now = group.stateAt === ctx.now && group.stateUptime === ctx.uptime;
      if (group.state === GroupState.PAUSED && group.cause === GroupPause.FUNDS && now)
        this.#moveGroup(ctx, key, { ...group, cause: GroupPause.DEPLOYMENT });
    }
  }

  // ---- writes ----------------------------------------------------------------------------------

  /** open -> paused, without a word to market. */
  #rest(ctx: Context, key: DeploymentKey, group: Group, cause: GroupPause): void {
    assert(group.state === GroupState.OPEN, `pause of group in ${group.state}`);
    this.#moveGroup(ctx, key, { ...group, state: GroupState.PAUSED, cause });
  }

  /** open | paused -> closed, without a word to market. */
  #end(ctx: Context, key: DeploymentKey, group: Group): void {
    assert(group.state !== GroupState.CLOSED, "close of a closed group");
    this.#moveGroup(ctx, key, {
      ...group,
      state: GroupState.CLOSED,
      cause: GroupPause.UNSPECIFIED,
      formerProvider: "",
      formerPrice: 0n,
    });
  }

  #endMarket(ctx: Context, key: DeploymentKey, gseq: number, end: OrderEnd): void {
    const group = { owner: key.owner, dseq: key.dseq, gseq };
    this.needs.market.closeOrdersOfGroup(ctx, group, end);
    this.needs.market.closeLeasesOfGroup(ctx, group);
  }

  #moveGroup(ctx: Context, key: DeploymentKey, moved: Group): Group {
    const at: readonly [Address, bigint, number] = [key.owner, key.dseq, moved.gseq];
    const before = state.groups.get(ctx, at)?.state ?? GroupState.UNSPECIFIED;
    const after = { ...moved, stateAt: ctx.now, stateUptime: ctx.uptime };
    state.groups.set(ctx, at, after);
    emitGroupState(ctx, after, before);
    return after;
  }

  /** Writes a deployment in its new state and keeps tallies and queues. */
  #move(ctx: Context, key: DeploymentKey, moved: Deployment): void {
    const before = this.get(ctx, key);
    const id = state.queueId(key);
    const after = { ...moved, stateAt: ctx.now, stateUptime: ctx.uptime, quarantined: false };
    if (before.closesUptime > 0n)
      state.closings.remove(ctx, before.closesUptime, state.QUEUE_KIND, id);
    if (after.closesUptime > 0n)
      state.closings.insert(ctx, after.closesUptime, state.QUEUE_KIND, id);
    if (after.keptUntil > 0n) state.retention.insert(ctx, after.keptUntil, state.QUEUE_KIND, id);
    this.save(ctx, key, after);
    moveTally(ctx, key.owner, before.state, after.state);
    emitState(ctx, after, before.state);
  }
}

function newOrder(ctx: Context, group: Group, oseq: number): NewOrder {
  const order = { gseq: group.gseq, oseq, spec: group.spec };
  if (group.formerProvider === "") return order;
  const provider = ctx.addresses.parse(group.formerProvider);
  return { ...order, former: { provider, price: group.formerPrice } };
}
