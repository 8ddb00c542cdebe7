// export: the genesis that it prints is that of the chain as it is now, not as it began.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leaseholdParts } from "../../chain/app/index.ts";
import type { Platform } from "../../chain/base/platform.ts";
import { MsgUpdateParams } from "../../chain/codec/gen/cosmos/consensus/v1.ts";
import { startEmbeddedNode } from "../../chain/node/embedded/node.ts";
import { SILENT } from "../../chain/node/log.ts";
import type { AppModule, AppParts } from "../../chain/runtime/index.ts";
import { runCommand } from "../support/commands.ts";
import { callRpc, makeTestHome } from "../support/node.ts";

const test = suite("export");
const FROM = 3n;

type Loose = { readonly [key: string]: Loose };

/** The application, in which the authority changes the consensus parameters once. */
function changing(platform: Platform): AppParts {
  const parts = leaseholdParts(platform, "test");
  const handlers = parts.modules.flatMap((module) => module.messages ?? []);
  const handler = handlers.find(({ type }) => type.typeUrl === MsgUpdateParams.typeUrl);
  if (handler === undefined) throw new Error("no handler of MsgUpdateParams");
  const authority: AppModule = {
    name: "authority",
    stores: [],
    endBlock(ctx) {
      if (ctx.height !== FROM) return;
      const now = parts.consensus.params(ctx);
      const message = {
        authority: ctx.addresses.format(ctx.authority),
        block: { maxBytes: 3_000_000n, maxGas: 77_000_000n },
        evidence: { ...now.evidence, maxAgeNumBlocks: 1234n },
        validator: now.validator,
      };
      handler.handle(ctx, handler.type.create(message as never));
    },
  };
  const endBlock = [...parts.order.endBlock, authority];
  return { ...parts, order: { ...parts.order, endBlock } };
}

test("consensus parameters are those that hold now", async () => {
  const home = makeTestHome();
  const folder = mkdtempSync(join(tmpdir(), "leasehold-export-"));
  try {
    const options = { home, compose: changing, log: SILENT, listen: "tcp://127.0.0.1:0" };
    const node = await startEmbeddedNode(options);
    while (node.engine.state.height <= FROM) await pause(20);
    const { consensus_params: now } = await callRpc<Loose>(node.rpcUrl, "consensus_params");
    await node.stop();
    const ran = await runCommand(home, "export");
    assert.is(ran.failure, "");
    const paramsOf = (text: string): unknown =>
      (JSON.parse(text) as Loose)["consensus"]?.["params"];
    assert.equal(paramsOf(ran.out), now);
    const first = readFileSync(join(home, "config", "genesis.json"), "utf8");
    assert.not.equal(paramsOf(first), now, "the file says what held at the first block");
    const file = join(folder, "exported.json");
    writeFileSync(file, ran.out);
    assert.match((await runCommand(home, "genesis", "validate", file)).out, /is valid/);
  } finally {
    for (const one of [home, folder]) rmSync(one, { recursive: true, force: true });
  }
});

test.run();
