// One WebSocket client: the same methods as over HTTP, and subscriptions. Requests are answered in
// order; a client that sends faster than it is answered, or does not read, is cut off.

import type { WebSocket } from "ws";
import type { Dispatcher } from "./dispatch.ts";
import { errorText, jsonArguments, RpcError } from "./protocol.ts";
import type { RpcId } from "./protocol.ts";
import type { Subscriber, Subscriptions } from "./subscriptions.ts";

/** What a connection works with. */
export interface ConnectionParts {
  readonly dispatcher: Dispatcher;
  readonly subscriptions: Subscriptions;
  readonly maxUnsentBytes: number;
  /** Text of requests, in characters, that may wait for their answers. */
  readonly maxWaitingBytes: number;
  /** Whether the rate allows one more request. */
  readonly allow: () => boolean;
}

/** Requests of one client that may wait for their answers. */
const MAX_WAITING = 1000;
/** A client that has not answered a ping for this long is gone, milliseconds. */
const PING_MS = 30_000;
/** WebSocket close code "try again later". */
const CLOSE_OVERLOAD = 1013;

/** A connected client. */
export class Connection implements Subscriber {
  readonly #socket: WebSocket;
  readonly #parts: ConnectionParts;
  #waiting = 0;
  #waitingBytes = 0;
  #alive = true;
  #answers: Promise<void> = Promise.resolve();

  /** Serves a client until it goes. */
  static open(socket: WebSocket, parts: ConnectionParts): Connection {
    return new Connection(socket, parts);
  }

  private constructor(socket: WebSocket, parts: ConnectionParts) {
    this.#socket = socket;
    this.#parts = parts;
    const pings = setInterval(() => this.#ping(), PING_MS);
    pings.unref();
    socket.on("pong", () => (this.#alive = true));
    socket.on("message", (data, isBinary) => this.#receive(String(data), isBinary));
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      clearInterval(pings);
      parts.subscriptions.unsubscribeAll(this);
    });
  }

  send(text: string): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return true;
    this.#socket.send(text);
    return this.#socket.bufferedAmount <= this.#parts.maxUnsentBytes;
  }

  cutOff(): void {
    const reason = "subscription was canceled (reason: client is not pulling messages fast enough)";
    this.#socket.close(CLOSE_OVERLOAD, reason.slice(0, 120));
    this.#socket.terminate();
  }

  #receive(text: string, isBinary: boolean): void {
    if (isBinary || !this.#parts.allow() || this.#waiting >= MAX_WAITING) return this.cutOff();
    this.#waitingBytes += text.length;
    if (this.#waitingBytes > this.#parts.maxWaitingBytes) return this.cutOff();
    this.#waiting++;
    this.#answers = this.#answers.then(() => this.#answer(text));
  }

  async #answer(text: string): Promise<void> {
    try {
      const answer = await this.#parts.dispatcher.answer(text, (name, params, id) =>
        this.#own(name, params, id),
      );
      if (answer !== undefined && !this.send(answer)) this.cutOff();
    } catch (error) {
      const known = error instanceof RpcError ? error : new RpcError(-32603, String(error));
      this.send(errorText(-1, known));
    } finally {
      this.#waiting--;
      this.#waitingBytes -= text.length;
    }
  }

  /** The methods that only a WebSocket has. */
  #own(name: string, params: unknown, id: RpcId): { result: unknown } | undefined {
    const { subscriptions } = this.#parts;
    if (name === "subscribe") {
      subscriptions.subscribe(this, jsonArguments(params, ["query"]).text("query"), id);
      return { result: {} };
    }
    if (name === "unsubscribe") {
      subscriptions.unsubscribe(this, jsonArguments(params, ["query"]).text("query"));
      return { result: {} };
    }
    if (name !== "unsubscribe_all") return undefined;
    if (!subscriptions.unsubscribeAll(this)) throw new RpcError(-32603, "subscription not found");
    return { result: {} };
  }

  #ping(): void {
    if (!this.#alive) return this.#socket.terminate();
    this.#alive = false;
    this.#socket.ping();
  }
}
