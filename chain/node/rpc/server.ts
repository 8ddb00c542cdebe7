// The door on one port: JSON-RPC over POST, URIs over GET, WebSocket under /websocket, CORS for
// browsers. Every resource a caller can use up has a bound: connections, headers, body, batch, rate,
// time, subscriptions, unsent bytes.

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Logger } from "../log.ts";
import type { NodeMetrics } from "../metrics_node.ts";
import { Dispatcher } from "./dispatch.ts";
import { Allowance } from "./allowance.ts";
import type { RpcMethod, RpcParts } from "./methods.ts";
import { errorText, resultText, RpcError, uriArguments } from "./protocol.ts";
import { RateLimiter } from "./rate.ts";
import { Connection } from "./socket.ts";
import { Subscriptions } from "./subscriptions.ts";

/** Bounds of the door. Times in milliseconds. */
export interface RpcLimits {
  readonly maxConnections: number;
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxBatch: number;
  readonly maxRequestsPerSecond: number;
  readonly requestTimeout: number;
  readonly maxSubscriptionClients: number;
  readonly maxSubscriptionsPerClient: number;
  readonly maxUnsentBytes: number;
}

/** Where to listen and whom browsers may call from. */
export interface RpcOptions {
  readonly host: string;
  readonly port: number;
  readonly corsOrigins: readonly string[];
  readonly limits: RpcLimits;
}

/** Time for an idle connection, milliseconds: longer than the minute that proxies keep theirs. */
const KEEP_ALIVE_MS = 75_000;

/** How often connections are looked at that take too long to send, milliseconds. */
const CHECK_MS = 1000;

/** A connection on which nothing moves for this long is closed: a reader that does not read. */
const STALL_MS = 45_000;

/** Characters of answers that are gathered, or that callers have not taken yet, together. */
const MAX_ANSWERS = 64 * 1024 * 1024;
/** Answers that are never refused: refusals are as short as this. */
const SHORT_ANSWER = 4096;

/** A path in the log is cut here. */
const LOGGED_CHARS = 200;

/** A listening door. */
export class RpcServer {
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #dispatcher: Dispatcher;
  readonly #subscriptions: Subscriptions;
  readonly #options: RpcOptions;
  readonly #rate: RateLimiter;
  readonly #answers = new Allowance(MAX_ANSWERS);
  readonly #metrics: NodeMetrics;
  readonly #log: Logger;

