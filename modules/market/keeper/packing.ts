// Packing: replicas of a group onto the hosts of an offer, first-fit in (unit, replica) order, hosts
// in their own order. Replicas of one unit are equal, so a host takes as many as it can hold before
// the next one is tried; that is the same as trying replica by replica, in units * hosts steps.

import { assert, must } from "../../../chain/base/assert.ts";
import { floorDiv, maxBig, minBig } from "../../../chain/base/integers.ts";
import type {
  Host,
  Placement,
  ResourceUnit,
  Shape,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";

/** A host without anything. */
export const EMPTY_HOST: Host = { cpuMilli: 0n, memoryBytes: 0n, storageBytes: 0n, gpus: 0n };

/** What one replica of a unit takes of its host. */
export function replicaNeed(unit: ResourceUnit): Host {
  let storageBytes = 0n;
  for (const volume of unit.storage) storageBytes += volume.bytes;
  return {
    cpuMilli: unit.cpu.milli,
    memoryBytes: unit.memory.bytes,
    storageBytes,
    gpus: unit.gpu.units,
  };
}

/** Hosts of an offer in placement order, all empty of leases. */
export function expandShapes(shapes: readonly Shape[]): readonly Host[] {
  const hosts: Host[] = [];
  for (const { hosts: count, ...host } of shapes)
    for (let i = 0; i < count; i++) hosts.push({ ...host });
  return hosts;
}

/** Where the replicas of a group would stand and what would be left; undefined when they do not fit. */
export function pack(
  units: readonly ResourceUnit[],
  free: readonly Host[],
): { readonly placements: readonly Placement[]; readonly free: readonly Host[] } | undefined {
  const rest = [...free];
  const placements: Placement[] = [];
  for (const unit of units) {
    const need = replicaNeed(unit);
    let left = BigInt(unit.count);
    for (const [index, host] of rest.entries()) {
      if (left === 0n) break;
      const replicas = minBig(left, replicasThatFit(need, host));
      if (replicas === 0n) continue;
      rest[index] = shift(host, need, -replicas);
      placements.push({ unit: unit.id, host: index, replicas: Number(replicas) });
      left -= replicas;
    }
    if (left > 0n) return undefined;
  }
  return { placements, free: rest };
}

/** Hosts after the placements of a lease are gone. */
export function unpack(
  units: readonly ResourceUnit[],
  placements: readonly Placement[],
  free: readonly Host[],
): readonly Host[] {
  const rest = [...free];
  for (const placement of placements) {
    const unit = units.find((candidate) => candidate.id === placement.unit);
    const need = replicaNeed(must(unit, `unit ${placement.unit} of a placement`));
    const host = must(rest[placement.host], `host ${placement.host} of a placement`);
    rest[placement.host] = shift(host, need, BigInt(placement.replicas));
  }
  return rest;
}

/** What of each host is taken: hosts of the shapes less what is free. */
export function usedOf(hosts: readonly Host[], free: readonly Host[]): readonly Host[] {
  assert(hosts.length === free.length, `${hosts.length} hosts, ${free.length} rests`);
  return hosts.map((host, index) => shift(host, must(free[index], "rest of a host"), -1n));
}

/**
 * Rests of new hosts when `used` stays where it is; undefined when a host would have less than is
 * used on it. Hosts may be added at the end, and left out there when they are empty.
 */
export function reshape(
  hosts: readonly Host[],
  used: readonly Host[],
): readonly Host[] | undefined {
  const rest: Host[] = [];
  for (const [index, host] of hosts.entries()) {
    const taken = used[index] ?? EMPTY_HOST;
    if (!covers(host, taken)) return undefined;
    rest.push(shift(host, taken, -1n));
  }
  return used.slice(hosts.length).every(isEmptyHost) ? rest : undefined;
}

/** The most that any one host has, of each resource by itself. */
export function largestFree(free: readonly Host[]): Host {
  let most = EMPTY_HOST;
  for (const host of free)
    most = {
      cpuMilli: maxBig(most.cpuMilli, host.cpuMilli),
      memoryBytes: maxBig(most.memoryBytes, host.memoryBytes),
      storageBytes: maxBig(most.storageBytes, host.storageBytes),
      gpus: maxBig(most.gpus, host.gpus),
    };
  return most;
}

/** Whether a host has at least `need` of everything. */
export function covers(host: Host, need: Host): boolean {
  return (
    host.cpuMilli >= need.cpuMilli &&
    host.memoryBytes >= need.memoryBytes &&
    host.storageBytes >= need.storageBytes &&
    host.gpus >= need.gpus
  );
}

/** Whether a host has nothing at all. */
export function isEmptyHost(host: Host): boolean {
  return covers(EMPTY_HOST, host);
}

/** How many replicas of `need` a host can hold; needs of zero do not count. */
function replicasThatFit(need: Host, host: Host): bigint {
  let most: bigint | undefined;
  for (const [asked, there] of [
    [need.cpuMilli, host.cpuMilli],
    [need.memoryBytes, host.memoryBytes],
    [need.storageBytes, host.storageBytes],
    [need.gpus, host.gpus],
  ] as const) {
    if (asked === 0n) continue;
    const count = floorDiv(there, asked);
    most = most === undefined ? count : minBig(most, count);
  }
  return must(most, "a replica that needs nothing");
}

function shift(host: Host, by: Host, times: bigint): Host {
  const moved = {
    cpuMilli: host.cpuMilli + by.cpuMilli * times,
    memoryBytes: host.memoryBytes + by.memoryBytes * times,
    storageBytes: host.storageBytes + by.storageBytes * times,
    gpus: host.gpus + by.gpus * times,
  };
  assert(covers(moved, EMPTY_HOST), "a host with less than nothing");
  return moved;
}
