// One kept-alive HTTP connection that posts prepared requests, one at a time, with as little work of
// its own as possible: the generator shares the machine with the node that it loads.

import { connect } from "node:net";
import type { Socket } from "node:net";

const HEAD_END = "\r\n\r\n";

/** A connection to an RPC. */
export class RpcSocket {
  readonly #socket: Socket;
  #waiting: { resolve: (body: string) => void; reject: (error: Error) => void } | undefined;
  #received = "";

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#take(text));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => this.#waiting?.reject(new Error("the node closed a connection")));
  }

  static open(url: URL): Promise<RpcSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname);
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new RpcSocket(socket));
      });
    });
  }

  /** Sends one request; gives the body of its answer. */
  send(request: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request, "latin1");
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received = this.#received === "" ? text : this.#received + text;
    const head = this.#received.indexOf(HEAD_END);
    if (head < 0) return;
    const length = /content-length: *(\d+)/i.exec(this.#received.slice(0, head))?.[1];
    const waiting = this.#waiting;
    if (length === undefined) {
      waiting?.reject(new Error(`an answer without length: ${this.#received.slice(0, 200)}`));
      return;
    }
    const end = head + HEAD_END.length + Number(length);
    if (this.#received.length < end) return;
    const body = this.#received.slice(head + HEAD_END.length, end);
    this.#received = this.#received.slice(end);
    this.#waiting = undefined;
    waiting?.resolve(body);
  }
}
