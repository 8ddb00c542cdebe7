// The stream that decides the state of a chain, as it came over the socket: each InitChain, FinalizeBlock
// and Commit with its answer, request and response in turn, every one a frame. `leasehold replay` runs it
// again. After a restart CometBFT may send a block again that was not committed: it stands here twice.

import { closeSync, openSync, writeSync } from "node:fs";
import { concatBytes } from "../../base/bytes.ts";

/** Writes a recording. */
export class Recorder {
  readonly #file: number;

  /** Opens the file; what stands in it stays, and the recording goes on behind it. */
  constructor(path: string) {
    this.#file = openSync(path, "a", 0o644);
  }

  /** Adds a pair of frames in one write. */
  add(request: Uint8Array, response: Uint8Array): void {
    const pair = concatBytes(request, response);
    for (let done = 0; done < pair.length;)
      done += writeSync(this.#file, pair, done, pair.length - done);
  }

  close(): void {
    closeSync(this.#file);
  }
}
