// The RPC door against people who do not mean well or do not know: odd requests, limits, slow readers.
// Whatever comes in, the answer is a sentence with a code, and the chain goes on.

import { connect } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { callRpc, startTestNode } from "../support/node.ts";
import type { TestNode } from "../support/node.ts";

const test = suite<{ node: TestNode }>("hostile RPC");

test.before(async (context) => {
  context.node = await startTestNode({
    config: { max_body_bytes: "20000", max_request_batch_size: "3" },
  });
});
test.after(async ({ node }) => node?.remove());

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function post(node: TestNode, body: string | Uint8Array<ArrayBuffer>): Promise<Answer> {
  const response = await fetch(node.rpcUrl, { method: "POST", body });
  return { status: response.status, text: await response.text() };
}

async function get(node: TestNode, path: string): Promise<Answer> {
  const response = await fetch(`${node.rpcUrl}${path}`);
  return { status: response.status, text: await response.text() };
}

function call(method: string, params: unknown = {}, id: unknown = 1): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

test("forms of arguments: objects, positions, texts and numbers, URIs", async ({ node }) => {
  const heights = [
    await post(node, call("block", { height: "1" })),
    await post(node, call("block", { height: 1 })),
    await post(node, call("block", ["1"])),
    await get(node, "/block?height=1"),
    await get(node, '/block?height="1"'),
  ];
  for (const { text, status } of heights) {
    assert.is(status, 200);
    assert.is(JSON.parse(text).result.block.header.height, "1");
  }
  const hash = JSON.parse(heights[0]?.text ?? "").result.block_id.hash as string;
  assert.match((await get(node, `/block_by_hash?hash=0x${hash}`)).text, new RegExp(hash));
  assert.match((await get(node, '/tx_search?query="tx.height=1"')).text, /"total_count":"0"/);
  assert.match((await get(node, "/")).text, /broadcast_tx_sync/);
});

test("ids are echoed; a batch of one is answered bare; notifications are not answered", async ({
  node,
}) => {
  assert.is(JSON.parse((await post(node, call("health", {}, "abc"))).text).id, "abc");
  assert.is(JSON.parse((await post(node, call("health", {}, -1))).text).id, -1);
  const one = await post(node, `[${call("health")}]`);
  assert.is(JSON.parse(one.text).id, 1);
  const two = await post(node, `[${call("health", {}, 5)},${call("nothing", {}, 6)}]`);
  const answers = JSON.parse(two.text) as { id: number; error?: { code: number } }[];
  assert.equal(
    answers.map(({ id, error }) => [id, error?.code]),
    [
      [5, undefined],
      [6, -32601],
    ],
  );
  const silent = await post(node, JSON.stringify({ jsonrpc: "2.0", method: "health" }));
  assert.is(silent.text, "");
});

test("errors have CometBFT's codes and texts", async ({ node }) => {
  const error = async (method: string, params: object): Promise<string> => {
    const { status, text } = await post(node, call(method, params));
    assert.is(status, 200, text);
    const found = JSON.parse(text).error as { code: number; data: string };
    return `${found.code} ${found.data}`;
  };
  assert.match(await error("block", { height: "0" }), /-32603 height must be greater than 0/);
  assert.match(
    await error("block", { height: "999999" }),
    /-32603 height 999999 must be less than or equal to the current blockchain height/,
  );
  const hash = Buffer.alloc(32).toString("base64");
  assert.is(await error("tx", { hash }), `-32603 tx (${"00".repeat(32)}) not found`);
  assert.match(await error("tx_search", { query: "a=" }), /-32603 failed to parse query/);
  assert.match(
    await error("tx_search", { query: "tx.height>0", page: "2" }),
    /page should be within \[1, 1\] range, given 2/,
  );
  assert.match(await error("tx_search", { query: "tx.height>0", order_by: "up" }), /order_by/);
  assert.match(await error("broadcast_tx_sync", {}), /-32602 tx is missing/);
  assert.match(await error("broadcast_tx_sync", { tx: "!" }), /-32602 tx must be base64/);
  assert.match(await error("abci_query", { path: "/x", data: "zz" }), /-32602 data must be hex/);
  assert.match(await error("subscribe", { query: "tm.event='Tx'" }), /-32601/);
});

