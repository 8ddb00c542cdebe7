// The HTTP doors of a running node: JSON-RPC by POST, by URI and by WebSocket, REST, and HTTP itself.
// Whatever comes in, the answer is a sentence with a code, and nothing is logged as a failure of ours.

import { once } from "node:events";
import { WebSocket } from "ws";
import { fromBase64, toBase64, toHex } from "../../../chain/base/bytes.ts";
import { MsgSend } from "../../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { makeRoutes } from "../../../chain/node/rest/routes.ts";
import { SILENT } from "../../../chain/node/log.ts";
import type { Logger } from "../../../chain/node/log.ts";
import { servedQueries } from "../../../chain/app/index.ts";
import { callRpc, startTestNode } from "../../support/node.ts";
import type { TestNode } from "../../support/node.ts";
import { makeSigner, msg, signTx } from "../../support/signing.ts";
import { mutateBytes } from "../bytes.ts";
import { must, requireSentence } from "../fuzzer.ts";
import type { Decoder, Target } from "../fuzzer.ts";
import { mutateJson, mutateJsonText } from "../json.ts";
import type { Value } from "../json.ts";
import { COMMON_TOKENS, mutateText } from "../text.ts";
import { requestBytes, sendOnce, Wire } from "../wire.ts";

// ---- a node -----------------------------------------------------------------------------------------

/** A node with a transaction on it, and what it logged as its own failure. */
interface Scene {
  readonly node: TestNode;
  readonly rpcPort: number;
  readonly restPort: number;
  readonly address: string;
  /** Upper-case hex of a transaction's hash. */
  readonly hash: string;
  readonly blockHash: string;
  /** Base64 of a transaction that is refused: its sequence was used. */
  readonly tx: string;
  /** Throws when the node logged a failure since it was asked last. */
  quiet(): void;
  close(): Promise<void>;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

async function startScene(): Promise<Scene> {
  const failures: string[] = [];
  const log: Logger = {
    ...SILENT,
    error: (text, fields) => failures.push(`${text} ${JSON.stringify(fields ?? {})}`),
    named: () => log,
  };
  const [from, to] = [makeSigner("fuzz", "lease"), makeSigner("other", "lease")];
  const coins = [{ denom: "ulease", amount: 1_000_000_000n }];
  const node = await startTestNode(
    {
      accounts: [{ address: from.address, coins }],
      config: { timeout_commit: '"500ms"', timeout_broadcast_tx_commit: '"100ms"' },
      app: { dev: "false" },
    },
    log,
  );
  const amount = [{ denom: "ulease", amount: "5" }];
  const send = msg(MsgSend, { fromAddress: from.address, toAddress: to.address, amount });
  const bytes = signTx("test-1", [{ signer: from, accountNumber: 0n, sequence: 0n }], [send]);
  const tx = toBase64(bytes);
  const { hash } = await callRpc<{ hash: string }>(node.rpcUrl, "broadcast_tx_sync", { tx });
  while (node.engine.state.height < 4n) await new Promise((resume) => setTimeout(resume, 100));
  const block = await callRpc<{ block_id: { hash: string } }>(node.rpcUrl, "block", {
    height: "2",
  });
  return {
    node,
    rpcPort: portOf(node.rpcUrl),
    restPort: portOf(node.restUrl ?? node.rpcUrl),
    address: from.address,
    hash,
    blockHash: block.block_id.hash,
    tx,
    quiet: () => {
      const found = failures.splice(0);
      must(found.length === 0, () => `the node logged: ${found[0]}`);
    },
    close: async () => {
      const { height } = node.engine.state;
      while (node.engine.state.height < height + 2n)
        await new Promise((resume) => setTimeout(resume, 100));
      await node.remove();
    },
  };
}

// ---- JSON-RPC ---------------------------------------------------------------------------------------

/** Arguments of every method that are right on this node. */
function argumentsOf(scene: Scene): readonly (readonly [method: string, params: Value])[] {
  const { hash, blockHash, tx, address } = scene;
  const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
  const query = `transfer.sender='${address}' AND tx.height>0`;
  const path = "/cosmos.bank.v1beta1.Query/AllBalances";
  return [
    ["health", {}],
    ["status", {}],
    ["genesis", {}],
    ["genesis_chunked", { chunk: "0" }],
    ["net_info", {}],
    ["abci_info", {}],
    ["abci_query", { path, data: "0a00", height: "0", prove: false }],
    ["abci_query", { path: "/store/bank/key", data: "00", height: "3", prove: true }],
    ["block", { height: "2" }],
    ["block_by_hash", { hash: base64(blockHash) }],
    ["block_results", { height: "3" }],
    ["blockchain", { minHeight: "1", maxHeight: "3" }],
    ["header", { height: "2" }],
    ["header_by_hash", { hash: base64(blockHash) }],
    ["commit", { height: "2" }],
    ["validators", { height: "2", page: "1", per_page: "10" }],
    ["consensus_params", { height: "2" }],
    ["consensus_state", {}],
    ["dump_consensus_state", {}],
    ["tx", { hash: base64(hash), prove: true }],
    ["tx_search", { query, prove: true, page: "1", per_page: "5", order_by: "asc" }],
    ["block_search", { query: "block.height>1", page: "1", per_page: "5", order_by: "desc" }],
    ["unconfirmed_txs", { limit: "5" }],
    ["num_unconfirmed_txs", {}],
    ["broadcast_tx_sync", { tx }],
    ["broadcast_tx_async", { tx }],
    ["broadcast_tx_commit", { tx }],
    ["check_tx", { tx }],
  ];
}

function callsOf(scene: Scene): Value[] {
  const calls = argumentsOf(scene).map(([method, params], id): Value => ({
    jsonrpc: "2.0",
    id,
    method,
    params,
  }));
  const positional = argumentsOf(scene).map(([method, params]): Value => ({
    jsonrpc: "2.0",
    id: "a",
    method,
    params: Object.values(params as object) as Value[],
  }));
  return [...calls, ...positional, calls.slice(0, 3), [calls[8] as Value, calls[19] as Value]];
}

function checkError(error: unknown): void {
  const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown };
  must(typeof code === "number" && code < 0, () => `an error with code ${String(code)}`);
  must(typeof message === "string" && typeof data === "string", () => "an error without texts");
  requireSentence(data);
  must(!/\n {4}at /.test(data), () => `a stack trace: ${data}`);
}

