// Random tenants and providers on the whole application: after every block all invariants hold,
// nothing is quarantined, and what is exported can be imported again.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { tallies } from "../../modules/deployment/state.ts";
import { randomTenantStep } from "../../modules/deployment/simulation.ts";
import {
  randomDevices,
  randomProviderStep,
  randomRegistration,
} from "../../modules/provider/simulation.ts";
import type { Signer } from "../support/signing.ts";
import { LifeSteps } from "../support/life_steps.ts";

const BLOCKS = 200;

/** A small generator of numbers: the same seed plays the same game. */
function dice(seed: number): (bound: number) => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * bound);
  };
}

for (const seed of [1, 2, 3]) {
  test(`seed ${seed}: ${BLOCKS} blocks of random messages`, () => {
    const roll = dice(seed);
    const life = new LifeSteps(roll);
    const { chain, tenants, sellers } = life;
    for (const [owner, operator] of sellers) {
      const actor = life.seller(owner, operator);
      life.add(owner, randomRegistration(roll, actor));
      life.add(owner, randomDevices(roll, actor));
    }
    life.block(5);
    for (let block = 0; block < BLOCKS; block++) {
      for (const [owner, operator] of sellers) {
        const made = randomProviderStep(roll, life.seller(owner, operator));
        life.add(made.signer === owner.address ? owner : operator, made);
        life.addOfferOrLease(owner, operator);
      }
      for (const tenant of tenants) if (roll(2) === 0) life.add(tenant, tenantStep(tenant));
      life.block(roll(6) === 0 ? 7200 : 5 + roll(300));
      assert.equal(life.faults(), [], `block ${block}`);
    }
    assert.ok(life.accepted > BLOCKS, `${life.accepted} messages were accepted`);
    assert.ok(life.started > 0, "a lease was started");

    function tenantStep(tenant: Signer): ReturnType<typeof randomTenantStep> {
      const lastDseq = tallies.get(chain.ctx(), tenant.bytes)?.lastDseq ?? 0n;
      return randomTenantStep(roll, { owner: tenant.address, denom: "ulease", lastDseq });
    }
  });
}

test.run();
