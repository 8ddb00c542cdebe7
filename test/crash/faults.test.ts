// Each step on a block's way to the disk fails once, as with a full disk: the node halts with a sentence,
// and the next start goes on from a whole height.

import { rmSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { COMMIT_STEPS } from "../../chain/node/steps.ts";
import type { CommitStep } from "../../chain/node/steps.ts";
import { makeTestHome, openTestNode } from "../support/node.ts";
import { checkHome } from "./checks.ts";

const test = suite("faults");

/** Not reached by a home this small and young; `make crash` reaches them. */
const ELSEWHERE: readonly CommitStep[] = ["snapshot.piece", "blocks.pruned"];

test("a step that fails halts the node and damages nothing", async () => {
  const home = makeTestHome({
    config: { timeout_commit: '"10ms"' },
    app: { "snapshot-blocks": "3" },
  });
  let height = 0n;
  for (const step of COMMIT_STEPS.filter((name) => !ELSEWHERE.includes(name))) {
    let left = 8;
    const node = await openTestNode(home, undefined, (reached) => {
      if (reached === step && --left <= 0) throw new Error(`no room left at ${step}`);
    });
    const reason = await node.halted;
    assert.match(reason, new RegExp(`^no more blocks after height \\d+: no room left at ${step}$`));
    await node.stop();
    const found = await checkHome(home, height);
    assert.ok(found > height, `${step}: height ${found} after ${height}`);
    height = found;
  }
  rmSync(home, { recursive: true, force: true });
});

test.run();
