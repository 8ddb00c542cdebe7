// start: the node of this home until it is told to stop.

import { leaseholdParts } from "../../app/index.ts";
import { startNode } from "../../node/node.ts";
import type { CommandCode } from "../command.ts";
import { CliFailure, UsageFailure } from "../failure.ts";
import { createLogger } from "../../node/log.ts";
import type { LogLevel } from "../../node/log.ts";
import { engineOf } from "./init.ts";
import { VERSION } from "./version.ts";

const LEVELS: readonly string[] = ["debug", "info", "warn", "error"];

/** start [--engine E] [--log-level L]. Ends when the engine halts, or on SIGINT and SIGTERM after the current block. */
export const start: CommandCode = {
  async run(call) {
    const level = call.args.value("log-level");
    if (level !== undefined && !LEVELS.includes(level)) {
      throw new UsageFailure(`--log-level is one of ${LEVELS.join(", ")}, got ${level}`);
    }
    const log =
      level === undefined
        ? {}
        : { log: createLogger({ level: level as LogLevel, format: "plain" }) };
    const node = await startNode({
      home: call.home,
      compose: (platform) => leaseholdParts(platform, VERSION),
      engine: engineOf(call),
      supervise: call.args.has("with-cometbft") ? true : undefined,
      cometbft: call.args.value("cometbft"),
      record: call.args.value("record"),
      ...log,
    });
    const told = new Promise<undefined>((resolve) => {
      process.once("SIGINT", () => resolve(undefined));
      process.once("SIGTERM", () => resolve(undefined));
    });
    const reason = await Promise.race([node.halted, told]);
    await node.stop();
    if (reason !== undefined) throw new CliFailure(`the node has halted: ${reason}`);
  },
};
