// The validator set as CometBFT keeps it: order, hash, and the proposer priorities that rotate.
// All functions give back a new set. Source: CometBFT types/validator_set.go, spec on proposer selection.

import { assert } from "../../base/assert.ts";
import { compareBytes, equalBytes, toHex } from "../../base/bytes.ts";
import { compareBig, floorDiv, MAX_INT64, minBig } from "../../base/integers.ts";
import type { Platform } from "../../base/platform.ts";
import { SimpleValidator } from "../../codec/gen/tendermint/types.ts";
import { merkleRoot } from "../../crypto/merkle.ts";

/** Largest total power. Source: CometBFT MaxTotalVotingPower. */
export const MAX_TOTAL_POWER = MAX_INT64 / 8n;
const MIN_INT64 = -MAX_INT64 - 1n;

/** One ed25519 validator. */
export interface Validator {
  /** First 20 bytes of SHA-256(key). */
  readonly address: Uint8Array;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly power: bigint;
  readonly priority: bigint;
}

/** Validators by power (highest first), then address. */
export interface ValidatorSet {
  readonly list: readonly Validator[];
  readonly total: bigint;
  /** Who proposes in round 0; absent only in an empty set. */
  readonly proposer: Validator | undefined;
}

/** One change: power 0 removes. */
export interface PowerChange {
  readonly key: Uint8Array;
  readonly power: bigint;
}

/** Address of an ed25519 key. */
export function validatorAddress(platform: Platform, key: Uint8Array): Uint8Array {
  return platform.sha256(key).slice(0, 20);
}

/** The set of a genesis, rotated once. Throws: Error with a sentence when the list is not one. */
export function newValidatorSet(platform: Platform, list: readonly PowerChange[]): ValidatorSet {
  if (list.some((change) => change.power === 0n)) throw new Error("a validator has power 0");
  const empty: ValidatorSet = { list: [], total: 0n, proposer: undefined };
  if (list.length === 0) return empty;
  return rotate(applyChanges(platform, empty, list), 1);
}

/** Hash of a set: keys and powers in order. */
export function validatorsHash(platform: Platform, set: ValidatorSet): Uint8Array {
  return merkleRoot(
    platform,
    set.list.map((validator) =>
      SimpleValidator.encode({
        pubKey: { ed25519: validator.key },
        votingPower: validator.power,
      }),
    ),
  );
}

/** The validator with this address. */
export function findValidator(set: ValidatorSet, address: Uint8Array): Validator | undefined {
  return set.list.find((validator) => equalBytes(validator.address, address));
}

/** The set after `times` turns of proposer selection. */
export function rotate(set: ValidatorSet, times: number): ValidatorSet {
  assert(set.list.length > 0 && times > 0, `rotate ${set.list.length} validators ${times} times`);
  let list = centre(rescale(set.list, 2n * set.total));
  let proposer = set.proposer;
  for (let turn = 0; turn < times; turn++) {
    list = list.map((validator) => withPriority(validator, validator.priority + validator.power));
    const index = indexOfFirst(list);
    const chosen = list[index];
    assert(chosen !== undefined, "a set without validators has no proposer");
    proposer = withPriority(chosen, chosen.priority - set.total);
    list[index] = proposer;
  }
  return { list, total: set.total, proposer };
}

/**
 * The set after changes (not yet rotated). Throws: Error with a sentence when a change is negative,
 * double, removes who is not there, empties the set, or lifts the total above the limit.
 */
export function applyChanges(
  platform: Platform,
  set: ValidatorSet,
  changes: readonly PowerChange[],
): ValidatorSet {
  if (changes.length === 0) return set;
  const byAddress = new Map<string, PowerChange & { readonly address: Uint8Array }>();
  for (const change of changes) {
    if (change.power < 0n) throw new Error(`a validator update has power ${change.power}`);
    const address = validatorAddress(platform, change.key);
    const key = toHex(address);
    if (byAddress.has(key)) throw new Error(`two validator updates for ${key.toUpperCase()}`);
    byAddress.set(key, { ...change, address });
  }
  const known = new Map(set.list.map((validator) => [toHex(validator.address), validator]));
  const next: Validator[] = [];
  let removedPower = 0n;
  for (const [key, validator] of known) {
    const change = byAddress.get(key);
    if (change === undefined) next.push(validator);
    else if (change.power === 0n) removedPower += validator.power;
    else next.push({ ...validator, power: change.power });
  }
  const kept = next.reduce((sum, validator) => sum + validator.power, 0n);
  const fresh = [...byAddress.entries()].filter(([key]) => !known.has(key));
  for (const [key, change] of fresh) {
    if (change.power === 0n) throw new Error(`validator ${key.toUpperCase()} is not in the set`);
  }
  const total = fresh.reduce((sum, [, change]) => sum + change.power, kept);
  if (total > MAX_TOTAL_POWER) throw new Error(`total voting power ${total} is above the limit`);
  const base = total + removedPower;
  for (const [, { address, key, power }] of fresh)
    next.push({ address, key, power, priority: -(base + (base >> 3n)) });
  if (next.length === 0) throw new Error("validator updates would leave no validator");
  const list = centre(rescale(next, 2n * total)).sort(compareValidators);
  return { list, total, proposer: set.proposer };
}

/** Who proposes in round 0. */
export function proposerOf(set: ValidatorSet): Validator {
  const chosen = set.proposer ?? set.list[indexOfFirst(set.list)];
  assert(chosen !== undefined, "a set without validators has no proposer");
  return chosen;
}

function compareValidators(a: Validator, b: Validator): number {
  return compareBig(b.power, a.power) || compareBytes(a.address, b.address);
}

function withPriority(validator: Validator, priority: bigint): Validator {
  const clipped = priority < MIN_INT64 ? MIN_INT64 : minBig(priority, MAX_INT64);
  return { ...validator, priority: clipped };
}

/** Index of the highest priority; the lower address wins a tie. */
function indexOfFirst(list: readonly Validator[]): number {
  let best = 0;
  for (let i = 1; i < list.length; i++) {
    const [one, other] = [list[i], list[best]];
    if (one === undefined || other === undefined) continue;
    const order =
      compareBig(other.priority, one.priority) || compareBytes(one.address, other.address);
    if (order < 0) best = i;
  }
  return best;
}

/** Divides priorities until they span no more than `window` (division toward zero, as Go's). */
function rescale(list: readonly Validator[], window: bigint): Validator[] {
  if (window <= 0n || list.length === 0) return [...list];
  const priorities = list.map((validator) => validator.priority).sort(compareBig);
  const span = minBig((priorities.at(-1) ?? 0n) - (priorities[0] ?? 0n), MAX_INT64);
  if (span <= window) return [...list];
  const ratio = (span + window - 1n) / window;
  return list.map((validator) => withPriority(validator, validator.priority / ratio));
}

/** Shifts priorities so that their mean is zero. */
function centre(list: readonly Validator[]): Validator[] {
  if (list.length === 0) return [];
  const sum = list.reduce((total, validator) => total + validator.priority, 0n);
  const mean = floorDiv(sum, BigInt(list.length));
  return list.map((validator) => withPriority(validator, validator.priority - mean));
}
