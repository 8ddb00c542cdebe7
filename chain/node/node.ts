// Starts a node with the engine that its home names. Commands and tests use nothing else of this floor
// to run a chain.

import type { EngineKind } from "./claim.ts";
import { startCometNode } from "./cometbft/node.ts";
import type { CometNodeOptions } from "./cometbft/node.ts";
import { startEmbeddedNode } from "./embedded/node.ts";
import { readSettings } from "./foundation.ts";
import type { Node } from "./foundation.ts";

/** What a node is started with, and by which engine. */
export interface StartOptions extends CometNodeOptions {
  /** Instead of engine.kind of app.toml. */
  readonly engine?: EngineKind | undefined;
}

/** Starts a node. Rejects with one sentence when it cannot; what was opened is closed again. */
export async function startNode(options: StartOptions): Promise<Node> {
  const { app } = readSettings(options.home);
  const engine = options.engine ?? (app.text("engine.kind") as EngineKind);
  switch (engine) {
    case "embedded":
      refuseCometOptions(options);
      return startEmbeddedNode(options);
    case "comet":
      return startCometNode(options);
  }
}

/** What only means something behind CometBFT is not passed over in silence. */
function refuseCometOptions({ supervise, cometbft, record }: StartOptions): void {
  if (supervise !== true && cometbft === undefined && record === undefined) return;
  throw new Error(
    "--with-cometbft, --cometbft and --record belong to engine comet; this home runs the embedded engine",
  );
}
