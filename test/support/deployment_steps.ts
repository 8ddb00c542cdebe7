// Steps that tests of deployments share, over the scene of a whole application.

import * as assert from "uvu/assert";
import { LeaseState } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { MessageType } from "../../chain/codec/index.ts";
import type { Delivered, TestChainOptions } from "./chain.ts";
import { AT_ONCE, plainGroup, Scene } from "./scene.ts";
import { msg } from "./signing.ts";

/** Another manifest hash than the scene's. */
export const OTHER_HASH = new Uint8Array(32).fill(6);
/** Seconds of a day. */
export const DAY = 86_400;
/** Short grace and short waits, so that a test is a few hundred blocks. */
export const SHORT: TestChainOptions = {
  params: {
    escrow: { suspend_grace: "3600" },
    deployment: { funds_pause_s: `${DAY}`, retention_s: "3600" },
    market: { exclusion_s: "0", reopen_max: 2 },
  },
};

/** Fields of every message about deployment 1; a type takes those that it has. */
interface Fields {
  readonly owner: string;
  readonly dseq: bigint;
  readonly gseq: number;
  readonly manifestHash: Uint8Array;
  readonly settings: typeof AT_ONCE;
  readonly groups: readonly ReturnType<typeof plainGroup>[];
}

/** Sends a message of the tenant about deployment 1. */
export function send<M>(
  scene: Scene,
  type: MessageType<M>,
  fields: Partial<Fields> = {},
): Delivered {
  const all = { owner: scene.tenant.address, dseq: 1n, gseq: 1, settings: AT_ONCE, ...fields };
  return scene.chain.deliver(scene.tenant, [msg(type, all as unknown as Partial<M>)]);
}

/** The transaction succeeded. */
export function ok(result: Delivered): void {
  assert.is(result.code, 0, `${result.codespace}/${result.code}: ${result.log}`);
}

/** The transaction was refused with this code. */
export function refused(result: Delivered, codespace: string, code: number): void {
  assert.is(`${result.codespace}/${result.code}`, `${codespace}/${code}`, result.log);
}

/** What stands: state of deployment 1, then its groups; and every invariant holds. */
export function stands(scene: Scene, ...expected: readonly string[]): void {
  assert.equal([scene.state(), ...scene.groups()], expected);
  assert.equal(scene.faults(), []);
}

/** Asks for a deployment of two groups. */
export function two(scene: Scene, deposit?: bigint): Scene {
  ok(scene.deploy({ groups: [plainGroup("a"), plainGroup("b")] }, deposit));
  return scene;
}

/** One running lease of one LEASE an hour on a deposit of four; after `hours` it is `hours` less. */
export function running(deposit = 4_000_000n, options: TestChainOptions = SHORT): Scene {
  const scene = Scene.withOffer(4, options);
  scene.running({}, deposit);
  return scene;
}

/** Funds end after four hours, grace an hour later. */
export function dry(options: TestChainOptions = SHORT): Scene {
  const scene = running(4_000_000n, options);
  scene.advance(4 * 3600 + 600);
  scene.must(LeaseState.SUSPENDED);
  stands(scene, "active", "open");
  scene.advance(3600);
  return scene;
}
