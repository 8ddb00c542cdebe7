// The thread that verifies signatures: takes packed jobs, gives one byte per job back.

import { parentPort } from "node:worker_threads";
import { fastPlatform } from "./platform.ts";
import { verifyPacked } from "./verify/packing.ts";

const platform = fastPlatform(() => undefined);

parentPort?.on("message", (message: { id: number; packed: Uint8Array }) => {
  const verdicts = verifyPacked(message.packed, platform.verifySecp256k1);
  parentPort?.postMessage({ id: message.id, verdicts }, [verdicts.buffer]);
});
