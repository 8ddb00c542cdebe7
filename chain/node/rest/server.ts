// The REST door on fastify: the gateway's calls on every path, and a few pages of the node's own.
// Every resource a caller can use up has a bound: connections, headers, URL, body, rate, requests at
// one time, bytes that wait to be read, time to send and to receive.

import { fastify } from "fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AddressInfo } from "node:net";
import type { Logger } from "../log.ts";
import type { NodeMetrics } from "../metrics_node.ts";
import { RateLimiter } from "../rpc/rate.ts";
import type { Gateway } from "./gateway.ts";
import type { Page } from "./pages.ts";
import { GatewayRefusal, invalidArgument, noSuchPath } from "./refusal.ts";

/** Bounds of the door. Times in milliseconds. */
export interface RestLimits {
  readonly maxConnections: number;
  readonly maxBodyBytes: number;
  /** 0 = no limit. */
  readonly maxRequestsPerSecond: number;
  /** Requests that are being answered at one time. */
  readonly maxRunning: number;
  readonly readTimeout: number;
  /** Longest time for a caller to take an answer. */
  readonly writeTimeout: number;
}

/** Where to listen. */
export interface RestOptions {
  readonly host: string;
  readonly port: number;
  /** Whether pages of other origins may call. */
  readonly cors: boolean;
  readonly limits: RestLimits;
}

/** What the door opens on. */
export interface RestParts {
  readonly gateway: Gateway;
  /** Pages of the node's own by path. */
  readonly pages: ReadonlyMap<string, (host: string) => Promise<Page>>;
  readonly metrics: NodeMetrics;
}

/** Bytes of a URL: the longest query of explorers takes a few hundred. */
const MAX_URL = 8192;
/** Bytes of all request headers, the URL among them. */
const MAX_HEADER_BYTES = 16_384;
/** Bytes of answers that callers have not taken yet, together. */
const MAX_UNSENT = 128 * 1024 * 1024;
/** Time for an idle connection, milliseconds: longer than the minute that proxies keep theirs. */
const KEEP_ALIVE_MS = 75_000;
/** How often connections are looked at that take too long to send, milliseconds. */
const CHECK_MS = 1000;
/** A path in the log is cut here. */
const LOGGED_CHARS = 200;

const JSON_TYPE = "application/json";
const HEIGHT_HEADER = "x-cosmos-block-height";

/** A listening door. */
export class RestServer {
  readonly #parts: RestParts;
  readonly #options: RestOptions;
  readonly #log: Logger;
  readonly #rate: RateLimiter;
  readonly #http: FastifyInstance;
  #running = 0;
  #unsent = 0;

