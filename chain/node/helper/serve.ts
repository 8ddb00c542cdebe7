// The other side of a helper: waits for work, claims tasks from the front, and never holds anything
// that the main thread cannot do itself.

import { receiveMessageOnPort } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import type { Platform } from "../../base/platform.ts";
import { TreeHasher } from "../../store/hasher.ts";
import { Board, KIND, STATE } from "./board.ts";
import type { HelperStart, NewChunks } from "./thread.ts";
import { verifyOne } from "./thread.ts";

/** One memory of trees as this thread sees it. */
class SharedNodes {
  readonly words: Uint32Array[] = [];
  readonly bytes: Uint8Array[] = [];
  readonly blobWords: Uint32Array[] = [];
  readonly blobBytes: Uint8Array[] = [];
  readonly hasher: TreeHasher;

  constructor(platform: Platform) {
    this.hasher = new TreeHasher(this, platform);
  }

  add(chunks: NewChunks): void {
    for (const chunk of chunks.nodes) {
      this.words.push(new Uint32Array(chunk));
      this.bytes.push(new Uint8Array(chunk));
    }
    for (const chunk of chunks.blobs) {
      this.blobWords.push(new Uint32Array(chunk));
      this.blobBytes.push(new Uint8Array(chunk));
    }
  }
}

/** Serves until the thread is terminated. */
export function serveHelper(start: HelperStart, platform: Platform): never {
  const board = new Board(start.board);
  const memories = new Map<number, SharedNodes>();
  let known = 0;
  for (;;) {
    board.awaitTurn(known);
    const { turn, kind, count, memoryId } = board;
    known = turn;
    if (turn % 2 !== 0 || board.turn !== turn) continue;
    takeChunks(start.port, memories, platform);
    const hasher = memories.get(memoryId)?.hasher;
    if (kind === KIND.hash && hasher === undefined) continue;
    for (let task = 0; task < count; task++) {
      if (!board.claim(turn, task)) {
        if (board.turn !== turn) break;
        continue;
      }
      if (kind === KIND.verify) {
        const good = verifyOne(board.check(task), platform.verifySecp256k1);
        board.finish(turn, task, good ? STATE.done : STATE.refused);
      } else {
        hasher?.hash(board.argument(task));
        board.finish(turn, task, STATE.done);
      }
    }
  }
}

function takeChunks(
  port: MessagePort,
  memories: Map<number, SharedNodes>,
  platform: Platform,
): void {
  for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
    const chunks = got.message as NewChunks;
    const nodes = memories.get(chunks.memory) ?? new SharedNodes(platform);
    memories.set(chunks.memory, nodes);
    nodes.add(chunks);
  }
}
