// One fixture per row of the table of deployments in the README of module deployment.

import * as assert from "uvu/assert";
import {
  MsgAddGroups,
  MsgCloseDeployment,
  MsgCloseGroup,
  MsgPauseDeployment,
  MsgPauseGroup,
  MsgResumeDeployment,
  MsgUpdateDeployment,
  MsgUpdateSettings,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { LeaseEnd, LeaseState, OnLeaseClose } from "../../chain/codec/gen/leasehold/market/v1.ts";
import {
  DAY,
  dry,
  OTHER_HASH,
  ok,
  refused,
  running,
  send,
  SHORT,
  stands,
  two,
} from "./deployment_steps.ts";
import { AT_ONCE, MANIFEST_HASH, plainGroup, Scene } from "./scene.ts";

/** Rows of deployments, by name. */
export const deploymentRows: readonly (readonly [string, () => void])[] = [
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