/** Whether one answer is a result; an error is checked. */
function isResult(answer: unknown): boolean {
  const { jsonrpc, result, error } = answer as Record<string, unknown>;
  must(jsonrpc === "2.0", () => `no JSON-RPC: ${JSON.stringify(answer).slice(0, 200)}`);
  must((result === undefined) !== (error === undefined), () => "neither result nor error");
  if (error !== undefined) checkError(error);
  return error === undefined;
}

function checkRpc(text: string): boolean {
  if (text === "" || text.startsWith("<!doctype html>")) return false;
  const answers = [JSON.parse(text) as unknown].flat();
  return answers.map(isResult).some((one) => one);
}

const RPC_STATUS = new Set([200, 204, 400, 404, 405, 413, 414, 431, 500]);

async function ask(scene: Scene, wire: Wire, bytes: Uint8Array): Promise<boolean> {
  const { status, body } = await wire.send(bytes);
  must(RPC_STATUS.has(status), () => `status ${status}: ${body.slice(0, 200)}`);
  scene.quiet();
  return checkRpc(body);
}

async function postTarget(): Promise<Target<string>> {
  const scene = await startScene();
  const wire = new Wire(scene.rpcPort);
  const calls = callsOf(scene);
  return {
    make: (random) => mutateJsonText(random.of(calls), random, random.of(calls)),
    run: (body) => ask(scene, wire, requestBytes("POST", "/", body)),
    show: (body) => body,
    close: async () => {
      wire.close();
      await scene.close();
    },
  };
}

const URI_TOKENS = [
  "&",
  "=",
  "?",
  "/",
  "%22",
  "%00",
  "0x",
  '"',
  "+",
  "%",
  "#",
  ";",
  "..",
  "//",
  "height",
];

/** What may stand in a request line: anything but spaces, controls and what is not ASCII. */
function targetOf(text: string): string {
  return text.replace(/[^\u0021-\u007e]/gu, (one) => encodeURIComponent(one.toWellFormed()));
}

async function uriTarget(): Promise<Target<string>> {
  const scene = await startScene();
  const wire = new Wire(scene.rpcPort);
  const quoted = (value: unknown): string =>
    /^\d+$|^true$|^false$/.test(String(value)) ? String(value) : `"${String(value)}"`;
  const uris = argumentsOf(scene).map(([method, params]) => {
    const pairs = Object.entries(params as object).map(([name, value]) => {
      const bytes = name === "hash" || name === "tx" ? fromBase64(String(value)) : undefined;
      return `${name}=${encodeURIComponent(bytes === undefined ? quoted(value) : `0x${toHex(bytes)}`)}`;
    });
    return `/${method}?${pairs.join("&")}`;
  });
  return {
    make: (random) => {
      const text = mutateText(random.of(uris), random, random.of(uris), URI_TOKENS);
      return targetOf(text.startsWith("/") ? text : `/${text}`);
    },
    run: (uri) => ask(scene, wire, requestBytes("GET", uri)),
    show: (uri) => uri,
    close: async () => {
      wire.close();
      await scene.close();
    },
  };
}

