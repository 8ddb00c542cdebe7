// Four validators behind real CometBFT on this machine, each node killed once under load: the short form of
// what `make crash` does for longer.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RECOVERY_LIMIT_MS, tryNetwork } from "../crash/network.ts";
import { testPorts } from "../dev/network.ts";
import { findCometbft } from "../support/cometbft.ts";

const test = suite("network of four");
const comet = findCometbft();

if ("missing" in comet) {
  test("is left out", () => {
    process.stdout.write(`left out: a network behind CometBFT, because ${comet.missing}\n`);
  });
} else {
  test("killed nodes come back, all hold the same chain and every answered transaction", async () => {
    const figures = await tryNetwork({
      validators: 4,
      senders: 4,
      kills: 4,
      seed: Date.now(),
      blockTime: "300ms",
      startingPort: testPorts(),
      targets: ["both"],
      tell: () => undefined,
    });
    const times = [...figures.recoveries.values()].flat();
    assert.is(times.length, 4);
    assert.ok(times.every((ms) => ms < RECOVERY_LIMIT_MS));
    assert.ok(figures.answered > 0);
    assert.is(figures.found, 4 * figures.answered);
  });
}

test.run();
