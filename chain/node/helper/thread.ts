// The main thread's side of a helper: it hands work out, does what the other thread has not begun, and
// waits for what that has claimed only where it must.
//
// Verdicts are given in the order in which transactions run: the thread verifies from the front, and
// while a verdict is still being made the main thread verifies from the back. Nodes are hashed from
// both ends; a claimed subtree is waited for, since two may not write in it.

import { MessageChannel, Worker } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { assert } from "../../base/assert.ts";
import type { CurveCheck, Helper, Platform, TreeMemory } from "../../base/platform.ts";
import { verifyPacked } from "../verify/packing.ts";
import { Board, KIND, MAX_TASKS, STATE } from "./board.ts";

/** How long a claimed task may take before the thread counts as lost. */
const LOST_MS = 30_000;
/** How long a verdict is waited for before it is made here. */
const PATIENCE_MS = 2;

/** What the other thread is started with. */
export interface HelperStart {
  readonly board: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** New chunks of one memory, sent before the first work on them. */
export interface NewChunks {
  readonly memory: number;
  readonly nodes: readonly SharedArrayBuffer[];
  readonly blobs: readonly SharedArrayBuffer[];
}

interface Sent {
  readonly id: number;
  nodes: number;
  blobs: number;
}

/** A helper on a thread of its own. */
export class HelperThread implements Helper {
  readonly #verifyCheck: Platform["verifySecp256k1"];
  readonly #board = new Board();
  readonly #port: MessagePort;
  readonly #worker: Worker;
  readonly #sent = new Map<TreeMemory, Sent>();
  #alive = true;

  /** Starts the compiled `script` (signature_worker) as helper. */
  constructor(verify: Platform["verifySecp256k1"], script: URL) {
    this.#verifyCheck = verify;
    const { port1, port2 } = new MessageChannel();
    const workerData: HelperStart = { board: this.#board.memory, port: port2 };
    this.#port = port1;
    this.#port.unref();
    this.#worker = new Worker(script, { workerData, transferList: [port2] });
    this.#worker.unref();
    this.#worker.on("error", () => (this.#alive = false));
    this.#worker.on("exit", () => (this.#alive = false));
  }

  async close(): Promise<void> {
    this.#alive = false;
    this.#port.close();
    await this.#worker.terminate();
  }

  verify(checks: readonly CurveCheck[]): (index: number) => boolean {
    const board = this.#board;
    const count = this.#alive ? Math.min(checks.length, MAX_TASKS) : 0;
    board.open();
    for (let task = 0; task < count; task++) {
      const { key, digest, signature } = checks[task] as CurveCheck;
      const packed = board.check(task);
      packed.set(key);
      packed.set(digest, 33);
      packed.set(signature, 65);
    }
    board.publish(KIND.verify, count, 0);
    const { turn } = board;
    let back = count - 1;
    const own = (index: number): boolean => {
      const { key, digest, signature } = checks[index] as CurveCheck;
      return this.#verifyCheck(key, digest, signature);
    };
    const finish = (task: number): boolean => {
      const good = own(task);
      board.finish(turn, task, good ? STATE.done : STATE.refused);
      return good;
    };
    return (index) => {
      if (index >= count || board.turn !== turn) return own(index);
      for (;;) {
        const state = board.state(turn, index);
        if (state >= STATE.done) return state === STATE.done;
        if (board.claim(turn, index)) return finish(index);
        while (back > index && !board.claim(turn, back)) back--;
        if (back > index) finish(back--);
        else if (!board.awaitTask(turn, index, PATIENCE_MS)) return own(index);
      }
    };
  }

  hash(memory: TreeMemory, roots: readonly number[], own: (root: number) => void): () => void {
    const board = this.#board;
    const id = this.#alive ? this.#share(memory) : undefined;
    if (id === undefined) return () => roots.forEach(own);
    const shared = roots.slice(0, MAX_TASKS);
    board.open();
    for (const [task, root] of shared.entries()) board.setArgument(task, root);
    board.publish(KIND.hash, shared.length, id);
    const { turn } = board;
    return () => {
      assert(board.turn === turn, "the hashing of one tree is ended before other work begins");
      for (const root of roots.slice(shared.length)) own(root);
      for (let task = shared.length - 1; task >= 0; task--) {
        if (!board.claim(turn, task)) continue;
        own(shared[task] as number);
        board.finish(turn, task, STATE.done);
      }
      for (let task = 0; task < shared.length; task++)
        while (board.state(turn, task) !== STATE.done)
          if (!board.awaitTask(turn, task, LOST_MS))
            throw new Error("the helper thread does not end what it began; the node must restart");
    };
  }

  /** Sends what is new of a memory; undefined when it is not one that threads can share. */
  #share(memory: TreeMemory): number | undefined {
    const { nodes, blobs } = memory;
    if (!areShared(nodes) || !areShared(blobs)) return undefined;
    let sent = this.#sent.get(memory);
    if (sent === undefined) {
      sent = { id: this.#sent.size, nodes: 0, blobs: 0 };
      this.#sent.set(memory, sent);
    }
    const chunks: NewChunks = {
      memory: sent.id,
      nodes: nodes.slice(sent.nodes),
      blobs: blobs.slice(sent.blobs),
    };
    if (chunks.nodes.length + chunks.blobs.length > 0) this.#port.postMessage(chunks, []);
    sent.nodes = nodes.length;
    sent.blobs = blobs.length;
    return sent.id;
  }
}

function areShared(chunks: readonly ArrayBufferLike[]): chunks is readonly SharedArrayBuffer[] {
  return chunks.every((chunk) => chunk instanceof SharedArrayBuffer);
}

/** Verifies one packed check. */
export function verifyOne(packed: Uint8Array, verify: Platform["verifySecp256k1"]): boolean {
  return verifyPacked(packed, verify)[0] === 1;
}