/** Subscriptions and calls over a WebSocket; a ping of ours follows each, so that silence is seen. */
class SocketClient {
  readonly #url: string;
  #socket: WebSocket | undefined;
  #heard: string[] = [];
  #wake: () => void = () => undefined;

  constructor(rpcUrl: string) {
    this.#url = `${rpcUrl.replace("http", "ws")}/websocket`;
  }

  /** Answers that came before the answer to a health check sent behind `text`; undefined: cut off. */
  async say(text: string): Promise<readonly string[] | undefined> {
    const socket = (this.#socket ??= await this.#open());
    this.#heard = [];
    socket.send(text);
    socket.send('{"jsonrpc":"2.0","id":"behind","method":"health"}');
    while (this.#socket === socket) {
      const at = this.#heard.findIndex((one) => one.includes('"id":"behind","result":{}'));
      if (at >= 0) return this.#heard.slice(0, at);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return undefined;
  }

  close(): void {
    this.#socket?.terminate();
  }

  async #open(): Promise<WebSocket> {
    const socket = new WebSocket(this.#url);
    socket.on("message", (data) => {
      this.#heard.push(String(data));
      this.#wake();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#socket = undefined;
      this.#wake();
    });
    await once(socket, "open");
    return socket;
  }
}

async function socketTarget(): Promise<Target<string>> {
  const scene = await startScene();
  const client = new SocketClient(scene.node.rpcUrl);
  const subscriptions = ["subscribe", "unsubscribe", "unsubscribe_all"].flatMap((method) =>
    ["tm.event='NewBlock'", "tm.event='Tx' AND a.b=1", "tm.event='NewBlockHeader'"].map(
      (query, id): Value => ({ jsonrpc: "2.0", id, method, params: { query } }),
    ),
  );
  const calls = [...callsOf(scene), ...subscriptions, ...subscriptions, ...subscriptions];
  return {
    make: (random) => mutateJsonText(random.of(calls), random, random.of(calls)),
    run: async (text) => {
      const heard = await client.say(text);
      scene.quiet();
      return (heard ?? []).map(checkRpc).some((one) => one);
    },
    show: (text) => text,
    close: async () => {
      client.close();
      await scene.close();
    },
  };
}

// ---- REST -------------------------------------------------------------------------------------------

interface RestInput {
  readonly verb: string;
  readonly target: string;
  readonly body: string;
}

const REST_TOKENS = [
  "pagination.limit=5",
  "pagination.key=AA==",
  "&",
  "=",
  ".",
  "%2F",
  "/",
  "?",
  "-1",
].concat([
  "true",
  "TRUE",
  "1e3",
  "height=1",
  "owner=",
  "%00",
  "%FF",
  "%zz",
  "..",
  "{",
  "}",
  "a.b.c.d.e.f.g=1",
]);

/** A path and query string that fit each route, with ids that are plausible. */
function restInputs({ address, hash }: Scene): RestInput[] {
  const words: Readonly<Record<string, string>> = {
    address,
    owner: address,
    hash,
    denom: "ulease",
  };
  const routes = makeRoutes(servedQueries().map(({ path }) => path));
  return routes.flatMap(({ verb, path, request, body }): RestInput[] => {
    const filled = path.replace(/\{([a-z_.]+)[^}]*\}/g, (_, field: string) => {
      const name = field.split(".").at(-1) ?? "";
      return words[name] ?? (/seq|height|id$/.test(name) ? "1" : address);
    });
    const names = request.table.fields
      .filter(({ kind }) => kind === "scalar")
      .map(({ name }) => name);
    const search = names.map((name) => `${name}=${words[name] ?? "1"}`).join("&");
    const given = body === undefined ? "" : JSON.stringify({ tx_bytes: "", mode: 1 });
    return [
      { verb, target: filled, body: given },
      { verb, target: `${filled}?${search}`, body: given },
    ];
  });
}

const REST_STATUS = new Set([200, 204, 400, 401, 404, 405, 409, 413, 414, 429, 431, 500, 501, 503]);

function checkRest(status: number, body: string, isPage: boolean): boolean {
  must(REST_STATUS.has(status), () => `status ${status}: ${body.slice(0, 200)}`);
  if (isPage && status === 200) return true;
  if (body === "") return false;
  const json = JSON.parse(body) as Record<string, unknown>;
  if (status === 200) return true;
  const { code, message } = json;
  must(typeof code === "number" && typeof message === "string", () => `no status: ${body}`);
  must(code !== 13 || status !== 500 || !message.includes("its log says why"), () => body);
  must(!/\n {4}at /.test(message), () => `a stack trace: ${message}`);
  if (message !== "") requireSentence(message);
  return false;
}

async function restTarget(): Promise<Target<RestInput>> {
  const scene = await startScene();
  const wire = new Wire(scene.restPort);
  const inputs = restInputs(scene);
  const bodies: readonly Value[] = [{ tx_bytes: scene.tx, mode: "BROADCAST_MODE_SYNC" }, {}];
  return {
    make: (random) => {
      const { verb, target } = random.of(inputs);
      const text = mutateText(target, random, random.of(inputs).target, REST_TOKENS);
      const post = verb === "POST" || random.chance(5);
      const body = post ? JSON.stringify(mutateJson(random.of(bodies), random, bodies)) : "";
      const other = random.chance(2) ? random.of(["HEAD", "OPTIONS", "DELETE", "PUT"]) : verb;
      return {
        verb: post ? "POST" : other,
        target: targetOf(text.startsWith("/") ? text : `/${text}`),
        body,
      };
    },
    run: async ({ verb, target, body }) => {
      // An answer to HEAD tells a length that no body follows.
      if (verb === "HEAD") {
        await sendOnce(scene.restPort, requestBytes(verb, target));
        return false;
      }
      const answer = await wire.send(requestBytes(verb, target, body));
      scene.quiet();
      const isPage = !/^\/(cosmos|leasehold)\//.test(target);
      return checkRest(answer.status, answer.body, isPage);
    },
    show: ({ verb, target, body }) => `${verb} ${target} ${body}`,
    close: async () => {
      wire.close();
      await scene.close();
    },
  };
}

// ---- HTTP itself ------------------------------------------------------------------------------------

const UPGRADE =
  "GET /websocket HTTP/1.1\r\nhost: node\r\nupgrade: websocket\r\nconnection: Upgrade\r\n" +
  "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

interface RawInput {
  readonly door: "rpc" | "rest";
  readonly bytes: Uint8Array;
}

/** Requests as bytes, one of them a WebSocket with two masked frames. */
function rawInputs(): Uint8Array[] {
  const frame = (opcode: number, text: string): number[] => {
    const bytes = [...Buffer.from(text)];
    return [0x80 | opcode, 0x80 | bytes.length, 0, 0, 0, 0, ...bytes];
  };
  const call = '{"jsonrpc":"2.0","id":1,"method":"health"}';
  const frames = [...frame(1, call), ...frame(9, "ping"), ...frame(2, "x"), ...frame(8, "")];
  return [
    Buffer.from("GET /status HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n"),
    Buffer.concat([Buffer.from(UPGRADE), Uint8Array.from(frames)]),
    requestBytes("POST", "/", call),
    Buffer.from(
      `POST / HTTP/1.1\r\nhost: node\r\ntransfer-encoding: chunked\r\n\r\n2a\r\n${call}\r\n0\r\n\r\n`,
    ),
    requestBytes("GET", "/cosmos/bank/v1beta1/supply"),
    Buffer.concat([requestBytes("GET", "/health"), requestBytes("GET", "/status")]),
  ];
}

async function rawTarget(): Promise<Target<RawInput>> {
  const scene = await startScene();
  const inputs = rawInputs();
  return {
    make: (random) => {
      const chosen = random.of(inputs);
      const text = Buffer.from(chosen).toString("latin1");
      const bytes = random.chance(50)
        ? mutateBytes(chosen, random, random.of(inputs))
        : Buffer.from(mutateText(text, random, text, COMMON_TOKENS), "latin1");
      return { door: random.of(["rpc", "rest"] as const), bytes };
    },
    run: async ({ door, bytes }) => {
      const port = door === "rpc" ? scene.rpcPort : scene.restPort;
      const heard = await sendOnce(port, bytes);
      scene.quiet();
      must(!/\n {4}at /.test(heard), () => `a stack trace: ${heard}`);
      return /^HTTP\/1\.1 (200|101|204)/.test(heard);
    },
    show: ({ door, bytes }) => `${door} ${JSON.stringify(Buffer.from(bytes).toString("latin1"))}`,
    close: () => scene.close(),
  };
}

/** Decoders of this file. Times are those of a whole request. */
export const DOOR_DECODERS: readonly Decoder[] = [
  { name: "rpc-post", what: "JSON-RPC bodies and batches, through HTTP", open: postTarget },
  { name: "rpc-uri", what: "JSON-RPC by URI", open: uriTarget },
  { name: "rpc-socket", what: "WebSocket messages: calls and subscriptions", open: socketTarget },
  { name: "rest", what: "REST paths, query strings, bodies", open: restTarget },
  {
    name: "http",
    what: "HTTP requests and WebSocket frames as bytes",
    share: 0.02,
    limitMs: 2000,
    open: rawTarget,
  },
].map((decoder) => ({ limitMs: 500, ...decoder }));
