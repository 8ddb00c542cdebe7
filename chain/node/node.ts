// Starts a node with the engine that its home names. Commands and tests use nothing else of this floor
// to run a chain.

import type { EngineKind } from "./claim.ts";
import { startEmbeddedNode } from "./embedded/node.ts";
import { readSettings } from "./foundation.ts";
import type { Node, NodeOptions } from "./foundation.ts";

/** What a node is started with, and by which engine. */
export interface StartOptions extends NodeOptions {
  /** Instead of engine.kind of app.toml. */
  readonly engine?: EngineKind | undefined;
}

/** Starts a node. Rejects with one sentence when it cannot; what was opened is closed again. */
export async function startNode(options: StartOptions): Promise<Node> {
  const { app } = readSettings(options.home);
  const engine = options.engine ?? (app.text("engine.kind") as EngineKind);
  switch (engine) {
    case "embedded":
      return startEmbeddedNode(options);
    case "comet":
      throw new Error("engine comet is not there yet");
  }
}
