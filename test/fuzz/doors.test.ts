// Too much, too slow and too long at every door: bodies of 100 MB, messages announced of 2 GiB, clients
// that send or read a byte now and then. The node stays up, its memory is bounded, the client is cut off.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { FrameError, FrameReader } from "../../chain/node/abci/frames.ts";
import { callRpc, changeSettings, makeTestHome } from "../support/node.ts";
import { varint } from "./bytes.ts";
import { requestBytes, Wire } from "./wire.ts";

interface World {
  readonly child: ChildProcess;
  readonly home: string;
  readonly rpcUrl: string;
  readonly rpc: number;
  readonly rest: number;
}

const test = suite<World>("too much at the doors");
const MB = 1 << 20;
const HUNDRED_MB = 100 * MB;
/** What the node's resident memory may grow by while it is attacked, megabytes. */
const MOST_MB = 250;

test.before(async (context) => {
  const home = makeTestHome({ config: { timeout_request: '"2s"' }, app: { dev: "false" } });
  changeSettings(home, "app.toml", { "rpc-read-timeout": "2", "rpc-write-timeout": "2" });
  const script = fileURLToPath(new URL("../hostile/node.js", import.meta.url));
  const child = spawn(process.execPath, [script, home], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes("\n")) break;
  }
  const doors = JSON.parse(output.slice("doors ".length)) as { rpc: string; rest: string };
  const port = (url: string): number => Number(new URL(url).port);
  const [rpc, rest] = [port(doors.rpc), port(doors.rest)];
  Object.assign(context, { child, home, rpcUrl: doors.rpc, rpc, rest });
});

test.after(async ({ child, home }) => {
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("close", resolve));
  rmSync(home, { recursive: true, force: true });
});

function memoryOf({ child }: World): number {
  const text = readFileSync(`/proc/${child.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1024;
}

/** Blocks go on, calls are answered, and memory is not much more than it was. */
async function isWell(world: World, before: number): Promise<void> {
  const height = async (): Promise<number> => {
    const { sync_info: info } = await callRpc<{ sync_info: { latest_block_height: string } }>(
      world.rpcUrl,
      "status",
    );
    return Number(info.latest_block_height);
  };
  const first = await height();
  for (let i = 0; i < 100 && (await height()) === first; i++) await pause(50);
  assert.ok((await height()) > first, "blocks go on");
  const grown = memoryOf(world) - before;
  assert.ok(grown < MOST_MB, `memory grew by ${grown} MB`);
}

interface Sent {
  readonly bytes: number;
  readonly heard: string;
}

/** Sends up to `limit` bytes behind a head as fast as they are taken; ends when the other side does. */
function pour(port: number, head: string, chunked: boolean, limit: number): Promise<Sent> {
  const block = Buffer.alloc(MB, 0x5b);
  return new Promise((resolve) => {
    let [bytes, heard] = [0, ""];
    const socket: Socket = connect(port, "127.0.0.1", () => {
      socket.write(head);
      more();
    });
    const more = (): void => {
      while (bytes < limit && socket.writable) {
        bytes += MB;
        if (chunked) socket.write("100000\r\n");
        const goesOn = socket.write(block);
        if (chunked) socket.write("\r\n");
        if (!goesOn) return;
      }
    };
    socket.on("drain", more);
    socket.on("data", (chunk) => (heard += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve({ bytes: bytes - socket.bytesWritten, heard }));
  });
}

for (const door of ["rpc", "rest"] as const)
  for (const chunked of [false, true])
    test(`${door}: a body of 100 MB ${chunked ? "in chunks" : "with its length"}`, async (world) => {
      const before = memoryOf(world);
      const length = chunked ? "transfer-encoding: chunked" : `content-length: ${HUNDRED_MB}`;
      const path = door === "rpc" ? "/" : "/cosmos/tx/v1beta1/simulate";
      const head = `POST ${path} HTTP/1.1\r\nhost: a\r\n${length}\r\n\r\n`;
      const { heard } = await pour(world[door], head, chunked, HUNDRED_MB);
      assert.match(heard, /^HTTP\/1\.1 413|^$/, "refused, or cut off before that could be read");
      await isWell(world, before);
    });

test("websocket: a message of 100 MB", async (world) => {
  const before = memoryOf(world);
  const socket = new WebSocket(`ws://127.0.0.1:${world.rpc}/websocket`);
  socket.on("error", () => undefined);
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  socket.once("open", () => socket.send("[".repeat(HUNDRED_MB)));
  assert.ok([1006, 1009].includes(await closed), "too big, or cut off before that could be read");
  await isWell(world, before);
});

