// The CosmJS acceptance suite against one validator behind real CometBFT: the same tests as on the
// embedded engine, without a change.

import { suite } from "uvu";
import { acceptance } from "../support/acceptance.ts";
import { findCometbft } from "../support/cometbft.ts";
import { startTestCometNode } from "../support/comet_node.ts";

const comet = findCometbft();

if ("missing" in comet) {
  const test = suite("CosmJS behind CometBFT");
  test("is left out", () => {
    process.stdout.write(`left out: CosmJS behind CometBFT, because ${comet.missing}\n`);
  });
  test.run();
} else {
  acceptance("CosmJS behind CometBFT", (options) => startTestCometNode(options, comet.path)).run();
}
