// The socket that CometBFT dials: who may connect, how many, and what becomes of them.

import { existsSync, rmSync, chmodSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Logger } from "../log.ts";
import type { AbciAddress } from "./address.ts";
import type { AbciCalls } from "./calls.ts";
import { Connection } from "./connection.ts";
import type { Recorder } from "./recorder.ts";

/** How the server works. */
export interface AbciServerOptions {
  readonly address: AbciAddress;
  /** Remote addresses that may connect beside this machine's own. */
  readonly allowed: readonly string[];
  /** Connections at one time; CometBFT takes four. */
  readonly maxConnections: number;
  /** Longest message. */
  readonly maxFrameBytes: number;
}

/** A listening ABCI server. */
export class AbciServer {
  readonly #server: Server;
  readonly #calls: AbciCalls;
  readonly #connections = new Set<Connection>();

  private constructor(server: Server, calls: AbciCalls) {
    this.#server = server;
    this.#calls = calls;
  }

  /** Listens. Rejects with a sentence when the address is taken. */
  static async listen(
    calls: AbciCalls,
    options: AbciServerOptions,
    recorder: Recorder | undefined,
    log: Logger,
  ): Promise<AbciServer> {
    const { address, maxFrameBytes } = options;
    const socketServer = createServer();
    const server = new AbciServer(socketServer, calls);
    const parts = { calls, maxFrameBytes, recorder, log };
    socketServer.on("connection", (socket) => {
      const refusal = server.#refusal(socket, options);
      if (refusal === undefined) return server.#add(new Connection(socket, parts), socket);
      log.warn("a connection is refused", { from: remoteOf(socket), reason: refusal });
      socket.on("error", () => undefined);
      socket.destroy();
    });
    if ("path" in address) await removeStale(address.path);
    await listening(socketServer, address);
    if ("path" in address) chmodSync(address.path, 0o600);
    return server;
  }

  /** The port taken; 0 for a unix socket. */
  get port(): number {
    const address = this.#server.address() as AddressInfo | string | null;
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Takes no more calls, lets the one of consensus that runs end, and closes. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.#calls.idle();
    for (const connection of this.#connections) connection.destroy();
    await closed;
    await this.#calls.idle();
  }

  #add(connection: Connection, socket: Socket): void {
    this.#connections.add(connection);
    socket.once("close", () => this.#connections.delete(connection));
  }

  #refusal(socket: Socket, options: AbciServerOptions): string | undefined {
    if (this.#connections.size >= options.maxConnections)
      return `${options.maxConnections} connections are open`;
    if ("path" in options.address) return undefined;
    const remote = remoteOf(socket);
    if (isLoopback(remote) || options.allowed.includes(remote)) return undefined;
    return "only this machine and the addresses in abci.allowed may connect";
  }
}

/** Address of a peer; IPv4 in its own form. */
function remoteOf(socket: Socket): string {
  return (socket.remoteAddress ?? "unix").replace(/^::ffff:/, "");
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

async function listening(server: Server, address: AbciAddress): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen("path" in address ? { path: address.path } : address, resolve);
    });
  } catch (error) {
    const where = "path" in address ? address.path : `${address.host}:${address.port}`;
    throw new Error(`the ABCI server cannot listen on ${where}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Removes the socket file that a killed process left; one that somebody answers on stays. */
async function removeStale(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const answered = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.on("error", () => resolve(false));
  });
  if (!answered) rmSync(path, { force: true });
}