/** Sends a byte every now and then; resolves with the seconds until it is cut off. */
function trickle(port: number, head: string): Promise<number> {
  const started = performance.now();
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(head));
    const timer = setInterval(() => socket.write("a"), 100);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(timer);
      resolve((performance.now() - started) / 1000);
    });
    socket.resume();
  });
}

for (const door of ["rpc", "rest"] as const)
  test(`${door}: clients that send a byte now and then are cut off`, async (world) => {
    const before = memoryOf(world);
    const heads = [
      "GET / HTTP/1.1\r\nx: ",
      "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9999\r\n\r\n",
    ];
    const ends = Array.from({ length: 40 }, (_, i) => trickle(world[door], heads[i % 2] ?? ""));
    const slowest = Math.max(...(await Promise.all(ends)));
    assert.ok(slowest < 20, `the last one after ${slowest} s`);
    await isWell(world, before);
  });

/** Asks again and again and reads nothing. */
async function ignore(port: number, request: Uint8Array): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.pause();
  for (let i = 0; i < 40 && !socket.destroyed; i++) {
    socket.write(request);
    await pause(5);
  }
  return socket;
}

for (const door of ["rpc", "rest"] as const)
  test(`${door}: clients that do not read do not fill the memory`, async (world) => {
    const before = memoryOf(world);
    const call = { jsonrpc: "2.0", id: 1, method: "genesis" };
    const batch = JSON.stringify(Array.from({ length: 100 }, () => call));
    const request =
      door === "rpc"
        ? requestBytes("POST", "/", batch)
        : requestBytes("GET", "/cosmos/bank/v1beta1/denoms_metadata");
    const sockets = await Promise.all(
      Array.from({ length: 40 }, () => ignore(world[door], request)),
    );
    await isWell(world, before);
    const wire = new Wire(world[door]);
    const path = door === "rpc" ? "/health" : "/cosmos/bank/v1beta1/params";
    assert.is((await wire.send(requestBytes("GET", path))).status, 200, "others are served");
    wire.close();
    for (const socket of sockets) socket.destroy();
  });

test("ABCI frames: a length of 2 GiB is refused, a message in single bytes costs what it holds", () => {
  const reader = new FrameReader(HUNDRED_MB);
  reader.push(varint(2n ** 31n - 1n));
  assert.throws(
    () => reader.next(),
    (error: unknown) => error instanceof FrameError,
  );
  const patient = new FrameReader(HUNDRED_MB);
  patient.push(varint(BigInt(HUNDRED_MB)));
  assert.is(patient.next(), undefined);
  const count = 2_000_000;
  const before = process.memoryUsage();
  for (let i = 0; i < count; i++) {
    patient.push(Uint8Array.of(i));
    assert.is(patient.next(), undefined);
  }
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  assert.ok(grown < 60 * MB, `${count} bytes took ${Math.round(grown / MB)} MB`);
  assert.is(patient.waiting, count);
});

test("ABCI frames: a message in single bytes is the message", () => {
  const reader = new FrameReader(HUNDRED_MB);
  const message = Uint8Array.from({ length: 200_000 }, (_, i) => i * 7);
  for (const byte of varint(BigInt(message.length))) reader.push(Uint8Array.of(byte));
  for (const byte of message) reader.push(Uint8Array.of(byte));
  reader.push(Uint8Array.of(1, 9));
  assert.equal(reader.next(), message);
  assert.equal(reader.next(), Uint8Array.of(9));
});

test.run();
