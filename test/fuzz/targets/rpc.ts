// JSON-RPC of a running node, by POST, by URI and by WebSocket. Whatever comes in, the answer is a
// sentence with a code, and nothing is logged as a failure of ours.

import { once } from "node:events";
import { WebSocket } from "ws";
import { fromBase64, toHex } from "../../../chain/base/bytes.ts";
import { startScene, targetOf } from "../door_scene.ts";
import type { Scene } from "../door_scene.ts";
import { must, requireSentence } from "../fuzzer.ts";
import type { Decoder, Target } from "../fuzzer.ts";
import { mutateJsonText } from "../json.ts";
import type { Value } from "../json.ts";
import { mutateText } from "../text.ts";
import { requestBytes, Wire } from "../wire.ts";

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

/** Decoders of this file. Times are those of a whole request. */
export const RPC_DECODERS: readonly Decoder[] = [
  { name: "rpc-post", what: "JSON-RPC bodies and batches, through HTTP", open: postTarget },
  { name: "rpc-uri", what: "JSON-RPC by URI", open: uriTarget },
  { name: "rpc-socket", what: "WebSocket messages: calls and subscriptions", open: socketTarget },
].map((decoder) => ({ limitMs: 500, ...decoder }));