test("the application's refusals pass through with code and codespace", async ({ node }) => {
  const tx = Buffer.from("nonsense").toString("base64");
  const sync = await callRpc<{ code: number; codespace: string }>(
    node.rpcUrl,
    "broadcast_tx_sync",
    { tx },
  );
  assert.equal([sync.code, sync.codespace], [2, "sdk"]);
  const query = { path: "/no.such.Service/Method", data: "" };
  const answer = await callRpc<{ response: { code: number } }>(node.rpcUrl, "abci_query", query);
  assert.is(answer.response.code, 6);
});

test("bodies: not JSON, too large, too many in a batch, nested deep", async ({ node }) => {
  assert.match((await post(node, "{nope")).text, /-32700/);
  assert.is((await post(node, "{nope")).status, 500);
  assert.is((await post(node, "x".repeat(20_001))).status, 413);
  const many = `[${Array(4).fill(call("health")).join(",")}]`;
  assert.match((await post(node, many)).text, /batch request exceeds maximum \(4 > 3\)/);
  assert.match((await post(node, "[]")).text, /empty batch/);
  const deep = await post(node, "[".repeat(9000) + "]".repeat(9000));
  assert.match(deep.text, /error/);
  assert.match((await post(node, Uint8Array.of(0xff, 0xfe, 0, 1))).text, /-32700/);
  assert.match((await get(node, "/block?height=%00")).text, /-32602/);
  assert.is((await get(node, "/../../etc/passwd")).status, 404);
  assert.is((await fetch(node.rpcUrl, { method: "DELETE" })).status, 405);
});

test("browsers may call", async ({ node }) => {
  const headers = {
    origin: "http://wallet.example",
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
  };
  const asked = await fetch(node.rpcUrl, { method: "OPTIONS", headers });
  assert.is(asked.status, 204);
  assert.is(asked.headers.get("access-control-allow-origin"), "*");
  assert.match(asked.headers.get("access-control-allow-headers") ?? "", /content-type/);
});

function open(node: TestNode): Promise<WebSocket> {
  const socket = new WebSocket(`${node.rpcUrl.replace("http", "ws")}/websocket`);
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
}

function reply(socket: WebSocket, text: string): Promise<string> {
  return new Promise((resolve) => {
    socket.once("message", (data) => resolve(String(data)));
    socket.send(text);
  });
}

test("subscriptions: positions, repeats, limits, an end", async ({ node }) => {
  const socket = await open(node);
  const query = (n: number): string => `tm.event='Tx' AND a.b=${n}`;
  assert.match(await reply(socket, call("subscribe", [query(0)])), /"result":\{\}/);
  assert.match(await reply(socket, call("subscribe", [query(0)])), /already subscribed/);
  for (let n = 1; n < 5; n++) await reply(socket, call("subscribe", { query: query(n) }));
  assert.match(
    await reply(socket, call("subscribe", [query(5)])),
    /max_subscriptions_per_client 5 reached/,
  );
  assert.match(await reply(socket, call("unsubscribe", [query(0)])), /"result":\{\}/);
  assert.match(await reply(socket, call("unsubscribe", [query(0)])), /subscription not found/);
  assert.match(await reply(socket, call("unsubscribe_all", {})), /"result":\{\}/);
  assert.match(await reply(socket, "{"), /-32700/);
  assert.match(await reply(socket, call("status")), /"network"/);
  socket.terminate();
});

test("a subscriber gets blocks in order under the id of its request", async ({ node }) => {
  const socket = await open(node);
  await reply(socket, call("subscribe", ["tm.event='NewBlock'"], 77));
  const heights: number[] = [];
  await new Promise<void>((resolve) => {
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as {
        id: number;
        result: { data: { type: string; value: { block: { header: { height: string } } } } };
      };
      assert.is(message.id, 77);
      assert.is(message.result.data.type, "tendermint/event/NewBlock");
      heights.push(Number(message.result.data.value.block.header.height));
      if (heights.length === 3) resolve();
    });
  });
  assert.equal(
    heights,
    [0, 1, 2].map((step) => (heights[0] ?? 0) + step),
  );
  socket.terminate();
});