  private constructor(
    parts: RpcParts,
    methods: readonly RpcMethod[],
    options: RpcOptions,
    log: Logger,
  ) {
    const { limits } = options;
    this.#options = options;
    this.#log = log;
    this.#metrics = parts.metrics;
    this.#dispatcher = new Dispatcher(parts, methods, limits.maxBatch, this.#answers, log);
    this.#rate = new RateLimiter(limits.maxRequestsPerSecond);
    this.#subscriptions = new Subscriptions(parts.bus, {
      maxClients: limits.maxSubscriptionClients,
      maxPerClient: limits.maxSubscriptionsPerClient,
    });
    this.#server = createServer(
      {
        maxHeaderSize: limits.maxHeaderBytes,
        requestTimeout: limits.requestTimeout,
        headersTimeout: Math.min(10_000, limits.requestTimeout),
        connectionsCheckingInterval: CHECK_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
      },
      (request, response) => void this.#handle(request, response),
    );
    this.#server.maxConnections = limits.maxConnections;
    // Dev methods may work for minutes before they answer; elsewhere nothing does.
    this.#server.timeout = parts.dev ? 0 : Math.max(STALL_MS, parts.commitTimeoutMs + 10_000);
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: limits.maxBodyBytes });
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on("clientError", (_error, socket) => {
      if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
    });
  }

  /** Opens the door. Rejects when the port is taken. */
  static async listen(
    parts: RpcParts,
    methods: readonly RpcMethod[],
    options: RpcOptions,
    log: Logger,
  ): Promise<RpcServer> {
    const door = new RpcServer(parts, methods, options, log);
    await new Promise<void>((resolve, reject) => {
      door.#server.once("error", (error: NodeJS.ErrnoException) => {
        const taken = error.code === "EADDRINUSE";
        const text = `RPC cannot listen on ${options.host}:${options.port}: ${error.message}`;
        reject(taken ? new Error(`${text}; another program uses the port`) : new Error(text));
      });
      door.#server.listen(options.port, options.host, resolve);
    });
    return door;
  }

  /** The port in use. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Closes the door and every connection. */
  async close(): Promise<void> {
    this.#subscriptions.close();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#rate.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = uriOf(request)?.pathname;
    const origin = request.headers.origin;
    if (path !== "/websocket" || (origin !== undefined && !this.#mayCall(origin))) {
      socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n");
      return;
    }
    socket.on("error", () => socket.destroy());
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      const address = request.socket.remoteAddress ?? "";
      Connection.open(client, {
        dispatcher: this.#dispatcher,
        subscriptions: this.#subscriptions,
        maxUnsentBytes: this.#options.limits.maxUnsentBytes,
        maxWaitingBytes: 2 * this.#options.limits.maxBodyBytes,
        allow: () => this.#mayAsk(address),
      });
    });
  }

  /** Whether one more request of this address may be served; counted where it may not. */
  #mayAsk(address: string): boolean {
    if (this.#rate.allow(address)) return true;
    this.#metrics.refusals.add({ door: "rpc", limit: "rate" });
    return false;
  }

  /** Counts and logs a request when its answer is taken or its caller is gone. */
  #watch(request: IncomingMessage, response: ServerResponse): void {
    const began = performance.now();
    response.once("close", () => {
      this.#metrics.requests.add({ door: "rpc", status: String(response.statusCode) });
      this.#log.debug("request", {
        method: request.method,
        path: (request.url ?? "").slice(0, LOGGED_CHARS),
        status: response.statusCode,
        ms: Math.round(performance.now() - began),
        remote: request.socket.remoteAddress,
      });
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.#watch(request, response);
      this.#cors(request, response);
      if (!this.#mayAsk(request.socket.remoteAddress ?? ""))
        return this.#send(response, 429, errorText(-1, new RpcError(-32000, "too many requests")));
      if (request.method === "OPTIONS") return this.#send(response, 204, "");
      if (request.method === "POST") return await this.#post(request, response);
      if (request.method === "GET" || request.method === "HEAD")
        return await this.#get(request, response);
      this.#send(response, 405, errorText(-1, new RpcError(-32600, "use GET or POST")));
    } catch (error) {
      this.#log.debug("a request failed", { error: String(error) });
      if (!response.headersSent)
        this.#send(response, 500, errorText(-1, new RpcError(-32603, "failed")));
    }
  }

  async #post(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, this.#options.limits.maxBodyBytes);
    if (body === undefined) {
      const limit = this.#options.limits.maxBodyBytes;
      response.setHeader("connection", "close");
      const error = new RpcError(-32600, `the request body is larger than ${limit} bytes`);
      return this.#send(response, 413, errorText(-1, error));
    }
    if (body === "") return this.#list(response);
    try {
      this.#send(response, 200, (await this.#dispatcher.answer(body)) ?? "");
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.#send(response, 500, errorText(-1, error));
    }
  }

  async #get(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = uriOf(request);
    if (url === undefined)
      return this.#send(response, 400, errorText(-1, new RpcError(-32600, "not a URI")));
    const name = url.pathname.slice(1);
    if (name === "") return this.#list(response);
    const found = this.#dispatcher.methods.get(name);
    if (found === undefined) {
      const error = new RpcError(-32601, `there is no method ${name.slice(0, 100)}`);
      return this.#send(response, 404, errorText(-1, error));
    }
    try {
      const args = uriArguments(url.searchParams, found.args);
      this.#send(response, 200, resultText(-1, await this.#dispatcher.call(name, args)));
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.#send(response, 500, errorText(-1, error));
    }
  }

  /** Sends an answer, which is held until its caller has taken it or is gone. */
  #send(response: ServerResponse, status: number, body: string): void {
    const { length } = body;
    if (length > SHORT_ANSWER && !response.destroyed) {
      if (!this.#answers.take(length)) {
        this.#metrics.refusals.add({ door: "rpc", limit: "busy" });
        const text = "the node is busy with answers that others have not taken; try again";
        return send(response, 503, errorText(-1, new RpcError(-32000, text)));
      }
      response.once("close", () => this.#answers.give(length));
    }
    send(response, status, body);
  }

  /** A page that lists the methods. */
  #list(response: ServerResponse): void {
    const lines = [...this.#dispatcher.methods.values()].map(({ name, args }) => {
      const query = args.map((arg) => `${arg}=_`).join("&amp;");
      const path = query === "" ? name : `${name}?${query}`;
      return `<li><a href="/${path}">/${path}</a></li>`;
    });
    const page = `<!doctype html><title>RPC</title><h1>RPC methods</h1><ul>${lines.join("")}</ul>`;
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(page);
  }

  #mayCall(origin: string): boolean {
    const { corsOrigins } = this.#options;
    return corsOrigins.includes("*") || corsOrigins.includes(origin);
  }

  #cors(request: IncomingMessage, response: ServerResponse): void {
    const { origin } = request.headers;
    if (origin === undefined || !this.#mayCall(origin)) return;
    const any = this.#options.corsOrigins.includes("*");
    response.setHeader("access-control-allow-origin", any ? "*" : origin);
    if (!any) response.setHeader("vary", "origin");
    response.setHeader("access-control-allow-methods", "HEAD, GET, POST, OPTIONS");
    response.setHeader(
      "access-control-allow-headers",
      request.headers["access-control-request-headers"] ?? "content-type",
    );
    response.setHeader("access-control-max-age", "600");
  }
}

/** What a request asks for; undefined when it is no URI (a bare `//[` is legal in HTTP). */
function uriOf(request: IncomingMessage): URL | undefined {
  const text = request.url ?? "/";
  return URL.canParse(text, "http://node") ? new URL(text, "http://node") : undefined;
}

function send(response: ServerResponse, status: number, body: string): void {
  response.statusCode = status;
  if (body !== "") response.setHeader("content-type", "application/json");
  response.end(body);
}

/** Reads a body as text; undefined when it is larger than `limit`. */
function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isWhole = false;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.pause();
        resolve(undefined);
      } else chunks.push(chunk);
    });
    request.on("end", () => {
      isWhole = true;
      const [only] = chunks;
      const bytes = chunks.length === 1 && only ? only : Buffer.concat(chunks, size);
      resolve(bytes.toString("utf8"));
    });
    request.on("error", reject);
    request.on("close", () => {
      // An error costs its trace: none is made for the many requests that are read to their end.
      if (!isWhole) reject(new Error("the connection was closed"));
    });
  });
}