  private constructor(parts: RestParts, options: RestOptions, log: Logger) {
    this.#parts = parts;
    this.#options = options;
    this.#log = log;
    const { limits } = options;
    this.#rate = new RateLimiter(limits.maxRequestsPerSecond);
    this.#http = fastify({
      logger: false,
      bodyLimit: limits.maxBodyBytes,
      requestTimeout: limits.readTimeout,
      connectionTimeout: Math.max(limits.readTimeout, limits.writeTimeout),
      keepAliveTimeout: KEEP_ALIVE_MS,
      forceCloseConnections: true,
      http: {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: limits.readTimeout,
        connectionsCheckingInterval: CHECK_MS,
      },
      frameworkErrors: (_error, _request, reply) =>
        refuse(reply as FastifyReply, invalidArgument("the path is not well-formed")),
      clientErrorHandler: (_error, socket) => {
        if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
      },
    });
    this.#http.server.maxConnections = limits.maxConnections;
    this.#open();
  }

  /** Opens the door. Rejects when the port is taken. */
  static async listen(parts: RestParts, options: RestOptions, log: Logger): Promise<RestServer> {
    const door = new RestServer(parts, options, log);
    try {
      await door.#http.listen({ host: options.host, port: options.port });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const place = `REST cannot listen on ${options.host}:${options.port}`;
      const taken = "another program uses the port; change api.address in app.toml";
      throw new Error(`${place}: ${code === "EADDRINUSE" ? taken : message}`, { cause: error });
    }
    return door;
  }

  /** The port in use. */
  get port(): number {
    return (this.#http.server.address() as AddressInfo).port;
  }

  /** Closes the door and every connection. */
  async close(): Promise<void> {
    this.#rate.close();
    await this.#http.close();
  }

  #open(): void {
    const http = this.#http;
    http.removeAllContentTypeParsers();
    http.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) =>
      done(null, body),
    );
    http.addHook("onRequest", async (request, reply) => this.#enter(request, reply));
    http.setErrorHandler((error, _request, reply) => this.#fail(error, reply));
    http.setNotFoundHandler((_request, reply) => refuse(reply, noSuchPath()));
    http.route({
      method: ["GET", "HEAD", "POST"],
      url: "*",
      handler: async (request, reply) => this.#answer(request, reply),
    });
  }

  /** Counts a request in, and refuses it when a limit is reached. */
  async #enter(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.#watch(request, reply);
    reply.header("x-content-type-options", "nosniff");
    if (this.#options.cors) allowOrigins(request, reply);
    if (!this.#rate.allow(request.socket.remoteAddress ?? "")) {
      this.#parts.metrics.refusals.add({ door: "rest", limit: "rate" });
      return refuse(reply, new GatewayRefusal("ResourceExhausted", "too many requests"));
    }
    const { length } = request.raw.url ?? "";
    if (length > MAX_URL) {
      const text = `the URL has ${length} characters, at most ${MAX_URL} are read`;
      return refuse(reply, new GatewayRefusal("InvalidArgument", text, 414));
    }
    if (request.method === "OPTIONS") return void reply.code(204).send();
  }

  /** Counts and logs a request when its answer is taken or its caller is gone. */
  #watch(request: FastifyRequest, reply: FastifyReply): void {
    const began = performance.now();
    reply.raw.once("close", () => {
      const { statusCode } = reply.raw;
      this.#parts.metrics.requests.add({ door: "rest", status: String(statusCode) });
      this.#log.debug("request", {
        method: request.method,
        path: (request.raw.url ?? "").slice(0, LOGGED_CHARS),
        status: statusCode,
        ms: Math.round(performance.now() - began),
        remote: request.socket.remoteAddress,
      });
    });
  }

  /** Answers a request that has arrived in full, when there is a place. */
  async #answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (this.#running >= this.#options.limits.maxRunning || this.#unsent > MAX_UNSENT) {
      this.#parts.metrics.refusals.add({ door: "rest", limit: "busy" });
      const text = "the node is busy with other requests; try again";
      throw new GatewayRefusal("ResourceExhausted", text);
    }
    this.#running++;
    try {
      return await this.#answerNow(request, reply);
    } finally {
      this.#running--;
    }
  }

  async #answerNow(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const url = request.raw.url ?? "/";
    const mark = url.indexOf("?");
    const path = mark < 0 ? url : url.slice(0, mark);
    const page = request.method === "POST" ? undefined : this.#parts.pages.get(path);
    if (page !== undefined) {
      const { status, type, body } = await page(request.host);
      return this.#send(reply.code(status), type, body);
    }
    const answer = await this.#parts.gateway.answer({
      verb: request.method,
      path,
      search: new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1)),
      body: typeof request.body === "string" ? request.body : "",
      height: heightHeader(request),
    });
    reply.header(`grpc-metadata-${HEIGHT_HEADER}`, answer.height.toString());
    return this.#send(reply, JSON_TYPE, answer.body);
  }

  /** Sends an answer, for which the caller has only so long. */
  #send(reply: FastifyReply, type: string, body: string | Uint8Array): FastifyReply {
    const { raw } = reply;
    const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
    this.#unsent += bytes.length;
    const timer = setTimeout(() => raw.destroy(), this.#options.limits.writeTimeout);
    timer.unref();
    const settle = (): void => {
      clearTimeout(timer);
      this.#unsent -= bytes.length;
    };
    if (raw.destroyed) settle();
    else raw.once("close", settle);
    return reply.type(type).send(bytes);
  }

  #fail(error: unknown, reply: FastifyReply): void {
    if (error instanceof GatewayRefusal) return refuse(reply, error);
    const { statusCode, message } = error as { statusCode?: number; message?: string };
    if (statusCode === 413) {
      const limit = this.#options.limits.maxBodyBytes;
      const text = `the request body is larger than ${limit} bytes`;
      return refuse(reply, new GatewayRefusal("InvalidArgument", text, 413));
    }
    if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
      return refuse(reply, new GatewayRefusal("InvalidArgument", message ?? "", statusCode));
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#log.error("a request failed", { error: text });
    refuse(reply, new GatewayRefusal("Internal", "the node failed to answer; its log says why"));
  }
}

function refuse(reply: FastifyReply, refusal: GatewayRefusal): void {
  void reply.code(refusal.http).type(JSON_TYPE).send(refusal.body);
}

function heightHeader({ headers }: FastifyRequest): string | undefined {
  const value = headers[HEIGHT_HEADER] ?? headers[`grpc-metadata-${HEIGHT_HEADER}`];
  return Array.isArray(value) ? value[0] : value;
}

function allowOrigins(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers.origin === undefined) return;
  reply.header("access-control-allow-origin", "*");
  reply.header("access-control-expose-headers", `grpc-metadata-${HEIGHT_HEADER}`);
  if (request.method !== "OPTIONS") return;
  reply.header("access-control-allow-methods", "GET, HEAD, POST, OPTIONS");
  const asked = request.headers["access-control-request-headers"];
  reply.header("access-control-allow-headers", asked ?? "content-type");
  reply.header("access-control-max-age", "600");
}
