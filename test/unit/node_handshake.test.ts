// The table of what is done at start, row by row. Source of the rows: CometBFT consensus/replay.go.

import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dataPaths } from "../../chain/node/claim.ts";
import { planHandshake } from "../../chain/node/embedded/handshake.ts";
import { createLogger } from "../../chain/node/log.ts";
import { makeTestHome, openTestNode } from "../support/node.ts";

const test = suite("handshake");

// app, state, store, base -> steps, or a part of the sentence that refuses
const ROWS: readonly (readonly [bigint, bigint, bigint, bigint, string])[] = [
  [0n, 0n, 0n, 0n, "initChain+"],
  [0n, 0n, 1n, 1n, "initChain+ apply1"],
  [0n, 3n, 3n, 1n, "initChain replay1 replay2 replay3"],
  [0n, 2n, 3n, 1n, "initChain replay1 replay2 apply3"],
  [5n, 5n, 5n, 1n, ""],
  [3n, 5n, 5n, 1n, "replay4 replay5"],
  [3n, 4n, 5n, 1n, "replay4 apply5"],
  [4n, 4n, 5n, 1n, "apply5"],
  [5n, 4n, 5n, 1n, "adopt5"],
  [1n, 0n, 1n, 1n, "adopt1"],
  [9n, 9n, 9n, 8n, ""],
  [6n, 9n, 9n, 8n, "!the oldest block kept is 8"],
  [0n, 9n, 9n, 8n, "!are pruned"],
  [6n, 5n, 5n, 1n, "!the application is at height 6, the block log ends at 5"],
  [5n, 5n, 4n, 1n, "!do not fit"],
  [5n, 5n, 7n, 1n, "!do not fit"],
];

for (const [app, state, store, base, expected] of ROWS) {
  test(`app ${app}, state ${state}, log ${base}..${store}`, () => {
    const plan = (): string =>
      planHandshake({ app, state, store, base, initial: 1n })
        .map((step) =>
          step.kind === "initChain" ? `initChain${step.adopt ? "+" : ""}` : step.kind + step.height,
        )
        .join(" ");
    if (expected.startsWith("!")) assert.throws(plan, new RegExp(expected.slice(1)));
    else assert.is(plan(), expected);
  });
}

test("a chain that begins at height 100", () => {
  const steps = planHandshake({ app: 0n, state: 0n, store: 100n, base: 100n, initial: 100n });
  assert.equal(
    steps.map((step) => step.kind),
    ["initChain", "apply"],
  );
});

test("a long replay is told by its first and last height; each block only at debug", async () => {
  const home = makeTestHome({ config: { timeout_commit: '"20ms"' } });
  const node = await openTestNode(home);
  while (node.engine.state.height < 12n) await pause(20);
  await node.stop();
  const to = node.engine.state.height;
  rmSync(dataPaths(home).application, { recursive: true });
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line.slice(13));
  const log = createLogger({ level: "debug", format: "plain", write });
  await (await openTestNode(home, log)).stop();
  const told = lines.filter((line) => line.includes("handshake: "));
  assert.is(told[0], `INFO  handshake: replaying blocks of the log from=1 to=${to}`);
  assert.is(told.at(-1), `INFO  handshake: replayed the blocks of the log from=1 to=${to}`);
  const each = told.slice(1, -1);
  assert.is(each.length, Number(to));
  for (const line of each)
    assert.match(line, /^DEBUG handshake: replaying a block of the log height=/);
  rmSync(home, { recursive: true, force: true });
});

test.run();
