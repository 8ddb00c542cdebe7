// One fixture per row of the table of groups in the README of module deployment.

import * as assert from "uvu/assert";
import {
  MsgAddGroups,
  MsgCloseDeployment,
  MsgCloseGroup,
  MsgPauseDeployment,
  MsgPauseGroup,
  MsgResumeDeployment,
  MsgStartGroup,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { LeaseEnd, LeaseState, OnLeaseClose } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { MsgUpdateProvider } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import { dry, ok, refused, running, send, SHORT, stands, two } from "./deployment_steps.ts";
import { AT_ONCE, plainGroup, Scene } from "./scene.ts";
import { msg } from "./signing.ts";

/** A scene in which group 1 has no lease any more and is at rest. */
function rested(): Scene {
  const scene = Scene.withOffer();
  ok(scene.deploy({ groups: [plainGroup("a"), plainGroup("b")] }));
  ok(send(scene, MsgPauseGroup));
  stands(scene, "active", "paused(owner)", "open");
  return scene;
}

/** Rows of groups, by name. */
export const groupRows: readonly (readonly [string, () => void])[] = [
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
      const scene = running(4_000_000n);
      scene.advance(11_000);
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
      const scene = running(4_000_000n);
      scene.advance(11_000);
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
