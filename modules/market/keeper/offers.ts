// Offers: standing prices with the hosts that may be filled. What stands in the index is active and
// has room; every change of state, price or capacity goes through `save` or `saveCapacity`, which
// keep the index rows.

import { assert, must } from "../../../chain/base/assert.ts";
import type { Address } from "../../../chain/base/address.ts";
import { ceilDiv } from "../../../chain/base/integers.ts";
import { OfferCause, OfferState } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type {
  GroupSpec,
  Host,
  Offer,
  OfferCapacity,
  OfferRow,
  Placement,
  Shape,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Class } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import { ProviderState } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Context } from "../../../chain/runtime/index.ts";
import { CPU_CLASS } from "../../provider/index.ts";
import { marketErrors } from "../errors.ts";
import { emitOfferPosted, emitOfferState, emitOfferUpdated } from "../events.ts";
import * as state from "../state.ts";
import { modelName } from "../types.ts";
import { add, Counter } from "./counters.ts";
import { readParams } from "./deps.ts";
import type { Deps } from "./deps.ts";
import { expandShapes, largestFree, pack, reshape, unpack, usedOf } from "./packing.ts";
import { bundlePrice, MILLI } from "./price.ts";
import type { Bundle } from "./price.ts";

/** Most offers of one provider that are not closed: what a change of its state walks over. */
const MAX_PROVIDER_OFFERS = 64;

// ---- reading ----------------------------------------------------------------------------------------

/** An offer that is not closed. Throws: market/5. */
export function getOffer(ctx: Context, id: bigint): Offer {
  const found = state.offers.get(ctx, id);
  if (found === undefined) throw marketErrors.offerNotFound.with(`offer ${id}`);
  return found;
}

/** Rests of the hosts of an offer. */
export function freeHosts(ctx: Context, id: bigint): readonly Host[] {
  return state.capacities.must(ctx, id).free;
}

/** Offers of a provider that are not closed. */
export function offersOf(ctx: Context, provider: string): readonly Offer[] {
  const found: Offer[] = [];
  for (const [, id] of state.offers.indexes.byProvider.iterate(ctx, { prefix: provider }))
    found.push(state.offers.must(ctx, id));
  return found;
}

/** Devices that hosts promise of their class: GPUs, or whole virtual CPUs without GPU. */
export function promisedDevices(offer: Pick<Offer, "model">, shapes: readonly Shape[]): bigint {
  let devices = 0n;
  for (const shape of shapes)
    devices += BigInt(shape.hosts) * (offer.model === undefined ? shape.cpuMilli : shape.gpus);
  return offer.model === undefined ? ceilDiv(devices, MILLI) : devices;
}

/** The reference bundle of a class, as the price of the index is made of it. */
export function bundleOf(row: Class): Bundle {
  return {
    cpuMilli: row.referenceMilliCpu,
    memoryBytes: row.referenceMemoryBytes,
    storageBytes: row.referenceStorageBytes,
    gpus: row.name === CPU_CLASS ? 0n : 1n,
  };
}

// ---- index rows -------------------------------------------------------------------------------------

type RowKey = readonly [denom: string, kind: number, name: string, price: bigint, id: bigint];

/** Places of an offer in the index. */
export function rowKeys(offer: Offer): readonly RowKey[] {
  const { denom, referencePrice, id, model } = offer;
  const { MODEL, VENDOR, GPU, CPU } = state.RowKind;
  const under = (kind: number, name: string): RowKey => [denom, kind, name, referencePrice, id];
  if (model === undefined) return [under(CPU, "")];
  return [under(MODEL, modelName(model)), under(VENDOR, model.vendor), under(GPU, "")];
}

/** The row an offer must have; undefined when it must have none. */
export function rowOf(ctx: Context, offer: Offer, free: readonly Host[]): OfferRow | undefined {
  if (offer.state !== OfferState.ACTIVE) return undefined;
  const largest = largestFree(free);
  const room = offer.model === undefined ? largest.cpuMilli : largest.gpus;
  if (room === 0n || largest.cpuMilli === 0n) return undefined;
  return {
    largest,
    expiresAt: offer.expiresAt,
    minDurationS: offer.minDurationS,
    maxDurationS: offer.maxDurationS,
    provider: ctx.addresses.parse(offer.provider),
    prices: offer.prices,
  };
}

function dropRows(ctx: Context, offer: Offer): void {
  for (const key of rowKeys(offer)) state.offerRows.delete(ctx, key);
}

function writeRows(ctx: Context, offer: Offer, free: readonly Host[]): void {
  const row = rowOf(ctx, offer, free);
  for (const key of rowKeys(offer)) {
    if (row === undefined) state.offerRows.delete(ctx, key);
    else state.offerRows.set(ctx, key, row);
  }
}

