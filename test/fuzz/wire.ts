// A client that sends exactly the bytes it is told to, one request at a time on a kept connection, and
// one that opens a connection for each.

import { connect } from "node:net";
import type { Socket } from "node:net";

/** An answer; status 0 when the connection was closed without one. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

const CLOSED: Answer = { status: 0, body: "" };
/** Longest wait for an answer, milliseconds. */
const PATIENCE_MS = 20_000;
/** A connection without an answer is ended after this long, milliseconds. */
const QUIET_MS = 10;

interface Parsed {
  readonly answer: Answer;
  readonly end: number;
  /** Whether the other side closes the connection now. */
  readonly last: boolean;
}

/** The first answer of some received bytes; undefined while it is not whole. */
function parseAnswer(bytes: Buffer): Parsed | undefined {
  const split = bytes.indexOf("\r\n\r\n");
  if (split < 0) return undefined;
  const head = bytes.toString("latin1", 0, split);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
  const last = /\r\nconnection: close/i.test(head);
  const end = split + 4 + length;
  if (bytes.length < end) return undefined;
  return { answer: { status, body: bytes.toString("utf8", split + 4, end) }, end, last };
}

/** A kept connection; it is opened again when the other side closes it. */
export class Wire {
  readonly #port: number;
  #socket: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #settle: ((answer: Answer) => void) | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** Sends a request and waits for its answer. Rejects when none comes in time. */
  async send(bytes: Uint8Array): Promise<Answer> {
    this.#socket ??= await this.#open();
    const socket = this.#socket;
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#settle = resolve;
      timer = setTimeout(() => reject(new Error("no answer in time")), PATIENCE_MS);
    });
    socket.write(bytes);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Promise<Socket> {
    this.#received = Buffer.alloc(0);
    return new Promise((resolve, reject) => {
      const socket = connect(this.#port, "127.0.0.1", () => resolve(socket));
      socket.setNoDelay(true);
      socket.once("error", reject);
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => this.#take(chunk));
      socket.on("close", () => {
        if (this.#socket !== socket) return;
        this.#socket = undefined;
        this.#settle?.(CLOSED);
      });
    });
  }

  #take(chunk: Buffer): void {
    const bytes = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const found = parseAnswer(bytes);
    this.#received = found === undefined ? bytes : bytes.subarray(found.end);
    if (found === undefined) return;
    if (found.last) {
      this.#socket?.destroy();
      this.#socket = undefined;
    }
    this.#settle?.(found.answer);
  }
}

/** Sends bytes on a connection of their own and ends it; gives all that came back. */
export function sendOnce(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    // Half a request would be waited for: this caller soon goes away.
    const end = setTimeout(() => socket.end(), QUIET_MS);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error("the connection is neither answered nor closed"));
    }, PATIENCE_MS);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      socket.end();
    });
    socket.on("close", () => {
      clearTimeout(end);
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString("latin1"));
    });
  });
}

/** Bytes of a request with a body of its own length. */
export function requestBytes(verb: string, target: string, body = ""): Uint8Array {
  const { length } = Buffer.from(body);
  const head = `${verb} ${target} HTTP/1.1\r\nhost: node\r\ncontent-length: ${length}\r\n\r\n`;
  return Buffer.from(head + body);
}
