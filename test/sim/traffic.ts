// The transactions of a block: chores and random operations, signed in order, some of them damaged.

import { accounts } from "../../modules/auth/index.ts";
import { signTx } from "../support/signing.ts";
import { GRANT_OPERATIONS, payerFor } from "./operations_grants.ts";
import { OTHER_OPERATIONS } from "./operations_other.ts";
import { CHORES, PROVIDER_OPERATIONS } from "./operations_provider.ts";
import { TENANT_OPERATIONS } from "./operations_tenant.ts";
import { WRONG_OPERATIONS } from "./operations_wrong.ts";
import type { Expectation, Maker, Operation, World } from "./world.ts";

/** A signed transaction and what is known of it. */
export interface Traffic {
  readonly name: string;
  readonly by: string;
  readonly operation: Operation;
  readonly bytes: Uint8Array;
  readonly expect: Expectation | undefined;
}

const ALL = [
  ...TENANT_OPERATIONS,
  ...PROVIDER_OPERATIONS,
  ...OTHER_OPERATIONS,
  ...WRONG_OPERATIONS,
  ...GRANT_OPERATIONS,
];
const GAS = 8_000_000n;

/** Draws and signs the transactions of the next block. */
export function drawTraffic(world: World): Traffic[] {
  const { random, swarm } = world;
  const signed = new Signing(world);
  const traffic: Traffic[] = [];
  const add = (name: string, maker: Maker): boolean => {
    const operation = maker(world);
    if (operation === undefined) return false;
    traffic.push(signed.sign(name, operation));
    return true;
  };
  for (const [name, maker] of CHORES) if (random.chance(swarm.diligence)) add(name, maker);
  const weighted = ALL.map(
    ([weight, name, maker]) =>
      [weight * (swarm.weights.get(name) ?? 1), [name, maker] as const] as const,
  );
  const count = random.int(0, swarm.operations);
  for (let made = 0, tries = 0; made < count && tries < 4 * count; tries++)
    if (add(...random.weighted(weighted))) made += 1;
  if (random.chance(5)) traffic.push(damaged(world, traffic));
  const again = random.chance(8) ? random.maybe(world.done) : undefined;
  if (again !== undefined) traffic.push(repeated(again));
  return traffic;
}

/** Bytes that are no valid transaction: cut, flipped or invented. */
function damaged(world: World, traffic: readonly Traffic[]): Traffic {
  const { random } = world;
  const bytes = (random.maybe(traffic)?.bytes ?? Uint8Array.of(1, 2, 3)).slice();
  const at = random.int(0, bytes.length - 1);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(0, 7));
  const operation = { by: world.stranger, messages: [] };
  return { name: "damaged", by: "nobody", operation, bytes, expect: undefined };
}

/** A transaction that was done before: refused for its sequence, or earlier for who should pay. */
function repeated([by, bytes]: World["done"][number]): Traffic {
  const operation: Operation = { by, messages: [] };
  return { name: "repeated", by: by.name, operation, bytes, expect: "refused" };
}

/** Signs with the sequences that hold if every transaction before it passes the ante chain. */
class Signing {
  readonly #world: World;
  readonly #pending = new Map<string, bigint>();

  constructor(world: World) {
    this.#world = world;
  }

  sign(name: string, operation: Operation): Traffic {
    const { random, ctx, chainId } = this.#world;
    const { by, messages } = operation;
    const account = accounts.get(ctx, by.bytes);
    const pending = this.#pending.get(by.name) ?? 0n;
    const isReplay = random.chance(1);
    const sequence = (account?.sequence ?? 0n) + pending + (isReplay ? 3n : 0n);
    const states = [{ signer: by, accountNumber: account?.number ?? 0n, sequence }];
    const fee = this.#fee();
    const granter = fee.length > 0 && random.chance(30) ? payerFor(this.#world, by) : "";
    const options = { gas: GAS, fee, granter, memo: random.chance(2) ? "sim" : "" };
    const bytes = signTx(chainId, states, messages, options);
    if (!isReplay) this.#pending.set(by.name, pending + 1n);
    // Whether somebody else pays is not for this side to know.
    const known = granter === "" ? operation.expect : undefined;
    const expect = isReplay ? "refused" : known;
    return { name, by: by.name, operation, bytes, expect };
  }

  #fee(): { denom: string; amount: string }[] {
    const { random, denoms } = this.#world;
    if (random.chance(50)) return [];
    return [{ denom: random.of(denoms), amount: random.int(1, 5000).toString() }];
  }
}

/** Whether a result is what was expected; a sentence when not. */
export function disappointment(
  traffic: Traffic,
  result: { readonly code: number; readonly codespace: string; readonly log: string },
): string | undefined {
  const { expect } = traffic;
  if (expect === undefined) return undefined;
  const told = result.code === 0 ? "ok" : `${result.codespace}/${result.code}`;
  const isMet = expect === "refused" ? result.code !== 0 : told === expect;
  return isMet
    ? undefined
    : `${traffic.name} of ${traffic.by}: ${expect} expected, ${told}: ${result.log}`;
}