/** Writes the index rows of an offer that genesis has put into state. */
export function restoreRows(ctx: Context, offer: Offer): void {
  writeRows(ctx, offer, freeHosts(ctx, offer.id));
}

/** Writes an offer and brings its rows up to date. `before` is what was stored. */
function save(ctx: Context, before: Offer, after: Offer): void {
  if (before.referencePrice !== after.referencePrice) dropRows(ctx, before);
  countActive(ctx, before.state, after.state);
  state.offers.set(ctx, after.id, after);
  writeRows(ctx, after, freeHosts(ctx, after.id));
}

function saveCapacity(ctx: Context, offer: Offer, free: readonly Host[]): void {
  const capacity: OfferCapacity = { offer: offer.id, free };
  state.capacities.set(ctx, offer.id, capacity);
  writeRows(ctx, offer, free);
}

function countActive(ctx: Context, before: OfferState, after: OfferState): void {
  const { ACTIVE } = OfferState;
  if (before !== ACTIVE && after === ACTIVE) add(ctx, Counter.ACTIVE_OFFERS, 1n);
  if (before === ACTIVE && after !== ACTIVE) add(ctx, Counter.ACTIVE_OFFERS, -1n);
}

// ---- life -------------------------------------------------------------------------------------------

/** A new offer before its number, state and place in the index are known. */
export type NewOffer = Pick<
  Offer,
  | "denom"
  | "prices"
  | "shapes"
  | "model"
  | "attributes"
  | "minDurationS"
  | "maxDurationS"
  | "termsHash"
  | "expiresAt"
>;

/**
 * none -> active, or paused where its provider is not active or not fresh.
 * State: offers, capacities, offer_rows, offer_expiries; provider/commitments.
 * Events: EventOfferPosted, EventOfferState. Throws: market/29; provider/11, 16.
 */
export function postOffer(ctx: Context, deps: Deps, provider: Address, asked: NewOffer): Offer {
  const name = ctx.addresses.format(provider);
  checkNumber(ctx, name, asked);
  const className =
    asked.model === undefined ? CPU_CLASS : deps.provider.classOf(ctx, modelName(asked.model));
  const causes = providerCauses(ctx, deps, provider);
  const offer: Offer = {
    ...asked,
    id: state.offerIds.next(ctx),
    provider: name,
    state: causes.length === 0 ? OfferState.ACTIVE : OfferState.PAUSED,
    causes,
    class: className,
    allowed: [],
    denied: [],
    schedule: [],
    createdAt: ctx.now,
    referencePrice: bundlePrice(bundleOf(deps.provider.class(ctx, className)), asked.prices),
    leases: 0,
    version: 1,
  };
  deps.provider.promiseDevices(ctx, provider, className, promisedDevices(offer, offer.shapes));
  state.offers.set(ctx, offer.id, offer);
  countActive(ctx, OfferState.UNSPECIFIED, offer.state);
  saveCapacity(ctx, offer, expandShapes(offer.shapes));
  state.offerQueue.insert(ctx, offer.expiresAt, 0, state.offers.keyBytes(offer.id));
  emitOfferPosted(ctx, offer);
  if (causes.length > 0) emitOfferState(ctx, offer);
  return offer;
}

function checkNumber(ctx: Context, provider: string, asked: NewOffer): void {
  const limit = readParams(ctx).offersPerProviderModel;
  const model = asked.model === undefined ? undefined : modelName(asked.model);
  const all = offersOf(ctx, provider);
  const same = all.filter(
    (offer) => (offer.model === undefined ? undefined : modelName(offer.model)) === model,
  );
  if (same.length >= limit)
    throw marketErrors.tooManyOffers.with(
      `provider has ${same.length} offers for ${model ?? "hosts without GPU"}, at most ${limit}`,
    );
  if (all.length >= MAX_PROVIDER_OFFERS)
    throw marketErrors.tooManyOffers.with(
      `provider has ${all.length} offers, at most ${MAX_PROVIDER_OFFERS}`,
    );
}

/** Why offers of a provider cannot quote now, ascending. */
function providerCauses(ctx: Context, deps: Deps, provider: Address): readonly OfferCause[] {
  const causes: OfferCause[] = [];
  if (!deps.provider.isFresh(ctx, provider)) causes.push(OfferCause.STALE_HEARTBEAT);
  if (deps.provider.get(ctx, provider).state !== ProviderState.ACTIVE)
    causes.push(OfferCause.PROVIDER);
  return causes;
}

/**
 * New prices, hosts (empty = as they are) and end. Quotes already given stand.
 * Throws: market/9, 30; provider/11, 16.
 */
