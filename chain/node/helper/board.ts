// What the two threads of a helper share: one piece of work at a time, cut into tasks, each with a status
// word by which it is claimed and given back.
//
//   words 0 turn (odd while the main thread writes), 1 kind, 2 count of tasks, 3 memory
//   then per task a status (turn and state together) and an argument; then 129 bytes per check
//
// A status holds the turn, so that a thread that comes late claims nothing of the next turn and gives
// its answer to nobody.

import { JOB_BYTES } from "../verify/packing.ts";

/** Most tasks of one piece of work. */
export const MAX_TASKS = 16_384;

/** Kinds of work. */
export const KIND = { verify: 1, hash: 2 } as const;

/** States of a task. */
export const STATE = { free: 0, claimed: 1, done: 2, refused: 3 } as const;

const HEAD = 16;

/** The shared memory, seen by either thread. */
export class Board {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #checks: Uint8Array;

  constructor(memory?: SharedArrayBuffer) {
    const words = HEAD + 2 * MAX_TASKS;
    this.memory = memory ?? new SharedArrayBuffer(words * 4 + MAX_TASKS * JOB_BYTES);
    this.#words = new Int32Array(this.memory, 0, words);
    this.#checks = new Uint8Array(this.memory, words * 4);
  }

  /** The present turn; odd while it is being written. */
  get turn(): number {
    return Atomics.load(this.#words, 0);
  }

  get kind(): number {
    return Atomics.load(this.#words, 1);
  }

  get count(): number {
    return Atomics.load(this.#words, 2);
  }

  /** Which memory the nodes to hash stand in. */
  get memoryId(): number {
    return Atomics.load(this.#words, 3);
  }

  /** Begins the next turn: nothing of the last one can be claimed any more. */
  open(): void {
    Atomics.add(this.#words, 0, 1);
  }

  setArgument(task: number, value: number): void {
    this.#words[HEAD + MAX_TASKS + task] = value;
  }

  argument(task: number): number {
    return this.#words[HEAD + MAX_TASKS + task] as number;
  }

  /** The bytes of one check: key, digest, signature. */
  check(task: number): Uint8Array {
    return this.#checks.subarray(task * JOB_BYTES, (task + 1) * JOB_BYTES);
  }

  /** Hands the tasks out and wakes the other thread. */
  publish(kind: number, count: number, memoryId: number): void {
    Atomics.store(this.#words, 1, kind);
    Atomics.store(this.#words, 2, count);
    Atomics.store(this.#words, 3, memoryId);
    const turn = this.turn + 1;
    for (let task = 0; task < count; task++)
      Atomics.store(this.#words, HEAD + task, statusOf(turn, STATE.free));
    Atomics.add(this.#words, 0, 1);
    Atomics.notify(this.#words, 0);
  }

  /** State of a task in a turn; claimed when its status is of another turn. */
  state(turn: number, task: number): number {
    const status = Atomics.load(this.#words, HEAD + task);
    return status >> 2 === statusOf(turn, 0) >> 2 ? status & 3 : STATE.claimed;
  }

  /** Whether the task is now this thread's. */
  claim(turn: number, task: number): boolean {
    const free = statusOf(turn, STATE.free);
    const claimed = statusOf(turn, STATE.claimed);
    return Atomics.compareExchange(this.#words, HEAD + task, free, claimed) === free;
  }

  /** Ends a claimed task; has no effect when its turn is over. */
  finish(turn: number, task: number, state: number): void {
    const claimed = statusOf(turn, STATE.claimed);
    Atomics.compareExchange(this.#words, HEAD + task, claimed, statusOf(turn, state));
    Atomics.notify(this.#words, HEAD + task);
  }

  /** Waits until a claimed task is ended, at most so long; false when it is not. */
  awaitTask(turn: number, task: number, milliseconds: number): boolean {
    const claimed = statusOf(turn, STATE.claimed);
    return Atomics.wait(this.#words, HEAD + task, claimed, milliseconds) !== "timed-out";
  }

  /** Waits until the turn is another one than `known`. */
  awaitTurn(known: number): void {
    Atomics.wait(this.#words, 0, known);
  }
}

function statusOf(turn: number, state: number): number {
  return ((turn & 0x0fffffff) << 2) | state;
}
