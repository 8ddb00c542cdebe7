// Due items of provider and deployment that fail: set aside, the block goes on, tried again.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { MsgHeartbeat } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { AppModule, Context, FailedItem } from "../../chain/runtime/index.ts";
import { deploymentAccount, leasePayment } from "../../modules/escrow/index.ts";
import { DeploymentBench, OWNER, PROVIDER } from "../support/deployment.ts";
import { fromBalance, testAddress } from "../support/escrow.ts";
import { ProviderBench } from "../support/provider.ts";

/** As MsgRetryQuarantined does it: the mark is undone and the item queued again. */
function retry(ctx: Context, module: AppModule, item: FailedItem | undefined): void {
  const found = module.queues?.find(({ queue }) => queue.place.name === item?.queue);
  if (found === undefined || item === undefined) throw new Error("no such queue");
  found.retry?.(ctx, item);
  found.queue.insert(ctx, item.second, item.kind, item.id);
}

test("a heartbeat that cannot be told stale is set aside and told when tried again", () => {
  const bench = new ProviderBench();
  const seller = testAddress(4);
  bench.fund(seller);
  bench.register(seller);
  const text = bench.text(seller);
  bench.send(MsgHeartbeat, { operator: text, provider: text, seq: 1n });
  bench.refusesStale = true;
  bench.block(1201);
  assert.is(bench.machine.quarantined.length, 1);
  assert.equal(bench.heard, ["fresh"]);
  assert.equal(bench.faults(), []);
  bench.refusesStale = false;
  bench.run((ctx) => retry(ctx, bench.module, bench.machine.quarantined[0]));
  bench.block(1);
  assert.equal(bench.heard, ["fresh", "stale"]);
  assert.equal(bench.faults(), []);
});

test("an item that is tried again after the next heartbeat does nothing", () => {
  const bench = new ProviderBench();
  const seller = testAddress(4);
  bench.fund(seller);
  bench.register(seller);
  const text = bench.text(seller);
  bench.send(MsgHeartbeat, { operator: text, provider: text, seq: 1n });
  bench.refusesStale = true;
  bench.block(1201);
  bench.send(MsgHeartbeat, { operator: text, provider: text, seq: 2n });
  bench.run((ctx) => retry(ctx, bench.module, bench.machine.quarantined[0]));
  bench.block(1);
  assert.is(bench.machine.quarantined.length, 1);
  assert.equal(bench.heard, ["fresh", "fresh"]);
  assert.equal(bench.faults(), []);
});

test("a deployment whose account cannot be closed is set aside and closed when tried again", () => {
  const bench = new DeploymentBench();
  bench.create();
  bench.runDry();
  assert.is(bench.state(), "PAUSED(FUNDS)");
  const { escrow } = bench;
  const account = deploymentAccount(OWNER, 1n);
  escrow.run((ctx) => escrow.keeper.deposit(ctx, account, OWNER, [fromBalance(400_000_000n)]));
  const ref = leasePayment({ owner: OWNER, dseq: 1n, gseq: 1, oseq: 9, provider: PROVIDER });
  escrow.run((ctx) => escrow.keeper.createPayment(ctx, { ...ref, payee: PROVIDER, rate: 1n }));
  bench.block(91 * 86_400);
  assert.is(bench.state(), "PAUSED(FUNDS)");
  assert.is(escrow.machine.quarantined.length, 1);
  assert.equal(bench.faults(), []);
  escrow.run((ctx) => escrow.keeper.closePayment(ctx, ref));
  escrow.run((ctx) => retry(ctx, bench.module, escrow.machine.quarantined[0]));
  bench.block(1);
  assert.is(bench.state(), "CLOSED");
  assert.equal(bench.faults(), []);
});

test.run();
