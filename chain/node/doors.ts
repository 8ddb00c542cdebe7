// What opens in front of a node whatever makes its blocks.

import type { Platform } from "../base/platform.ts";
import type { Application } from "../runtime/index.ts";
import type { Logger } from "./log.ts";
import type { NodeSettings } from "./settings.ts";

/** What the doors of a node work with. */
export interface DoorParts {
  readonly app: Application;
  readonly platform: Platform;
  readonly settings: NodeSettings;
  readonly log: Logger;
  /** Where the RPC of the node is: ours, or CometBFT's. */
  readonly rpcUrl: string;
}

/** Opens what stands in front of both engines; what it opens is added to `closers`. */
export async function openDoors(parts: DoorParts, closers: (() => Promise<void>)[]): Promise<void> {
  void parts;
  void closers;
}
