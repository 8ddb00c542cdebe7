// The bounds of the REST door one by one, with pages made for it: slow ones, large ones, and callers
// that take their time.

import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createLogger, SILENT } from "../../chain/node/log.ts";
import { NodeMetrics } from "../../chain/node/metrics_node.ts";
import { Gateway, requireShowable } from "../../chain/node/rest/gateway.ts";
import { GatewayRefusal } from "../../chain/node/rest/refusal.ts";
import { HeavyLane } from "../../chain/node/rpc/lane.ts";
import type { Page } from "../../chain/node/rest/pages.ts";
import { RestServer } from "../../chain/node/rest/server.ts";
import type { RestLimits } from "../../chain/node/rest/server.ts";
import { restGet } from "../support/rest.ts";

const test = suite("limits of REST");

const LIMITS: RestLimits = {
  maxConnections: 100,
  maxBodyBytes: 1000,
  maxRequestsPerSecond: 0,
  maxRunning: 100,
  readTimeout: 1000,
  writeTimeout: 1000,
};

/** More than the buffers of one connection hold. */
const LARGE = "x".repeat(30_000_000);

interface Door {
  readonly server: RestServer;
  readonly url: string;
  readonly metrics: NodeMetrics;
  /** Lets the slow page answer. */
  readonly release: () => void;
  readonly lines: string[];
}

async function openDoor(limits: Partial<RestLimits>, host = "127.0.0.1"): Promise<Door> {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const page = (body: string): Page => ({ status: 200, type: "text/plain", body });
  const pages = new Map<string, () => Promise<Page>>([
    ["/fast", async () => page("fast")],
    ["/large", async () => page(LARGE)],
    ["/slow", () => held.then(() => page("slow"))],
    ["/broken", () => Promise.reject(new Error("a secret of the node"))],
  ]);
  const metrics = new NodeMetrics();
  const gateway = new Gateway(undefined as never, []);
  const options = { host, port: 0, cors: false, limits: { ...LIMITS, ...limits } };
  const lines: string[] = [];
  const log = createLogger({ level: "debug", format: "json", write: (line) => lines.push(line) });
  const server = await RestServer.listen({ gateway, pages, metrics }, options, log);
  return { server, url: `http://${host}:${server.port}`, metrics, release, lines };
}

function pause(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms));
}

/** Asks for a path and does not read until told; resolves with what came and how it ended. */
function lazyGet(door: Door, path: string): { read: () => Promise<number> } {
  let got = 0;
  const socket = connect(door.server.port, "127.0.0.1", () =>
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
  );
  socket.pause();
  socket.on("error", () => undefined);
  const closed = new Promise<number>((resolve) => socket.on("close", () => resolve(got)));
  return {
    read: () => {
      socket.on("data", (data) => (got += data.length));
      socket.resume();
      return closed;
    },
  };
}

test("a caller that takes too long to read is cut off; others are served meanwhile", async () => {
  const door = await openDoor({});
  const callers = Array.from({ length: 3 }, () => lazyGet(door, "/large"));
  await pause(300);
  assert.is((await restGet(door.url, "/fast")).text, "fast");
  await pause(1500);
  for (const { read } of callers) assert.ok((await read()) < LARGE.length);
  await door.server.close();
});

test("bytes that wait to be read are bounded together", async () => {
  const door = await openDoor({ writeTimeout: 3000 });
  const callers = Array.from({ length: 6 }, () => lazyGet(door, "/large"));
  await pause(700);
  const busy = await restGet(door.url, "/fast");
  assert.equal([busy.status, busy.json()["code"]], [429, 8]);
  const read = await Promise.all(callers.map((caller) => caller.read().catch(() => 0)));
  assert.ok(read.some((bytes) => bytes > LARGE.length));
  assert.is((await restGet(door.url, "/fast")).status, 200);
  await door.server.close();
});

