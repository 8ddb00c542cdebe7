// Module deployment over the real escrow and a market that only keeps orders: how groups follow what
// market and escrow tell.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Address } from "../../chain/base/address.ts";
import {
  DeploymentState,
  MsgAddGroups,
  MsgCloseDeployment,
  MsgCloseGroup,
  MsgCreateDeployment,
  MsgPauseDeployment,
  MsgPauseGroup,
  MsgResumeDeployment,
  MsgStartGroup,
  MsgUpdateDeployment,
  QueryDeploymentsRequest,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import type {
  GenesisState,
  QueryDeploymentsResponse,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { LeaseEnd, OnLeaseClose, OrderEnd } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { deploymentAccount } from "../../modules/escrow/index.ts";
import { marketErrors } from "../../modules/market/errors.ts";
import { DeploymentBench, group, OWNER, PROVIDER } from "../support/deployment.ts";
import { fromBalance, testAddress } from "../support/escrow.ts";
import { refuses } from "../support/provider.ts";

test("numbers count up, may be chosen ahead, are never used twice", () => {
  const bench = new DeploymentBench();
  assert.is(bench.create(), 1n);
  refuses(() => bench.create({ dseq: 1n }), "deployment", 4);
  assert.is(bench.create({ dseq: 10n }), 10n);
  refuses(() => bench.create({ dseq: 9n }), "deployment", 4);
  refuses(() => bench.create({ dseq: 10n + (1n << 32n) + 1n }), "deployment", 4);
  assert.is(bench.create({ dseq: 10n + (1n << 32n) }), 10n + (1n << 32n));
  bench.send(MsgCloseDeployment, { owner: bench.owner, dseq: 1n });
  bench.block(30 * 86_400);
  assert.is(bench.state(1n), "none");
  refuses(() => bench.create({ dseq: 1n }), "deployment", 4);
  assert.is(bench.create(), 11n + (1n << 32n));
  assert.equal(bench.faults(), []);
});

test("what is refused at creation", () => {
  const bench = new DeploymentBench();
  refuses(() => bench.create({ groups: [] }), "deployment", 8);
  refuses(() => bench.create({ groups: [group("a"), group("a")] }), "deployment", 8);
  refuses(() => bench.create({ manifestHash: new Uint8Array(31) }), "deployment", 11);
  refuses(() => bench.create({ deposits: [] }), "deployment", 14);
  refuses(() => bench.create({ notices: [5n, 5n] }), "deployment", 18);
  refuses(() => bench.create({ publicManifest: new Uint8Array(1) }), "deployment", 15);
  refuses(() => bench.create({ deposits: [fromBalance(499_999n)] }), "deployment", 14);
  const many = Array.from({ length: 17 }, (_, index) => group(`g${index}`));
  refuses(() => bench.create({ groups: many }), "deployment", 10);
  bench.market.refuses = true;
  refuses(() => bench.create(), "market", marketErrors.notFunded.code);
  assert.is(bench.state(), "none");
  assert.is(bench.escrow.balance(OWNER), 1_000_000_000n);
});

test("pause and resume: what the pause put to rest reopens, the rest stays", () => {
  const bench = new DeploymentBench();
  bench.create({ groups: [group("a"), group("b"), group("c")] });
  bench.send(MsgPauseGroup, { owner: bench.owner, dseq: 1n, gseq: 2 });
  refuses(() => bench.send(MsgResumeDeployment, { owner: bench.owner, dseq: 1n }), "deployment", 6);
  bench.send(MsgPauseDeployment, { owner: bench.owner, dseq: 1n });
  assert.equal(bench.groups(), ["paused(DEPLOYMENT)", "paused(OWNER)", "paused(DEPLOYMENT)"]);
  assert.equal(bench.market.closed, ["1/2/1", "1/1/1", "1/3/1"]);
  refuses(() => bench.send(MsgPauseDeployment, { owner: bench.owner, dseq: 1n }), "deployment", 6);
  const at = { owner: bench.owner, dseq: 1n };
  refuses(() => bench.send(MsgStartGroup, { ...at, gseq: 2 }), "deployment", 6);
  refuses(() => bench.send(MsgPauseGroup, { ...at, gseq: 1 }), "deployment", 7);
  refuses(() => bench.send(MsgAddGroups, { ...at, groups: [group("d")] }), "deployment", 6);
  bench.market.refuses = true;
  refuses(() => bench.send(MsgResumeDeployment, at), "market", marketErrors.notFunded.code);
  assert.is(bench.state(), "PAUSED(OWNER)");
  bench.market.refuses = false;
  bench.send(MsgResumeDeployment, at);
  assert.equal(bench.groups(), ["open 2", "paused(OWNER)", "open 2"]);
  bench.send(MsgStartGroup, { ...at, gseq: 2 });
  refuses(() => bench.send(MsgStartGroup, { ...at, gseq: 2 }), "deployment", 7);
  assert.equal(bench.groups(), ["open 2", "open 2", "open 2"]);
  assert.equal(bench.faults(), []);
});

test("the last group closes the deployment, deposits go back", () => {
  const bench = new DeploymentBench();
  bench.create();
  const at = { owner: bench.owner, dseq: 1n };
  bench.send(MsgCloseGroup, { ...at, gseq: 1 });
  refuses(() => bench.send(MsgCloseGroup, { ...at, gseq: 1 }), "deployment", 7);
  refuses(() => bench.send(MsgStartGroup, { ...at, gseq: 1 }), "deployment", 7);
  refuses(() => bench.send(MsgCloseGroup, { ...at, gseq: 3 }), "deployment", 3);
  assert.is(bench.state(), "ACTIVE");
  bench.send(MsgCloseGroup, { ...at, gseq: 2 });
  assert.is(bench.state(), "CLOSED");
  assert.is(bench.escrow.balance(OWNER), 1_000_000_000n);
  refuses(
    () => bench.send(MsgUpdateDeployment, { ...at, manifestHash: new Uint8Array(32) }),
    "deployment",
    5,
  );
  refuses(() => bench.send(MsgCloseDeployment, at), "deployment", 5);
  assert.equal(bench.faults(), []);
});

test("groups after the end of a lease, by side and settings", () => {
  const bench = new DeploymentBench();
  bench.create();
  bench.leaseEnds({ side: "tenant", end: LeaseEnd.OWNER });
  assert.is(bench.groups()[0], "paused(LEASE)");
  bench.send(MsgStartGroup, { owner: bench.owner, dseq: 1n, gseq: 1 });
  bench.leaseEnds({ side: "tenant", end: LeaseEnd.OWNER, reopen: true });
  assert.is(bench.groups()[0], "open 3");
  bench.leaseEnds({ side: "term", end: LeaseEnd.TERM });
  assert.is(bench.groups()[0], "paused(LEASE)");
  bench.send(MsgStartGroup, { owner: bench.owner, dseq: 1n, gseq: 1 });
  bench.leaseEnds({ side: "provider", end: LeaseEnd.NO_START });
  assert.is(bench.groups()[0], "open 5");
  bench.market.refuses = true;
  bench.leaseEnds({ side: "provider", end: LeaseEnd.NO_START });
  assert.is(bench.groups()[0], "paused(FUNDS)");
  assert.equal(bench.faults(), []);
});

test("on_lease_close pause", () => {
  const bench = new DeploymentBench();
  const settings = MsgCreateDeployment.create({}).settings;
  bench.create({ settings: { ...settings, onLeaseClose: OnLeaseClose.PAUSE } });
  bench.leaseEnds({ side: "provider" });
  assert.is(bench.groups()[0], "paused(LEASE)");
});

test("the chain reopens five times in 24 hours of U, a tenant's own reopening is not counted", () => {
  const bench = new DeploymentBench();
  bench.create();
  for (let i = 0; i < 5; i++) {
    bench.leaseEnds({ side: "provider" });
    bench.leaseEnds({ side: "tenant", reopen: true });
    bench.block(600);
  }
  assert.is(bench.groups()[0], "open 11");
  bench.leaseEnds({ side: "provider" });
  assert.is(bench.groups()[0], "paused(REOPEN_LIMIT)");
  bench.send(MsgStartGroup, { owner: bench.owner, dseq: 1n, gseq: 1 });
  bench.leaseEnds({ side: "provider" });
  assert.is(bench.groups()[0], "paused(REOPEN_LIMIT)", "starting by hand clears no count");
  bench.send(MsgStartGroup, { owner: bench.owner, dseq: 1n, gseq: 1 });
  bench.block(86_400 - 5 * 600);
  bench.leaseEnds({ side: "provider" });
  assert.is(bench.groups()[0], "open 14", "the first of the five is a day old");
  bench.leaseEnds({ side: "provider" });
  assert.is(bench.groups()[0], "paused(REOPEN_LIMIT)");
});

test("who lost a lease by funds goes first next time, who left does not", () => {
  const bench = new DeploymentBench();
  bench.create();
  bench.leaseEnds({ side: "funds", end: LeaseEnd.FUNDS });
  assert.is(bench.groups()[0], "paused(FUNDS)");
  bench.send(MsgStartGroup, { owner: bench.owner, dseq: 1n, gseq: 1 });
  assert.equal(bench.market.opened.at(-1)?.former, { provider: PROVIDER, price: 70n });
  bench.leaseEnds({ side: "tenant", reopen: true });
  assert.is(bench.market.opened.at(-1)?.former, undefined, "used once");
  bench.leaseEnds({ side: "provider", end: LeaseEnd.NOT_RESUMED });
  assert.equal(bench.market.opened.at(-1)?.former, { provider: PROVIDER, price: 70n });
  bench.leaseEnds({ side: "provider", end: LeaseEnd.HARDWARE });
  assert.is(bench.market.opened.at(-1)?.former, undefined);
});

test("an order that expires leaves no open group behind", () => {
  const bench = new DeploymentBench();
  bench.create();
  bench.orderEnds(OrderEnd.NO_BIDS);
  assert.is(bench.groups()[0], "paused(NO_BIDS)");
  bench.send(MsgStartGroup, { owner: bench.owner, dseq: 1n, gseq: 1 });
  bench.orderEnds(OrderEnd.FUNDS);
  assert.is(bench.groups()[0], "paused(FUNDS)");
  assert.equal(bench.faults(), []);
});

test("the end of grace pauses the deployment, which closes 90 days of U later", () => {
  const bench = new DeploymentBench();
  bench.create();
  bench.runDry();
  assert.is(bench.state(), "PAUSED(FUNDS)");
  assert.equal(bench.groups(), ["paused(DEPLOYMENT)", "paused(DEPLOYMENT)"]);
  assert.equal(bench.faults(), []);
  const found = bench.escrow.machine.look((ctx) =>
    bench.keeper.get(ctx, { owner: OWNER, dseq: 1n }),
  );
  assert.is(found.closesUptime, found.stateUptime + 90n * 86_400n);
  bench.block(Number(found.closesUptime - bench.escrow.machine.uptime) - 1);
  assert.is(bench.state(), "PAUSED(FUNDS)");
  bench.block(1);
  assert.is(bench.state(), "CLOSED");
  assert.equal(bench.faults(), []);
});

test("a deposit and a resume bring it back", () => {
  const bench = new DeploymentBench();
  bench.create();
  bench.runDry();
  bench.escrow.run((ctx) =>
    bench.escrow.keeper.deposit(ctx, deploymentAccount(OWNER, 1n), OWNER, [
      fromBalance(9_000_000n),
    ]),
  );
  assert.is(bench.state(), "PAUSED(FUNDS)", "a deposit alone resumes nothing");
  bench.send(MsgResumeDeployment, { owner: bench.owner, dseq: 1n });
  assert.equal([bench.state(), ...bench.groups()], ["ACTIVE", "open 2", "open 2"]);
  bench.block(91 * 86_400);
  assert.is(bench.state(), "ACTIVE", "the closing left the queue");
  assert.equal(bench.faults(), []);
});

test("lists: filters, cursors and totals from counters", () => {
  const bench = new DeploymentBench();
  for (let i = 0; i < 5; i++) bench.create({ groups: [group("a")] });
  bench.send(MsgPauseDeployment, { owner: bench.owner, dseq: 2n });
  bench.send(MsgCloseDeployment, { owner: bench.owner, dseq: 4n });
  const list = (fields: Partial<QueryDeploymentsRequest>): QueryDeploymentsResponse => {
    const found = bench.module.queries?.find(({ path }) => path.endsWith("/Deployments"));
    const request = QueryDeploymentsRequest.create(fields);
    return bench.escrow.machine.look((ctx) =>
      found?.handle(ctx, request),
    ) as QueryDeploymentsResponse;
  };
  const numbers = (of: QueryDeploymentsResponse): bigint[] =>
    of.deployments.map(({ deployment }) => deployment.dseq);
  const page = (limit: bigint, key: Uint8Array = new Uint8Array(0)) => ({
    key,
    offset: 0n,
    limit,
    countTotal: true,
    reverse: false,
  });
  assert.equal(numbers(list({})), [1n, 2n, 3n, 4n, 5n]);
  assert.is(list({}).pagination?.total, 5n);
  const active = list({ state: DeploymentState.ACTIVE, pagination: page(2n) });
  assert.equal([numbers(active), active.pagination?.total], [[1n, 3n], 3n]);
  const rest = { state: DeploymentState.ACTIVE, pagination: page(2n, active.pagination?.nextKey) };
  assert.equal(numbers(list(rest)), [5n]);
  assert.equal(numbers(list({ owner: bench.owner, state: DeploymentState.PAUSED })), [2n]);
  assert.equal(numbers(list({ dseq: 4n, state: DeploymentState.CLOSED })), [4n]);
  assert.equal(numbers(list({ dseq: 4n, state: DeploymentState.ACTIVE })), []);
  assert.equal(numbers(list({ owner: bench.owner, dseq: 3n })), [3n]);
  const stranger: Address = testAddress(77);
  const other = list({ owner: bench.escrow.machine.addresses.format(stranger) });
  assert.equal([numbers(other), other.pagination?.total], [[], 0n]);
});

test("genesis: export(init(g)) = g", () => {
  const bench = new DeploymentBench();
  bench.create();
  bench.create();
  bench.send(MsgPauseDeployment, { owner: bench.owner, dseq: 2n });
  bench.create({ groups: [group("z")] });
  bench.send(MsgCloseDeployment, { owner: bench.owner, dseq: 3n });
  const part = bench.module.genesis;
  const exported = bench.escrow.machine.look((ctx) => part?.export(ctx)) as GenesisState;
  const env = { addresses: bench.escrow.machine.addresses };
  part?.validate(exported, env);
  const again = new DeploymentBench(exported);
  assert.equal(
    again.escrow.machine.look((ctx) => again.module.genesis?.export(ctx)),
    exported,
  );
  const [first] = exported.deployments;
  if (first === undefined) throw new Error("no deployment");
  const others = exported.deployments.slice(1);
  const broken: GenesisState[] = [
    { ...exported, lastDseqs: [] },
    { ...exported, groups: exported.groups.slice(1) },
    { ...exported, deployments: [{ ...first, liveGroups: 3 }, ...others] },
    { ...exported, deployments: [{ ...first, state: DeploymentState.PAUSED }, ...others] },
    { ...exported, deployments: [...others, first] },
  ];
  for (const state of broken) refuses(() => part?.validate(state, env), "deployment", 17);
});

test.run();