test("half requests and rubbish on the wire do not stop the chain", async ({ node }) => {
  const port = Number(new URL(node.rpcUrl).port);
  const pieces = [
    "GET / HTTP/1.1\r\n",
    "\0\0\0\0",
    "POST / HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n{",
    "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    `GET /${"a".repeat(100_000)} HTTP/1.1\r\n\r\n`,
    "GET /websocket HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    "GET //[ HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET //[ HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
  ];
  await Promise.all(
    pieces.map(
      (piece) =>
        new Promise<void>((resolve) => {
          const socket = connect(port, "127.0.0.1", () => socket.write(piece));
          socket.on("error", () => undefined);
          setTimeout(() => resolve(void socket.destroy()), 150);
        }),
    ),
  );
  const height = node.engine.state.height;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.ok(node.engine.state.height > height, "blocks go on");
  assert.equal(await callRpc(node.rpcUrl, "health"), {});
});

test("a WebSocket client whose requests pile up is cut off, others are served", async ({
  node,
}) => {
  const socket = await open(node);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => undefined);
  // Waits for a block that never comes, so that what follows has to wait as well.
  const tx = Buffer.from("nothing").toString("base64");
  for (let i = 0; i < 40; i++)
    socket.send(call("broadcast_tx_commit", { tx, pad: "x".repeat(9000) }));
  await closed;
  assert.equal(await callRpc(node.rpcUrl, "health"), {});
});

/** A value of a random form; the generator is seeded, so a failure can be told again. */
function rubbish(next: () => number, depth = 0): unknown {
  const kind = Math.floor(next() * (depth > 3 ? 6 : 8));
  switch (kind) {
    case 0:
      return null;
    case 1:
      return next() < 0.5;
    case 2:
      return Math.floor(next() * 2 ** 40) - 2 ** 39;
    case 3:
      return next() * 1e300;
    case 4:
      return ["", "0", "-1", "1", "9".repeat(40), "0x", "\u0000", "' AND '", "tm.event='Tx'"][
        Math.floor(next() * 9)
      ];
    case 5:
      return Buffer.from(String(next())).toString("base64");
    case 6:
      return Array.from({ length: Math.floor(next() * 4) }, () => rubbish(next, depth + 1));
    default:
      return { height: rubbish(next, depth + 1), query: rubbish(next, depth + 1) };
  }
}

test("random arguments to every method give a result or an error with a code", async ({ node }) => {
  let state = 12345;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const page = (await get(node, "/")).text;
  const names = [...page.matchAll(/href="\/(\w+)(?:\?([^"]*))?"/g)].map(
    ([, name = "", args = ""]) => ({
      name,
      args: args.split("&amp;").map((arg) => arg.replace("=_", "")),
    }),
  );
  assert.ok(names.length >= 25, `${names.length} methods`);
  let accepted = 0;
  let count = 0;
  for (const { name, args } of names) {
    if (name.startsWith("dev_") || name === "broadcast_tx_commit") continue;
    for (let i = 0; i < 20; i++) {
      const params = Object.fromEntries(args.map((arg) => [arg, rubbish(next)]));
      const { status, text } = await post(node, call(name, i % 5 === 0 ? rubbish(next) : params));
      assert.is(status, 200);
      const answer = JSON.parse(text) as { result?: unknown; error?: { code: number } };
      const known = answer.error === undefined ? "result" in answer : answer.error.code < 0;
      assert.ok(known, `${name} ${text.slice(0, 200)}`);
      count++;
      if (answer.error === undefined) accepted++;
    }
  }
  assert.ok(accepted * 10 > count, `${accepted} of ${count} accepted`);
});

test.run();
