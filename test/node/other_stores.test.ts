// Homes that were written by a version with other stores: no command and no engine goes on with them, and
// all say which stores differ and what helps.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leaseholdParts } from "../../chain/app/index.ts";
import type { Platform } from "../../chain/base/platform.ts";
import { startEmbeddedNode } from "../../chain/node/embedded/node.ts";
import { readGenesis } from "../../chain/node/home.ts";
import { SILENT } from "../../chain/node/log.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { loadStopped, withStopped } from "../../chain/node/upkeep/stopped.ts";
import type { AppModule, AppParts } from "../../chain/runtime/index.ts";
import { formatGenesis } from "../../genesis/index.ts";
import { runCommand } from "../support/commands.ts";
import { makeTestHome, openTestNode } from "../support/node.ts";

type Compose = (platform: Platform) => AppParts;
type Json = { app_state: Record<string, unknown> };

const test = suite("other stores");
const COMMANDS = ["verify-state", "export", "rollback", "reindex --side", "prune"];
const LATER = ["authz", "feegrant"];
const silent = { note: () => undefined };

/** The application before modules authz and feegrant. */
function older(platform: Platform): AppParts {
  const parts = leaseholdParts(platform, "old");
  const kept = (list: readonly AppModule[]): readonly AppModule[] =>
    list.filter(({ name }) => !LATER.includes(name));
  const { preBlock, beginBlock, endBlock, initGenesis } = parts.order;
  return {
    ...parts,
    modules: kept(parts.modules),
    order: {
      preBlock: kept(preBlock),
      beginBlock: kept(beginBlock),
      endBlock: kept(endBlock),
      initGenesis: kept(initGenesis),
    },
  };
}

/** The application with a module that this version does not know. */
function newer(platform: Platform): AppParts {
  const parts = leaseholdParts(platform, "new");
  return { ...parts, modules: [...parts.modules, { name: "staking", stores: ["staking"] }] };
}

/** A home with blocks and snapshots of that application. */
async function homeOf(compose: Compose): Promise<string> {
  const app = { "snapshot-blocks": "3" };
  const home = makeTestHome({ config: { timeout_commit: '"20ms"' }, app });
  const path = join(home, "config", "genesis.json");
  const genesis = JSON.parse(readFileSync(path, "utf8")) as Json;
  for (const name of LATER) if (compose === older) delete genesis.app_state[name];
  writeFileSync(path, JSON.stringify(genesis));
  const options = { home, compose, log: SILENT, listen: "tcp://127.0.0.1:0" };
  const node = await startEmbeddedNode(options);
  while (node.engine.state.height < 8n) await pause(20);
  await node.stop();
  return home;
}

async function refusals(home: string): Promise<readonly string[]> {
  const started = await openTestNode(home).then(
    () => "it started",
    (error: Error) => error.message,
  );
  const told = [started];
  for (const words of COMMANDS) told.push((await runCommand(home, ...words.split(" "))).failure);
  return told;
}

test("a home of an older version says which stores it lacks, and the ways out are ways", async () => {
  const home = await homeOf(older);
  const folder = mkdtempSync(join(tmpdir(), "leasehold-stores-"));
  try {
    for (const sentence of await refusals(home)) {
      assert.match(sentence, /^\S+application\.db was written by a version .* with other stores:/);
      assert.match(sentence, / it lacks authz, feegrant\. Export with that version .*--genesis/);
      assert.match(sentence, /comet unsafe-reset-all$/);
    }
    const file = join(folder, "exported.json");
    const platform = fastPlatform(() => undefined);
    await withStopped({ home, compose: older, ...silent }, async (stopped) => {
      const app = await loadStopped(stopped);
      const appState = app.exportGenesis();
      assert.not.ok("authz" in appState);
      const document = { ...readGenesis(home).document, appState };
      writeFileSync(file, JSON.stringify(formatGenesis(platform, document)));
    });
    const begun = await runCommand(join(folder, "home"), "init", "--genesis", file);
    assert.is(begun.failure, "");
    assert.is((await runCommand(home, "comet", "unsafe-reset-all")).failure, "");
    const node = await openTestNode(home);
    await node.stop();
  } finally {
    for (const one of [home, folder]) rmSync(one, { recursive: true, force: true });
  }
});

test("a home of a newer version does not go on without its stores", async () => {
  const home = await homeOf(newer);
  for (const sentence of await refusals(home))
    assert.match(sentence, /other stores: it has staking, which this version has not\. Export/);
  rmSync(home, { recursive: true, force: true });
});

test.run();