export function updateOffer(
  ctx: Context,
  deps: Deps,
  offer: Offer,
  to: Pick<Offer, "prices" | "shapes" | "expiresAt">,
): Offer {
  requireStanding(ctx, offer);
  const shapes = to.shapes.length === 0 ? offer.shapes : to.shapes;
  const provider = ctx.addresses.parse(offer.provider);
  const free = reshape(
    expandShapes(shapes),
    usedOf(expandShapes(offer.shapes), freeHosts(ctx, offer.id)),
  );
  if (free === undefined)
    throw marketErrors.noCapacity.with("leases use more of a host than it would have");
  const before = promisedDevices(offer, offer.shapes);
  deps.provider.releaseDevices(ctx, provider, offer.class, before);
  deps.provider.promiseDevices(ctx, provider, offer.class, promisedDevices(offer, shapes));
  const after: Offer = {
    ...offer,
    ...to,
    shapes,
    referencePrice: bundlePrice(bundleOf(deps.provider.class(ctx, offer.class)), to.prices),
    version: offer.version + 1,
  };
  if (after.expiresAt !== offer.expiresAt) {
    const id = state.offers.keyBytes(offer.id);
    state.offerQueue.remove(ctx, offer.expiresAt, 0, id);
    state.offerQueue.insert(ctx, after.expiresAt, 0, id);
  }
  state.capacities.set(ctx, offer.id, { offer: offer.id, free });
  save(ctx, offer, after);
  emitOfferUpdated(ctx, after);
  return after;
}

/** Sets or clears one cause of a pause; the offer is active when none is left. Draining offers stay. */
export function setCause(ctx: Context, offer: Offer, cause: OfferCause, on: boolean): void {
  if (offer.state === OfferState.DRAINING || offer.causes.includes(cause) === on) return;
  const causes = on
    ? [...offer.causes, cause].toSorted((a, b) => a - b)
    : offer.causes.filter((other) => other !== cause);
  const after: Offer = {
    ...offer,
    causes,
    state: causes.length === 0 ? OfferState.ACTIVE : OfferState.PAUSED,
  };
  save(ctx, offer, after);
  emitOfferState(ctx, after);
}

/** active | paused -> draining while leases use it, else closed. */
export function endOffer(ctx: Context, deps: Deps, offer: Offer): void {
  if (offer.state === OfferState.DRAINING) return;
  state.offerQueue.remove(ctx, offer.expiresAt, 0, state.offers.keyBytes(offer.id));
  const after: Offer = { ...offer, state: OfferState.DRAINING, causes: [] };
  save(ctx, offer, after);
  if (offer.leases > 0) emitOfferState(ctx, after);
  else closeOffer(ctx, deps, after);
}

/** draining -> closed: its devices are free again and it is gone. */
function closeOffer(ctx: Context, deps: Deps, offer: Offer): void {
  assert(offer.leases === 0, `offer ${offer.id} closes with ${offer.leases} leases`);
  const provider = ctx.addresses.parse(offer.provider);
  const devices = promisedDevices(offer, offer.shapes);
  deps.provider.releaseDevices(ctx, provider, offer.class, devices);
  state.offers.delete(ctx, offer.id);
  state.capacities.delete(ctx, offer.id);
  emitOfferState(ctx, { ...offer, state: OfferState.CLOSED });
}

/** An offer that may be changed: it has not ended, whether or not the queue has run. Throws: market/9. */
export function requireStanding(ctx: Context, offer: Offer): void {
  if (offer.state === OfferState.DRAINING || offer.expiresAt <= ctx.now)
    throw marketErrors.offerState.with(`offer ${offer.id} has ended`);
}

// ---- capacity ---------------------------------------------------------------------------------------

/** Takes room for a group at the award. Throws: market/30 when it does not fit any more. */
export function takeRoom(ctx: Context, id: bigint, spec: GroupSpec): readonly Placement[] {
  const offer = getOffer(ctx, id);
  if (offer.state !== OfferState.ACTIVE || offer.expiresAt <= ctx.now)
    throw marketErrors.offerState.with(`offer ${id} does not take leases now`);
  const packed = pack(spec.units, freeHosts(ctx, id));
  if (packed === undefined)
    throw marketErrors.noCapacity.with(`offer ${id} has no room for all replicas together`);
  const after = { ...offer, leases: offer.leases + 1 };
  state.offers.set(ctx, id, after);
  saveCapacity(ctx, after, packed.free);
  return packed.placements;
}

/** Gives the room of a lease back; a draining offer closes with its last lease. */
export function freeRoom(
  ctx: Context,
  deps: Deps,
  id: bigint,
  lease: { readonly spec: GroupSpec; readonly placements: readonly Placement[] },
): void {
  const offer = must(state.offers.get(ctx, id), `offer ${id} of a live lease`);
  assert(offer.leases > 0, `offer ${id} has no lease to give back`);
  const after = { ...offer, leases: offer.leases - 1 };
  state.offers.set(ctx, id, after);
  saveCapacity(ctx, after, unpack(lease.spec.units, lease.placements, freeHosts(ctx, id)));
  if (after.state === OfferState.DRAINING && after.leases === 0) closeOffer(ctx, deps, after);
}