test("requests at one time: those beyond are told to come again", async () => {
  const door = await openDoor({ maxRunning: 2 });
  const slow = [restGet(door.url, "/slow"), restGet(door.url, "/slow")];
  await pause(200);
  const busy = await restGet(door.url, "/fast");
  assert.is(busy.status, 429);
  assert.match(busy.text, /"code":8,"message":"the node is busy/);
  assert.match(door.metrics.text(), /refused_requests_total\{door="rest",limit="busy"\} 1\n/);
  door.release();
  for (const one of slow) assert.is((await one).text, "slow");
  assert.is((await restGet(door.url, "/fast")).status, 200);
  await door.server.close();
});

test("half a request holds no place, and is dropped in time", async () => {
  const door = await openDoor({ maxRunning: 1 });
  const socket = connect(door.server.port, "127.0.0.1");
  socket.write("POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{");
  socket.on("error", () => undefined);
  socket.resume();
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  await pause(200);
  assert.is((await restGet(door.url, "/fast")).status, 200);
  await closed;
  await door.server.close();
});

test("requests of one address in a second", async () => {
  const addresses = Object.values(networkInterfaces()).flat();
  const own = addresses.find((one) => one?.family === "IPv4" && !one.internal)?.address;
  if (own === undefined) {
    console.log("left out: this machine has no address but loopback, which is not counted");
    return;
  }
  const door = await openDoor({ maxRequestsPerSecond: 5 }, own);
  const answers = await Promise.all(Array.from({ length: 30 }, () => restGet(door.url, "/fast")));
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 15 && refused.length <= 25, `${refused.length} refused`);
  assert.match(refused[0]?.text ?? "", /too many requests/);
  await door.server.close();
});

test("a failure of the node is logged and not told; requests are logged at debug", async () => {
  const door = await openDoor({});
  const broken = await restGet(door.url, "/broken");
  assert.equal([broken.status, broken.json()["code"]], [500, 13]);
  assert.not.match(broken.text, /secret/);
  await restGet(door.url, `/no?${"q".repeat(500)}`);
  await door.server.close();
  const entries = door.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.match(String(entries.find(({ level }) => level === "error")?.["error"]), /a secret of/);
  const [first, second] = entries.filter(({ message }) => message === "request");
  assert.equal([first?.["method"], first?.["path"], first?.["status"]], ["GET", "/broken", 500]);
  assert.is(String(second?.["path"]).length, 200);
  assert.match(door.metrics.text(), /requests_total\{door="rest",status="501"\} 1\n/);
});

test("heavy work goes one after the other and rests three times as long", async () => {
  const lane = new HeavyLane((text) => new GatewayRefusal("ResourceExhausted", text));
  const awake = setInterval(() => undefined, 1000);
  const starts: number[] = [];
  const busy = (ms: number) => (): void => {
    const began = performance.now();
    starts.push(began);
    while (performance.now() - began < ms);
  };
  const failing = lane.run(() => Promise.reject(new Error("no")));
  await Promise.all([...[30, 30, 30].map((ms) => lane.run(busy(ms))), failing.catch(() => 0)]);
  for (const [index, start] of starts.entries())
    if (index > 0) assert.ok(start - (starts[index - 1] ?? 0) >= 110, `${starts.join(" ")}`);
  const waiting = Array.from({ length: 50 }, () => lane.run(() => pause(1)));
  const refused = await lane
    .run(() => 0)
    .then(
      () => "ran",
      (error: Error) => error.message,
    );
  assert.match(refused, /50 large requests wait/);
  await Promise.all(waiting);
  clearInterval(awake);
});

test("an answer that is too large to show is refused with its size", () => {
  requireShowable(8 * 1024 * 1024);
  assert.throws(() => requireShowable(8 * 1024 * 1024 + 1), /8388609 bytes.*over RPC/);
});

test("a port in use is told with the setting that changes it", async () => {
  const door = await openDoor({});
  const options = { host: "127.0.0.1", port: door.server.port, cors: false, limits: LIMITS };
  const parts = { gateway: new Gateway(undefined as never, []), pages: new Map() };
  const second = RestServer.listen({ ...parts, metrics: door.metrics }, options, SILENT);
  const error = await second.then(
    () => undefined,
    (reason: Error) => reason.message,
  );
  assert.match(error ?? "", /another program uses the port; change api.address in app.toml/);
  await door.server.close();
});

test.run();
