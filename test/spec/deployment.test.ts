// Transition tables of module deployment, through the whole application: real orders, leases, money.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  MsgAddGroups,
  MsgCloseDeployment,
  MsgCloseGroup,
  MsgPauseDeployment,
  MsgPauseGroup,
  MsgResumeDeployment,
  MsgStartGroup,
  MsgUpdateDeployment,
  MsgUpdateParams,
  MsgUpdateSettings,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { LeaseEnd, LeaseState, OnLeaseClose } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { MsgUpdateProvider } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { MessageType } from "../../chain/codec/index.ts";
import { DEFAULT_DEPLOYMENT_PARAMS } from "../../modules/deployment/index.ts";
import type { Delivered, TestChainOptions } from "../support/chain.ts";
import { runRows } from "../support/rows.ts";
import { AT_ONCE, MANIFEST_HASH, plainGroup, Scene } from "../support/scene.ts";
import { msg } from "../support/signing.ts";

const OTHER_HASH = new Uint8Array(32).fill(6);
const DAY = 86_400;
/** Short grace and short waits, so that a test is a few hundred blocks. */
const SHORT: TestChainOptions = {
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

function send<M>(scene: Scene, type: MessageType<M>, fields: Partial<Fields> = {}): Delivered {
  const all = { owner: scene.tenant.address, dseq: 1n, gseq: 1, settings: AT_ONCE, ...fields };
  return scene.chain.deliver(scene.tenant, [msg(type, all as unknown as Partial<M>)]);
}

function ok(result: Delivered): void {
  assert.is(result.code, 0, `${result.codespace}/${result.code}: ${result.log}`);
}

function refused(result: Delivered, codespace: string, code: number): void {
  assert.is(`${result.codespace}/${result.code}`, `${codespace}/${code}`, result.log);
}

/** What stands: state of deployment 1, then its groups; and every invariant holds. */
function stands(scene: Scene, ...expected: readonly string[]): void {
  assert.equal([scene.state(), ...scene.groups()], expected);
  assert.equal(scene.faults(), []);
}

function two(scene: Scene, deposit?: bigint): Scene {
  ok(scene.deploy({ groups: [plainGroup("a"), plainGroup("b")] }, deposit));
  return scene;
}

/** One running lease of one LEASE an hour on a deposit of four; after `hours` it is `hours` less. */
function running(deposit = 4_000_000n, options: TestChainOptions = SHORT): Scene {
  const scene = Scene.withOffer(4, options);
  scene.running({}, deposit);
  return scene;
}

/** Funds end after four hours, grace an hour later. */
function dry(options: TestChainOptions = SHORT): Scene {
  const scene = running(4_000_000n, options);
  scene.advance(4 * 3600 + 600);
  scene.must(LeaseState.SUSPENDED);
  stands(scene, "active", "open");
  scene.advance(3600);
  return scene;
}

const deployments: readonly (readonly [string, () => void])[] = [
  [
    "none | CreateDeployment | deposit reaches min_deposit, funded, number free | active",
    () => {
      const scene = Scene.withOffer();
      refused(scene.deploy({}, 499_999n), "deployment", 14);
      refused(scene.deploy({}, 3_599_999n), "market", 14);
      assert.is(scene.state(), "none");
      const before = scene.chain.balance(scene.tenant.bytes);
      ok(scene.deploy({ dseq: 7n }));
      assert.is(before - scene.chain.balance(scene.tenant.bytes), 50_000_000n);
      assert.equal([scene.state(7n), ...scene.groups(7n)], ["active", "open"]);
      refused(scene.deploy({ dseq: 7n }), "deployment", 4);
      assert.is(scene.look(7n).funds?.account.balance, 49_999_000n, "the order fee was burned");
    },
  ],
  [
    "active | PauseDeployment | owner | paused(owner)",
    () => {
      const scene = running();
      scene.advance(3600);
      ok(send(scene, MsgPauseDeployment));
      stands(scene, "paused(owner)", "paused(deployment)");
      assert.is(scene.lease().end, LeaseEnd.OWNER);
      assert.is(scene.look().funds?.accruing, false);
      const spent = 4_000_000n - 1000n - (scene.look().funds?.spendable ?? 0n);
      assert.ok(spent > 1_000_000n && spent < 1_010_000n, `${spent} for an hour and some seconds`);
      refused(send(scene, MsgPauseDeployment), "deployment", 6);
    },
  ],
  [
    "active | end of grace | - | paused(funds)",
    () => {
      const scene = dry();
      stands(scene, "paused(funds)", "paused(deployment)");
      assert.is(scene.lease().end, LeaseEnd.FUNDS);
    },
  ],
  [
    "paused(owner) | ResumeDeployment | funded | active",
    () => {
      const scene = two(Scene.withOffer());
      refused(send(scene, MsgResumeDeployment), "deployment", 6);
      ok(send(scene, MsgPauseGroup, { gseq: 2 }));
      ok(send(scene, MsgPauseDeployment));
      ok(send(scene, MsgResumeDeployment));
      stands(scene, "active", "open", "paused(owner)");
      assert.is(scene.look().groups[0]?.order?.id.oseq, 2);
    },
  ],
  [
    "paused(funds) | ResumeDeployment | funded | active",
    () => {
      const scene = dry();
      refused(send(scene, MsgResumeDeployment), "market", 14);
      ok(scene.deposit(5_000_000n));
      stands(scene, "paused(funds)", "paused(deployment)");
      ok(send(scene, MsgResumeDeployment));
      stands(scene, "active", "open");
      scene.advance(60);
      assert.is(scene.lease().state, LeaseState.STARTING);
    },
  ],
  [
    "active | CloseDeployment | owner | closed",
    () => {
      const scene = running();
      const start = scene.chain.balance(scene.tenant.bytes);
      scene.advance(1800);
      ok(send(scene, MsgCloseDeployment));
      stands(scene, "closed", "closed");
      const { startedAt, closedAt } = scene.lease();
      const owed = ((closedAt - startedAt) * 1_000_000n) / 3600n;
      const back = scene.chain.balance(scene.tenant.bytes) - start;
      assert.is(back, 4_000_000n - 1000n - owed, "refunded to the unit");
      refused(send(scene, MsgCloseDeployment), "deployment", 5);
    },
  ],
  [
    "paused | CloseDeployment | owner | closed",
    () => {
      const scene = dry();
      ok(send(scene, MsgCloseDeployment));
      stands(scene, "closed", "closed");
    },
  ],
  [
    "active | CloseGroup | it is the last one | closed",
    () => {
      const scene = two(Scene.withOffer());
      ok(send(scene, MsgCloseGroup));
      ok(send(scene, MsgCloseGroup, { gseq: 2 }));
      stands(scene, "closed", "closed", "closed");
    },
  ],
  [
    "paused | CloseGroup | it is the last one | closed",
    () => {
      const scene = Scene.withOffer();
      ok(scene.deploy());
      ok(send(scene, MsgPauseDeployment));
      ok(send(scene, MsgCloseGroup));
      stands(scene, "closed", "closed");
    },
  ],
  [
    "paused(funds) | funds_pause_s on U | - | closed",
    () => {
      const scene = dry();
      scene.chain.block([], { seconds: 3 * DAY });
      stands(scene, "paused(funds)", "paused(deployment)");
      scene.chain.advance(DAY);
      stands(scene, "closed", "closed");
    },
  ],
  [
    "active | UpdateDeployment | hash differs | active",
    () => {
      const scene = running();
      refused(send(scene, MsgUpdateDeployment, { manifestHash: MANIFEST_HASH }), "deployment", 12);
      ok(send(scene, MsgUpdateDeployment, { manifestHash: OTHER_HASH }));
      assert.equal(scene.look().deployment.manifestHash, OTHER_HASH);
      stands(scene, "active", "open");
    },
  ],
  [
    "paused | UpdateDeployment | hash differs | paused",
    () => {
      const scene = Scene.withOffer();
      ok(scene.deploy());
      ok(send(scene, MsgPauseDeployment));
      ok(send(scene, MsgUpdateDeployment, { manifestHash: OTHER_HASH }));
      stands(scene, "paused(owner)", "paused(deployment)");
    },
  ],
  [
    "active | UpdateSettings | - | active",
    () => {
      const scene = running();
      const settings = { ...AT_ONCE, onLeaseClose: OnLeaseClose.PAUSE };
      ok(send(scene, MsgUpdateSettings, { settings }));
      ok(scene.leave());
      stands(scene, "active", "paused(lease)");
      refused(
        send(scene, MsgUpdateSettings, { settings: { ...AT_ONCE, mode: 9 } }),
        "deployment",
        13,
      );
    },
  ],
  [
    "paused | UpdateSettings | - | paused",
    () => {
      const scene = Scene.withOffer();
      ok(scene.deploy());
      ok(send(scene, MsgPauseDeployment));
      ok(send(scene, MsgUpdateSettings, { settings: { ...AT_ONCE, deadlineS: 60n } }));
      ok(send(scene, MsgResumeDeployment));
      assert.is(scene.look().groups[0]?.order?.settings.deadlineS, 60n);
    },
  ],
  [
    "active | AddGroups | names new, same denom, limits, funded | active",
    () => {
      const scene = Scene.withOffer();
      ok(scene.deploy({}, 10_000_000n));
      refused(send(scene, MsgAddGroups, { groups: [plainGroup("web")] }), "deployment", 8);
      refused(send(scene, MsgAddGroups, { groups: [plainGroup("x", 9_000_000n)] }), "market", 14);
      ok(send(scene, MsgAddGroups, { groups: [plainGroup("b"), plainGroup("c", 1_500_000n)] }));
      stands(scene, "active", "open", "open", "open");
    },
  ],
  [
    "closed | retention_s on T | - | none",
    () => {
      const scene = Scene.withOffer(4, SHORT);
      ok(scene.deploy());
      ok(send(scene, MsgCloseDeployment));
      scene.chain.block([], { seconds: 3599 });
      assert.is(scene.state(), "closed");
      scene.chain.block([], { seconds: 1 });
      assert.is(scene.state(), "none");
      refused(scene.deploy({ dseq: 1n }), "deployment", 4);
      ok(scene.deploy());
      assert.is(scene.state(2n), "active");
      assert.equal(scene.faults(), []);
    },
  ],
];

/** A scene in which group 1 has no lease any more and is at rest. */
function rested(): Scene {
  const scene = Scene.withOffer();
  ok(scene.deploy({ groups: [plainGroup("a"), plainGroup("b")] }));
  ok(send(scene, MsgPauseGroup));
  stands(scene, "active", "paused(owner)", "open");
  return scene;
}

const groups: readonly (readonly [string, () => void])[] = [
  [
    "none | CreateDeployment | - | open",
    () => {
      const scene = two(Scene.withOffer());
      stands(scene, "active", "open", "open");
      assert.equal(
        scene.look().groups.map(({ group, order }) => [group.gseq, order?.id.oseq]),
        [
          [1, 1],
          [2, 1],
        ],
      );
    },
  ],
  [
    "none | AddGroups | deployment active | open",
    () => {
      const scene = two(Scene.withOffer());
      ok(send(scene, MsgPauseDeployment));
      refused(send(scene, MsgAddGroups, { groups: [plainGroup("c")] }), "deployment", 6);
      ok(send(scene, MsgResumeDeployment));
      ok(send(scene, MsgAddGroups, { groups: [plainGroup("c")] }));
      stands(scene, "active", "open", "open", "open");
    },
  ],
  [
    "open | PauseGroup | owner | paused(owner)",
    () => {
      const scene = running();
      ok(send(scene, MsgPauseGroup));
      stands(scene, "active", "paused(owner)");
      assert.is(scene.lease().state, LeaseState.CLOSED);
      refused(send(scene, MsgPauseGroup), "deployment", 7);
      refused(send(scene, MsgPauseGroup, { gseq: 2 }), "deployment", 3);
    },
  ],
  [
    "open | PauseDeployment | owner | paused(deployment)",
    () => {
      const scene = rested();
      ok(send(scene, MsgPauseDeployment));
      stands(scene, "paused(owner)", "paused(owner)", "paused(deployment)");
    },
  ],
  [
    "open | end of grace | - | paused(deployment)",
    () => stands(dry(), "paused(funds)", "paused(deployment)"),
  ],
  [
    "open | order expired | - | paused(no_bids)",
    () => {
      const scene = new Scene();
      ok(scene.deploy({ settings: { ...AT_ONCE, orderTtlS: 300n } }));
      scene.chain.advance(280);
      stands(scene, "active", "open");
      scene.chain.advance(60);
      stands(scene, "active", "paused(no_bids)");
    },
  ],
  [
    "open | order closed by funds | - | paused(funds)",
    () => {
      const scene = Scene.withOffer(4, { params: { escrow: { min_funded_seconds: "600" } } });
      const wishes = { attributes: [{ key: "region", value: "eu" }], preferred: [] };
      const requirements = { ...wishes, signedBy: { allOf: [], anyOf: [] } };
      const settings = { ...AT_ONCE, orderTtlS: 4200n };
      const second = { ...plainGroup("b"), requirements };
      scene.running({ groups: [plainGroup("a"), second], settings }, 1_300_000n);
      scene.advance(3500);
      const { address } = scene.provider;
      const hostUri = "https://gpu.example.com";
      const update = { owner: address, hostUri, attributes: wishes.attributes };
      ok(scene.chain.deliver(scene.provider, [msg(MsgUpdateProvider, update)]));
      scene.advance(600);
      stands(scene, "active", "open", "open");
      scene.advance(180);
      stands(scene, "active", "open", "paused(funds)");
    },
  ],
  [
    "open | lease ended by its tenant | no reopen asked | paused(lease)",
    () => {
      const scene = running();
      ok(scene.close(false));
      stands(scene, "active", "paused(lease)");
    },
  ],
  [
    "open | lease ended by its tenant | reopen asked, funded | open",
    () => {
      const scene = running(9_000_000n);
      for (let oseq = 2; oseq < 6; oseq++) {
        ok(scene.close(true));
        stands(scene, "active", "open");
        assert.is(scene.look().groups[0]?.order?.id.oseq, oseq);
        scene.advance(60);
      }
      assert.equal(scene.look().groups[0]?.group.reopenedUptime, [], "not counted");
    },
  ],
  [
    "open | lease ended by its tenant | reopen asked, not funded | paused(funds)",
    () => {
      const scene = running();
      scene.advance(3600);
      ok(scene.close(true));
      stands(scene, "active", "paused(funds)");
    },
  ],
  [
    "open | lease ended by its term | - | paused(lease)",
    () => {
      const scene = Scene.withOffer(4, SHORT);
      scene.running({ groups: [{ ...plainGroup("web"), durationS: 3600n }] });
      scene.advance(3660);
      assert.is(scene.lease().end, LeaseEnd.TERM);
      stands(scene, "active", "paused(lease)");
    },
  ],
  [
    "open | lease ended by its provider | on_lease_close pause | paused(lease)",
    () => {
      const scene = Scene.withOffer(4, SHORT);
      scene.running({ settings: { ...AT_ONCE, onLeaseClose: OnLeaseClose.PAUSE } });
      ok(scene.leave());
      stands(scene, "active", "paused(lease)");
    },
  ],
  [
    "open | lease ended by its provider | on_lease_close reopen, funded | open",
    () => {
      const scene = running();
      ok(scene.leave());
      stands(scene, "active", "open");
      assert.is(scene.look().groups[0]?.group.reopenedUptime.length, 1);
    },
  ],
  [
    "open | lease ended by its provider | on_lease_close reopen, not funded | paused(funds)",
    () => {
      const scene = running();
      scene.advance(3600);
      ok(scene.leave());
      stands(scene, "active", "paused(funds)");
    },
  ],
  [
    "open | lease ended by its provider | reopened reopen_max times in 24 h of U | paused(reopen_limit)",
    () => {
      const scene = running(20_000_000n);
      for (let i = 0; i < 2; i++) {
        ok(scene.leave());
        stands(scene, "active", "open");
        scene.chain.advance(60);
        scene.start();
      }
      ok(scene.leave());
      stands(scene, "active", "paused(reopen_limit)");
      ok(send(scene, MsgStartGroup));
      stands(scene, "active", "open");
    },
  ],
  [
    "paused | StartGroup | deployment active, funded | open",
    () => {
      const scene = running();
      refused(send(scene, MsgStartGroup), "deployment", 7);
      scene.advance(3600);
      ok(send(scene, MsgPauseGroup));
      refused(send(scene, MsgStartGroup), "market", 14);
      ok(scene.deposit(1_000_000n));
      ok(send(scene, MsgPauseDeployment));
      refused(send(scene, MsgStartGroup), "deployment", 6);
      ok(send(scene, MsgResumeDeployment));
      ok(send(scene, MsgStartGroup));
      stands(scene, "active", "open");
    },
  ],
  [
    "paused(deployment) | ResumeDeployment | funded | open",
    () => {
      const scene = dry();
      const former = scene.lease().id.provider;
      assert.is(scene.look().groups[0]?.group.formerProvider, former);
      ok(scene.deposit(5_000_000n));
      ok(send(scene, MsgResumeDeployment));
      stands(scene, "active", "open");
      assert.is(scene.look().groups[0]?.group.formerProvider, "");
    },
  ],
  [
    "open | CloseGroup | not the last one | closed",
    () => {
      const scene = two(Scene.withOffer());
      ok(send(scene, MsgCloseGroup));
      stands(scene, "active", "closed", "open");
      refused(send(scene, MsgCloseGroup), "deployment", 7);
      refused(send(scene, MsgPauseGroup), "deployment", 7);
      refused(send(scene, MsgStartGroup), "deployment", 7);
    },
  ],
  [
    "paused | CloseGroup | not the last one | closed",
    () => {
      const scene = rested();
      ok(send(scene, MsgCloseGroup));
      stands(scene, "active", "closed", "open");
    },
  ],
  [
    "open | CloseDeployment | - | closed",
    () => {
      const scene = two(Scene.withOffer());
      ok(send(scene, MsgCloseDeployment));
      stands(scene, "closed", "closed", "closed");
    },
  ],
  [
    "paused | CloseDeployment | - | closed",
    () => {
      const scene = rested();
      ok(send(scene, MsgCloseDeployment));
      stands(scene, "closed", "closed", "closed");
    },
  ],
];

runRows("deployment", new Map([...deployments, ...groups]));

test("a closed deployment refuses every message, and nobody else's deployment is touched", () => {
  const scene = Scene.withOffer();
  ok(scene.deploy());
  const stranger = scene.chain.account("frank");
  const foreign = { owner: stranger.address, dseq: 1n };
  refused(scene.chain.deliver(stranger, [msg(MsgCloseDeployment, foreign)]), "deployment", 2);
  ok(send(scene, MsgCloseDeployment));
  const messages: readonly MessageType<never>[] = [
    MsgUpdateDeployment,
    MsgUpdateSettings,
    MsgAddGroups,
    MsgPauseDeployment,
    MsgResumeDeployment,
    MsgCloseDeployment,
    MsgPauseGroup,
    MsgStartGroup,
    MsgCloseGroup,
  ] as readonly MessageType<unknown>[] as readonly MessageType<never>[];
  for (const type of messages) {
    const fields = { manifestHash: OTHER_HASH, groups: [plainGroup("z")] };
    refused(send(scene, type, fields), "deployment", 5);
  }
});

test("16 groups on one hour's deposit are refused", () => {
  const scene = new Scene();
  const many = Array.from({ length: 16 }, (_, index) => plainGroup(`g${index}`));
  refused(scene.deploy({ groups: many }, 3_700_000n), "market", 14);
  ok(scene.deploy({ groups: many }, 16n * 3_601_000n));
});

test("the parameters are the authority's", () => {
  const scene = new Scene();
  const update = { authority: scene.tenant.address, params: DEFAULT_DEPLOYMENT_PARAMS };
  refused(scene.chain.deliver(scene.tenant, [msg(MsgUpdateParams, update)]), "sdk", 4);
});

test.run();
