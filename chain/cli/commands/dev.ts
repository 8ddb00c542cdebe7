// dev advance | halt: move the clocks of a local chain (the node must run with dev = true).

import type { Call, CommandCode } from "../command.ts";
import { parseDuration } from "../args.ts";
import { formatSeconds, toJsonText } from "../output.ts";
import { callRpc } from "../rpc.ts";
import { nodeUrl } from "../connection.ts";

/** A long advance makes many blocks: up to ten minutes. */
const ADVANCE_TIMEOUT_MS = 600_000;

interface Moved {
  readonly height: string;
  readonly time: string;
}

async function move(call: Call, method: string): Promise<void> {
  const seconds = parseDuration(call.args.word(0, "the duration"));
  const moved = await callRpc<Moved>(
    nodeUrl(call),
    method,
    { seconds: seconds.toString() },
    ADVANCE_TIMEOUT_MS,
  );
  if (call.out.json) return call.out.line(toJsonText(moved));
  call.out.line(`${formatSeconds(seconds)} later: height ${moved.height}, ${moved.time}`);
}

/** dev advance DURATION: empty blocks until both clocks moved that far. */
export const advance: CommandCode = { run: (call) => move(call, "dev_advance") };

/** dev halt DURATION: one jump of the header time, as after a halt. */
export const halt: CommandCode = { run: (call) => move(call, "dev_halt") };
