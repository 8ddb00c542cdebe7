// The threads beside the main one. With start data it is a helper, which shares memory with the main
// thread; otherwise it verifies signatures: takes packed jobs, gives one byte per job back.

import { parentPort, workerData } from "node:worker_threads";
import { serveHelper } from "./helper/serve.ts";
import type { HelperStart } from "./helper/thread.ts";
import { fastPlatform } from "./platform.ts";
import { verifyPacked } from "./verify/packing.ts";

const platform = fastPlatform(() => undefined);
const start = workerData as HelperStart | null | undefined;

if (start?.board !== undefined) serveHelper(start, platform);

parentPort?.on("message", (message: { id: number; packed: Uint8Array }) => {
  const verdicts = verifyPacked(message.packed, platform.verifySecp256k1);
  parentPort?.postMessage({ id: message.id, verdicts }, [verdicts.buffer]);
});
