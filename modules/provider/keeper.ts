// The registry of providers: who sells, with which hardware, and whether it gave a sign of life.
// The only writer of store `provider`. Offers, bids and leases are not here: module market tells
// what binds a provider (promised devices, matched attributes, live leases) through this keeper.

import { assert, must } from "../../chain/base/assert.ts";
import type { Address } from "../../chain/base/address.ts";
import { EMPTY_BYTES, equalBytes } from "../../chain/base/bytes.ts";
import { ProviderState } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type {
  Attribute,
  Class,
  Commitment,
  Heartbeat,
  Params,
  PinnedAttribute,
  PauseCause,
  Provider,
  Standing,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { providerErrors } from "./errors.ts";
import { emitHeartbeat, emitHeartbeatStale, emitStateChanged } from "./events.ts";
import type { ProviderNeeds } from "./needs.ts";
import * as state from "./state.ts";
import { countOfClass, FRESH_PERIODS, isFreshAt, OTHER_CLASS, quote } from "./types.ts";

/** Parameters without the tables of classes and models. */
export type Rules = Omit<Params, "classes" | "models">;

const NO_STANDING: Standing = { liveLeases: 0n, lastAward: 0n, awards: 0n };

/** Reads and writes the registry. One per application. */
export class ProviderKeeper {
  readonly needs: ProviderNeeds;

  constructor(needs: ProviderNeeds) {
    this.needs = needs;
  }

  // ---- reading ---------------------------------------------------------------------------------

  /** Parameters without the tables, which are read row by row. */
  rules(ctx: Context): Rules {
    return must(state.params.get(ctx), "parameters of provider are not set");
  }

  /** All parameters with both tables. Reads some 30 rows. */
  params(ctx: Context): Params {
    const classes = [...state.classes.iterate(ctx)].map(([, row]) => row);
    const models = [...state.models.iterate(ctx)].map(([model, name]) => ({ model, class: name }));
    return { ...this.rules(ctx), classes, models };
  }

  /** A row of the class table. Throws: provider/16. */
  class(ctx: Context, name: string): Class {
    const found = state.classes.get(ctx, name);
    if (found === undefined) throw providerErrors.unknownClass.with(`class ${quote(name)}`);
    return found;
  }

  /** Name of the class of a GPU model (`vendor/<v>/model/<m>`): `other` when it is not listed. */
  classOf(ctx: Context, model: string): string {
    return state.models.get(ctx, model) ?? OTHER_CLASS;
  }

  /** The provider of that owner, whatever its state; undefined when it never registered. */
  find(ctx: Context, owner: Address): Provider | undefined {
    return state.providers.get(ctx, owner);
  }

  /** The provider of that owner. Throws: provider/2. */
  get(ctx: Context, owner: Address): Provider {
    const found = this.find(ctx, owner);
    if (found === undefined)
      throw providerErrors.notFound.with(`provider ${ctx.addresses.format(owner)}`);
    return found;
  }

  /** The provider that `signer` (bech32) operates, and its owner. Throws: provider/2. */
  ofOperator(ctx: Context, signer: string): { owner: Address; provider: Provider } {
    const owner = state.providers.indexes.byOperator.find(ctx, signer);
    if (owner === undefined) throw providerErrors.notFound.with(`${signer} operates no provider`);
    return { owner, provider: state.providers.must(ctx, owner) };
  }

  /** The provider of `owner`, which `signer` (bech32) operates. Throws: provider/2, provider/8. */
  requireOperator(ctx: Context, owner: Address, signer: string): Provider {
    const provider = this.get(ctx, owner);
    if (provider.operator !== signer)
      throw providerErrors.notTheirs.with(
        `${signer} is not operator ${provider.operator} of provider ${provider.owner}`,
      );
    return provider;
  }

  /** The provider for which `signer` (bech32) is owner or operator. Throws: provider/2, provider/8. */
  requireOwnerOrOperator(ctx: Context, owner: Address, signer: string): Provider {
    const provider = this.get(ctx, owner);
    if (provider.owner !== signer && provider.operator !== signer)
      throw providerErrors.notTheirs.with(
        `${signer} is neither owner ${provider.owner} nor operator ${provider.operator}`,
      );
    return provider;
  }

  /** Whether `signer` is the owner itself or the operator of its provider. */
  mayAct(ctx: Context, owner: Address, signer: Address): boolean {
    if (equalBytes(owner, signer)) return true;
    return this.find(ctx, owner)?.operator === ctx.addresses.format(signer);
  }

  /** Where a provider wants to be paid; the owner itself when it never registered. */
  payoutAddress(ctx: Context, owner: Address): Address {
    const provider = this.find(ctx, owner);
    return provider === undefined ? owner : ctx.addresses.parse(provider.payout);
  }

  /** The last accepted heartbeat; undefined before the first. */
  heartbeat(ctx: Context, owner: Address): Heartbeat | undefined {
    return state.heartbeats.get(ctx, owner);
  }

  /** Whether the last heartbeat is at most two periods old now (clock U). */
  isFresh(ctx: Context, owner: Address): boolean {
    return isFreshAt(this.heartbeat(ctx, owner), ctx.uptime);
  }

  /** Whether the provider may be awarded leases now: active, with a fresh heartbeat. */
  isAwardable(ctx: Context, owner: Address): boolean {
    return this.find(ctx, owner)?.state === ProviderState.ACTIVE && this.isFresh(ctx, owner);
  }

  /** The provider, which may be awarded leases now. Throws: provider/2, provider/17. */
  requireAwardable(ctx: Context, owner: Address): Provider {
    const provider = this.get(ctx, owner);
    if (provider.state !== ProviderState.ACTIVE)
      throw providerErrors.notAwardable.with(`provider ${provider.owner} is not active`);
    if (!this.isFresh(ctx, owner))
      throw providerErrors.notAwardable.with(
        `provider ${provider.owner} has no heartbeat of the last two periods`,
      );
    return provider;
  }

  /** Devices that the provider owns of a class, by its own word. */
  devices(ctx: Context, owner: Address, name: string): bigint {
    return countOfClass(this.find(ctx, owner)?.devices ?? [], name);
  }

  /** Devices of a class that its offers promise. */
  promised(ctx: Context, owner: Address, name: string): bigint {
    return state.commitments.get(ctx, [owner, name]) ?? 0n;
  }

  /** What its offers promise, by class. */
  promises(ctx: Context, owner: Address): readonly Commitment[] {
    return [...state.commitments.iterate(ctx, { prefix: [owner] })].map(([[, name], offered]) => ({
      class: name,
      offered,
    }));
  }

  /** Attributes that live leases were matched on, by key. */
  pins(ctx: Context, owner: Address): readonly PinnedAttribute[] {
    return [...state.pins.iterate(ctx, { prefix: [owner] })].map(([[, key], pin]) => ({
      key,
      ...pin,
    }));
  }

  /** Counters of a provider; zeros when it was never awarded. */
  standing(ctx: Context, owner: Address): Standing {
    return state.standings.get(ctx, owner) ?? NO_STANDING;
  }

  // ---- what market tells -----------------------------------------------------------------------

  /** Promises `count` more devices of a class. Throws: provider/11 when it does not own so many. */
  promiseDevices(ctx: Context, owner: Address, name: string, count: bigint): void {
    assert(count >= 0n, `promise of ${count} devices`);
    const total = this.promised(ctx, owner, name) + count;
    const owned = this.devices(ctx, owner, name);
    if (total > owned)
      throw providerErrors.devicesPromised.with(
        `${total} devices of class ${name} promised, ${owned} owned`,
      );
    this.#setPromised(ctx, owner, name, total);
  }

  /** Gives back `count` promised devices of a class. */
  releaseDevices(ctx: Context, owner: Address, name: string, count: bigint): void {
    const before = this.promised(ctx, owner, name);
    assert(count >= 0n && count <= before, `release of ${count} devices of ${before} promised`);
    this.#setPromised(ctx, owner, name, before - count);
  }

  /**
   * A lease was awarded to the provider, matched on these of its attributes: numbers the award,
   * counts the lease and pins the attributes until `leaseClosed`, which must name the same.
   */
  leaseAwarded(ctx: Context, owner: Address, matched: readonly Attribute[]): void {
    const before = this.standing(ctx, owner);
    state.standings.set(ctx, owner, {
      liveLeases: before.liveLeases + 1n,
      lastAward: state.awards.next(ctx),
      awards: before.awards + 1n,
    });
    for (const { key, value } of matched) {
      const pin = state.pins.get(ctx, [owner, key]);
      assert(pin === undefined || pin.value === value, `attribute ${key} changed under a lease`);
      state.pins.set(ctx, [owner, key], { value, leases: (pin?.leases ?? 0n) + 1n });
    }
  }

  /** A lease of the provider ended: `matched` as it was given at the award. */
  leaseClosed(ctx: Context, owner: Address, matched: readonly Attribute[]): void {
    const before = this.standing(ctx, owner);
    assert(before.liveLeases > 0n, "a lease closed of a provider without live leases");
    state.standings.set(ctx, owner, { ...before, liveLeases: before.liveLeases - 1n });
    for (const { key } of matched) {
      const pin = state.pins.must(ctx, [owner, key]);
      if (pin.leases > 1n) {
        state.pins.set(ctx, [owner, key], { ...pin, leases: pin.leases - 1n });
      } else {
        state.pins.delete(ctx, [owner, key]);
      }
    }
  }

  // ---- transitions -----------------------------------------------------------------------------

  /** Puts a new provider into the registry. Throws: provider/3, provider/20. */
  create(ctx: Context, owner: Address, provider: Provider): void {
    if (state.providers.has(ctx, owner))
      throw providerErrors.exists.with(`provider ${provider.owner}`);
    this.#requireFreeOperator(ctx, provider.operator, provider.owner);
    state.providers.set(ctx, owner, provider);
  }

  /** Replaces what is written of a provider, but not its state. Throws: provider/20. */
  save(ctx: Context, owner: Address, provider: Provider): void {
    const before = state.providers.must(ctx, owner);
    assert(before.state === provider.state, "a state is changed by `move` only");
    if (before.operator !== provider.operator)
      this.#requireFreeOperator(ctx, provider.operator, provider.owner);
    state.providers.set(ctx, owner, provider);
  }

  /** Brings a provider into another state and tells. Events: EventProviderStateChanged. */
  move(
    ctx: Context,
    owner: Address,
    to: { readonly state: ProviderState; readonly cause: PauseCause },
  ): void {
    const before = state.providers.must(ctx, owner);
    assert(before.state !== to.state, `provider is already in state ${to.state}`);
    const after = { ...before, ...to, stateAt: ctx.now, stateUptime: ctx.uptime };
    state.providers.set(ctx, owner, after);
    emitStateChanged(ctx, after, before.state);
    this.needs.hooks.run(ctx, (hooks, branch) =>
      hooks.afterProviderStateChanged?.(branch, owner, to.state),
    );
  }

  /**
   * Takes a heartbeat, whose form and sequence are checked, and queues the second at which it is
   * stale. Events: EventHeartbeat.
   */
  beat(ctx: Context, owner: Address, signed: { seq: bigint; time: bigint }): Heartbeat {
    const before = this.heartbeat(ctx, owner);
    if (before !== undefined && !before.toldStale) state.unqueueStale(ctx, owner, before);
    const freshUntilUptime = ctx.uptime + FRESH_PERIODS * this.rules(ctx).heartbeatPeriod;
    const beat: Heartbeat = {
      seq: signed.seq,
      time: signed.time,
      acceptedAt: ctx.now,
      acceptedUptime: ctx.uptime,
      root: EMPTY_BYTES,
      freshUntilUptime,
      toldStale: false,
    };
    state.heartbeats.set(ctx, owner, beat);
    state.queueStale(ctx, owner, beat);
    emitHeartbeat(ctx, ctx.addresses.format(owner), beat);
    if (before === undefined || before.toldStale)
      this.needs.hooks.run(ctx, (hooks, branch) => hooks.afterHeartbeatFresh?.(branch, owner));
    return beat;
  }

  /**
   * Tells that the heartbeat that is not fresh from `second` of U on is stale; its queue entry is
   * gone. Does nothing when another heartbeat came since. Events: EventHeartbeatStale.
   */
  tellStale(ctx: Context, owner: Address, second: bigint): void {
    const beat = state.heartbeats.must(ctx, owner);
    if (beat.freshUntilUptime + 1n !== second) return;
    assert(!beat.toldStale && !isFreshAt(beat, ctx.uptime), "a heartbeat told stale is stale once");
    state.heartbeats.set(ctx, owner, { ...beat, toldStale: true });
    emitHeartbeatStale(ctx, owner, beat.seq);
    this.needs.hooks.run(ctx, (hooks, branch) => hooks.afterHeartbeatStale?.(branch, owner));
  }

  /** Writes whether a heartbeat counts as told, where telling it failed or is tried again. */
  markTold(ctx: Context, owner: Address, second: bigint, toldStale: boolean): void {
    const beat = state.heartbeats.get(ctx, owner);
    if (beat !== undefined && beat.freshUntilUptime + 1n === second)
      state.heartbeats.set(ctx, owner, { ...beat, toldStale });
  }

  /**
   * Replaces the parameters, both tables included. A class never leaves the table, because devices,
   * offers and leases name it; a model may. Throws: provider/15.
   */
  setParams(ctx: Context, params: Params): void {
    const classes = new Map(params.classes.map((row) => [row.name, row]));
    for (const name of state.classes.keys(ctx))
      if (!classes.has(name))
        throw providerErrors.invalidParams.with(`classes: class ${quote(name)} cannot be removed`);
    state.params.set(ctx, { ...params, classes: [], models: [] });
    for (const [name, row] of classes) state.classes.set(ctx, name, row);
    const models = new Map(params.models.map((row) => [row.model, row.class]));
    const gone = [...state.models.keys(ctx)].filter((model) => !models.has(model));
    for (const model of gone) state.models.delete(ctx, model);
    for (const [model, name] of models) state.models.set(ctx, model, name);
  }

  #requireFreeOperator(ctx: Context, operator: string, owner: string): void {
    const taken = state.providers.indexes.byOperator.find(ctx, operator);
    if (taken !== undefined)
      throw providerErrors.operatorTaken.with(
        `${operator} operates ${ctx.addresses.format(taken)}, not ${owner}`,
      );
  }

  #setPromised(ctx: Context, owner: Address, name: string, count: bigint): void {
    if (count === 0n) state.commitments.delete(ctx, [owner, name]);
    else state.commitments.set(ctx, [owner, name], count);
  }
}
