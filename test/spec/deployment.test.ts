// Transition tables of module deployment, through the whole application: real orders, leases, money.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  MsgAddGroups,
  MsgCloseDeployment,
  MsgCloseGroup,
  MsgCreateDeployment,
  MsgPauseDeployment,
  MsgPauseGroup,
  MsgResumeDeployment,
  MsgStartGroup,
  MsgUpdateDeployment,
  MsgUpdateParams,
  MsgUpdateSettings,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type { MessageType } from "../../chain/codec/index.ts";
import { DEFAULT_DEPLOYMENT_PARAMS } from "../../modules/deployment/index.ts";
import { deploymentRows } from "../support/deployment_rows.ts";
import { groupRows } from "../support/group_rows.ts";
import { runRows } from "../support/rows.ts";
import { OTHER_HASH, ok, refused, send } from "../support/deployment_steps.ts";
import { AT_ONCE, plainGroup, Scene } from "../support/scene.ts";
import { msg } from "../support/signing.ts";

runRows("deployment", new Map([...deploymentRows, ...groupRows]));

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

test("two deployments of one tenant in one block, and two in one transaction signed offline", () => {
  const scene = Scene.withOffer();
  const { chain, tenant } = scene;
  const made = { owner: tenant.address, groups: [plainGroup("web")], manifestHash: OTHER_HASH };
  const create = (dseq: bigint): ReturnType<typeof msg> =>
    msg(MsgCreateDeployment, {
      ...made,
      dseq,
      settings: AT_ONCE,
      deposits: [scene.fromBalance(5_000_000n)],
    });
  const txs = [0n, 1n].map((pending) => chain.sign(tenant, [create(0n)], {}, pending));
  for (const result of chain.block(txs)) ok(result);
  ok(chain.deliver(tenant, [create(3n), create(4n), create(9n)]));
  assert.equal(
    [1n, 2n, 3n, 4n, 9n].map((dseq) => scene.state(dseq)),
    ["active", "active", "active", "active", "active"],
  );
  assert.equal(scene.faults(), []);
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
  refused(scene.chain.deliver(scene.tenant, [msg(MsgUpdateParams, update)]), "gov", 13);
});

test.run();
