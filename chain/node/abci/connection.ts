// One connection of CometBFT: frames in, answers out, in order. What was sent without waiting for an
// answer (checks of transactions, queries) is prepared side by side. Reading pauses while too much
// waits, working pauses while the peer does not read.

import { once } from "node:events";
import type { Socket } from "node:net";
import { CodecError } from "../../codec/index.ts";
import type { Request } from "../../codec/gen/tendermint/abci.ts";
import type { Logger } from "../log.ts";
import type { AbciCalls, TakenCall } from "./calls.ts";
import { RefusedCall } from "./calls.ts";
import { FrameError, frameOf, FrameReader } from "./frames.ts";
import { answerFrame, decodeRequest } from "./messages.ts";
import type { AbciRequest } from "./messages.ts";
import type { Recorder } from "./recorder.ts";

/** Calls and bytes of calls that may wait on one connection. */
const MAX_WAITING = 1000;
const MAX_WAITING_BYTES = 32 * 1024 * 1024;
/** Answers are gathered up to this many bytes, or until nothing waits, or a Flush. */
const GATHER_BYTES = 64 * 1024;
/** Longest stretch of checks without a turn for others, milliseconds. */
const TURN_MS = 10;

/** What a connection works with. */
export interface ConnectionParts {
  readonly calls: AbciCalls;
  readonly maxFrameBytes: number;
  readonly recorder: Recorder | undefined;
  readonly log: Logger;
}

interface Waiting extends TakenCall {
  readonly bytes: number;
  readonly isFlush: boolean;
  /** The frame of the request, where the pair is recorded. */
  readonly record: Uint8Array | undefined;
}

/** A peer and its calls. */
export class Connection {
  readonly #socket: Socket;
  readonly #parts: ConnectionParts;
  readonly #reader: FrameReader;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #out: Uint8Array[] = [];
  #outBytes = 0;
  #isWorking = false;
  #isClosed = false;
  /** Nothing is read any more: what came last was no request. */
  #isCutOff = false;

  constructor(socket: Socket, parts: ConnectionParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#reader = new FrameReader(parts.maxFrameBytes);
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      if (this.#isCutOff) return;
      this.#reader.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
      this.#take();
    });
    socket.on("error", (error) =>
      this.#parts.log.debug("a socket failed", { error: error.message }),
    );
    socket.on("close", () => {
      this.#isClosed = true;
      this.#waiting = [];
    });
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Takes whole frames in, as many as may wait. */
  #take(): void {
    while (!this.#isCutOff && !this.#isFull()) {
      const call = this.#nextCall();
      if (call === undefined) break;
      this.#waiting.push(call);
      this.#waitingBytes += call.bytes;
    }
    if (this.#isFull()) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
    if (!this.#isWorking && this.#waiting.length > 0) void this.#work();
  }

  #isFull(): boolean {
    return this.#waiting.length >= MAX_WAITING || this.#waitingBytes >= MAX_WAITING_BYTES;
  }

  #nextCall(): Waiting | undefined {
    let bytes: Uint8Array | undefined;
    try {
      bytes = this.#reader.next();
      if (bytes === undefined) return undefined;
      return this.#waitingCall(bytes, decodeRequest(bytes));
    } catch (error) {
      this.#isCutOff = true;
      const isForeign = error instanceof FrameError || error instanceof CodecError;
      // Thrown when its turn comes: nothing that a peer sends may end the process from here.
      const run = (): never => {
        throw isForeign ? new RefusedCall(`not a request of ABCI 2.0: ${error.message}`) : error;
      };
      return { run, bytes: bytes?.length ?? 0, isFlush: false, record: undefined };
    }
  }

  #waitingCall(bytes: Uint8Array, request: AbciRequest): Waiting {
    const { calls, recorder } = this.#parts;
    const taken = calls.take(request, this);
    const isFlush = typeof request !== "string" && request.flush !== undefined;
    const isRecorded = recorder !== undefined && typeof request !== "string" && decides(request);
    const record = isRecorded ? frameOf(bytes) : undefined;
    return { ...taken, bytes: bytes.length, isFlush, record };
  }

  /** Answers what waits, in order. */
  async #work(): Promise<void> {
    this.#isWorking = true;
    let turnEnd = performance.now() + TURN_MS;
    for (let call = this.#waiting.shift(); call !== undefined; call = this.#waiting.shift()) {
      this.#waitingBytes -= call.bytes;
      const goesOn = await this.#answer(call);
      if (!goesOn) break;
      const isLast = this.#waiting.length === 0;
      if (isLast || call.isFlush || this.#outBytes >= GATHER_BYTES) await this.#send();
      this.#take();
      if (performance.now() < turnEnd) continue;
      await new Promise((resume) => setImmediate(resume));
      turnEnd = performance.now() + TURN_MS;
    }
    this.#isWorking = false;
  }

  /** Answers one call. Gives whether the connection goes on: an exception is the last answer. */
  async #answer(call: Waiting): Promise<boolean> {
    try {
      if (call.ready !== undefined) await call.ready;
      const frame = answerFrame(await call.run());
      if (call.record !== undefined) this.#parts.recorder?.add(call.record, frame);
      this.#out.push(frame);
      this.#outBytes += frame.length;
      return !this.#isClosed;
    } catch (error) {
      this.#refuse(error);
      return false;
    }
  }

  /** Tells the peer why, and ends. */
  #refuse(error: unknown): void {
    const sentence = error instanceof Error ? error.message : String(error);
    const { log } = this.#parts;
    if (error instanceof RefusedCall) log.warn("a connection is ended", { reason: sentence });
    else log.error("a call failed", { error: (error as Error).stack ?? sentence });
    this.#isCutOff = true;
    this.#waiting = [];
    if (this.#isClosed) return;
    this.#out.push(answerFrame({ exception: { error: sentence } }));
    const last = Buffer.concat(this.#out);
    this.#out = [];
    this.#socket.end(last);
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    this.#socket.once("close", () => clearTimeout(timer));
  }

  /** Writes what is gathered; resolves when the peer has room for more. */
  async #send(): Promise<void> {
    if (this.#out.length === 0 || this.#isClosed) return;
    const first = this.#out[0] ?? new Uint8Array(0);
    const bytes = this.#out.length === 1 ? first : Buffer.concat(this.#out);
    this.#out = [];
    this.#outBytes = 0;
    if (this.#socket.write(bytes)) return;
    const ended = new AbortController();
    const end = (): void => ended.abort();
    this.#socket.once("close", end);
    await once(this.#socket, "drain", { signal: ended.signal }).catch(() => undefined);
    this.#socket.off("close", end);
  }
}

/** A peer that was told to go has this long to read why, milliseconds; it may still be sending. */
const LINGER_MS = 2000;

/** Whether a call decides the state of the chain. */
function decides(request: Request): boolean {
  return (
    request.finalizeBlock !== undefined ||
    request.commit !== undefined ||
    request.initChain !== undefined
  );
}
