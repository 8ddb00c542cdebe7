// The same blocks of mixed market load on the fast platform and on the pure one, which also remembers
// no verdict, checks and simulates in between, starts again from disk in the middle: same results,
// same app hashes.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../chain/base/bytes.ts";
import { leaseholdParts, storeNames } from "../../chain/app/index.ts";
import { purePlatform } from "../../chain/crypto/pure.ts";
import type {
  RequestFinalizeBlock,
  ResponseFinalizeBlock,
} from "../../chain/codec/gen/tendermint/abci.ts";
import { Application } from "../../chain/runtime/index.ts";
import { StateLoader } from "../../chain/store/index.ts";
import { tallies } from "../../modules/deployment/state.ts";
import { randomTenantStep } from "../../modules/deployment/simulation.ts";
import {
  randomDevices,
  randomProviderStep,
  randomRegistration,
} from "../../modules/provider/simulation.ts";
import { TestDisk } from "../support/disk.ts";
import { LifeSteps } from "../support/life_steps.ts";
import { Random } from "./random.ts";

const BLOCKS = 120;

interface Recorded {
  readonly request: RequestFinalizeBlock;
  readonly response: ResponseFinalizeBlock;
}

/** Plays a life on the fast platform and writes down what went in and out. */
function record(): { life: LifeSteps; blocks: Recorded[] } {
  const random = new Random(1);
  const roll = (bound: number): number => random.int(0, bound - 1);
  const life = new LifeSteps(roll);
  const blocks: Recorded[] = [];
  const { client } = life.chain;
  const finalize = client.finalizeBlock.bind(client);
  client.finalizeBlock = (request) => {
    const response = finalize(request);
    blocks.push({ request, response });
    return response;
  };
  for (const [owner, operator] of life.sellers) {
    const actor = life.seller(owner, operator);
    life.add(owner, randomRegistration(roll, actor));
    life.add(owner, randomDevices(roll, actor));
  }
  life.block(5);
  for (let block = 0; block < BLOCKS; block++) {
    for (const [owner, operator] of life.sellers) {
      const made = randomProviderStep(roll, life.seller(owner, operator));
      life.add(made.signer === owner.address ? owner : operator, made);
      life.addOfferOrLease(owner, operator);
    }
    for (const tenant of life.tenants) {
      const lastDseq = tallies.get(life.chain.ctx(), tenant.bytes)?.lastDseq ?? 0n;
      const at = { owner: tenant.address, denom: "ulease", lastDseq };
      if (roll(2) === 0) life.add(tenant, randomTenantStep(roll, at));
    }
    life.block(roll(6) === 0 ? 7200 : 5 + roll(300));
  }
  return { life, blocks };
}

/** The application of a process that starts now, on the pure platform. */
function start(disk: TestDisk): Application {
  const parts = leaseholdParts(purePlatform, "test");
  const loader = new StateLoader(purePlatform, storeNames(parts), { provableHeights: 2 });
  for (let range = loader.next(); range !== undefined; range = loader.next())
    for (const [key, value] of disk.records.iterate(range.gte, range.lt)) loader.push(key, value);
  return new Application(parts, { store: loader.finish(), platform: purePlatform, memoSize: 1 });
}

test("fast and pure platform agree on every result and every app hash", () => {
  const { life, blocks } = record();
  assert.ok(life.accepted > BLOCKS && life.started > 0, `${life.accepted}, ${life.started}`);
  const disk = new TestDisk();
  let app = start(disk);
  app.initChain(life.chain.genesis);
  const first = { ...(blocks[0] as Recorded).request, txs: [], height: 1n };
  const time = { seconds: (life.chain.genesis.time?.seconds ?? 0n) + 5n, nanos: 0 };
  app.finalizeBlock({ ...first, time });
  disk.write(app.commitBatch().writes);
  app.commit();
  for (const [index, { request, response }] of blocks.entries()) {
    if (index === BLOCKS / 2) app = start(disk);
    for (const [at, tx] of request.txs.entries()) {
      if (at % 3 === 0) app.checkTx({ tx, type: 0 });
      if (at % 4 === 0) app.simulate(tx);
    }
    const again = app.finalizeBlock(request);
    assert.equal(again.txResults, response.txResults, `results of block ${request.height}`);
    assert.equal(again.events, response.events, `events of block ${request.height}`);
    assert.is(toHex(again.appHash), toHex(response.appHash), `app hash of ${request.height}`);
    disk.write(app.commitBatch().writes);
    app.commit();
  }
  assert.equal(app.brokenInvariants(), []);
});

test.run();
